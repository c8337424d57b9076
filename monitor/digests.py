"""Other ways into the outbox: what waited for its slot becomes a digest; the owner hears of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor import planning
from monitor.alerts import links_of
from monitor.config import Settings
from monitor.destinations import words_of_dead_letters
from monitor.model import Delivery, Receipt, Trend
from monitor.planning import Instant, Subscription
from monitor.store import Tx
from monitor.tools import Tools, messages, render

log = structlog.get_logger()

OWNER_SLOT = "@owner"
"""Where the time of the last message to the owner is kept; no subscription can have this id."""
MOST_CHANGES = 1_000
TREND_DAYS = 14
WEEK = timedelta(days=7, hours=-1)
"""A week of slots, an hour of which a clock change may take."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A digest that is due: for which subscription, about which window, with what beside hits."""

    subscription: Subscription
    start: datetime
    end: datetime
    receipt: Receipt
    trends: Mapping[str, Trend] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    since: datetime | None = None
    """When set, everything found since then is told, even if an earlier digest did."""


async def plan_digests(
    tools: Tools,
    clock: Callable[[], datetime],
    *,
    warning: str = "",
    only: str = "",
    force: bool = False,
    since: datetime | None = None,
) -> list[Delivery]:
    """Put the digests of all slots that have come into the outbox; see `plan_digest`.

    ``only`` names one subscription.
    """
    chosen = tools.settings.subscriptions.values()
    wanted = [each for each in chosen if not only or only in each.names]
    if not force:
        wanted = await tools.store.read(partial(whose_slot_has_come, wanted, clock()))
    planned: list[Delivery] = []
    for subscription in wanted:
        planned += await plan_digest(
            tools, subscription, clock(), warning=warning, force=force, since=since
        )
    return planned


def whose_slot_has_come(
    subscriptions: Iterable[Subscription], now: datetime, tx: Tx
) -> list[Subscription]:
    """Return those of ``subscriptions`` that are due a digest: with one look, however many there are."""
    last = tx.last_slots()
    return [each for each in subscriptions if due_slot(each, last.get(each.id), now)]


def due_slot(subscription: Subscription, last: datetime | None, now: datetime) -> datetime | None:
    """Return the slot to serve now; one that is told at once has none, one never seen none yet."""
    if last is None or isinstance(subscription.when, Instant):
        return None
    return planning.due_slot(subscription.when, subscription.time_zone, last, last, now)


async def plan_digest(
    tools: Tools,
    subscription: Subscription,
    now: datetime,
    *,
    warning: str = "",
    force: bool = False,
    since: datetime | None = None,
) -> list[Delivery]:
    """Put the digest of the slot that has come into the outbox; empty when none is due.

    The slot, its hits and the deliveries are settled in one transaction, so a second process
    finds the slot served. The messages are written before it, as that takes long for many hits and
    recipients; only when another digest has carried some of their hits meanwhile are they written
    anew inside. ``force`` makes a digest of what waits now, whatever the hour, ``since`` one of
    everything found since then, told or not.
    """
    slot = await tools.store.read(
        partial(slot_that_has_come, tools, subscription, now, force=force, since=since)
    )
    if slot is None:
        return []
    slot = replace(slot, warnings=(*((warning,) if warning else ()), *slot.warnings))
    written = await tools.store.read(lambda tx: compose_digest(tx, tools, slot))

    def settle(tx: Tx) -> list[Delivery]:
        if not force and not tx.set_last_slot(subscription.id, slot.end):
            return []  # another process was quicker
        told = {hit for one in written for hit in one.hits}
        timely = slot.since is not None or tx.all_wait(subscription.id, told)
        return tx.add_deliveries(written if timely else compose_digest(tx, tools, slot))

    return await tools.store.write(settle)


def slot_that_has_come(
    tools: Tools,
    subscription: Subscription,
    now: datetime,
    tx: Tx,
    *,
    force: bool,
    since: datetime | None = None,
) -> Slot | None:
    """Return the slot to serve now, with its receipt; read without the lock, for it takes long.

    With ``force`` that is the present moment. A slot that is due is not taken by what somebody asked
    for: two messages of one slot cannot be, and what is found in between would wait for the next.
    """
    last = tx.last_slot(subscription.id)
    if last is None or isinstance(subscription.when, Instant):
        return None
    end = now if force else due_slot(subscription, last, now)
    if end is None:
        return None
    start = since or last
    receipt = receipt_of(tx, tools.settings, start, end)
    given_up = words_of_dead_letters(tools.settings, subscription, tx.given_up(start, end))
    trends = trends_at(tx, subscription, end)
    return Slot(subscription, start, end, receipt, trends, given_up, since=since)


def trends_at(tx: Tx, subscription: Subscription, now: datetime) -> Mapping[str, Trend]:
    """Return how often each watch was spoken of in the two weeks before ``now``."""
    found = tx.hit_times(now - planning.TREND_HISTORY)
    return planning.trends_of(found, TREND_DAYS, subscription.time_zone, now)


def receipt_of(tx: Tx, settings: Settings, start: datetime, end: datetime) -> Receipt:
    """Return the receipt of a window."""
    sources = [source for source in settings.sources.values() if source.enabled]
    records = tx.records(start, end)
    return planning.make_receipt(records, sources, tx.source_states(), start, end)


def compose_digest(tx: Tx, tools: Tools, slot: Slot) -> list[Delivery]:
    """Return the messages of a slot, which only reads; a slot with nothing to tell has none."""
    waiting = tx.digest_hits(slot.subscription.id, slot.since)
    if not waiting and not slot.warnings and not speaks_of_nothing(tx, slot):
        log.info("digest skipped: nothing new", subscription=slot.subscription.id)
        return []
    planned = planning.plan_digest(
        slot.subscription.without(tx.opted_out()),
        [stored.hit for stored in waiting],
        {stored.item.id: stored.item for stored in waiting},
        links_of(tx, slot.subscription, waiting)[0],
        tools.settings.watches,
        start=slot.start,
        slot=slot.end,
        receipt=slot.receipt,
        trends=slot.trends,
        warnings=slot.warnings,
    )
    return [each for one in planned for each in messages(tools, one)]


def speaks_of_nothing(tx: Tx, slot: Slot) -> bool:
    """Tell whether a digest with nothing new is sent, for what it says was checked."""
    wish = slot.subscription.when_nothing
    if wish == "weekly":
        last = tx.last_digest(slot.subscription.id)
        return last is None or slot.end - last >= WEEK
    return wish == "tell"


async def tell_owner(tools: Tools, now: datetime) -> list[Delivery]:
    """Tell the owner of the sources whose health changed; empty when none did or nobody is named.

    What is told and that it is told are settled in one transaction, so that each change is told once.
    """
    if tools.settings.monitor.owner is None or not await tools.store.read(lambda tx: tx.untold(1)):
        return []
    return await tools.store.write(partial(settle_owner, tools, now))


def settle_owner(tools: Tools, now: datetime, tx: Tx) -> list[Delivery]:
    """Put the owner's message into the outbox unless the last one was a moment ago."""
    options, last = tools.settings.monitor, tx.last_slot(OWNER_SLOT)
    if options.owner is None or (last is not None and now - last < planning.APART):
        return []
    states = tx.untold(MOST_CHANGES)
    changes = planning.changes_of(states, tools.settings.sources, now)
    tx.tell(states)
    if not changes:
        return []
    tx.set_last_slot(OWNER_SLOT, now)
    planned = planning.plan_owner(options.owner, changes, options.title, options.time_zone, now)
    delivery = render(tools, planned)
    tx.add_delivery(delivery)
    return [delivery]
