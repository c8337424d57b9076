"""Digests of the whole service under clocks that jump: one for each local date, whatever happens."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor import digests
from monitor.app import App, build
from monitor.config import load
from monitor.model import Delivery
from tests.acceptance.practice import NAMES, Feed, prose, source, write_config
from tests.servers import HttpServer

STEP = timedelta(minutes=15)
DATES = [  # two days before a change of the clock, or a leap day, and the time of the digest
    ("Europe/Berlin", date(2026, 3, 27), "daily at 02:30"),
    ("Europe/Berlin", date(2026, 10, 23), "daily at 02:30"),
    ("America/New_York", date(2026, 10, 30), "daily at 01:30"),
    ("Asia/Beirut", date(2026, 3, 27), "daily at 00:30"),
    ("Africa/Cairo", date(2026, 4, 22), "daily at 00:00"),
    ("Australia/Lord_Howe", date(2026, 4, 3), "daily at 01:45"),
    ("Europe/Berlin", date(2028, 2, 27), "daily at 07:30"),
    ("Europe/Berlin", date(2026, 3, 28), "weekly on Monday at 00:00"),
]


class Clock:
    """A clock that somebody keeps setting forward and back by an hour."""

    def __init__(self, start: datetime, seed: int) -> None:
        self.time = start
        self.wrong = timedelta(0)
        self._chance = random.Random(seed)

    def __call__(self) -> datetime:
        return self.time + self.wrong

    def tick(self) -> None:
        self.time += STEP
        if self._chance.random() < 0.2:
            self.wrong = timedelta(hours=self._chance.choice((-1, 0, 1)))


@asynccontextmanager
async def service(folder: Path, clock: Any, **options: Any) -> AsyncIterator[App]:
    config = write_config(
        folder / "config",
        channels=[{"id": "box", "kind": "mailbox", "folder": "data/box"}],
        **{"sources": [], **options},
    )
    async with build(load(config, {}), clock=clock) as app:
        yield app


def daily(name: str, when: str, zone: str) -> dict[str, Any]:
    """Return a subscription that speaks at every slot, whether there is news or not."""
    to = [{"channel": "box"}]
    return {"id": name, "when": when, "time_zone": zone, "when_nothing": "tell", "to": to}


def reading(server: HttpServer, feed: Feed) -> dict[str, Any]:
    """Open ``feed`` and return the configuration of a desk that reads it at half past seven in Berlin."""
    server.on(f"/{feed.name}.xml", feed)
    return {
        "sources": [source(server, feed.name, on_first_poll="alert")],
        "subscriptions": [daily("desk", "daily at 07:30", "Europe/Berlin")],
    }


async def sent(app: App) -> list[Delivery]:
    found = await app.tools.store.read(lambda tx: tx.deliveries(1000))
    return sorted((each for each in found if each.kind == "digest"), key=lambda each: each.slot)


@pytest.mark.parametrize(("zone", "first", "when"), DATES)
async def test_each_local_date_has_one_digest_through_clock_changes_and_jumps(
    tmp_path: Path, zone: str, first: date, when: str
) -> None:
    place = ZoneInfo(zone)
    clock = Clock(datetime(first.year, first.month, first.day, 12, tzinfo=place).astimezone(UTC), 3)
    days = 6
    async with service(tmp_path, clock, subscriptions=[daily("desk", when, zone)]) as app:
        end = clock.time + timedelta(days=days)
        while clock.time < end:
            await app.plan_digests()
            await app.plan_digests()
            clock.tick()
        digests = await sent(app)
    told = Counter(datetime.fromisoformat(each.slot).astimezone(place).date() for each in digests)
    dates = [first + timedelta(days=number) for number in range(1, days + 1)]
    weekly = "Monday" in when
    assert told == {day: 1 for day in dates if not weekly or day.weekday() == 0}


class Dated(Feed):
    """A feed whose entries say when they were published."""

    def render(self) -> bytes:
        """Return the feed as RSS 2.0, the text of each entry being its date."""
        items = "".join(
            f"<item><link>{one.url}</link><title>{one.title}</title><pubDate>{one.text}</pubDate></item>"
            for one in self.entries
        )
        return f'<rss version="2.0"><channel><title>a</title>{items}</channel></rss>'.encode()


async def test_digests_that_were_asked_for_leave_the_slot_that_is_due_to_what_is_found_later(
    tmp_path: Path,
) -> None:
    chance, clock = random.Random(8), Clock(datetime(2026, 11, 16, 6, tzinfo=UTC), 1)
    feed, told = Dated("gazette"), []
    async with HttpServer() as server, service(tmp_path, clock, **reading(server, feed)) as app:
        clock.time += timedelta(minutes=40)
        for asked_for in (True, True, False):
            title = f"{NAMES['maria-exemplar']} on {prose(chance, 6)}"
            feed.publish(title, format_datetime(clock.time, usegmt=True))
            await app.poll_due()
            told += await app.plan_digests(force=asked_for)
            clock.time += timedelta(minutes=1)
    assert [len(digest.hits) for digest in told] == [1, 1, 1]
    assert [digest.slot[11:16] for digest in told] == ["07:40", "07:41", "07:30"]


async def test_after_three_days_down_one_digest_tells_everything_in_order(tmp_path: Path) -> None:
    """What waited before the outage and what was published meanwhile, the newest of a watch first."""
    chance, clock = random.Random(8), Clock(datetime(2026, 11, 16, 12, tzinfo=UTC), 1)
    feed = Dated("gazette")

    def publish(watch: str, **later: float) -> None:
        clock.time += timedelta(**later)
        title = f"{NAMES[watch]} on {prose(chance, 6)}"
        feed.publish(title, format_datetime(clock.time, usegmt=True))

    async with HttpServer() as server:
        async with service(tmp_path, clock, **reading(server, feed)) as app:
            for _ in range(3):
                publish("maria-exemplar", minutes=10)
                await app.poll_due()
        for _ in range(5):
            publish("sample-board", hours=14)
        clock.time += timedelta(hours=2)
        async with service(tmp_path, clock, **reading(server, feed)) as app:
            await app.poll_due()
            for _ in range(4):
                await app.plan_digests()
                clock.time += timedelta(minutes=20)
            (digest,) = await sent(app)
            hits = await app.tools.store.read(lambda tx: tx.hits_by_id(digest.hits))
            clock.time += timedelta(days=1)
            await app.plan_digests()
            _, empty = await sent(app)
    assert digest.slot == "2026-11-19T07:30:00+01:00"
    assert sorted(hit.item.url for hit in hits.values()) == sorted(e.url for e in feed.entries)
    assert empty.hits == ()
    text = digest.message.content.decode().replace("=\r\n", "")
    for name in NAMES.values():
        places = [text.index(one.url) for one in feed.entries if one.title.startswith(name)]
        assert places == sorted(places)


async def test_a_digest_that_another_overtakes_while_it_is_written_leaves_out_what_that_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are written outside of the lock; a hit found meanwhile is the second one's whole subject."""
    chance, clock = random.Random(8), Clock(datetime(2026, 11, 16, 12, tzinfo=UTC), 1)
    feed = Dated("gazette")
    compose, overtaken = digests.compose_digest, asyncio.Event()

    async with HttpServer() as server, service(tmp_path, clock, **reading(server, feed)) as app:
        await app.plan_digests()
        loop = asyncio.get_running_loop()

        async def publish() -> None:
            clock.time += timedelta(minutes=10)
            title = f"{NAMES['maria-exemplar']} on {prose(chance, 6)}"
            feed.publish(title, format_datetime(clock.time, usegmt=True))
            await app.poll_due()

        async def overtake() -> None:
            clock.time += timedelta(minutes=1)
            await app.plan_digests(force=True)
            await publish()

        def slow(*args: Any) -> list[Delivery]:
            written = compose(*args)
            if not overtaken.is_set():
                overtaken.set()
                asyncio.run_coroutine_threadsafe(overtake(), loop).result(60)
            return written

        monkeypatch.setattr(digests, "compose_digest", slow)
        await publish()
        await app.plan_digests(force=True)
        told = [one.hits for one in await sent(app)]
    assert [len(hits) for hits in told] == [1, 1]
    assert told[0] != told[1]
