"""Where a site publishes is found, on loopback sites of each shape."""

from __future__ import annotations

import pytest

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.sources import _discovery
from monitor.sources.discovery import discover
from tests.servers import Reply
from tests.unit.sources.newsrooms import ARTICLES, FEED, SHAPES, feed_in_head, home, news_sitemap


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_the_best_place_of_a_site_comes_first_with_what_it_holds(server, net, shape):
    kind, path = shape(server)

    candidates = await discover(net, server.url("/"))

    assert (candidates[0].kind, candidates[0].url) == (kind, server.url(path))
    assert candidates[0].entries == len(candidates[0].samples) > 0
    assert candidates[0].why


async def test_every_place_is_shown_and_each_once(server, net):
    feed_in_head(server)
    server.on("/robots.txt", Reply(body=f"Sitemap: {server.url('/news.xml')}".encode()))
    server.on("/news.xml", news_sitemap(server))

    candidates = await discover(net, server.url("/"))

    assert [(one.kind, one.url.rpartition("/")[2]) for one in candidates] == [
        ("feed", "all"),
        ("feed", "comments"),
        ("sitemap", "news.xml"),
        ("section", ""),
    ]
    feed = candidates[0]
    assert (feed.form, feed.title, feed.language) == ("rss20", "The Courier", "en")
    assert feed.newest is not None
    assert feed.samples[0].title == "Ferry waits for its engine"


async def test_the_usual_places_of_feeds_are_tried_only_where_none_is_linked(server, net):
    feed_in_head(server)

    await discover(net, server.url("/"))

    assert not {"/feed", "/rss.xml", "/atom.xml"} & set(server.paths)


@pytest.mark.parametrize("path", ["/city/feed.xml", "/feed.xml"])
async def test_for_a_page_below_the_root_feeds_are_looked_for_beside_it_and_above(
    server, net, path
):
    server.on("/city/", home()).on(path, Reply(body=FEED))

    (found,) = await discover(net, server.url("/city/"))

    assert found.url == server.url(path)


async def test_robots_that_refuse_everything_end_the_search_before_it_begins(server, net):
    server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /"))
    server.on("/", home(body=ARTICLES))

    with pytest.raises(FetchError) as caught:
        await discover(net, server.url("/"))

    assert caught.value.reason == Reason.ROBOTS
    assert server.paths == ["/robots.txt"]


async def test_what_robots_refuse_is_passed_over(server, net):
    feed_in_head(server)
    server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /feeds/\nDisallow: /comments"))

    candidates = await discover(net, server.url("/"))

    assert [one.kind for one in candidates] == ["section"]
    assert "/feeds/all" not in server.paths


async def test_a_site_that_cannot_be_reached_says_so_at_once(net, server):
    server.on("/", Reply(body=b"x" * 20, headers={"Content-Encoding": "br"}))

    with pytest.raises(FetchError) as unreadable:
        await discover(net, server.url("/"))
    with pytest.raises(FetchError) as refused:
        await discover(net, "http://127.0.0.1:1/")

    assert unreadable.value.reason == Reason.ENCODING
    assert refused.value.reason in {Reason.REFUSED, Reason.ROBOTS}


async def test_a_site_that_offers_nothing_gives_nothing(server, net):
    server.on("/", home(body="<p>Under construction</p>"))

    assert await discover(net, server.url("/")) == ()


async def test_a_link_to_a_feed_that_is_none_is_passed_over(server, net):
    feed_in_head(server)
    server.on("/feeds/all", home()).on("/comments", Reply(500))

    candidates = await discover(net, server.url("/"))

    assert [one.kind for one in candidates] == ["section"]


async def test_a_page_with_a_thousand_feeds_costs_a_few_requests(server, net):
    many = "".join(
        f'<link rel=alternate type="application/rss+xml" href="/f/{n}">' for n in range(999)
    )
    server.on("/", home(many))

    await discover(net, server.url("/"))

    assert len(server.paths) < 30


async def test_a_search_ends_when_its_time_is_up(server, net, monkeypatch):
    monkeypatch.setattr(_discovery, "MOST_SECONDS", -1.0)
    feed_in_head(server)

    candidates = await discover(net, server.url("/"))

    assert [one.kind for one in candidates] == ["section"]
    assert server.paths == ["/robots.txt", "/"]
