from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import options
from tests.servers import HttpServer, Raw, Reply, Request, redirect


async def _endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def _silence(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_a_post_brings_its_bytes_and_headers(server: HttpServer, net: Net) -> None:
    server.on("/hook", Reply(202, b"thanks"))
    answer = await net.post(
        server.url("/hook"), content=b'{"a":1}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status, answer.body) == (202, b"thanks")
    request = server.requests[0]
    assert (request.method, request.body) == ("POST", b'{"a":1}')
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_post_is_never_redirected(server: HttpServer, net: Net, status: int) -> None:
    server.on("/hook", redirect("/elsewhere", status))
    answer = await net.post(server.url("/hook"), content=b"{}", headers={})
    assert answer.status == status
    assert server.paths == ["/hook"]


async def test_the_answer_to_a_post_is_cut_at_64_kb(server: HttpServer, net: Net) -> None:
    server.on("/hook", _endless)
    answer = await net.post(server.url("/hook"), content=b"{}", headers={})
    assert (answer.status, len(answer.body)) == (200, 65_536)


async def test_a_post_that_fails_does_not_name_its_path(server: HttpServer, net: Net) -> None:
    server.on("/hook/token-1", Raw(b"", reset=True))
    with pytest.raises(FetchError) as caught:
        await net.post(server.url("/hook/token-1?k=token-2"), content=b"{}", headers={})
    assert caught.value.reason == Reason.RESET
    assert "token" not in str(caught.value)


async def test_a_post_has_a_deadline(server: HttpServer, net: Net) -> None:
    server.on("/hook", _silence)
    with pytest.raises(FetchError) as caught:
        await net.post(server.url("/hook"), content=b"{}", headers={}, deadline=0.1)
    assert caught.value.reason == Reason.TIMEOUT


async def test_a_post_to_a_host_that_asked_for_patience_waits_its_turn(
    server: HttpServer,
) -> None:
    server.on("/hook", Reply(429, headers={"Retry-After": "60"}))
    async with Net(options(), clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)) as net:
        await net.post(server.url("/hook"), content=b"{}", headers={})
        with pytest.raises(FetchError) as caught:
            await net.post(server.url("/hook"), content=b"{}", headers={})
    assert caught.value.reason == Reason.RATE_LIMITED
    assert caught.value.retry_after == 60
