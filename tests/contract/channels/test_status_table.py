"""What each answer means to every channel that hands its messages over by HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.channels.base import Channel
from monitor.errors import DeliveryError, DestinationGone, PermanentFailure, TemporaryFailure
from monitor.net import Net, NetOptions
from tests.contract.channels.kinds import (
    HOOK,
    ID,
    PATHS,
    POSTING,
    SECRETS,
    delivery,
    make,
    options,
    recipient,
)
from tests.servers import Handler, HttpServer, Raw, Reply, Request, outlast, redirect
from tests.unit.channels.samples import DIGEST, NOW

LOOPBACK = NetOptions(allow_private=("127.0.0.1",))


def said(status: int, body: object, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), names)


TABLE: dict[str, tuple[Handler, type[DeliveryError], float | None]] = {
    "400": (Reply(400), PermanentFailure, None),
    "401": (Reply(401), PermanentFailure, None),
    "403": (Reply(403), PermanentFailure, None),
    "404": (Reply(404, b"no_service"), PermanentFailure, None),
    "413": (Reply(413), PermanentFailure, None),
    "410": (Reply(410), DestinationGone, None),
    "408": (Reply(408), TemporaryFailure, None),
    "429": (Reply(429), TemporaryFailure, None),
    "429 header": (Reply(429, headers={"Retry-After": "17"}), TemporaryFailure, 17.0),
    "429 ten years": (Reply(429, headers={"Retry-After": "3" * 9}), TemporaryFailure, 86_400.0),
    "429 rubbish": (Reply(429, headers={"Retry-After": "soon"}), TemporaryFailure, None),
    "429 Discord": (said(429, {"retry_after": 1.5, "global": False}), TemporaryFailure, 1.5),
    "429 Telegram": (
        said(429, {"ok": False, "parameters": {"retry_after": 31}}),
        TemporaryFailure,
        31.0,
    ),
    "429 Matrix": (
        said(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}),
        TemporaryFailure,
        2.5,
    ),
    "429 JSON ten years": (said(429, {"retry_after": 1e300}), TemporaryFailure, 86_400.0),
    "429 JSON negative": (said(429, {"retry_after": -3}), TemporaryFailure, None),
    "429 JSON rubbish": (said(429, {"retry_after": True, "parameters": 3}), TemporaryFailure, None),
    "429 JSON no number": (Reply(429, b'{"retry_after": NaN}'), TemporaryFailure, None),
    "429 JSON list": (said(429, [1]), TemporaryFailure, None),
    "429 header wins": (said(429, {"retry_after": 99}, Retry_After="2"), TemporaryFailure, 2.0),
    "500": (Reply(500, b"<html>oops</html>"), TemporaryFailure, None),
    "503 header": (Reply(503, headers={"Retry-After": "120"}), TemporaryFailure, 120.0),
    "301": (redirect("/elsewhere", 301), TemporaryFailure, None),
    "302": (redirect("/elsewhere", 302), TemporaryFailure, None),
    "307": (redirect("http://127.0.0.1:1/", 307), TemporaryFailure, None),
    "308": (redirect("/elsewhere", 308), TemporaryFailure, None),
    "reset": (Raw(b"", reset=True), TemporaryFailure, None),
    "cut off": (Raw(b"HTTP/1.1 200 OK\r\nContent-Le", reset=True), TemporaryFailure, None),
    "no HTTP": (Raw(b"what is this\r\n\r\n"), TemporaryFailure, None),
    "timeout": (outlast, TemporaryFailure, None),
}


def own(kind: str) -> list[str]:
    """Return the secrets that a channel of this kind is made with."""
    given = json.dumps(options(kind, "http://127.0.0.1:1", Path()))
    return [secret for secret in SECRETS if secret in given]


def path_of(kind: str) -> str:
    return PATHS.get(kind, HOOK.partition("?")[0])


async def send(kind: str, answer: Handler, folder: Path) -> list[Request]:
    """Send a digest to a server that gives ``answer`` and return what reached it."""
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on(path_of(kind), answer).on("/elsewhere", Reply(200))
        channel = make(kind, server.url("").rstrip("/"), folder, timeout=20.0)
        try:
            assert await channel.send(delivery(channel, rendered(channel)), net)
        finally:
            assert server.paths == [server.requests[0].path]
        return server.requests


def rendered(channel: Channel):
    return channel.render(DIGEST, recipient(channel), ID)


@pytest.mark.parametrize("kind", POSTING)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_is_a_success(kind: str, status: int, tmp_path: Path) -> None:
    (request,) = await send(kind, Reply(status, b'{"ok": true}' * (status != 204)), tmp_path)
    assert request.headers["content-type"].startswith("application/")
    assert request.body == rendered(make(kind, "http://127.0.0.1:1", tmp_path)).content


@pytest.mark.parametrize("kind", POSTING)
@pytest.mark.parametrize("row", TABLE)
async def test_every_answer_has_its_meaning(kind: str, row: str, tmp_path: Path) -> None:
    answer, failure, wish = TABLE[row]
    with pytest.raises(DeliveryError) as caught:
        await send(kind, answer, tmp_path)
    assert type(caught.value) is failure
    assert getattr(caught.value, "retry_after", None) == wish
    words = str(caught.value)
    assert words.startswith(f"{kind} 'ops': ")
    assert len(words.splitlines()) == 1


@pytest.mark.parametrize("kind", POSTING)
@pytest.mark.parametrize("before", [0, 155])
async def test_an_answer_that_repeats_our_secrets_is_told_without_them(
    kind: str, before: int, tmp_path: Path
) -> None:
    echo = "." * before + " ".join(["bad", *own(kind)])
    assert own(kind)
    for answer in (Reply(400, echo.encode()), said(500, {"description": echo})):
        with pytest.raises(DeliveryError) as caught:
            await send(kind, answer, tmp_path)
        assert before or "bad ***" in str(caught.value)
        for secret in own(kind):
            assert secret not in str(caught.value)
            assert secret[:8] not in str(caught.value)


@pytest.mark.parametrize("kind", POSTING)
async def test_a_repeat_is_the_same_request_but_for_a_webhooks_signature(
    kind: str, tmp_path: Path
) -> None:
    """The receiver processes the first attempt and then cuts the line: the sender cannot know."""
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on(path_of(kind), Raw(b"", reset=True), Reply(200, b"{}"))
        channel = make(kind, server.url("").rstrip("/"), tmp_path)
        sent = delivery(channel, rendered(channel))
        with pytest.raises(TemporaryFailure):
            await channel.send(sent, net)
        await channel.send(sent, net)
    first, second = server.requests
    assert (first.method, first.path, first.body) == (second.method, second.path, second.body)


@pytest.mark.parametrize("kind", POSTING)
async def test_a_private_address_is_refused_for_good_before_any_connect(
    kind: str, tmp_path: Path
) -> None:
    async with HttpServer() as server, Net(NetOptions()) as net:
        channel = make(kind, server.url("").rstrip("/"), tmp_path)
        with pytest.raises(PermanentFailure) as caught:
            await channel.send(delivery(channel, rendered(channel)), net)
        assert server.connections == 0
    for secret in SECRETS:
        assert secret not in str(caught.value)


@pytest.mark.parametrize("kind", POSTING)
async def test_a_host_that_asks_for_patience_is_left_alone_meanwhile(
    kind: str, tmp_path: Path
) -> None:
    async with HttpServer() as server, Net(LOOPBACK, clock=lambda: NOW) as net:
        server.on(path_of(kind), Reply(429, headers={"Retry-After": "60"}))
        channel = make(kind, server.url("").rstrip("/"), tmp_path)
        for _ in range(2):
            with pytest.raises(TemporaryFailure) as caught:
                await channel.send(delivery(channel, rendered(channel)), net)
            assert caught.value.retry_after == 60
        assert len(server.requests) == 1
