"""What the HTTP client would do by itself, and must not."""

from __future__ import annotations

import logging

import pytest

from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import fault
from tests.servers import HttpServer, Reply, redirect


async def test_no_address_is_logged_by_the_client(
    server: HttpServer, net: Net, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("/hook/token-1", Reply())
    caplog.set_level(logging.DEBUG)
    await net.post(server.url("/hook/token-1?k=token-2"), content=b"{}", headers={})
    assert server.paths == ["/hook/token-1?k=token-2"]
    assert "token" not in caplog.text


@pytest.mark.parametrize("location", ["http://[::1", "http://a:b/", "\x7f", "x" * 66_000])
async def test_a_location_the_client_cannot_read_does_not_hide_the_answer_to_a_post(
    server: HttpServer, net: Net, location: str
) -> None:
    server.on("/hook", redirect(location))
    answer = await net.post(server.url("/hook"), content=b"{}", headers={})
    assert (answer.status, answer.headers["location"]) == (302, location)


@pytest.mark.parametrize("location", ["http://[::1", "/" + "x" * 66_000])
async def test_a_redirect_to_an_unreadable_address_is_refused(
    server: HttpServer, net: Net, location: str
) -> None:
    server.on("/feed", redirect(location))
    error = await fault(net, server.url("/feed"))
    assert error.reason == Reason.REFUSED_ADDRESS
    assert len(str(error)) < 500


async def test_nothing_but_our_own_headers_is_sent(server: HttpServer, net: Net) -> None:
    await net.get(server.url("/feed"))
    await net.post(server.url("/hook"), content=b"", headers={})
    ours = {"host", "user-agent", "accept-encoding", "connection"}
    assert set(server.requests[0].headers) == ours
    assert set(server.requests[1].headers) == {*ours, "content-length"}


@pytest.mark.parametrize("header", ["id=1; Path=/", "id=1; Max-Age=rubbish; Expires=rubbish", "="])
async def test_cookies_are_not_even_read(server: HttpServer, net: Net, header: str) -> None:
    server.on("/feed", Reply(headers={"Set-Cookie": header}))
    for _ in range(2):
        assert (await net.get(server.url("/feed"))).status == 200
    assert "cookie" not in server.requests[1].headers
