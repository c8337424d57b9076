from __future__ import annotations

import pytest

from monitor.model import Reason
from monitor.net import Net, NetOptions
from tests.integration.net.helpers import FEED, fault, options
from tests.servers import FakeResolver, HttpServer, Reply


async def test_an_answer_brings_status_headers_and_body(server: HttpServer, net: Net) -> None:
    server.on("/feed", Reply(body=FEED, headers={"ETag": '"1"', "Content-Type": "text/xml"}))
    answer = await net.get(server.url("/feed"))
    assert (answer.status, answer.body, answer.url) == (200, FEED, server.url("/feed"))
    assert answer.headers["etag"] == '"1"'
    assert answer.moved_to == ""
    assert answer.seconds > 0


async def test_the_request_says_who_asks_and_takes_gzip_only(server: HttpServer) -> None:
    server.on("/feed", Reply())
    async with Net(options(contact="https://example.org/about")) as net:
        await net.get(server.url("/feed"), headers={"Accept-Encoding": "br", "Accept": "x/y"})
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("coverage-monitor/")
    assert headers["user-agent"].endswith(" (+https://example.org/about)")
    assert headers["accept-encoding"] == "gzip"
    assert headers["accept"] == "x/y"
    assert headers["host"] == f"127.0.0.1:{server.port}"


async def test_validators_are_echoed_byte_for_byte(server: HttpServer, net: Net) -> None:
    etag = '"\xe9\xff;;=\\"'
    server.on("/feed", Reply(headers={"ETag": etag}), Reply(304))
    first = await net.get(server.url("/feed"))
    second = await net.get(server.url("/feed"), headers={"If-None-Match": first.headers["etag"]})
    assert server.requests[1].headers["if-none-match"] == etag
    assert (second.status, second.body) == (304, b"")


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503])
async def test_an_error_status_is_an_answer_with_its_page(
    server: HttpServer, net: Net, status: int
) -> None:
    server.on("/feed", Reply(status, b"Just a moment..."))
    answer = await net.get(server.url("/feed"))
    assert (answer.status, answer.body) == (status, b"Just a moment...")


async def test_an_error_page_is_cut_instead_of_hiding_its_status(
    server: HttpServer, net: Net
) -> None:
    server.on("/feed", Reply(403, b"x" * 200_000))
    answer = await net.get(server.url("/feed"))
    assert (answer.status, len(answer.body)) == (403, 65_536)


async def test_a_cookie_is_never_sent_back(server: HttpServer, net: Net) -> None:
    server.on("/a", Reply(302, headers={"Set-Cookie": "id=1; Path=/", "Location": "/b"}))
    server.on("/b", Reply(headers={"Set-Cookie": "id=2; Path=/"}))
    await net.get(server.url("/a"))
    await net.get(server.url("/b"))
    assert len(server.requests) == 3
    assert all("cookie" not in request.headers for request in server.requests)


async def test_a_proxy_in_the_environment_is_ignored(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/feed", Reply(body=FEED))
    async with HttpServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        async with Net(options()) as net:
            assert (await net.get(server.url("/feed"))).body == FEED
    assert proxy.connections == 0


async def test_a_configured_proxy_is_used_and_still_no_private_address_is_asked_for() -> None:
    async with HttpServer() as proxy:
        proxy.on("http://news.example/feed", Reply(body=FEED))
        async with Net(NetOptions(proxy=proxy.url()), resolver=FakeResolver()) as net:
            assert (await net.get("http://news.example/feed")).body == FEED
            error = await fault(net, "http://10.0.0.1/")
    assert error.reason == Reason.REFUSED_ADDRESS
    assert proxy.paths == ["http://news.example/feed"]
