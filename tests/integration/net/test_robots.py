"""What robots.txt says is asked of a real server and kept to (RFC 9309)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Reason
from monitor.net import Net
from tests.integration.net.helpers import fault, options
from tests.servers import HttpServer, Reply, redirect

PAGE = Reply(body=b"<p>page")


def rules(*lines: str) -> Reply:
    return Reply(body="\n".join(lines).encode())


async def reason_of(net: Net, url: str) -> Reason:
    return Reason((await fault(net, url, robots=True)).reason)


async def test_a_page_that_robots_may_not_fetch_is_never_asked_for(server: HttpServer) -> None:
    server.on("/robots.txt", rules("User-agent: *", "Disallow: /private/")).on("/open", PAGE)
    async with Net(options(page_gap=0)) as net:
        assert await reason_of(net, server.url("/private/page")) is Reason.ROBOTS
        assert (await net.get(server.url("/open"), robots=True)).status == 200
    assert server.paths == ["/robots.txt", "/open"]


async def test_rules_for_this_monitor_go_before_those_for_all(server: HttpServer) -> None:
    server.on(
        "/robots.txt",
        rules("User-agent: *", "Disallow: /", "", "User-agent: Coverage-Monitor", "Allow: /"),
    ).on("/page", PAGE)
    async with Net(options(page_gap=0)) as net:
        assert (await net.get(server.url("/page"), robots=True)).status == 200


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_rules_that_are_not_there_allow_everything(server: HttpServer, status: int) -> None:
    server.on("/robots.txt", Reply(status, b"Disallow: /")).on("/page", PAGE)
    async with Net(options(page_gap=0)) as net:
        assert (await net.get(server.url("/page"), robots=True)).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_fails_at_its_rules_is_left_alone_until_it_answers(
    server: HttpServer, status: int
) -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    server.on("/robots.txt", Reply(status), rules("User-agent: *", "Allow: /")).on("/page", PAGE)
    async with Net(options(page_gap=0), clock=lambda: now) as net:
        assert await reason_of(net, server.url("/page")) is Reason.ROBOTS
        assert await reason_of(net, server.url("/page")) is Reason.ROBOTS
        assert server.paths == ["/robots.txt"]
        now += timedelta(minutes=11)
        assert (await net.get(server.url("/page"), robots=True)).status == 200


async def test_rules_are_asked_for_once_by_many_and_anew_after_a_day(server: HttpServer) -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    server.on("/robots.txt", rules("User-agent: *", "Allow: /")).on("/page", PAGE)
    async with Net(options(page_gap=0), clock=lambda: now) as net:
        await asyncio.gather(*(net.get(server.url("/page"), robots=True) for _ in range(5)))
        assert server.paths.count("/robots.txt") == 1
        now += timedelta(hours=25)
        await net.get(server.url("/page"), robots=True)
        assert server.paths.count("/robots.txt") == 2


async def test_a_redirect_leads_nowhere_that_robots_may_not_go(server: HttpServer) -> None:
    async with HttpServer() as other, Net(options(page_gap=0)) as net:
        other.on("/robots.txt", rules("User-agent: *", "Disallow: /"))
        server.on("/robots.txt", Reply(404)).on("/page", redirect(other.url("/elsewhere")))
        assert await reason_of(net, server.url("/page")) is Reason.ROBOTS
        assert other.paths == ["/robots.txt"]


async def test_a_crawl_delay_keeps_pages_apart_and_a_long_queue_is_told_to_come_back(
    server: HttpServer,
) -> None:
    server.on("/robots.txt", rules("User-agent: *", "Crawl-delay: 50", "Allow: /"))
    server.on("/page", PAGE)
    async with Net(options(page_gap=0)) as net:
        assert (await net.robots.rules(server.url("/page"))).delay == 50
        await net.get(server.url("/page"), robots=True)
        waiting = [asyncio.create_task(net.get(server.url("/page"), robots=True)) for _ in range(2)]
        await asyncio.sleep(0)
        while len(server.paths) < 2:  # noqa: ASYNC110 - until the first page was served
            await asyncio.sleep(0.01)
        assert server.paths == ["/robots.txt", "/page"]
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_sitemaps_are_named_in_the_order_of_the_file(server: HttpServer) -> None:
    server.on(
        "/robots.txt",
        rules("Sitemap: https://a.example/news.xml", "Sitemap: https://a.example/all.xml"),
    )
    async with Net(options()) as net:
        found = await net.robots.rules(server.url("/"))
    assert found.sitemaps == ("https://a.example/news.xml", "https://a.example/all.xml")


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe" * 1000, b"Disallow", b"<html>404</html>"])
async def test_rubbish_in_the_place_of_rules_allows_everything(
    server: HttpServer, body: bytes
) -> None:
    server.on("/robots.txt", Reply(body=body)).on("/page", PAGE)
    async with Net(options(page_gap=0)) as net:
        assert (await net.get(server.url("/page"), robots=True)).status == 200


async def test_a_feed_that_a_person_listed_is_fetched_whatever_robots_txt_says(
    server: HttpServer,
) -> None:
    server.on("/robots.txt", rules("User-agent: *", "Disallow: /")).on("/feed", PAGE)
    async with Net(options()) as net:
        assert (await net.get(server.url("/feed"))).status == 200
    assert server.paths == ["/feed"]
