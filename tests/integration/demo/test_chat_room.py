"""The chat room of the rehearsal, reached by the real channel and by clients that get it wrong."""

from __future__ import annotations

import httpx
import pytest

from monitor.channels.slack import SlackChannel
from monitor.demo.chat_room import ChatRoom
from monitor.errors import PermanentFailure
from monitor.model import Delivery
from monitor.net import Net, NetOptions
from tests.unit.channels.samples import ALERT, NOW


@pytest.fixture
async def room():
    async with ChatRoom() as opened:
        yield opened


@pytest.fixture
async def net():
    async with Net(NetOptions(allow_private=("127.0.0.1",))) as opened:
        yield opened


def channel(url: str) -> SlackChannel:
    return SlackChannel.model_validate({"id": "chat", "kind": "slack", "webhook": url})


def delivery(made: SlackChannel) -> Delivery:
    message = made.render(ALERT, "", "d1")
    return Delivery("d1", "harbour-desk", "alert", "chat", "", message, (), NOW, NOW)


async def test_a_message_is_seen_as_its_channel_sent_it_and_a_repeat_is_noted(room, net):
    slack = channel(room.url)
    for _ in range(2):
        await slack.send(delivery(slack), net)
    first, second = room.received
    assert first.text.startswith("Elena Marchetti: Port minister Elena Marchetti resigns")
    assert first.blocks[0]["text"]["text"] == "Alert · Harbour Files desk"
    assert (first.duplicate, second.duplicate) == (False, True)


async def test_whoever_does_not_know_the_address_cannot_post(room, net):
    slack = channel(room.url[:-1])
    with pytest.raises(PermanentFailure, match="HTTP 404"):
        await slack.send(delivery(slack), net)
    assert room.received == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"no json", "invalid_payload"),
        (b"[]", "invalid_payload"),
        (b'{"text": "x"}', "invalid_payload"),
        (b'{"text": "x", "blocks": 1}', "invalid_payload"),
        (b'{"text": "", "blocks": [{}]}', "no_text"),
        (b"x" * 300_000, "invalid_payload"),
    ],
)
async def test_what_is_no_message_is_refused_as_the_service_does(room, body, reason):
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(room.url, content=body)
    assert (answer.status_code, answer.text) == (400, reason)
    assert room.refused == [reason]
    assert room.received == []
