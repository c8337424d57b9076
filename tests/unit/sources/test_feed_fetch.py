"""Fetching a feed over real HTTP on loopback: conditional requests and named failures."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from monitor.errors import FetchError
from monitor.model import Fetched, Reason, SourceState, Validators
from monitor.net import Net, NetOptions
from monitor.sources.feed import Feed
from tests.servers import HttpServer, Reply, redirect

MORNING = "Mon, 23 Nov 2026 06:30:00 GMT"
BODY = b'<rss version="2.0"><channel><title>T</title></channel></rss>'
HASH = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with Net(NetOptions(allow_private=("127.0.0.1",), deadline=5.0)) as running:
        yield running


async def fetch(net: Net, server: HttpServer, validators: Validators | None = None) -> Fetched:
    source = Feed(id="s", url=server.url("/feed"))
    return await source.fetch(net, SourceState("s", validators=validators or Validators()))


async def failure(net: Net, server: HttpServer) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(net, server)
    return caught.value


async def test_a_first_fetch_asks_without_conditions_and_keeps_the_validators(
    net: Net, server: HttpServer
) -> None:
    tag, date = 'W/"odd, \\ one"', "Mon, 02 Nov 2026 10:00:00 GMT"
    server.on("/feed", Reply(body=BODY, headers={"ETag": tag, "Last-Modified": date}))

    fetched = await fetch(net, server)

    asked = server.requests[0].headers
    assert "if-none-match" not in asked
    assert "if-modified-since" not in asked
    assert "application/feed+json" in asked["accept"]
    assert fetched.validators == Validators(tag, date, HASH)
    assert (fetched.body, fetched.unchanged) == (BODY, False)


async def test_validators_are_echoed_untouched(net: Net, server: HttpServer) -> None:
    server.on("/feed", Reply(304))
    validators = Validators("not even quoted", "yesterday, or so", HASH)

    fetched = await fetch(net, server, validators)

    asked = server.requests[0].headers
    assert asked["if-none-match"] == "not even quoted"
    assert asked["if-modified-since"] == "yesterday, or so"
    assert (fetched.unchanged, fetched.status, fetched.validators) == (True, 304, validators)


async def test_the_same_body_again_is_unchanged_though_the_server_knows_no_conditions(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", Reply(body=BODY))
    first = await fetch(net, server)

    second = await fetch(net, server, first.validators)

    assert (second.unchanged, second.body, second.status) == (True, b"", 200)
    assert second.validators == Validators(body_hash=HASH)


async def test_an_answer_without_validators_clears_the_old_ones(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", Reply(body=BODY))

    fetched = await fetch(net, server, Validators('"1"', "a date", "another hash"))

    assert fetched.unchanged is False
    assert fetched.validators == Validators(body_hash=HASH)


async def test_the_address_in_force_is_asked_and_not_the_configured_one(
    net: Net, server: HttpServer
) -> None:
    server.on("/moved", Reply(body=BODY))
    source = Feed(id="s", url=server.url("/feed"))

    await source.fetch(net, SourceState("s", url=server.url("/moved")))

    assert server.paths == ["/moved"]


async def test_permanent_redirects_are_reported_with_the_address_that_answered(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", redirect("/new", 301)).on("/new", Reply(body=BODY))

    fetched = await fetch(net, server)

    assert fetched.moved_to == server.url("/new")
    assert fetched.url == server.url("/new")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600.0),
        ({"Cache-Control": 'MAX-AGE="90"'}, 90.0),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400.0),
        ({"Cache-Control": "max-age=600", "Age": "9999"}, 0.0),
        ({"Cache-Control": "max-age=600", "Age": "soon"}, 600.0),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Expires": "Mon, 23 Nov 2026 07:30:00 GMT", "Date": MORNING}, 3_600.0),
        ({"Expires": "Mon, 23 Nov 2026 06:00:00 GMT", "Date": MORNING}, 0.0),
        ({"Expires": "0", "Date": MORNING}, None),
        ({"Expires": "Mon, 23 Nov 2026 07:30:00 GMT", "Date": "rubbish"}, None),
        (
            {
                "Expires": "Mon, 23 Nov 2026 07:30:00 GMT",
                "Date": MORNING,
                "Cache-Control": "max-age=60",
            },
            60.0,
        ),
        ({}, None),
    ],
)
async def test_the_time_an_answer_stays_fresh_comes_from_cache_control_or_expires(
    net: Net, server: HttpServer, headers: dict[str, str], expected: float | None
) -> None:
    server.on("/feed", Reply(body=BODY, headers=headers))

    assert (await fetch(net, server)).max_age == expected


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.CLIENT_ERROR),
        (403, Reason.CLIENT_ERROR),
        (404, Reason.CLIENT_ERROR),
        (410, Reason.GONE),
        (418, Reason.CLIENT_ERROR),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
        (599, Reason.SERVER_ERROR),
        (300, Reason.REDIRECTS),
    ],
)
async def test_a_status_has_its_own_reason_and_one_readable_line(
    net: Net, server: HttpServer, status: int, reason: Reason
) -> None:
    server.on("/feed", Reply(status, body=b"<html>no</html>"))

    error = await failure(net, server)

    assert (error.reason, error.status) == (reason, status)
    assert str(error).startswith(f"{server.url('/feed')} answered {status}: ")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"cf-mitigated": "challenge"}, b""),
        (403, {}, b"<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x>"),
        (503, {}, b"<title>Attention Required! | Cloudflare</title>"),
        (403, {"X-DataDome": "protected"}, b""),
        (405, {"x-amzn-waf-action": "captcha"}, b""),
        (202, {"x-amzn-waf-action": "challenge"}, b""),
        (429, {}, b"<iframe src=https://geo.captcha-delivery.com/captcha/>"),
        (403, {"Server": "AkamaiGHost"}, b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD>"),
    ],
)
async def test_a_challenge_page_is_called_blocked(
    net: Net, server: HttpServer, status: int, headers: dict[str, str], body: bytes
) -> None:
    server.on("/feed", Reply(status, body=body, headers=headers))

    error = await failure(net, server)

    assert error.reason == Reason.BLOCKED
    assert "access check" in str(error)


async def test_a_feed_that_writes_about_challenges_is_no_challenge(
    net: Net, server: HttpServer
) -> None:
    body = BODY.replace(b"T<", b"How g-recaptcha and challenge-platform work<")
    server.on("/feed", Reply(body=body, headers={"X-DataDome": "protected"}))

    assert (await fetch(net, server)).body == body


async def test_the_wish_for_a_pause_is_passed_on_in_seconds(net: Net, server: HttpServer) -> None:
    server.on("/feed", Reply(429, headers={"Retry-After": "120"}))

    error = await failure(net, server)

    assert error.retry_after == 120
    assert "wait 120 s" in str(error)


async def test_rubbish_in_retry_after_is_no_wish(net: Net, server: HttpServer) -> None:
    server.on("/feed", Reply(503, headers={"Retry-After": "-5 parsecs"}))

    assert (await failure(net, server)).retry_after is None


async def test_cookies_set_by_a_feed_are_never_sent_back(net: Net, server: HttpServer) -> None:
    server.on("/feed", Reply(body=BODY, headers={"Set-Cookie": "id=1"}))

    await fetch(net, server)
    await fetch(net, server)

    assert all("cookie" not in request.headers for request in server.requests)


async def test_changes_alone_are_offered_to_be_taken_where_an_entity_tag_is_known(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", Reply(body=BODY, headers={"ETag": '"1"'}))

    first = await fetch(net, server)
    await fetch(net, server, first.validators)

    assert [request.headers.get("a-im") for request in server.requests] == [None, "feed"]


async def test_an_answer_of_the_changes_alone_is_partial_and_brings_new_validators(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", Reply(226, BODY, {"ETag": '"2"', "IM": "feed", "Cache-Control": "no-store"}))

    fetched = await fetch(net, server, Validators('"1"', "", "another hash"))

    assert (fetched.partial, fetched.status, fetched.body) == (True, 226, BODY)
    assert fetched.validators == Validators('"2"', "", HASH)


async def test_changes_in_a_form_that_was_not_asked_for_are_a_named_failure(
    net: Net, server: HttpServer
) -> None:
    server.on("/feed", Reply(226, b"\xd6\xc3\xc4", {"ETag": '"2"', "IM": "vcdiff"}))

    error = await failure(net, server)

    assert error.reason == Reason.ENCODING
    assert "vcdiff" in str(error)


async def test_a_feed_that_says_anew_when_it_was_made_is_unchanged(
    net: Net, server: HttpServer
) -> None:
    body = b"<rss><channel><lastBuildDate>%b</lastBuildDate><item><title>T</title></item></channel></rss>"
    server.on("/feed", Reply(body=body % b"09:00"))
    first = await fetch(net, server)
    server.on("/feed", Reply(body=body % b"09:15", headers={"ETag": '"2"'}))

    second = await fetch(net, server, first.validators)

    assert (first.unchanged, second.unchanged, second.body) == (False, True, b"")
    assert second.validators == Validators('"2"', "", first.validators.body_hash)
