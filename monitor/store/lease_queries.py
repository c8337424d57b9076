"""Subscriptions at hubs, and what hubs tell of their sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update

from monitor.model import Lease, SourceState
from monitor.store.base import Queries, upsert
from monitor.store.lease_tables import HUB_LEASE
from monitor.store.rows import Row, labelled, state_row
from monitor.store.tables import SOURCE_STATE

_LEASE = HUB_LEASE.c
_STATE = SOURCE_STATE.c
_FIELDS = tuple(name for name in _LEASE.keys() if name != "lease_until")  # noqa: SIM118 - of columns
_PUSHED = ("last_ok", "last_new", "rhythm")
"""What a hub's news changes in the memory of a source; the rest belongs to its polls."""


class LeaseQueries(Queries):
    """The queue of hubs to be asked; it is worked off like the outbox, by claims."""

    def save_leases(self, leases: Iterable[Lease]) -> None:
        """Keep ``leases`` and end the claims on them."""
        statement = upsert(self._dialect, HUB_LEASE, "token", *_FIELDS[1:], "lease_until")
        for lease in leases:
            row = {name: getattr(lease, name) for name in _FIELDS}
            self._run(statement, {**row, "lease_until": None})

    def drop_lease(self, token: str) -> None:
        """Forget a lease: nothing more is taken from its hub."""
        self._run(delete(HUB_LEASE).where(_LEASE.token == token))

    def lease(self, token: str) -> Lease | None:
        """Return the lease of that token, if there is one."""
        row = self._one(select(*labelled(HUB_LEASE)).where(_LEASE.token == token))
        return None if row is None else _lease_of(row)

    def leases(self, source: str | None = None) -> list[Lease]:
        """Return the leases, of one ``source`` or of all, by source."""
        statement = select(*labelled(HUB_LEASE)).order_by(_LEASE.source, _LEASE.token)
        if source is not None:
            statement = statement.where(_LEASE.source == source)
        return [_lease_of(row) for row in self._all(statement)]

    def claim_leases(self, now: datetime, limit: int, lease_seconds: float) -> list[Lease]:
        """Return leases whose hub is to be asked, claimed until they are saved or dropped."""
        due = (
            select(_LEASE.token)
            .where(
                _LEASE.due <= now,
                or_(_LEASE.lease_until.is_(None), _LEASE.lease_until <= now),
            )
            .order_by(_LEASE.due, _LEASE.token)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        claim = (
            update(HUB_LEASE)
            .where(_LEASE.token.in_(select(due.c.token)))
            .values(lease_until=now + timedelta(seconds=lease_seconds))
            .returning(*labelled(HUB_LEASE))
        )
        return sorted((_lease_of(row) for row in self._all(claim)), key=lambda lease: lease.token)

    def release_lease(self, token: str) -> None:
        """End the claim on a lease: its hub is still to be asked."""
        self._run(update(HUB_LEASE).where(_LEASE.token == token).values(lease_until=None))

    def pushed_until(self, source: str, now: datetime) -> datetime | None:
        """Return until when a hub tells of the news of ``source``, None when none does now."""
        mine = (_LEASE.source == source) & ~_LEASE.leaving & (_LEASE.expires > now)
        until: datetime | None = self._run(select(func.max(_LEASE.expires)).where(mine)).scalar()
        return until

    def save_push(self, state: SourceState) -> None:
        """Keep what a hub's news changes in ``state``; a poll that is under way goes on."""
        row = state_row(state)
        change = {name: row[name] for name in _PUSHED}
        self._run(update(SOURCE_STATE).where(_STATE.source == state.source).values(change))

    def poll_soon(self, source: str, now: datetime) -> None:
        """Have ``source`` polled at once: its hub has left a gap, or may have."""
        later = _STATE.next_poll.is_not(None) & (_STATE.next_poll > now)
        mine = (_STATE.source == source) & later
        self._run(update(SOURCE_STATE).where(mine).values(next_poll=now))


def _lease_of(row: Row) -> Lease:
    return Lease(**{name: row[f"hub_lease_{name}"] for name in _FIELDS})
