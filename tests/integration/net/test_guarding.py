from __future__ import annotations

import pytest

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net import Net, NetOptions
from tests.integration.net.helpers import FEED, fault, options
from tests.servers import FakeResolver, HttpServer, Reply, redirect


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "127。0。0。1",
        "１２７.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "0",
    ],
)
async def test_a_private_address_is_refused_before_any_connect_however_it_is_spelled(
    server: HttpServer, host: str
) -> None:
    async with Net(NetOptions()) as net:
        error = await fault(net, server.url("/", host=host))
        with pytest.raises(FetchError):
            await net.post(server.url("/", host=host), content=b"{}", headers={})
    assert error.reason == Reason.REFUSED_ADDRESS
    assert "address" in str(error)
    assert "allow_private" in str(error)
    assert server.connections == 0


async def test_a_host_is_looked_up_once_and_the_checked_address_is_connected_to(
    server: HttpServer,
) -> None:
    server.on("/", Reply(body=FEED))
    resolver = FakeResolver().on("news.example", ["127.0.0.1"], ["10.0.0.1"])
    async with Net(options(), resolver=resolver) as net:
        answer = await net.get(server.url("/", host="news.example"))
        assert answer.body == FEED
        assert resolver.asked == ["news.example"]
        assert server.requests[0].headers["host"] == f"news.example:{server.port}"
        error = await fault(net, server.url("/", host="news.example"))
    assert error.reason == Reason.REFUSED_ADDRESS
    assert server.connections == 1


async def test_a_host_with_a_public_and_a_private_address_is_refused(server: HttpServer) -> None:
    resolver = FakeResolver().on("news.example", ["8.8.8.8", "127.0.0.1"])
    async with Net(NetOptions(), resolver=resolver) as net:
        error = await fault(net, server.url("/", host="news.example"))
    assert error.reason == Reason.REFUSED_ADDRESS
    assert "beside public ones" in str(error)
    assert server.connections == 0


@pytest.mark.parametrize("hop", [1, 2, 10])
async def test_a_redirect_to_a_private_address_is_refused_at_that_hop(
    server: HttpServer, hop: int
) -> None:
    async with HttpServer() as inside:
        resolver = FakeResolver().on("news.example", ["127.0.0.1"])
        resolver.on("inside.example", ["127.0.0.2"])
        for number in range(1, hop):
            server.on(f"/{number}", redirect(server.url(f"/{number + 1}", host="news.example")))
        server.on(f"/{hop}", redirect(inside.url("/", host="inside.example")))
        async with Net(options(), resolver=resolver) as net:
            error = await fault(net, server.url("/1", host="news.example"))
    assert error.reason == Reason.REFUSED_ADDRESS
    assert "inside.example (127.0.0.2) is a loopback address" in str(error)
    assert server.paths == [f"/{number}" for number in range(1, hop + 1)]
    assert inside.connections == 0


async def test_the_next_address_is_tried_when_the_first_does_not_answer(
    server: HttpServer,
) -> None:
    server.on("/", Reply(body=FEED))
    resolver = FakeResolver().on("news.example", ["127.0.0.9", "127.0.0.1"])
    async with Net(options(allow_private=["127.0.0.0/8"]), resolver=resolver) as net:
        assert (await net.get(server.url("/", host="news.example"))).body == FEED


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "nonsense", ""])
async def test_only_web_addresses_are_fetched(net: Net, url: str) -> None:
    assert (await fault(net, url)).reason == Reason.REFUSED_ADDRESS


async def test_redirects_are_followed_and_the_leading_permanent_ones_remembered(
    server: HttpServer, net: Net
) -> None:
    server.on("/a", redirect("/b", 301)).on("/b", redirect("/c", 308)).on("/c", redirect("/d", 302))
    server.on("/d", Reply(body=FEED))
    answer = await net.get(server.url("/a"))
    assert (answer.body, answer.url) == (FEED, server.url("/d"))
    assert answer.moved_to == server.url("/c")


async def test_a_redirect_loop_is_an_error(server: HttpServer, net: Net) -> None:
    server.on("/a", redirect("/b")).on("/b", redirect("/a"))
    error = await fault(net, server.url("/a"))
    assert error.reason == Reason.REDIRECTS
    assert "loop" in str(error)
    assert server.paths == ["/a", "/b"]


async def test_thirty_redirects_are_an_error_after_ten(server: HttpServer, net: Net) -> None:
    for number in range(30):
        server.on(f"/{number}", redirect(f"/{number + 1}"))
    error = await fault(net, server.url("/0"))
    assert error.reason == Reason.REDIRECTS
    assert len(server.requests) == 11


async def test_a_secret_header_does_not_follow_to_another_host(
    server: HttpServer, net: Net
) -> None:
    async with HttpServer() as other:
        server.on("/a", redirect("/b")).on("/b", redirect(other.url("/c")))
        other.on("/c", Reply())
        await net.get(server.url("/a"), headers={"Authorization": "secret", "Accept": "x/y"})
    assert server.requests[1].headers["authorization"] == "secret"
    assert "authorization" not in other.requests[0].headers
    assert other.requests[0].headers["accept"] == "x/y"


async def test_a_redirect_with_a_long_body_is_followed_without_reading_it(
    server: HttpServer, net: Net
) -> None:
    server.on("/a", Reply(302, b"x" * 5000, {"Location": "/b", "Content-Length": "99999999"}))
    server.on("/b", Reply(body=FEED))
    assert (await net.get(server.url("/a"))).body == FEED
