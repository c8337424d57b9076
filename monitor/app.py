"""The composition root: builds the parts from settings and runs rounds of work over what is due.

The database says what is due; a round claims it, with a lease, and works until nothing is left.
So it does not matter who calls a round, how often, or how many processes do.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import structlog

from monitor import alerts, digests
from monitor.config import Settings
from monitor.errors import StoreError
from monitor.housekeeping import keep_house
from monitor.leases import resettle
from monitor.links import Links
from monitor.model import Attempt, Delivery, Message, PollRecord
from monitor.net import Net
from monitor.planning import Subscription
from monitor.queues import DELIVERIES, HUBS, POLLS, VISITS, Queue
from monitor.store import Store, Tx
from monitor.tools import Tools
from monitor.work.crew import Crew
from monitor.work.story_memory import StoryMemory

log = structlog.get_logger()
T = TypeVar("T")
R = TypeVar("R")

CLAIM = 50
"""Sources or deliveries claimed at once: one statement for many, few to wait for after a crash."""
BROKEN_EDIT = "An edit of the configuration is broken, so the last good one stays in force: {}"
LOOK_AGAIN = 0.5
"""Seconds after which a round looks for more to do, however long what it waits for takes."""
SWITCH_INTERVAL = 0.0005
"""Seconds a thread may keep the interpreter: the store's thread and the event loop hand it to each
other at every statement, and Python's usual 5 ms makes each hand-over a wait."""


def utc_now() -> datetime:
    """Return the present moment; the only clock, passed to whoever needs one."""
    return datetime.now(UTC)


class App:
    """The parts at work. ``tools`` is replaced whole when the configuration changes."""

    def __init__(self, tools: Tools, clock: Callable[[], datetime]) -> None:
        self.tools = tools
        self.clock = clock
        self.started = clock()
        self.config_error = ""
        """What is wrong with the edited configuration while the last good one stays in force."""
        self.stopping = False
        """True when rounds shall end: what is under way goes on, nothing more is claimed."""
        self.looked: dict[str, datetime] = {}
        """When a round last asked the database for work: under load it may never come to its end."""
        self._synced = False
        self._users: Counter[Crew] = Counter()
        self._retired: list[Tools] = []
        self._held: dict[str, datetime] = {}
        """Subscriptions whose alerts are held back, and when they are looked at again."""

    @property
    def settings(self) -> Settings:
        """Return the configuration in force."""
        return self.tools.settings

    async def adopt(self, settings: Settings) -> None:
        """Put new settings in force: build the matcher in the background, then switch at once."""
        crew = await asyncio.to_thread(make_crew, settings)
        net = Net(settings.monitor.net)
        await net.__aenter__()
        old = self.tools
        links = replace(old.links, base=settings.monitor.web.public_url)
        self.tools = replace(old, settings=settings, crew=crew, net=net, links=links)
        self._retired.append(old)
        self._synced = False
        self._held.clear()
        await self.sync()
        log.info("configuration adopted", version=settings.version)
        if settings.database_url != old.settings.database_url:
            log.warning("the other database comes into use with the next start")

    async def clear_away(self) -> None:
        """End the parts that an edit replaced, once nothing under way uses them."""
        for tools in [tools for tools in self._retired if not self._users[tools.crew]]:
            self._retired.remove(tools)
            await end(tools)

    async def sync(self) -> None:
        """Tell the store which sources and subscriptions there are; new sources are due at once."""
        now = self.clock()
        wanted = [(s.id, s.address, now) for s in self.settings.sources.values() if s.enabled]
        await self.tools.store.write(lambda tx: tx.sync_sources(wanted))
        polled = [source for source, _, _ in wanted]
        await self.tools.store.write(partial(resettle, self.tools, polled, now))
        for subscription in self.settings.subscriptions:
            await self.tools.store.write(partial(first_sight, subscription, now))
        self._synced = True

    # ----------------------------------------------------------------- rounds

    async def poll_due(self, *, keep: bool = True) -> list[PollRecord]:
        """Poll every source that is due now, several at once, and return the records.

        Without ``keep`` it goes on with what becomes due meanwhile, which under load has no end,
        and returns nothing.
        """
        if not self._synced:  # the database failed when the configuration was adopted
            await self.sync()
        return await self._drain(POLLS, keep=keep)

    async def visit_due(self, *, keep: bool = True) -> list[bool]:
        """Fetch every page that is due for the text of its item; ``keep`` as in `poll_due`."""
        return await self._drain(VISITS, keep=keep)

    async def ask_hubs(self, *, keep: bool = True) -> list[bool]:
        """Ask every hub of which something is due; ``keep`` as in `poll_due`."""
        return await self._drain(HUBS, keep=keep)

    async def deliver_due(self, *, keep: bool = True) -> list[Attempt]:
        """Send every delivery that is due; ``keep`` as in `poll_due`."""
        await self.release_alerts()
        return await self._drain(DELIVERIES, keep=keep)

    async def release_alerts(self) -> None:
        """Put what quiet hours, a wait or a budget held back into the outbox when its time is there."""
        now = self.clock()
        names = await self.tools.store.read(lambda tx: tx.subscriptions_waiting())
        due = [name for name in names if self._held.get(name, now) <= now]
        held = {name: again for name, again in self._held.items() if name in names}
        self._held = held | (await alerts.settle_each(self.tools, due, now) if due else {})

    async def plan_digests(
        self, *, only: str = "", force: bool = False, since: datetime | None = None
    ) -> list[Delivery]:
        """Put the digests whose slot has come into the outbox.

        ``only`` names one subscription, ``force`` does so at once, and with ``since`` everything
        found since then is told, even what an earlier digest told.
        """
        warning = self.config_error and BROKEN_EDIT.format(self.config_error.splitlines()[0])
        return await digests.plan_digests(
            self.tools,
            self.clock,
            warning=self.settings.mask(warning),
            only=only,
            force=force,
            since=since,
        )

    async def tell_owner(self) -> list[Delivery]:
        """Tell the owner of the monitor of sources that failed, fell silent or recovered."""
        return await digests.tell_owner(self.tools, self.clock())

    async def preview(
        self, subscription: Subscription, since: datetime | None = None
    ) -> list[Message]:
        """Return the digest of what waits for ``subscription`` now, as each destination would get it."""
        now = self.clock()

        def compose(tx: Tx) -> list[Delivery]:
            slot = digests.slot_that_has_come(
                self.tools, subscription, now, tx, force=True, since=since
            )
            return digests.compose_digest(tx, self.tools, slot) if slot else []

        return [each.message for each in await self.tools.store.read(compose)]

    async def keep_house(self) -> int:
        """Drop what is kept longer than was asked for; return how many rows that were."""
        return await keep_house(self.tools, self.clock())

    async def _drain(self, queue: Queue[T, R], *, keep: bool) -> list[R]:
        """Claim and work, a queue's share side by side, until nothing is due or under way.

        What takes long holds nothing else up: the rest of the room is filled again and again.
        When it is cancelled, what was under way is released: others may claim it at once.
        """
        started, at_once = self.clock(), queue.at_once(self.tools)
        results: list[R] = []
        running: dict[asyncio.Task[R], T] = {}
        since: dict[asyncio.Task[R], float] = {}
        done: set[asyncio.Task[R]] = set()
        try:
            while True:
                ages = [time.monotonic() - since[task] for task in running]
                room = min(CLAIM, queue.room(self.tools, ages))
                if not self.stopping and (room >= min(CLAIM, at_once // 2) or (room and not done)):
                    now = started if keep else self.clock()
                    claim = self._claim(queue, now, room, list(running.values()))
                    for one in await (_or_nothing(claim) if running else claim):
                        task = asyncio.ensure_future(self._use(queue, one))
                        running[task], since[task] = one, time.monotonic()
                if not running:
                    return results
                done, _ = await asyncio.wait(
                    running, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    del running[task], since[task]
                collected = self._collect(done)
                results += collected if keep else []
        finally:
            if running:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                await self._release(queue, list(running.values()))

    async def _claim(
        self, queue: Queue[T, R], now: datetime, room: int, running: Collection[T]
    ) -> list[T]:
        claim = partial(queue.claim, self.tools)
        found = await self.tools.store.write(lambda tx: claim(tx, now, room, running))
        self.looked[queue.name] = self.clock()
        return found

    async def _release(self, queue: Queue[T, R], left: Sequence[T]) -> None:
        def release(tx: Tx) -> None:
            for one in left:
                queue.release(tx, one)

        await self.tools.store.write(release)

    async def _use(self, queue: Queue[T, R], one: T) -> R:
        return await self.at_work(lambda tools: queue.work(tools, one, self.clock))

    async def at_work(self, work: Callable[[Tools], Awaitable[R]]) -> R:
        """Do ``work`` with the tools in force now; they are kept until it is done."""
        tools = self.tools
        self._users[tools.crew] += 1
        try:
            return await work(tools)
        finally:
            self._users[tools.crew] -= 1

    @staticmethod
    def _collect(done: set[asyncio.Task[R]]) -> list[R]:
        results = []
        for task in done:
            try:
                results.append(task.result())
            except StoreError as error:
                log.error("not saved, will be tried again", error=str(error))
            except Exception:  # one that cannot be worked on must not take the others down
                log.exception("work failed inside this service, will be tried again")
        return results

    async def close(self) -> None:
        """End the parts in the order of their use."""
        for tools in [*self._retired, self.tools]:
            await end(tools)
        await asyncio.to_thread(self.tools.store.close)


async def _or_nothing(claim: Awaitable[list[T]]) -> list[T]:
    """Return what was claimed; nothing when the database fails, which must not cost what is under way."""
    try:
        return await claim
    except StoreError as error:
        log.error("nothing claimed, will be tried again", error=str(error))
        return []


async def end(tools: Tools) -> None:
    """End the network and the workers of ``tools``; the store goes on."""
    await tools.net.__aexit__(None, None, None)
    await asyncio.to_thread(tools.crew.close, seconds=1.0)


def first_sight(subscription: str, now: datetime, tx: Tx) -> None:
    """Note when a subscription was first seen: its first digest is the next slot's."""
    if tx.last_slot(subscription) is None:
        tx.set_last_slot(subscription, now)


def make_crew(settings: Settings) -> Crew:
    """Return a crew for the watchlists of ``settings``."""
    return Crew(tuple(settings.watchlists.values()), workers=settings.monitor.workers)


def open_store(settings: Settings) -> Store:
    """Open and migrate the database; a relative SQLite path starts at the project's folder."""
    store = Store.open(settings.database_url)
    store.migrate()
    return store


@asynccontextmanager
async def build(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[App]:
    """Build every part, run the caller, and take everything down again."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    store = await asyncio.to_thread(open_store, settings)
    net = Net(settings.monitor.net)
    await net.__aenter__()
    key = await store.write(lambda tx: tx.secret("links"))
    links = Links(settings.monitor.web.public_url, key)
    tools = Tools(settings, store, net, make_crew(settings), StoryMemory(), links)
    app = App(tools, clock)
    try:
        await app.sync()
        yield app
    finally:
        await app.close()
