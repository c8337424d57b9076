"""Webhooks against a receiver that checks signatures, and fails in every way receivers do."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime

import jsonschema
import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.channels.payload import Payload, payload_schema
from monitor.channels.webhook import WebhookChannel
from monitor.config import published_schemas
from monitor.errors import DeliveryError, DestinationGone, PermanentFailure, TemporaryFailure
from monitor.model import Delivery
from monitor.net import Net, NetOptions
from tests.servers import Handler, HttpServer, Raw, Reply, outlast, redirect
from tests.unit.channels.samples import ALERT, DIGEST, NOW, TEST, long_digest

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0ISE="
LOOPBACK = NetOptions(allow_private=("127.0.0.1",))


def make(url: str, **more: object) -> WebhookChannel:
    options = {"id": "ops", "kind": "webhook", "url": url, "secret": SECRET, **more}
    return WebhookChannel.model_validate(options)


def delivery(channel: WebhookChannel) -> Delivery:
    message = channel.render(DIGEST, "", "delivery-1")
    return Delivery("delivery-1", "harbour-morning", "digest", "ops", "", message, (), NOW, NOW)


async def send(answer: Handler, *, options: NetOptions = LOOPBACK, **more: object) -> str:
    async with HttpServer() as server, Net(options) as net:
        server.on("/hook", answer)
        channel = make(server.url("/hook"), **more)
        return await channel.send(delivery(channel), net)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_is_a_success(status: int) -> None:
    assert await send(Reply(status)) == f"HTTP {status}"


STATUS_TABLE: list[tuple[Handler, type[DeliveryError], float | None]] = [
    (Reply(500), TemporaryFailure, None),
    (Reply(502), TemporaryFailure, None),
    (Reply(503, headers={"Retry-After": "120"}), TemporaryFailure, 120.0),
    (Reply(429), TemporaryFailure, None),
    (Reply(429, headers={"Retry-After": "17"}), TemporaryFailure, 17.0),
    (Reply(429, headers={"Retry-After": "315360000"}), TemporaryFailure, 86_400.0),
    (Reply(429, headers={"Retry-After": "-5"}), TemporaryFailure, None),
    (Reply(429, headers={"Retry-After": "soon"}), TemporaryFailure, None),
    (Reply(408), TemporaryFailure, None),
    (Reply(425), TemporaryFailure, None),
    (redirect("/elsewhere", 301), TemporaryFailure, None),
    (redirect("/elsewhere", 302), TemporaryFailure, None),
    (redirect("http://127.0.0.1:1/", 307), TemporaryFailure, None),
    (redirect("/elsewhere", 308), TemporaryFailure, None),
    (Reply(410), DestinationGone, None),
    (Reply(400), PermanentFailure, None),
    (Reply(401), PermanentFailure, None),
    (Reply(404), PermanentFailure, None),
    (Reply(422), PermanentFailure, None),
    (Raw(b"", reset=True), TemporaryFailure, None),
    (Raw(b"HTTP/1.1 200 OK\r\nContent-Le", reset=True), TemporaryFailure, None),
    (Raw(b"what is this\r\n\r\n"), TemporaryFailure, None),
    (outlast, TemporaryFailure, None),
]


@pytest.mark.parametrize(("answer", "failure", "retry_after"), STATUS_TABLE)
async def test_every_answer_has_its_meaning(
    answer: Handler, failure: type[DeliveryError], retry_after: float | None
) -> None:
    with pytest.raises(DeliveryError) as caught:
        await send(answer, timeout=20.0)
    assert type(caught.value) is failure
    assert getattr(caught.value, "retry_after", None) == retry_after
    assert str(caught.value).startswith("webhook 'ops': ")
    assert len(str(caught.value).splitlines()) == 1


async def test_a_redirect_is_not_followed_and_the_error_says_so() -> None:
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on("/hook", redirect("/elsewhere", 307)).on("/elsewhere", Reply(200))
        channel = make(server.url("/hook"))
        with pytest.raises(TemporaryFailure, match="a redirect, which is not followed"):
            await channel.send(delivery(channel), net)
        assert server.paths == ["/hook"]


async def test_a_private_address_is_refused_for_good_before_any_connect() -> None:
    async with HttpServer() as server, Net(NetOptions()) as net:
        channel = make(server.url("/hook"))
        with pytest.raises(PermanentFailure):
            await channel.send(delivery(channel), net)
        assert server.connections == 0


async def test_a_retry_sends_the_same_bytes_and_id_under_a_new_time_and_signature() -> None:
    """The receiver processes the first attempt and then cuts the line: the sender cannot know."""
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on("/hook", Raw(b"", reset=True), Reply(204))
        channel = make(server.url("/hook"))
        sent = delivery(channel)
        with pytest.raises(TemporaryFailure):
            await channel.send(sent, net)
        first_second = int(server.requests[0].headers["webhook-timestamp"])
        while int(time.time()) <= first_second:  # noqa: ASYNC110 - no event tells of the clock
            await asyncio.sleep(0.01)
        assert await channel.send(sent, net) == "HTTP 204"
    first, second = server.requests
    assert first.body == second.body == sent.message.content
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "delivery-1"
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    for request in (first, second):
        assert request.headers["content-type"] == "application/json"
        assert Webhook(SECRET).verify(request.body, request.headers)["type"] == "hits.digest"


def test_the_body_is_what_its_schema_says() -> None:
    for notice, kind in ((ALERT, "hits.alert"), (DIGEST, "hits.digest"), (TEST, "test")):
        body = make("https://ops.example/hook").render(notice, "", "d").content
        payload = Payload.model_validate_json(body)
        assert (payload.type, payload.version) == (kind, 1)
    data = json.loads(make("https://ops.example/hook").render(DIGEST, "", "d").content)["data"]
    assert data["summary"] == "2 new on Elena Marchetti, 4 on Forced labour in ports"
    first = data["stories"][0]
    assert first["url"] == "https://outlet.example/1"
    assert first["watches"][0]["watch"] == "elena-marchetti"
    span = first["watches"][0]["spans"][0]
    title = DIGEST.groups[0].stories[0].item
    assert getattr(title, span["field"])[span["start"] : span["end"]] == span["text"]
    assert [copy["outlet"] for copy in first["copies"]] == [
        "Coastal Wire",
        "Daily Ledger",
        "صدى المرفأ",
    ]
    assert data["receipt"]["failed_count"] == 2
    assert payload_schema()["properties"]["version"]["const"] == 1


OLD = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLSE="


async def test_while_secrets_change_old_and_new_receivers_both_accept_a_call() -> None:
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on("/hook", Reply(204))
        channel = make(server.url("/hook"), old_secrets=[OLD])
        await channel.send(delivery(channel), net)
    (request,) = server.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OLD):
        assert Webhook(secret).verify(request.body, request.headers)["type"] == "hits.digest"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "c3R1" * 10).verify(request.body, request.headers)


@pytest.mark.parametrize("notice", [ALERT, DIGEST, TEST, long_digest(10)])
async def test_an_envelope_has_the_attributes_of_cloud_events_and_the_usual_body(notice) -> None:
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on("/hook", Reply(204))
        channel = make(server.url("/hook"), envelope="cloudevents")
        message = channel.render(notice, "", "delivery-1")
        sent = Delivery("delivery-1", "s", notice.kind, "ops", "", message, (), NOW, NOW)
        await channel.send(sent, net)
    (request,) = server.requests
    assert request.headers["content-type"] == "application/cloudevents+json"
    event = Webhook(SECRET).verify(request.body, request.headers)
    assert {name: event[name] for name in ("specversion", "id", "source", "datacontenttype")} == {
        "specversion": "1.0",
        "id": "delivery-1",
        "source": f"/subscriptions/{notice.subscription}",
        "datacontenttype": "application/json",
    }
    body = Payload.model_validate(event["data"])
    assert event["type"] == f"coverage-monitor.{body.type}"
    assert datetime.fromisoformat(event["time"]) == body.timestamp == notice.created
    assert body == Payload.model_validate_json(
        make("https://o.example/").render(notice, "", "d").content
    )


def test_every_body_satisfies_the_published_schema() -> None:
    validator = jsonschema.Draft202012Validator(published_schemas()["webhook"])
    for notice in (ALERT, DIGEST, TEST, long_digest(10)):
        body = make("https://ops.example/hook").render(notice, "", "d").content
        assert [error.message for error in validator.iter_errors(json.loads(body))] == []
    assert not validator.is_valid({"type": "hits.alert"})


@pytest.mark.parametrize("stories", [3, 60, 1000])
def test_a_body_stays_under_twenty_kilobytes_and_counts_the_rest(stories: int) -> None:
    body = make("https://ops.example/hook").render(long_digest(stories), "", "d").content
    data = json.loads(body)["data"]
    assert len(body) < 20_000
    assert len(data["stories"]) + data["more"] == stories
    assert data["stories"]


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_short", "whsec_!!!!", "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0ISE="],
)
def test_a_secret_that_is_none_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ValidationError, match="whsec_ followed by 24 to 64") as caught:
        make("https://ops.example/hook", secret=secret)
    if len(secret) > len("whsec_"):
        assert secret not in str(caught.value)
