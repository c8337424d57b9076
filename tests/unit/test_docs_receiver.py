"""The receiver in docs/webhooks.md, with calls that the channel itself signed and sent."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.channels.envelopes import set_payload
from monitor.channels.payload import Payload
from monitor.channels.webhook import WebhookChannel
from monitor.demo.receiver import WebhookReceiver
from monitor.model import Delivery, Hit, Item, Notice, NoticeGroup, NoticeStory
from monitor.net import Net, NetOptions

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def sample(language: str) -> str:
    (found,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(name="receiver")
def the_receiver_of_the_documents():
    names: dict = {}
    exec(compile(sample("python"), "webhooks.md", "exec"), names)
    return names


def alert() -> Notice:
    item = Item(id="a", source="s", title="Chen Quanguo: 新疆", url="https://outlet.example/1")
    hit = Hit("h", "a", "chen-quanguo", "leaks", 1.0, (), "r1", "named in full")
    group = NoticeGroup("chen-quanguo", "Chen Quanguo", "leaks", (NoticeStory(item, (hit,), "X"),))
    return Notice("alert", "urgent", "Urgent", NOW, "UTC", (group,))


@pytest.fixture(name="call")
async def a_call_as_the_channel_makes_it():
    """Yield (headers, body) of a call that really went over HTTP."""
    taken = {}

    class Recorder(WebhookReceiver):
        async def _hook(self, request):
            taken["headers"], taken["body"] = dict(request.headers), await request.body()
            return await super()._hook(request)

    async with (
        Recorder(SecretStr(SECRET)) as there,
        Net(NetOptions(allow_private=("127.0.0.1",))) as net,
    ):
        channel = WebhookChannel(id="hook", kind="webhook", url=there.url, secret=SecretStr(SECRET))
        message = channel.render(alert(), "", "d1")
        delivery = Delivery("d1", "urgent", "alert", "hook", "", message, ("h",), NOW, NOW)
        await channel.send(delivery, net)
        assert there.received
    return taken["headers"], taken["body"]


def test_the_receiver_of_the_documents_takes_a_genuine_call_once(receiver, call):
    headers, body = call
    seen: set[str] = set()
    payload = receiver["accept"](SECRET, headers, body, seen)
    assert Payload.model_validate(payload).data.stories[0].title == "Chen Quanguo: 新疆"
    assert receiver["accept"](SECRET, headers, body, seen) is None


def test_the_receiver_of_the_documents_refuses_a_call_that_is_recorded_and_sent_late(
    receiver, call
):
    headers, body = call
    late = int(headers["webhook-timestamp"]) + receiver["TOLERANCE"] + 1
    with pytest.raises(receiver["Refused"], match="timestamp"):
        receiver["accept"](SECRET, headers, body, set(), now=late)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "d2"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA é"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "١٢٣"},
    ],
)
def test_the_receiver_of_the_documents_refuses_changed_headers(receiver, call, change):
    headers, body = call
    seen: set[str] = set()
    with pytest.raises(receiver["Refused"]):
        receiver["accept"](SECRET, headers | change, body, seen)
    assert not seen


def test_the_receiver_of_the_documents_refuses_a_changed_body_and_a_foreign_secret(receiver, call):
    headers, body = call
    other = "whsec_" + SECRET.removeprefix("whsec_")[::-1]
    for secret, sent in ((SECRET, body + b" "), (other.replace("=", "A"), body)):
        with pytest.raises(receiver["Refused"], match="signature"):
            receiver["accept"](secret, headers, sent, set())


def test_the_shortened_sample_has_only_fields_that_there_are():
    shown = json.loads(sample("json"))
    whole = Payload.model_validate_json(set_payload(alert())).model_dump()
    for step in ("data", "stories", 0, "watches", 0, None):
        if isinstance(shown, dict):
            assert shown.keys() <= whole.keys()
        if step is not None:
            shown, whole = shown[step], whole[step]
