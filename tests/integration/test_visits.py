"""A teaser in a feed, the article behind it: what the page adds is found, told once and kept."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from monitor import planning
from monitor.app import App, build, utc_now
from monitor.config import load
from tests.acceptance.practice import (
    Entry,
    Feed,
    open_feeds,
    prose,
    source,
    subscriptions,
    write_config,
)
from tests.servers import HttpServer, Reply

PAGE = """<!doctype html><html lang="en"><head><title>{title} | The Gazette</title>
<meta property="og:title" content="{title}"><meta name="author" content="Ada Sample">
<meta property="article:published_time" content="2026-03-04T09:30:00+01:00"></head>
<body><nav><a href="/">Home</a><a href="/world">World</a></nav>
<article><h1>{title}</h1>{paragraphs}</article>
<footer>Copyright The Gazette</footer></body></html>"""


class Press:
    """A feed of teasers and the pages behind them, read by a service under a movable clock."""

    def __init__(self, server: HttpServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.feed: Feed = open_feeds(server, "gazette")["gazette"]
        self.moved = timedelta(0)
        self.chance = random.Random(3)
        self.options: dict[str, Any] = {}
        """More options of ``monitor.yaml``."""

    def now(self) -> Any:
        return utc_now() + self.moved

    @asynccontextmanager
    async def service(self, **more: Any) -> AsyncIterator[App]:
        config = write_config(
            self.folder / "config",
            sources=[source(self.server, "gazette", **({"full_text": "auto"} | more))],
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/mailbox"}],
            subscriptions=[
                {**one, "to": [{"channel": "box"}]} for one in subscriptions("daily at 07:30")
            ],
            net={"allow_private": ["127.0.0.1"], "deadline": "60s", "page_gap": "0s"},
            **self.options,
        )
        async with build(load(config, {}), clock=self.now) as app:
            await self.round(app)
            yield app

    def publish(self, path: str, title: str, teaser: str) -> str:
        return self.feed.publish(title, teaser, self.server.url(path)).url

    def edit(self, number: int, **changes: str) -> None:
        """Change an entry of the feed, which gets a new one as well."""
        self.feed.entries[number] = replace(self.feed.entries[number], **changes)
        self.feed.entries.append(Entry(self.server.url("/new"), prose(self.chance, 8), "Words."))

    def page(self, title: str, *paragraphs: str) -> Reply:
        filling = [prose(self.chance, 60) + "." for _ in range(3)]
        text = "".join(f"<p>{paragraph}</p>" for paragraph in (*filling, *paragraphs))
        body = PAGE.format(title=title, paragraphs=text).encode()
        return Reply(200, body, {"Content-Type": "text/html; charset=utf-8"})

    async def round(self, app: App, *, hours: float = 0.1) -> None:
        await app.poll_due()
        await app.visit_due()
        await app.deliver_due()
        self.moved += timedelta(hours=hours)


async def hits_of(app: App) -> dict[str, Any]:
    return {each.hit.watch: each for each in await app.tools.store.read(lambda tx: tx.hits(10))}


async def alerts_of(app: App) -> list[Any]:
    found = await app.tools.store.read(lambda tx: tx.deliveries(100))
    return [each for each in found if each.kind == "alert"]


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    async with HttpServer() as server:
        server.on("/robots.txt", Reply(404))
        yield Press(server, tmp_path)


async def test_a_name_that_stands_only_on_the_page_is_found_told_and_shown_where_it_stands(
    press: Press,
) -> None:
    press.server.on("/1", press.page("Quay works begin", "In the hall sat Maria Exemplar, silent."))
    async with press.service() as app:
        press.publish("/1", "Quay works begin", "The works began.")
        await press.round(app)
        found = (await hits_of(app))["maria-exemplar"]
        (span,) = found.hit.spans
        assert found.item.text[span.start : span.end] == "Maria Exemplar"
        assert found.item.summary == "The works began."
        assert found.item.authors == ("Ada Sample",)
        assert len(await alerts_of(app)) == 1
        planned = await app.tools.store.read(lambda tx: tx.visits())
        assert [visit.stage for visit in planned] == [1]


async def test_a_hit_of_the_headline_is_told_at_once_and_not_again_when_the_page_confirms_it(
    press: Press,
) -> None:
    press.server.on("/1", press.page("Maria Exemplar speaks", "Maria Exemplar spoke for an hour."))
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await app.poll_due()
        assert len(await alerts_of(app)) == 1
        before = (await hits_of(app))["maria-exemplar"]
        await press.round(app)
        after = (await hits_of(app))["maria-exemplar"]
        assert len(await alerts_of(app)) == 1
        assert len(after.hit.spans) > len(before.hit.spans)
        assert after.found == before.found


async def test_a_page_that_speaks_of_another_watch_brings_a_hit_of_its_own(press: Press) -> None:
    press.server.on("/1", press.page("Maria Exemplar speaks", "The Sample Harbour Board paid."))
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await press.round(app)
        assert (await hits_of(app)).keys() == {"maria-exemplar", "sample-board"}
        told = [hit for alert in await alerts_of(app) for hit in alert.hits]
        assert len(told) == len(set(told)) == 2


async def test_a_page_that_fails_is_tried_again_and_then_found(press: Press) -> None:
    page = press.page("Quay works begin", "In the hall sat Maria Exemplar.")
    press.server.on("/1", Reply(503), Reply(500), page)
    async with press.service() as app:
        press.publish("/1", "Quay works begin", "The works began.")
        for _ in range(3):
            await press.round(app, hours=2)
        assert (await hits_of(app)).keys() == {"maria-exemplar"}


@pytest.mark.parametrize("answer", [Reply(404), Reply(410), Reply(451)])
async def test_a_page_that_is_not_there_is_not_asked_for_again_and_its_item_stays(
    press: Press, answer: Reply
) -> None:
    press.server.on("/1", answer)
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        for _ in range(3):
            await press.round(app, hours=8)
        assert press.server.paths.count("/1") == 1
        assert (await hits_of(app)).keys() == {"maria-exemplar"}


async def test_a_page_that_robots_may_not_fetch_is_left_alone(press: Press) -> None:
    press.server.on("/robots.txt", Reply(200, b"User-agent: *\nDisallow: /1"))
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await press.round(app, hours=8)
        await press.round(app)
        assert "/1" not in press.server.paths
        assert (await hits_of(app)).keys() == {"maria-exemplar"}


async def test_full_texts_and_first_polls_and_sources_that_refuse_it_are_never_visited(
    press: Press,
) -> None:
    press.publish("/old", "Old", "A teaser of the first poll.")
    async with press.service() as app:
        press.publish("/long", "Long", prose(press.chance, 400))
        await press.round(app)
    async with press.service(full_text="never") as app:
        press.publish("/new", "New", "A teaser.")
        await press.round(app)
    assert {"/old", "/long", "/new"}.isdisjoint(press.server.paths)


async def test_a_visit_in_hand_when_the_service_died_is_made_by_the_next_one(press: Press) -> None:
    press.server.on("/1", press.page("Quay works begin", "In the hall sat Maria Exemplar."))
    async with press.service() as app:
        press.publish("/1", "Quay works begin", "The works began.")
        await app.poll_due()
        now = app.clock()
        (claimed,) = await app.tools.store.write(lambda tx: tx.claim_visits(now, 10, 600))
        assert await app.visit_due() == []
    press.moved += timedelta(hours=1)
    async with press.service() as app:
        assert await hits_of(app)
        assert claimed.url in press.server.url("/1")


@pytest.mark.parametrize("careful_text", ["always", "matched"])
async def test_a_page_that_speaks_of_somebody_watched_is_read_with_care_and_others_as_configured(
    press: Press, careful_text: str
) -> None:
    press.options = {"careful_text": careful_text}
    box = b'<div class="paywall-offer"><p>Another sluice, in another town, was paid for once.</p></div>'
    told = {"hit": "In the hall sat Maria Exemplar, silent.", "rest": "In the hall sat nobody."}
    async with press.service() as app:
        for path, words in told.items():
            page = press.page(f"Quay works {path}", words)
            body = page.body.replace(b"</article>", box + b"</article>")
            press.server.on(f"/{path}", replace(page, body=body))
            press.publish(f"/{path}", f"Quay works {path}", "The works began.")
        await press.round(app)
        items = await app.tools.store.read(lambda tx: list(tx.stored_items()))
        texts = {item.url.rpartition("/")[2]: item.text for item in items}
        assert set(await hits_of(app)) == {"maria-exemplar"}
        assert all(words in texts[path] for path, words in told.items())
        assert "another town" not in texts["hit"]
        assert ("another town" in texts["rest"]) == (careful_text == "matched")


async def test_a_source_whose_articles_are_for_sale_is_called_paywalled(press: Press) -> None:
    sold = (
        b'<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}'
    )
    async with press.service() as app:
        for number in range(6):
            page = press.page(f"Sluice {number}")
            for_sale = page.body.replace(b"</head>", sold + b"</script></head>")
            press.server.on(f"/{number}", replace(page, body=for_sale))
            press.publish(f"/{number}", f"Sluice {number}", "A teaser.")
        await press.round(app)
        state = await app.tools.store.read(lambda tx: tx.source_state("gazette"))
        found = planning.health_of(app.settings.sources["gazette"], state, press.now())
        assert found.state == "paywalled"


async def test_what_was_wrong_with_a_page_is_logged_and_its_item_stays_as_the_feed_told_it(
    press: Press,
) -> None:
    body = b"<html><body><noscript>Please enable JavaScript to read this.</noscript></body></html>"
    press.server.on("/1", Reply(200, body, {"Content-Type": "text/html"}))
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        with capture_logs() as logs:
            await press.round(app)
        (said,) = [one for one in logs if one["event"] == "page read with problems"]
        assert (said["source"], said["url"]) == ("gazette", press.server.url("/1"))
        assert "JavaScript" in said["problems"]
        assert (await hits_of(app))["maria-exemplar"].item.body == "She spoke."
