from __future__ import annotations

import base64
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import WebOptions
from monitor.errors import InputError
from monitor.web import create_app, guard
from tests.unit.web.samples import browser, protected


def basic(password: str, user: str = "desk") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


# ------------------------------------------------------------------------ password


async def test_with_a_password_nothing_is_shown_without_it(view, tmp_path):
    async with browser(protected(view, tmp_path)) as client:
        for path in ("/", "/sources", "/deliveries", "/metrics", "/nowhere"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic ")
            assert "Harbour" not in answer.text


async def test_the_right_password_opens_under_any_user_name(view, tmp_path):
    async with browser(protected(view, tmp_path, "pässwört: 1")) as client:
        for user in ("", "desk"):
            answer = await client.get("/", headers=basic("pässwört: 1", user))
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic %%%", "Basic /w==", "Bearer open sesame", "Basic " + "A" * 5000]
)
async def test_a_damaged_authorization_header_opens_nothing(view, tmp_path, header):
    async with browser(protected(view, tmp_path)) as client:
        assert (await client.get("/", headers={"authorization": header})).status_code == 401


async def test_a_thousand_wrong_logins_are_throttled_even_with_the_right_one_among_them(
    view, tmp_path
):
    async with browser(protected(view, tmp_path)) as client:
        statuses = [
            (await client.get("/", headers=basic(f"guess {number}"))).status_code
            for number in range(1000)
        ]
        last = await client.get("/", headers=basic("open sesame"))
    assert statuses[:5] == [401] * 5
    assert statuses[5:] == [429] * 995
    assert last.status_code == 429
    assert 0 < int(last.headers["retry-after"]) <= 60


async def test_other_visitors_are_not_throttled_with_the_guesser(view, tmp_path):
    app = create_app(protected(view, tmp_path))

    async def ask(address: str, password: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.get("/", headers=basic(password))).status_code

    for number in range(6):
        await ask(f"2001:db8::{number:x}", "wrong")  # one household: its addresses count together
    assert await ask("2001:db8::ffff", "open sesame") == 429
    assert await ask("2001:db8:1::1", "open sesame") == 200
    assert await ask("192.0.2.7", "open sesame") == 200


def test_a_wrong_try_is_forgotten_after_a_minute():
    failures = (0.0, 1.0, 2.0, 3.0, 4.0)
    assert guard.wait(failures, 10.0) == 50.0
    assert guard.wait(failures, 60.0) == 0.0
    assert guard.recent(failures, 62.5) == (3.0, 4.0)


@given(st.lists(st.floats(0, 600), max_size=40).map(sorted), st.floats(0, 60))
def test_after_the_wait_one_may_always_try_again(failures, later):
    now = (failures[-1] if failures else 0.0) + later
    seconds = guard.wait(failures, now)
    assert 0 <= seconds <= guard.WINDOW
    assert guard.wait(failures, now + seconds + 0.001) == 0.0


@given(st.lists(st.floats(0, 600), max_size=40).map(sorted), st.floats(0, 60))
def test_no_minute_ever_sees_more_than_five_tries(failures, later):
    now = (failures[-1] if failures else 0.0) + later
    if guard.wait(failures, now) == 0.0:
        assert len(guard.recent(failures, now)) < guard.TRIES


async def test_the_password_is_in_no_page(view, tmp_path):
    secret = "open sesame"
    seen = protected(view, tmp_path, secret)
    seen.error = f"monitor.yaml:3:1: something about {secret}"
    async with browser(seen) as client:
        for path in ("/", "/sources", "/deliveries", "/metrics", "/healthz", "/?watch=" + secret):
            assert secret not in (await client.get(path, headers=basic(secret))).text


# ------------------------------------------------------------------------ listening


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.10", "monitor.example.org"])
def test_a_public_address_without_a_password_is_refused_and_says_how_to_set_one(view, host):
    monitor = view.config.monitor.model_copy(update={"web": WebOptions(host=host)})
    with pytest.raises(InputError) as caught:
        create_app(replace(view, config=replace(view.config, monitor=monitor)))
    assert host in str(caught.value)
    assert "web.password" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_password_is_none():
    with pytest.raises(InputError):
        guard.require_password(WebOptions(host="0.0.0.0", password=""))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_loopback_needs_no_password(host):
    guard.require_password(WebOptions(host=host))


# ------------------------------------------------------------------------ other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://[broken"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_cross_site_request_that_could_change_something_is_refused(client, method, headers):
    answer = await client.request(method, "/", headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1:8080"}]
)
async def test_a_post_of_the_page_itself_reaches_the_routes(client, headers):
    answer = await client.post("/", headers=headers)
    assert answer.status_code == 405
    assert "This page can only be read." in answer.text
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD"]


async def test_a_link_from_another_site_may_be_followed(client):
    answer = await client.get("/", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[broken", "a@b:1"]
)
async def test_a_foreign_host_name_is_refused_so_that_rebinding_gains_nothing(client, host):
    answer = await client.get("/", headers={"host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
async def test_this_machines_own_names_are_served(client, host):
    assert (await client.get("/", headers={"host": host})).status_code == 200


async def test_behind_a_password_any_host_name_is_served(view, tmp_path):
    async with browser(protected(view, tmp_path)) as client:
        headers = basic("open sesame") | {"host": "monitor.example.org"}
        assert (await client.get("/", headers=headers)).status_code == 200


# ------------------------------------------------------------------------ headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/static/page.css", "/nowhere"])
async def test_every_answer_carries_the_protective_headers(client, path):
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


async def test_refusals_carry_them_too(client):
    answer = await client.post("/", headers={"origin": "https://evil.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/sources", "/deliveries", "/nowhere"])
async def test_no_page_needs_a_script_or_a_style_that_the_policy_refuses(client, path):
    page = (await client.get(path)).text
    assert "<script" not in page
    assert "style=" not in page
    assert "<style" not in page
    assert 'href="http' not in page


@pytest.mark.parametrize("path", ["/", "/sources", "/deliveries", "/healthz", "/metrics"])
async def test_a_head_request_gets_the_status_of_the_page(client, path):
    assert (await client.head(path)).status_code == 200


async def test_a_websocket_is_closed_unread(view):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": []}
    await create_app(view)(scope, None, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
