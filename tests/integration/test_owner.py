"""What the owner of the monitor hears of sources, over real HTTP and SMTP."""

# ruff: noqa: F401, F811 - fixtures of the other file are used by their names

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.app import App
from monitor.demo.receiver import WebhookReceiver
from monitor.planning.retry import JITTER
from tests.acceptance.practice import open_feeds, prose, publish_about, source
from tests.integration.test_app import (
    World,
    receiver,
    server,
    text_of,
    world,
)
from tests.servers import HttpServer, Reply

OWNER = "owner@desk.example"
NAMED = {"owner": {"channel": "mail", "recipient": OWNER}}


async def owner_hears(world: World, app: App) -> list[str]:
    """Return the texts of the mails to the owner that a tick now brings."""
    before = len(mails(world))
    await app.tell_owner()
    await app.deliver_due()
    return [text_of(mail) for mail in mails(world)[before:]]


def mails(world: World) -> list[Any]:
    return [mail for mail in world.sink.received if OWNER in mail.recipients]


async def test_the_owner_hears_once_that_a_source_fails_and_once_that_it_is_well_again(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    server.on("/gazette.xml", Reply(500))
    entry = source(server, "gazette", publisher="The Gazette")
    async with world.service([entry], receiver, **NAMED) as app:
        for _ in range(2):
            await world.round(app, hours=7)
            assert await owner_hears(world, app) == []
        await world.round(app, hours=7)
        (text,) = await owner_hears(world, app)
        assert "1 failing" in text
        assert "The Gazette: its server failed (HTTP 500), 3 times in a row" in text
        assert "Sent to the owner of this monitor." in text
        await world.round(app, hours=7)
        assert await owner_hears(world, app) == []
        publish_about(open_feeds(server, "gazette")["gazette"], "", world.chance)
        await world.round(app, hours=7)
        (text,) = await owner_hears(world, app)
        assert "1 well again" in text
        assert await owner_hears(world, app) == []


async def test_a_source_that_is_gone_is_told_at_once_and_asked_no_more(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    server.on("/gazette.xml", Reply(410))
    async with world.service([source(server, "gazette")], receiver, **NAMED) as app:
        await world.round(app, hours=30)
        (text,) = await owner_hears(world, app)
        assert "1 gone for good" in text
        await world.round(app)
        assert server.paths.count("/gazette.xml") == 1
        assert await owner_hears(world, app) == []


async def test_what_happens_to_many_sources_within_minutes_is_one_message(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    names = ["gazette", "herald", "courier", "late"]
    for name in names:
        server.on(f"/{name}.xml", Reply(410))
    entries = [source(server, name, publisher=name.title()) for name in names[:3]]
    async with world.service(entries, receiver, **NAMED) as app:
        await world.round(app, hours=0)
        (text,) = await owner_hears(world, app)
        assert "3 gone for good" in text
        assert all(name in text for name in ("Gazette", "Herald", "Courier"))
    async with world.service([source(server, "late")], receiver, **NAMED) as app:
        await world.round(app, hours=0.1)
        assert await owner_hears(world, app) == []
        world.moved += timedelta(minutes=15)
        (text,) = await owner_hears(world, app)
        assert "1 gone for good" in text
        assert "late" in text


async def test_a_check_for_humans_is_told_as_blocking(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    challenge = Reply(403, b"<title>Just a moment...</title>", {"cf-mitigated": "challenge"})
    server.on("/gazette.xml", challenge)
    async with world.service([source(server, "gazette")], receiver, **NAMED) as app:
        for _ in range(3):
            await world.round(app, hours=7)
        (text,) = await owner_hears(world, app)
        assert "1 blocking us" in text
        assert "it blocked us (HTTP 403)" in text


async def test_a_move_is_believed_after_three_good_answers_and_told(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    feed = open_feeds(server, "new")["new"]
    server.on("/old.xml", Reply(301, headers={"Location": "/new.xml"}))
    async with world.service([source(server, "old")], receiver, **NAMED) as app:
        for _ in range(3):
            assert await owner_hears(world, app) == []
            publish_about(feed, "", world.chance)
            await world.round(app, hours=1)
        (text,) = await owner_hears(world, app)
        assert "1 moved, and polled at the new address" in text
        assert server.url("/new.xml") in text
        await world.round(app, hours=1)
        assert server.paths.count("/old.xml") == 3
        assert await owner_hears(world, app) == []


async def test_a_source_that_falls_silent_is_told_by_its_own_rhythm(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    feed = open_feeds(server, "gazette")["gazette"]
    entry = source(server, "gazette", publisher="The Gazette", every="auto")
    async with world.service([entry], receiver, **NAMED) as app:
        for _ in range(8):
            publish_about(feed, "", world.chance)
            await world.round(app, hours=3)
        for _ in range(2):
            await world.round(app, hours=24)
            assert await owner_hears(world, app) == []
        world.moved += timedelta(hours=24)
        await world.round(app)
        (text,) = await owner_hears(world, app)
        assert "1 unusually silent" in text
        assert "its longest pause before was 3 hours" in text
        publish_about(feed, "", world.chance)
        await world.round(app, hours=3)
        await world.round(app)
        (text,) = await owner_hears(world, app)
        assert "1 well again" in text


async def test_without_an_owner_nobody_is_told(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
) -> None:
    server.on("/gazette.xml", Reply(410))
    async with world.service([source(server, "gazette")], receiver) as app:
        await world.round(app)
        assert await app.tell_owner() == []


async def test_a_feed_that_was_empty_has_lost_nothing_and_one_that_rolled_past_may_have(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    feed = open_feeds(server, "gazette")["gazette"]
    async with world.service([source(server, "gazette", every="3h")], receiver) as app:
        overruns, waits = [], []
        for _ in range(2):
            await world.round(app, hours=4)
            publish_about(feed, "", world.chance)
        for _ in range(2):
            await world.round(app, hours=4)
            state = await app.tools.store.read(lambda tx: tx.source_state("gazette"))
            assert state is not None
            assert state.next_poll is not None
            assert state.last_poll is not None
            overruns.append(state.last_overrun is not None)
            waits.append((state.next_poll - state.last_poll) / timedelta(hours=3))
            feed.entries.clear()
            for number in range(4):
                url = f"https://gazette.example/later/{number}"
                feed.publish(prose(world.chance, 8), prose(world.chance), url)
        assert overruns == [False, True]
        assert waits == [pytest.approx(1, rel=JITTER), pytest.approx(1 / 2, rel=JITTER)]
