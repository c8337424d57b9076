"""One event in many words, through the whole service: told once, and again when there is news."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.demo.mail_sink import MailSink
from monitor.demo.receiver import WebhookReceiver
from monitor.stories import tell
from tests.acceptance.practice import SECRET, Entry, open_feeds, publish_about, source
from tests.integration.test_app import World, told
from tests.servers import HttpServer

OUTLETS = ("anchor", "beacon", "courier", "dispatch", "echo", "lantern", "meridian", "post")

TITLES = (
    "Maria Exemplar resigns over altered weighing records",
    "Exemplar gives up office in grain affair at Port Merrow",
    "Port Merrow: Maria Exemplar steps down",
    "Scales of Port Merrow bring down Maria Exemplar",
    "Harbour chief Maria Exemplar quits after false weights",
    "Forty ships, one resignation: the fall of Maria Exemplar",
)
OPENINGS = (
    "Maria Exemplar resigned on Monday as head of the harbour of Port Merrow.",
    "The harbour of Port Merrow has lost its director: Maria Exemplar handed in her resignation.",
    "After a week of reproaches Maria Exemplar left the top of Port Merrow's harbour on Monday.",
    "Maria Exemplar, for nine years at the head of Port Merrow, no longer holds her post.",
    "In a short letter Maria Exemplar told the town council of Port Merrow that she was going.",
)
MIDDLES = (
    "Inspectors had found that the weighing records of 40 ships were altered.",
    "Records of the scales had been changed for 40 ships, an inspection showed.",
    "At least forty vessels carried more wheat than the books of the scales admit.",
    "False figures for forty cargoes of wheat were discovered in the books last week.",
    "What the scales showed and what was written down differed in 40 cases, inspectors say.",
    "The wheat of 40 ships was booked too lightly, according to the inspectors' report.",
    "Forty times the scales were right and the records wrong, an inspector explained.",
)
ENDINGS = (
    "Mayor Tilo Ferrant thanked her for nine years of work.",
    "She knew nothing of it, she wrote to mayor Tilo Ferrant, but bore the responsibility.",
    "Tilo Ferrant, the mayor, wants to name a successor within a month.",
    "The grain union called the step overdue; Tilo Ferrant called it honourable.",
    "Who will follow her is open, said mayor Tilo Ferrant.",
    "Traders doubt that mayor Tilo Ferrant can calm the market soon.",
    "Mayor Tilo Ferrant spoke of a sad day for the town and its port.",
    "The treasury now reckons what it lost, mayor Tilo Ferrant said.",
    "Two clerks remain suspended, as mayor Tilo Ferrant confirmed.",
    "Fishermen gathered at the quay and sang; mayor Tilo Ferrant watched from a window.",
    "The council of Tilo Ferrant meets tomorrow.",
)


def rewrite(number: int) -> tuple[str, str]:
    """Return headline and text of a rewrite: no two of thirty are put together alike."""
    parts = [
        OPENINGS[number % len(OPENINGS)],
        MIDDLES[number % len(MIDDLES)],
        ENDINGS[number % len(ENDINGS)],
    ]
    return f"{TITLES[number % len(TITLES)]}", " ".join(parts)


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as server:
        yield server


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver(SECRET) as receiver:
        yield receiver


@pytest.fixture
async def world(tmp_path: Path, server: HttpServer) -> AsyncIterator[World]:
    async with MailSink() as sink:
        yield World(tmp_path, server, sink)


async def test_thirty_rewrites_are_one_alert_and_a_new_fact_is_a_second(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    feeds = open_feeds(server, *OUTLETS)
    sources = [source(server, name, publisher=name.title()) for name in OUTLETS]
    chance = random.Random(11)
    async with world.service(sources, receiver) as app:
        for feed in feeds.values():
            publish_about(feed, "", chance)
        await world.round(app)
        entries: list[Entry] = []
        for number in range(15):
            feed = feeds[OUTLETS[number % len(OUTLETS)]]
            entries.append(feed.publish(*rewrite(number)))
            await world.round(app)
    async with world.service(sources, receiver) as app:  # its memory comes from the store
        for number in range(15, 30):
            feed = feeds[OUTLETS[number % len(OUTLETS)]]
            entries.append(feed.publish(*rewrite(number)))
            await world.round(app)
        assert told(receiver) == [entries[0].url]
        news = feeds["post"].publish(
            "Weighing records of Port Merrow: Oda Brenn charges Maria Exemplar",
            "Prosecutor Oda Brenn has charged Maria Exemplar with fraud. The weighing records of 40 "
            "ships in Port Merrow were altered, and mayor Tilo Ferrant accepted her resignation as "
            "harbour chief on Monday.",
        )
        await world.round(app)
        assert told(receiver) == [entries[0].url, news.url]
        alert = receiver.received[-1].payload["data"]["stories"][0]
        assert "Brenn" in alert["developments"][0]
        hits = await app.tools.store.read(lambda tx: tx.hits(40))
        assert len({found.link.story for found in hits if found.link}) == 1
        routes = await app.tools.store.read(lambda tx: tx.routes([one.hit.id for one in hits]))
        reasons = {route.reason for route in routes if route.subscription == "urgent"}
        assert "skipped: tells a story already told again" in reasons
        assert any(one.startswith("development of a story already told") for one in reasons)
        (summary,) = await app.tools.store.read(lambda tx: tx.stories(10))
        story = tell(await app.tools.store.read(lambda tx: tx.story(summary.story)), {})
        assert (summary.items, summary.outlets) == (31, len(OUTLETS))
        assert [one.role for one in story.timeline].count("development") == 1
        text = await world.digest(app)
        assert "1 new on Maria Exemplar" in text
        assert f"Also in {len(OUTLETS) - 1} outlets" in text
        assert "Development, new name Oda Brenn: Weighing records of Port Merrow" in text
