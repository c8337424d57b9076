"""The other way into the outbox: what waited for its slot becomes a digest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from monitor import planning
from monitor.config import Settings
from monitor.model import Delivery, Receipt
from monitor.planning import Instant, Subscription
from monitor.store import Tx
from monitor.tools import Tools, render

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Slot:
    """A digest that is due: for which subscription, about which window, with what beside hits."""

    subscription: Subscription
    start: datetime
    end: datetime
    receipt: Receipt
    warnings: tuple[str, ...] = ()


async def plan_digest(
    tools: Tools,
    subscription: Subscription,
    now: datetime,
    *,
    warning: str = "",
    force: bool = False,
) -> list[Delivery]:
    """Put the digest of the slot that has come into the outbox; empty when none is due.

    The slot, its hits and the deliveries are settled in one transaction, so a second process
    finds the slot served. ``force`` makes a digest of what waits now, whatever the hour.
    """
    slot = await tools.store.read(
        partial(slot_that_has_come, tools, subscription, now, force=force)
    )
    if slot is None:
        return []
    slot = replace(slot, warnings=(warning,) if warning else ())

    def settle(tx: Tx) -> list[Delivery]:
        if not force and not tx.set_last_slot(subscription.id, slot.end):
            return []  # another process was quicker
        return [one for one in compose_digest(tx, tools, slot) if tx.add_delivery(one)]

    return await tools.store.write(settle)


def slot_that_has_come(
    tools: Tools, subscription: Subscription, now: datetime, tx: Tx, *, force: bool
) -> Slot | None:
    """Return the slot to serve now, with its receipt; read without the lock, for it takes long."""
    last = tx.last_slot(subscription.id)
    if last is None or isinstance(subscription.when, Instant):
        return None
    due = planning.due_slot(subscription.when, subscription.time_zone, last, last, now)
    if due is None and not force:
        return None
    end = due or now
    return Slot(subscription, last, end, receipt_of(tx, tools.settings, last, end))


def receipt_of(tx: Tx, settings: Settings, start: datetime, end: datetime) -> Receipt:
    """Return the receipt of a window."""
    sources = [source for source in settings.sources.values() if source.enabled]
    records = tx.records(start, end)
    return planning.make_receipt(records, sources, tx.source_states(), start, end)


def compose_digest(tx: Tx, tools: Tools, slot: Slot) -> list[Delivery]:
    """Return the messages of a slot, which only reads; a slot with nothing to tell has none."""
    waiting = tx.digest_hits(slot.subscription.id)
    quiet = slot.subscription.when_nothing == "skip" and not slot.warnings
    if not waiting and quiet:
        log.info("digest skipped: nothing new", subscription=slot.subscription.id)
        return []
    planned = planning.plan_digest(
        slot.subscription,
        [stored.hit for stored in waiting],
        {stored.item.id: stored.item for stored in waiting},
        {stored.item.id: stored.link for stored in waiting if stored.link},
        tools.settings.watches,
        start=slot.start,
        slot=slot.end,
        receipt=slot.receipt,
        warnings=slot.warnings,
    )
    return [render(tools.settings, one) for one in planned]
