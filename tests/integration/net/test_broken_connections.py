from __future__ import annotations

import asyncio
import socket

import pytest

from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import FEED, fault, options
from tests.servers import FakeResolver, HttpServer, Raw, Reply, Request


async def test_a_body_shorter_than_announced_is_an_error(server: HttpServer, net: Net) -> None:
    server.on("/feed", Reply(body=b"12345", headers={"Content-Length": "100"}))
    error = await fault(net, server.url("/feed"))
    assert error.reason == Reason.MALFORMED
    assert "received 5 bytes, expected 100" in str(error)


async def test_a_body_longer_than_announced_is_cut_to_its_announced_length(
    server: HttpServer, net: Net
) -> None:
    server.on("/feed", Reply(body=b"1234567890", headers={"Content-Length": "5"}))
    assert (await net.get(server.url("/feed"))).body == b"12345"


@pytest.mark.parametrize(
    ("data", "reset", "reason"),
    [
        (b"", False, Reason.RESET),
        (b"", True, Reason.RESET),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", True, Reason.RESET),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", False, Reason.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", False, Reason.MALFORMED),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            False,
            Reason.MALFORMED,
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", False, Reason.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", False, Reason.MALFORMED),
    ],
)
async def test_a_broken_answer_has_its_own_reason(
    server: HttpServer,
    net: Net,
    data: bytes,
    reset: bool,  # noqa: FBT001 - a column of the table
    reason: Reason,
) -> None:
    server.on("/feed", Raw(data, reset))
    error = await fault(net, server.url("/feed"))
    assert error.reason == reason, str(error)
    assert f"127.0.0.1:{server.port}" in str(error)


async def test_a_port_where_nothing_listens_is_refused(net: Net) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        error = await fault(net, f"http://127.0.0.1:{port}/")
    assert error.reason == Reason.REFUSED
    assert "nothing listens there" in str(error)


async def test_a_name_without_an_address_says_so() -> None:
    async with Net(options(), resolver=FakeResolver().on("empty.example", [])) as net:
        for host in ("missing.example", "empty.example"):
            error = await fault(net, f"http://{host}/")
            assert error.reason == Reason.DNS
            assert f"{host}: no address found" in str(error)


async def test_the_system_resolver_answers_for_this_machine(server: HttpServer) -> None:
    server.on("/", Reply(body=FEED))
    async with Net(options(allow_private=["localhost"])) as net:
        assert (await net.get(server.url("/", host="localhost"))).body == FEED
        error = await fault(net, "http://no-such-name.invalid/")
    assert error.reason == Reason.DNS


@pytest.mark.parametrize("name", ["Authorization", "X-Ключ"])
async def test_a_header_that_would_break_the_request_is_an_error_that_does_not_repeat_it(
    server: HttpServer, net: Net, name: str
) -> None:
    error = await fault(net, server.url("/"), headers={name: "hunter2\r\nX-C: d"})
    assert error.reason == Reason.INTERNAL
    assert "hunter2" not in f"{error} {error!r}"
    assert server.requests == []


async def test_a_cancelled_request_leaves_no_connection_behind(
    server: HttpServer, net: Net
) -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def watch(request: Request, writer: asyncio.StreamWriter) -> None:
        begun.set()
        try:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        except OSError:
            gone.set()

    server.on("/feed", watch)
    task = asyncio.ensure_future(net.get(server.url("/feed")))
    await asyncio.wait_for(begun.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(gone.wait(), 60)
