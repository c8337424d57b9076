from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import FEED, fault, options
from tests.servers import HttpServer, Reply, Request, pass_time


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        ("315360000", 86_400),
        ("-5", 0),
        ("rubbish", 0),
    ],
)
async def test_a_host_that_asks_for_patience_is_left_alone_until_then(
    server: HttpServer, status: int, value: str, seconds: int
) -> None:
    clock = Clock()
    server.on("/feed", Reply(status, headers={"Retry-After": value}), Reply(body=FEED))
    async with Net(options(), clock=clock) as net:
        assert (await net.get(server.url("/feed"))).status == status
        if seconds:
            clock.now += timedelta(seconds=seconds - 1)
            error = await fault(net, server.url("/other"))
            assert (error.reason, error.retry_after) == (Reason.RATE_LIMITED, 1.0)
            assert len(server.requests) == 1
            clock.now += timedelta(seconds=1)
        assert (await net.get(server.url("/feed"))).body == FEED


async def test_patience_with_one_host_does_not_slow_another(server: HttpServer) -> None:
    server.on("/feed", Reply(429, headers={"Retry-After": "60"}))
    async with HttpServer() as other, Net(options()) as net:
        other.on("/feed", Reply(body=FEED))
        await net.get(server.url("/feed"))
        assert (await net.get(other.url("/feed"))).body == FEED


class Crowd:
    """Counts the requests that are under way at once; lets them go when told.

    ``full`` is set as soon as there are ``size`` of them.
    """

    def __init__(self, size: int) -> None:
        self.now = 0
        self.most = 0
        self.size = size
        self.full = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now >= self.size:
            self.full.set()
        await self.go.wait()
        self.now -= 1
        await Reply()(request, writer)


async def test_requests_to_one_host_are_limited_while_others_go_on(server: HttpServer) -> None:
    crowd = Crowd(2)
    server.on("/feed", crowd)
    async with HttpServer() as other, Net(options(per_host=2, connections=3)) as net:
        other.on("/feed", Reply(body=FEED))
        waiting = [asyncio.ensure_future(net.get(server.url("/feed"))) for _ in range(10)]
        await asyncio.wait_for(crowd.full.wait(), 60)
        assert (await net.get(other.url("/feed"))).body == FEED
        crowd.go.set()
        answers = await asyncio.gather(*waiting)
    assert [answer.status for answer in answers] == [200] * 10
    assert crowd.most == 2


async def test_connections_are_limited_over_all_hosts(server: HttpServer) -> None:
    crowd = Crowd(3)
    server.on("/feed", crowd)
    async with HttpServer() as other, Net(options(per_host=9, connections=3)) as net:
        other.on("/feed", crowd)
        waiting = [
            asyncio.ensure_future(net.get(one.url("/feed")))
            for one in (server, other)
            for _ in range(6)
        ]
        await asyncio.wait_for(crowd.full.wait(), 60)
        crowd.go.set()
        await asyncio.gather(*waiting)
    assert crowd.most == 3


async def test_the_wait_for_a_busy_host_does_not_eat_the_deadline(server: HttpServer) -> None:
    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        pass_time(300)
        await Reply()(request, writer)

    server.on("/feed", slow, Reply())
    async with Net(options(per_host=1)) as net:
        first = asyncio.ensure_future(net.get(server.url("/feed"), deadline=600))
        second = asyncio.ensure_future(net.get(server.url("/feed"), deadline=60))
        answers = await asyncio.gather(first, second)
    assert [answer.status for answer in answers] == [200, 200]


async def test_requests_to_one_host_keep_their_distance(server: HttpServer) -> None:
    times: list[float] = []

    async def note(request: Request, writer: asyncio.StreamWriter) -> None:
        times.append(asyncio.get_running_loop().time())
        await Reply()(request, writer)

    server.on("/feed", note)
    async with Net(options(per_host=4, per_host_gap=0.05)) as net:
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(net.get(server.url("/feed")) for _ in range(4)))
    assert max(times) - begun >= 0.149


async def test_a_request_may_ask_for_more_distance_than_is_usual(server: HttpServer) -> None:
    server.on("/", Reply())
    async with Net(options(per_host_gap=0.01)) as net:
        begun = asyncio.get_running_loop().time()
        for _ in range(3):
            await net.post(server.url("/"), content=b"", headers={}, gap=0.05)
        assert asyncio.get_running_loop().time() - begun >= 0.099


async def test_hosts_that_no_longer_matter_are_forgotten(server: HttpServer, net: Net) -> None:
    server.on("/", Reply())
    await net.get(server.url("/"))
    assert net._hosts._hosts == {}
