from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from typing import Any

import pytest

from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import FEED, fault
from tests.servers import HttpServer, Reply, Request, redirect


async def _drip(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def _silence(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _chatter(request: Request, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize("handler", [_drip, _silence, _chatter])
async def test_one_deadline_ends_the_whole_exchange(
    server: HttpServer, net: Net, handler: Any
) -> None:
    server.on("/feed", handler)
    error = await fault(net, server.url("/feed"), deadline=0.2)
    assert error.reason == Reason.TIMEOUT
    assert "within 0.2 s" in str(error)


async def test_redirects_share_one_deadline(server: HttpServer, net: Net) -> None:
    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        await redirect(f"/{len(server.requests)}")(request, writer)

    for number in range(9):
        server.on(f"/{number}", slow)
    error = await fault(net, server.url("/0"), deadline=0.4)
    assert error.reason == Reason.TIMEOUT
    assert len(server.requests) < 5


async def test_an_endless_body_stops_at_the_cap(server: HttpServer, net: Net) -> None:
    server.on("/feed", _endless)
    error = await fault(net, server.url("/feed"), max_bytes=500_000)
    assert error.reason == Reason.TOO_LARGE
    assert "500,000 bytes" in str(error)


async def test_a_gzip_bomb_stops_at_the_cap_with_bounded_memory(
    server: HttpServer, net: Net
) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    server.on("/feed", Reply(body=bomb, headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        error = await fault(net, server.url("/feed"), max_bytes=2_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.reason == Reason.TOO_LARGE
    assert peak < 8_000_000


async def test_a_gzip_body_comes_unpacked(server: HttpServer, net: Net) -> None:
    body = FEED * 1000
    server.on("/feed", Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    assert (await net.get(server.url("/feed"))).body == body


@pytest.mark.parametrize("encoding", ["br", "zstd"])
async def test_an_encoding_nobody_asked_for_is_a_source_error(
    server: HttpServer, net: Net, encoding: str
) -> None:
    server.on("/feed", Reply(body=b"\x00\x01", headers={"Content-Encoding": encoding}))
    error = await fault(net, server.url("/feed"))
    assert error.reason == Reason.ENCODING
    assert encoding in str(error)
