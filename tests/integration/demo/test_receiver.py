"""The webhook receiver, called by a real HTTP client with real signatures."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from monitor.demo.receiver import MAX_BYTES, WebhookReceiver

SECRET = SecretStr("whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode())
BODY = json.dumps({"type": "alert", "title": "维吾尔"})


def signed(body: str = BODY, webhook_id: str = "msg_1", age: float = 0.0, secret=SECRET):
    """Return the headers of a call that was signed ``age`` seconds ago."""
    sent = datetime.now(UTC) - timedelta(seconds=age)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret.get_secret_value()).sign(webhook_id, sent, body),
    }


@pytest.fixture
async def receiver():
    async with WebhookReceiver(SECRET) as opened:
        yield opened


@pytest.fixture
async def client():
    async with httpx.AsyncClient(timeout=60) as opened:
        yield opened


async def test_a_rightly_signed_call_is_accepted_and_kept(receiver, client):
    answer = await client.post(receiver.url, content=BODY, headers=signed())
    assert answer.status_code == 204
    (hook,) = receiver.received
    assert (hook.id, hook.payload["title"], hook.duplicate) == ("msg_1", "维吾尔", False)


async def test_a_retry_is_accepted_and_noted_as_one(receiver, client):
    for webhook_id in ("msg_1", "msg_1", "msg_2"):
        answer = await client.post(
            receiver.url, content=BODY, headers=signed(webhook_id=webhook_id)
        )
        assert answer.status_code == 204
    assert [hook.duplicate for hook in receiver.received] == [False, True, False]


OTHER = SecretStr("whsec_" + base64.b64encode(b"other" * 8).decode())


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (dict, BODY, 401),
        (signed, BODY + " ", 401),
        (lambda: signed(webhook_id="msg_1") | {"webhook-id": "msg_2"}, BODY, 401),
        (lambda: signed(secret=OTHER), BODY, 401),
        (lambda: signed() | {"webhook-signature": "v1,%%%"}, BODY, 401),
        (lambda: signed() | {"webhook-signature": "v1,x"}, BODY, 400),
        (lambda: signed() | {"webhook-signature": "nonsense"}, BODY, 400),
        (lambda: signed() | {"webhook-timestamp": "yesterday"}, BODY, 401),
        (lambda: signed("no json"), "no json", 400),
    ],
)
async def test_a_wrong_call_is_refused_with_its_reason(receiver, client, headers, body, status):
    """Headers are made when the test runs: a signature is good for five minutes."""
    answer = await client.post(receiver.url, content=body, headers=headers())
    assert answer.status_code == status
    assert receiver.received == []
    assert len(receiver.refused) == 1
    assert answer.text.strip() == receiver.refused[0]


@pytest.mark.parametrize("age", [600, -600])
async def test_an_old_or_early_timestamp_is_refused(receiver, client, age):
    answer = await client.post(receiver.url, content=BODY, headers=signed(age=age))
    assert answer.status_code == 401
    assert "timestamp" in receiver.refused[0]


async def test_an_endless_body_is_cut(receiver, client):
    answer = await client.post(receiver.url, content=b"x" * (MAX_BYTES + 1), headers=signed())
    assert answer.status_code == 413


async def test_only_posts_to_the_hook_are_answered(receiver, client):
    assert (await client.get(receiver.url)).status_code == 405
    assert (await client.post(receiver.url + "/x", content=BODY)).status_code == 404


def test_the_secret_is_in_no_repr():
    assert SECRET.get_secret_value() not in repr(vars(WebhookReceiver(SECRET)))
