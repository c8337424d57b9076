"""Quiet hours, company, a budget and mutes on the whole path: nothing is lost, nothing told twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import Delivery, Mode
from tests.acceptance.practice import open_feeds, publish_about, source, write_config
from tests.servers import HttpServer

TO = [{"channel": "box"}]
WATCHES = [
    {"id": "maria-exemplar", "kind": "person", "name": "Maria Exemplar", "priority": "critical"},
    {"id": "sample-board", "kind": "organisation", "name": "Sample Harbour Board"},
]


class Desk:
    """A feed and a desk that hears of it, under a clock that stands still until it is moved."""

    def __init__(self, server: HttpServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.feed = open_feeds(server, "gazette")["gazette"]
        self.chance = random.Random(11)
        self.time = utc_now()

    @asynccontextmanager
    async def service(self, **wish: Any) -> AsyncIterator[App]:
        config = write_config(
            self.folder / "config",
            sources=[
                source(self.server, "gazette", tags=["harbour"], language="en"),
                source(self.server, "other", tags=["mountain"], enabled=False),
            ],
            channels=[
                {"id": name, "kind": "mailbox", "folder": f"data/{name}"}
                for name in ("box", "copy")
            ],
            subscriptions=[{"id": "desk", "when": "instant", "to": TO, **wish}],
            watches=WATCHES,
        )
        async with build(load(config, {}), clock=lambda: self.time) as app:
            await self.round(app)
            yield app

    async def round(self, app: App, **later: float) -> None:
        self.time += timedelta(seconds=2) + timedelta(**later)
        await app.poll_due()
        await app.deliver_due()

    def publish(self, watch: str = "sample-board") -> str:
        return publish_about(self.feed, watch, self.chance).url


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with HttpServer() as server:
        yield Desk(server, tmp_path)


async def alerts(app: App) -> list[Delivery]:
    found = await app.tools.store.read(lambda tx: tx.deliveries(10_000))
    return sorted((each for each in found if each.kind == "alert"), key=lambda each: each.created)


async def reasons(app: App) -> set[str]:
    hits = await app.tools.store.read(lambda tx: tx.hits(10_000))
    routes = await app.tools.store.read(lambda tx: tx.routes([each.hit.id for each in hits]))
    return {route.reason for route in routes if route.mode is Mode.SKIP}


async def test_a_thousand_hits_in_a_minute_keep_to_the_budget_and_none_is_lost(desk: Desk) -> None:
    async with desk.service(budget={"per_hour": 3}) as app:
        for _ in range(40):
            for _ in range(25):
                desk.publish()
            await desk.round(app)
        assert len(await alerts(app)) == 3
        await desk.round(app, hours=1)
        told = Counter(hit for each in await alerts(app) for hit in each.hits)
        assert len(told) == 1000
        assert set(told.values()) == {1}
        assert len(await alerts(app)) == 4
        last = (await alerts(app))[-1]
        assert len(last.hits) == 925
        assert b"had to wait" in last.message.content


async def test_a_burst_becomes_one_message(desk: Desk) -> None:
    async with desk.service(wait="60s") as app:
        for _ in range(5):
            desk.publish()
            await desk.round(app)
        assert await alerts(app) == []
        await desk.round(app, seconds=60)
        (only,) = await alerts(app)
        assert len(only.hits) == 5


async def test_at_night_only_what_is_critical_is_told_and_the_rest_in_the_morning(
    desk: Desk,
) -> None:
    desk.time = desk.time.replace(hour=23, minute=0) + timedelta(days=1)
    async with desk.service(quiet_hours="22:00-07:00") as app:
        desk.publish("sample-board")
        desk.publish("maria-exemplar")
        await desk.round(app)
        assert [len(each.hits) for each in await alerts(app)] == [1]
        await desk.round(app, hours=8)
        critical, morning = await alerts(app)
        assert critical.hits[0] not in morning.hits
        assert len(morning.hits) == 1


async def test_what_was_held_back_survives_a_restart(desk: Desk) -> None:
    async with desk.service(wait="60s") as app:
        desk.publish()
        await desk.round(app)
    desk.time += timedelta(minutes=2)
    async with desk.service(wait="60s") as app:
        assert len(await alerts(app)) == 1


async def test_a_muted_watch_and_a_muted_story_are_stored_and_not_told_until_then(
    desk: Desk,
) -> None:
    async with desk.service() as app:
        until = desk.time + timedelta(days=1)
        await app.tools.store.write(lambda tx: tx.mute("watch:sample-board", until))
        desk.publish("sample-board")
        desk.publish("maria-exemplar")
        await desk.round(app)
        assert len(await app.tools.store.read(lambda tx: tx.hits(10))) == 2
        assert [len(each.hits) for each in await alerts(app)] == [1]
        assert any("watch muted until" in reason for reason in await reasons(app))
        await desk.round(app, days=1)
        desk.publish("sample-board")
        await desk.round(app)
        assert len(await alerts(app)) == 2


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"languages": ["de"]}, "skipped: language en not wanted"),
        ({"sources": ["other"]}, "skipped: source gazette not wanted"),
        ({"tags": ["mountain"]}, "skipped: source gazette not wanted"),
        ({"minimum_score": 1.0}, "is below 1"),
    ],
)
async def test_what_a_subscription_leaves_out_is_skipped_for_a_named_reason(
    desk: Desk, wish: dict[str, Any], reason: str
) -> None:
    async with desk.service(**wish) as app:
        desk.publish()
        await desk.round(app)
        assert await alerts(app) == []
        assert any(reason in found for found in await reasons(app))


@pytest.mark.parametrize(
    "wish", [{"languages": ["en"]}, {"sources": ["gazette"]}, {"tags": ["harbour"]}]
)
async def test_what_a_subscription_asks_for_is_told(desk: Desk, wish: dict[str, Any]) -> None:
    async with desk.service(**wish) as app:
        desk.publish()
        await desk.round(app)
        assert len(await alerts(app)) == 1


async def test_a_critical_watch_does_not_wait_for_the_digest_of_a_subscription_that_escalates(
    desk: Desk,
) -> None:
    async with desk.service(when="weekly on Monday at 08:00", escalate=["critical"]) as app:
        desk.publish("sample-board")
        desk.publish("maria-exemplar")
        await desk.round(app)
        assert [len(each.hits) for each in await alerts(app)] == [1]
        waiting = await app.tools.store.read(lambda tx: tx.digest_hits("desk"))
        assert [each.hit.watch for each in waiting] == ["sample-board"]


async def test_recipients_in_two_zones_each_get_the_digest_at_their_own_hour(desk: Desk) -> None:
    desk.time = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    to = [{"channel": "box"}, {"channel": "box", "time_zone": "Asia/Tokyo"}]
    async with desk.service(when="daily at 07:30", time_zone="Europe/Berlin", to=to) as app:
        desk.publish()
        await desk.round(app)
        slots = set()
        for _ in range(28):
            slots |= {each.slot for each in await app.plan_digests()}
            desk.time += timedelta(minutes=30)
        assert slots == {"2026-11-27T07:30:00+09:00", "2026-11-27T07:30:00+01:00"}


async def test_a_spike_does_not_wait_for_the_digest_and_an_ordinary_day_does(desk: Desk) -> None:
    async with desk.service(when="daily at 07:30", escalate=["spike"]) as app:
        for _ in range(9):
            desk.publish()
            await desk.round(app, days=1)
        assert await alerts(app) == []
        for _ in range(6):
            desk.publish()
        await desk.round(app)
        (alert,) = await alerts(app)
        assert len(alert.hits) >= 5


async def test_a_destination_that_unsubscribed_gets_nothing_and_the_others_go_on(
    desk: Desk,
) -> None:
    to = [{"channel": "box"}, {"channel": "copy"}]
    async with desk.service(to=to) as app:
        now = desk.time
        await app.tools.store.write(lambda tx: tx.opt_out("desk", "copy", "", now))
        desk.publish()
        await desk.round(app)
        assert [each.channel for each in await alerts(app)] == ["box"]
        assert not await app.tools.store.read(lambda tx: tx.subscriptions_waiting())


async def test_when_everybody_unsubscribed_hits_wait_until_somebody_comes_back(desk: Desk) -> None:
    async with desk.service() as app:
        now = desk.time
        await app.tools.store.write(lambda tx: tx.opt_out("desk", "box", "", now))
        desk.publish()
        await desk.round(app)
        assert await alerts(app) == []
        await app.tools.store.write(lambda tx: tx.opt_in("desk", "box", ""))
        await desk.round(app, days=1)
        assert len(await alerts(app)) == 1
