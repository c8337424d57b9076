"""A story through the whole service, read back from its page and its feed over HTTP."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import httpx
import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.schedule import Service
from monitor.web import serve
from tests.acceptance.practice import open_feeds, publish_about, source, write_config
from tests.integration.test_stories import OUTLETS, rewrite
from tests.servers import HttpServer

TOKEN = "feed-token-feed-token-feed-token"
SUBSCRIPTION = {
    "id": "desk",
    "title": "The desk",
    "when": "instant",
    "to": [{"channel": "reader"}],
}
NEWS = (
    "Weighing records of Port Merrow: Oda Brenn charges Maria Exemplar",
    (
        "Prosecutor Oda Brenn has charged Maria Exemplar with fraud. The weighing records of 40 ships in "
        "Port Merrow were altered, and mayor Tilo Ferrant accepted her resignation as harbour chief."
    ),
)


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as server:
        yield server


class Moving:
    """A clock that is moved on by minutes, so that every source is due again."""

    def __init__(self) -> None:
        self._moved = timedelta(0)

    def now(self) -> datetime:
        return utc_now() + self._moved

    def on(self) -> None:
        self._moved += timedelta(minutes=6)


async def a_round(app: App) -> None:
    await app.poll_due()
    await app.deliver_due()


async def test_rewrites_are_one_entry_and_one_story_and_the_news_is_a_second_entry(
    tmp_path: Path, server: HttpServer
) -> None:
    feeds = open_feeds(server, *OUTLETS)
    folder = write_config(
        tmp_path / "config",
        sources=[source(server, name, publisher=name.title(), every="1s") for name in OUTLETS],
        channels=[{"id": "reader", "kind": "feed", "token": TOKEN}],
        subscriptions=[SUBSCRIPTION],
    )
    moved = Moving()
    async with build(load(folder, {}), clock=moved.now) as app, serve(Service(app)) as address:
        for feed in feeds.values():
            publish_about(feed, "", random.Random(3))
        await a_round(app)
        entries = []
        for number in range(6):
            moved.on()
            entries.append(feeds[OUTLETS[number]].publish(*rewrite(number)))
            await a_round(app)
        moved.on()
        news = feeds["post"].publish(*NEWS)
        await a_round(app)
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            answer = await client.get("/feeds/desk.atom", params={"token": TOKEN})
            stories = (await client.get("/stories")).text
            (story,) = set(re.findall(r'href="(/stories/[0-9a-f]+)"', stories))
            page = (await client.get(story)).text
            hits = (await client.get("/")).text
            outbox = (await client.get("/deliveries")).text
    found = feedparser.parse(answer.content)
    assert [entry.link for entry in found.entries] == [news.url, entries[0].url]
    assert found.entries[0].title == f"Development: {NEWS[0]}"
    assert "Brenn" in found.entries[0].summary
    assert "7 articles · 7 outlets" in stories
    assert page.count('<span class="tag new">development</span>') == 1
    assert page.count("first report") == 1
    assert hits.count(">story of 7 articles</a>") == 7
    assert outbox.count("in the feed /feeds/desk.atom") == 2
