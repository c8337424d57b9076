"""The practice newsroom over real sockets, read by the parsers that real readers use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import feedparser
import httpx
import pytest

from monitor import sources
from monitor.demo import Newsroom
from monitor.demo.coverage import load_coverage
from monitor.demo.newsroom import Place
from monitor.model import Fetched
from monitor.reading import clean_text
from monitor.registry import discover
from monitor.sources.base import Source


def parse(answer: httpx.Response) -> list[tuple[str, str, str, str]]:
    """Return (id, link, title, language) of every entry, by feedparser or as JSON."""
    if answer.headers["content-type"].startswith("application/feed+json"):
        items = answer.json()["items"]
        return [(i["id"], i["url"], i["title"], i["language"]) for i in items]
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    return [(e.get("id", e.link), e.link, e.title, e.get("language", "")) for e in feed.entries]


def feeds(room: Newsroom) -> list[Place]:
    return [place for place in room.places if place.kind == "feed"]


async def read_all(room: Newsroom, client: httpx.AsyncClient) -> dict[str, list[tuple[str, ...]]]:
    answers = {place.outlet.id: await client.get(place.url) for place in feeds(room)}
    return {name: parse(a) if a.status_code == 200 else [] for name, a in answers.items()}


@pytest.fixture
async def room():
    async with Newsroom(paced=False) as opened:
        yield opened


@pytest.fixture
async def client():
    async with httpx.AsyncClient(timeout=60) as opened:
        yield opened


async def test_all_four_formats_parse_and_hold_what_the_data_says(room, client):
    versions = set()
    for place in feeds(room):
        answer = await client.get(place.url)
        if not answer.headers["content-type"].startswith("application/feed+json"):
            versions.add(feedparser.parse(answer.content).version)
    assert versions == {"rss20", "rss10", "atom10"}
    room.advance(room.last_edition)
    titles = [entry[2] for feed in (await read_all(room, client)).values() for entry in feed]
    fed = {place.outlet.id for place in feeds(room)}
    entries = [entry for entry in load_coverage().all_entries if entry.outlet in fed]
    wanted = [entry.title for entry in entries if entry.id != "committee-record"]
    assert sorted(titles) == sorted(wanted)


async def test_each_edition_adds_entries_and_takes_none_away(room, client):
    seen = [await read_all(room, client)]
    while room.edition < room.last_edition:
        room.advance()
        seen.append(await read_all(room, client))
    for earlier, later in pairwise(seen):
        for outlet, entries in earlier.items():
            if later[outlet]:
                assert {entry[0] for entry in entries} <= {entry[0] for entry in later[outlet]}
        assert earlier != later


async def test_every_link_leads_to_a_page_with_the_title_and_the_note_that_it_is_invented(
    room, client
):
    room.advance(room.last_edition)
    for entries in (await read_all(room, client)).values():
        for _, link, title, _ in entries:
            page = await client.get(link)
            assert page.status_code == 200
            assert title.replace("'", "&#39;") in page.text
            assert "Invented for practice" in page.text


async def test_front_pages_lead_to_the_feed_and_to_every_article(room, client):
    index = await client.get(f"{room.url}/")
    for place in feeds(room):
        assert f'href="{room.url}/{place.outlet.id}/"' in index.text
        front = await client.get(f"{room.url}/{place.outlet.id}/")
        assert f'href="{place.url}"' in front.text
        for _, link, _, _ in parse(await client.get(place.url)):
            assert link.replace("&", "&amp;") in front.text


async def test_sites_without_a_feed_are_read_by_the_kinds_that_poll_them(room, client):
    room.advance(room.last_edition)
    kinds = discover(sources, Source)
    for place in room.places:
        if place.kind == "feed":
            continue
        source = kinds[place.kind].model_validate({"id": "s", "kind": place.kind, "url": place.url})
        answer = await client.get(place.url)
        document = source.parse(Fetched(place.url, answer.status_code, answer.content))
        said = "".join(entry.title + entry.content for entry in document.entries)
        own = [one.title for one in room.coverage.all_entries if one.outlet == place.outlet.id]
        assert own
        assert all(title in clean_text(said) for title in own)
        assert document.problems == ()


async def test_what_robots_may_do_is_said_with_the_sitemaps(room, client):
    answer = await client.get(f"{room.url}/robots.txt")
    addresses = [place.url for place in room.places if place.kind == "sitemap"]
    assert answer.text.splitlines() == [
        "User-agent: *",
        "Allow: /",
        *(f"Sitemap: {address}" for address in addresses),
    ]
    assert addresses


async def test_an_unchanged_feed_is_answered_304_with_its_validators_and_no_body(room, client):
    for place in room.places:
        first = await client.get(place.url)
        again = await client.get(place.url, headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]
        dated = await client.get(
            place.url, headers={"if-modified-since": first.headers["last-modified"]}
        )
        assert dated.status_code == 304


async def test_a_changed_feed_is_answered_in_full_however_soon_it_changed(room, client):
    address = next(place.url for place in room.places if place.outlet.id == "harbour-courier")
    first = await client.get(address)
    headers = {"if-none-match": first.headers["etag"]}
    room.advance()
    second = await client.get(address, headers=headers)
    assert second.status_code == 200
    headers = {
        "if-modified-since": second.headers.get("last-modified", first.headers["last-modified"])
    }
    room.advance(2)
    third = await client.get(address, headers=headers)
    assert third.status_code == 200
    assert len(parse(third)) > len(parse(second)) > len(parse(first))


async def test_an_outlet_in_its_outage_answers_503_and_comes_back(room, client):
    address = next(place.url for place in room.places if place.outlet.id == "lantern-post")
    statuses = []
    for _ in range(room.last_edition + 1):
        statuses.append((await client.get(address)).status_code)
        room.advance()
    assert statuses == [200] * 5 + [503] * 2 + [200] * 3
    assert room.visits["/lantern-post/index.rdf", 503] == 2


async def test_a_page_that_is_not_there_is_404(room, client):
    for path in ("/nobody/", "/nobody/feed.xml", "/practice-wire/none.html", "/practice-wire/x/y"):
        assert (await client.get(room.url + path)).status_code == 404


async def test_an_article_is_not_there_before_its_edition(room, client):
    address = f"{room.url}/practice-wire/committee-record.html"
    assert (await client.get(address)).status_code == 404
    room.advance()
    assert (await client.get(address)).status_code == 200


async def test_the_clock_starts_with_the_first_visit_to_a_feed(client):
    now = [datetime(2026, 11, 23, 12, 0, tzinfo=UTC)]
    async with Newsroom(clock=lambda: now[0]) as room:
        now[0] += timedelta(minutes=10)  # a slow start hides nothing
        assert room.edition == 0
        await client.get(room.url + "/")
        now[0] += timedelta(minutes=10)
        assert room.edition == 0
        await client.get(room.places[0].url)
        now[0] += timedelta(seconds=room.coverage.editions[2])
        assert room.edition == 2
        assert room.advance() == 3
        now[0] += timedelta(hours=1)
        assert room.edition == room.last_edition
        assert room.advance() == room.last_edition


async def test_two_newsrooms_stand_side_by_side(room):
    async with Newsroom(paced=False) as other:
        assert other.url != room.url
        other.advance()
        assert (room.edition, other.edition) == (0, 1)
