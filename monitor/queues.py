"""The queues of work that the database holds: how each is claimed, worked off and released.

A claim comes with a lease: who dies with work in hand loses it to another process when the lease
ends. What is released is due again at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from monitor import pipeline, rechecks, visits, websub
from monitor.model import Attempt, Delivery, Lease, PollRecord, SourceState, Visit
from monitor.store import Tx
from monitor.tools import Tools

log = structlog.get_logger()
T = TypeVar("T")
R = TypeVar("R")
Clock = Callable[[], datetime]

POLL_LEASE = 120.0
"""Seconds after which another process may take over a poll that never ended."""
VISIT_LEASE = 600.0
"""The same of a visit, which may have to wait for its turn at a busy host."""
DELIVERY_LEASE = 300.0
"""The same of a delivery."""
HUB_LEASE = 300.0
"""The same of a request to a hub."""
VISITS_AT_ONCE = 100
HUBS_AT_ONCE = 8
DELIVERIES_AT_ONCE = 8
"""Of all channels together as long as they are quick, and of any one of them at most."""
DELIVERY_PATIENCE = 1.0
"""Seconds after which a delivery takes no place from those of other channels: a server that hangs
holds up its own messages and nobody else's."""


@dataclass(frozen=True, slots=True)
class Queue(Generic[T, R]):
    """One queue; ``at_once`` says how much of it may be under way side by side.

    What is under way for longer than ``patience`` seconds is not counted any more. ``claim`` is told
    how much there is room for, and what is under way.
    """

    name: str
    claim: Callable[[Tools, Tx, datetime, int, Collection[T]], list[T]]
    work: Callable[[Tools, T, Clock], Awaitable[R]]
    release: Callable[[Tx, T], None]
    at_once: Callable[[Tools], int]
    patience: float = math.inf

    def room(self, tools: Tools, ages: Collection[float]) -> int:
        """Return how much more may be begun beside what has been under way for ``ages`` seconds."""
        return self.at_once(tools) - sum(age < self.patience for age in ages)


def _claim_polls(
    tools: Tools, tx: Tx, now: datetime, room: int, _running: Collection[SourceState]
) -> list[SourceState]:
    """Claim sources; one that an edit is just taking out may still be due, and is left."""
    states = tx.claim_sources(now, limit=room, lease_seconds=POLL_LEASE)
    return [state for state in states if state.source in tools.settings.sources]


async def _poll(tools: Tools, state: SourceState, clock: Clock) -> PollRecord:
    record = await pipeline.poll_source(tools, state, clock())
    log.debug("polled", source=record.source, reason=record.reason, new=record.new)
    return record


def _claim_deliveries(
    _tools: Tools, tx: Tx, now: datetime, room: int, running: Collection[Delivery]
) -> list[Delivery]:
    """Claim messages, of each channel only as many as may be under way with those that are."""
    busy = Counter(delivery.channel for delivery in running)
    left = {channel: DELIVERIES_AT_ONCE - number for channel, number in busy.items()}
    return tx.claim_deliveries(now, room, DELIVERY_LEASE, left)


async def _visit(tools: Tools, planned: Visit, clock: Clock) -> bool:
    work = rechecks.look if planned.stage else visits.visit
    return await work(tools, planned, clock())


async def _ask_hub(tools: Tools, lease: Lease, clock: Clock) -> bool:
    return await websub.ask(tools, lease, clock())


POLLS: Queue[SourceState, PollRecord] = Queue(
    "poll",
    claim=_claim_polls,
    work=_poll,
    release=lambda tx, state: tx.release_source(state.source),
    at_once=lambda tools: tools.settings.monitor.net.connections,
)
VISITS: Queue[Visit, bool] = Queue(
    "visit",
    claim=lambda _tools, tx, now, room, _running: tx.claim_visits(now, room, VISIT_LEASE),
    work=_visit,
    release=lambda tx, planned: tx.release_visit(planned.item),
    at_once=lambda _tools: VISITS_AT_ONCE,
)
DELIVERIES: Queue[Delivery, Attempt] = Queue(
    "deliver",
    claim=_claim_deliveries,
    work=pipeline.deliver,
    release=lambda tx, delivery: tx.release_delivery(delivery.id),
    at_once=lambda _tools: DELIVERIES_AT_ONCE,
    patience=DELIVERY_PATIENCE,
)
HUBS: Queue[Lease, bool] = Queue(
    "hub",
    claim=lambda _tools, tx, now, room, _running: tx.claim_leases(now, room, HUB_LEASE),
    work=_ask_hub,
    release=lambda tx, lease: tx.release_lease(lease.token),
    at_once=lambda _tools: HUBS_AT_ONCE,
)
