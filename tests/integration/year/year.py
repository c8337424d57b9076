"""A year of the service under a clock that jumps from event to event, and what must be true of it.

Hits come at random, the service is down now and then, and of its lives most are cut short. Their number
is the input: life ``n`` dies at step ``n % LONGEST``, so that in time each step of planning, of keeping
a poll and of delivering has been the last one, many times over.
"""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.app import App, build
from monitor.config import load
from monitor.model import Delivery, DeliveryStatus, Fetched, SourceState
from monitor.pipeline import take_in
from monitor.store import Tx
from tests.acceptance.practice import NAMES, prose, write_config
from tests.integration.year.mortal import Killed, World
from tests.integration.year.slots import DAY, READERS, Reader, changes

LONGEST = 24
"""Steps after which a life that shall die does so at the latest."""
Act = Callable[[App], Awaitable[Any]]
INSTANT = ("urgent", "calm")
QUIET = ("22:00", "07:00")
MOST_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which the service is up, apart from its deaths."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment at which the service looks what is to be done; with ``hit`` a poll has found one."""

    at: datetime
    hit: bool = False
    back: bool = False
    """The clock stands wrong, an hour in the past."""


def around_changes(start: datetime, end: datetime, reach: timedelta) -> list[Span]:
    """Return the times around the clock changes of all readers; in between the service is down."""
    spans: list[Span] = []
    for moment in sorted({m for reader in READERS for m in changes(reader.zone, start, end)}):
        span = Span(moment - reach, moment + reach)
        if spans and span.start <= spans[-1].end:
            span = Span(spans.pop().start, span.end)
        spans.append(span)
    return spans


def whole_year(start: datetime, end: datetime, outages: int, chance: random.Random) -> list[Span]:
    """Return the times between ``outages``, each of some minutes to three days."""
    spans, up = [], start
    for down in sorted(start + chance.random() * (end - start) for _ in range(outages)):
        if down > up:
            spans.append(Span(up, down))
            up = down + timedelta(minutes=10 ** chance.uniform(0.5, 3.6))
    return [*spans, Span(min(up, end), end)]


def ticks(spans: Sequence[Span], hits_a_day: float, chance: random.Random) -> list[Tick]:
    """Return every moment of ``spans`` that matters: slots, the seconds before them, hits."""
    found: list[Tick] = []
    for span in spans:
        found += [Tick(span.start), Tick(span.end)]
        for reader in READERS:
            for slot in reader.slots(span.start, span.end):
                found += [Tick(slot), Tick(slot - timedelta(seconds=1))]
        moment = span.start
        while (moment := moment + chance.expovariate(hits_a_day) * DAY) < span.end:
            found.append(Tick(moment.replace(second=17, microsecond=0), hit=True))
            if chance.random() < 0.1:
                found.append(Tick(moment.replace(second=30, microsecond=0), back=True))
    inside = {tick for tick in found if any(s.start <= tick.at <= s.end for s in spans)}
    return sorted(inside, key=lambda tick: (tick.at, tick.hit, tick.back))


@asynccontextmanager
async def world(
    folder: Path, start: datetime, *, seed: int, busy: float = 0.02, **options: Any
) -> AsyncIterator[World]:
    """Build the service with a digest for each reader and two subscriptions that are told at once."""
    mail = {"host": "127.0.0.1", "port": 2525, "security": "none", "sender": "m@desk.example"}
    calm = {
        "quiet_hours": "-".join(QUIET),
        "wait": "10m",
        "budget": {"per_day": MOST_A_DAY},
        "time_zone": "America/New_York",
    }
    config = write_config(
        folder / "config",
        sources=[{"id": "gazette", "url": "https://gazette.example/feed", "full_text": "never"}],
        channels=[{"id": "mail", "kind": "email", **mail}],
        subscriptions=[
            *(reader.subscription() for reader in READERS),
            *(
                {
                    "id": name,
                    "when": "instant",
                    "to": [{"channel": "mail", "recipient": f"{name}@desk.example"}],
                    **more,
                }
                for name, more in zip(INSTANT, ({}, calm), strict=True)
            ),
        ],
        **options,
    )
    async with build(load(config, {}), clock=lambda: start) as app:
        asyncio.get_running_loop().set_exception_handler(mourn)
        yield World(app.tools, start, random.Random(seed), busy=busy)


def mourn(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of tasks that died with the life they belonged to."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


@dataclass(slots=True)
class Year:
    """The events of a year, worked off by lives that mostly end too early."""

    world: World
    ticks: Sequence[Tick]
    found: dict[str, datetime] = field(default_factory=dict)
    """Addresses of the articles with a hit, and when they were found."""
    turn: Iterator[int] = field(default_factory=count)

    async def pass_by(self) -> None:
        """Work off all events, then everything that is left."""
        for tick in self.ticks:
            self.world.now = tick.at - timedelta(hours=1) if tick.back else tick.at
            if tick.hit:
                await self._until_done(self.poll(tick.at))
            await self._until_done(App.plan_digests)
            if not tick.back:
                cut_short = self.world.chance.random() < 0.5
                await self.world.live(App.deliver_due, self._last_step() if cut_short else 0)
        await self.finish()

    async def finish(self) -> None:
        """Let the service live on until everything is told."""
        for _ in range(60):  # the budget lets few alerts go a day, and retries take hours
            self.world.now += timedelta(hours=5)
            await self.world.live(App.deliver_due)

    async def _until_done(self, act: Act) -> None:
        """Die once and start again, as a supervisor has it."""
        if not await self.world.live(act, self._last_step()):
            await self.world.live(act)

    def _last_step(self) -> int:
        return next(self.turn) % LONGEST

    def poll(self, now: datetime) -> Act:
        """Publish an article that is to be told, and return the work of taking it in."""
        chance = self.world.chance
        address = f"https://gazette.example/{len(self.found)}"
        title = f"{NAMES[chance.choice(list(NAMES))]} on {prose(chance, 6)}"
        self.found[address] = now
        body = (
            '<rss version="2.0"><channel><title>Gazette</title><language>en</language><item>'
            f"<guid>{address}</guid><link>{address}</link><title>{title}</title>"
            f"<pubDate>{format_datetime(now)}</pubDate><description>{prose(chance)}</description>"
            "</item></channel></rss>"
        )
        answer = Fetched("https://gazette.example/feed", 200, body.encode())
        state = SourceState("gazette", first_poll_done=True)

        def take(app: App) -> Awaitable[Any]:
            source = app.settings.sources["gazette"]
            return take_in(app.tools, source, state, answer, now)

        return take


# ------------------------------------------------------------------ what must be true


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that must have been: its slot's name and the hits in it."""

    slot: str
    hits: tuple[str, ...]


def expected(year: Year, reader: Reader, found: Mapping[str, datetime]) -> list[Digest]:
    """Return the digests that ``reader`` must have got of the hits ``found``.

    Each slot has one, but of those that passed while the service was down only the last.
    """
    moments = [tick.at for tick in year.ticks if not tick.back]
    slots = reader.slots(moments[0], moments[-1])
    # Each slot is served at the first moment at which the service looks; the last of several counts.
    served = {moments[bisect_left(moments, slot)]: slot for slot in slots}
    hits: dict[datetime, list[str]] = defaultdict(list)
    ends = sorted(served.values())
    for hit, at in found.items():
        place = bisect_left(ends, at)
        if place < len(ends):
            hits[ends[place]].append(hit)
    return [
        Digest(reader.name(slot), tuple(sorted(hits[slot])))
        for slot in ends
        if hits[slot] or reader.nothing == "tell"
    ]


def stored(year: Year) -> Iterator[Delivery]:
    """Yield the whole outbox, a page at a time."""
    before, store = "", year.world.tools.store
    while page := store.read_now(partial(Tx.deliveries, limit=500, before=before)):
        yield from page
        before = f"{page[-1].created.isoformat()}|{page[-1].id}"


@dataclass(slots=True)
class Outcome:
    """What the year came to, counted by `check`."""

    digests: int = 0
    alerts: int = 0
    handed_over: int = 0
    repeats: int = 0


def check(year: Year) -> Outcome:
    """Fail unless each slot was told once, no hit was lost and none was told twice."""
    outcome, box = Outcome(), year.world.box
    hits = year.world.tools.store.read_now(lambda tx: tx.hits(100_000))
    found = {each.hit.id: year.found[each.item.url] for each in hits}
    assert sorted(each.item.url for each in hits) == sorted(year.found), "an article has no hit"
    digests: dict[str, list[Digest]] = defaultdict(list)
    alerts: dict[str, list[Delivery]] = defaultdict(list)
    names: set[str] = set()
    for each in stored(year):
        name = each.message.message_id
        assert each.status is DeliveryStatus.SENT, f"{each.slot} of {each.subscription} is lost"
        assert box.times[name][0] >= each.created, f"{each.slot} of {each.subscription} came early"
        names.add(name)
        if each.kind == "digest":
            digests[each.subscription].append(Digest(each.slot, tuple(sorted(each.hits))))
        else:
            alerts[each.subscription].append(each)
    for reader in READERS:
        told = sorted(digests.pop(reader.id, []), key=lambda one: datetime.fromisoformat(one.slot))
        assert told == expected(year, reader, found), reader.id
        outcome.digests += len(told)
    assert not digests
    for name in INSTANT:
        told_hits = Counter(hit for each in alerts[name] for hit in each.hits)
        assert told_hits == dict.fromkeys(found, 1), name
        outcome.alerts += len(alerts[name])
    check_calm([each.created for each in alerts["calm"]])
    assert box.mails.keys() == names
    assert all(len(versions) == 1 for versions in box.mails.values()), "a repeat has other bytes"
    outcome.handed_over = sum(map(len, box.times.values()))
    outcome.repeats = outcome.handed_over - len(names)
    return outcome


def check_calm(times: Sequence[datetime]) -> None:
    """Fail when an alert came in quiet hours or beyond the budget."""
    for at in times:
        assert QUIET[1] <= f"{at.astimezone(ZoneInfo('America/New_York')):%H:%M}" < QUIET[0], at
    ordered = sorted(times)
    for first, later in zip(ordered, ordered[MOST_A_DAY:], strict=False):
        assert later - first >= DAY, f"more than {MOST_A_DAY} a day from {first} on"
