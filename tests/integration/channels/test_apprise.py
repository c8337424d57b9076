"""Apprise against a real receiver: text goes out, and nothing else can."""

from __future__ import annotations

import json
import sys

import pytest
from pydantic import ValidationError

from monitor.channels.apprise import AppriseChannel
from monitor.errors import TemporaryFailure
from monitor.model import Delivery
from monitor.net import Net, NetOptions
from tests.servers import HttpServer, Reply, redirect
from tests.unit.channels.samples import ALERT, NOW


def make(*urls: str) -> AppriseChannel:
    return AppriseChannel.model_validate({"id": "others", "kind": "apprise", "secret_urls": urls})


def delivery(channel: AppriseChannel) -> Delivery:
    message = channel.render(ALERT, "", "d1")
    return Delivery("d1", "harbour", "alert", "others", "", message, (), NOW, NOW)


async def test_the_text_arrives_as_it_was_stored() -> None:
    async with HttpServer() as server, Net(NetOptions()) as net:
        server.on("/in", Reply(200))
        channel = make(f"json://127.0.0.1:{server.port}/in")
        sent = delivery(channel)
        assert await channel.send(sent, net) == "taken by 1"
    body = json.loads(server.requests[0].body)
    assert body["message"].split() == sent.message.content.decode().split()
    assert body["title"] == sent.message.subject
    assert body["attachments"] == []


@pytest.mark.parametrize("answer", [Reply(500), Reply(404), redirect("/elsewhere", 307)])
async def test_what_a_service_does_not_take_is_tried_again(answer: Reply) -> None:
    async with HttpServer() as server, Net(NetOptions()) as net:
        server.on("/in", answer).on("/ok", Reply(200)).on("/elsewhere", Reply(200))
        channel = make(*(f"json://127.0.0.1:{server.port}/{path}" for path in ("in", "ok")))
        with pytest.raises(TemporaryFailure, match="1 of 2 services did not take it"):
            await channel.send(delivery(channel), net)
    assert sorted(server.paths) == ["/in", "/ok"], "a redirect is not followed"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("json://h/?redirect=yes", "address 1 sets redirect"),
        ("ntfy://topic?attach=file:///etc/passwd", "address 1 sets attach"),
        ("json://h/?Attach-As=x", "address 1 sets attach-as"),
        ("nosuch://secret-part", "knows no service for address 1"),
        ("json://", "knows no service for address 1"),
    ],
)
def test_an_address_that_would_do_more_than_send_text_is_refused(url: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        make(url)
    assert "secret-part" not in str(caught.value)
    assert "passwd" not in str(caught.value)


def test_without_the_library_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # so does Python mark a module it cannot find
    with pytest.raises(ValidationError, match=r"pip install 'coverage-monitor\[apprise\]'"):
        make("json://127.0.0.1/in")
