"""Sources between polls, and the records of their polls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from monitor.model import PollRecord, SourceState
from monitor.store.base import Queries, insert_new, upsert
from monitor.store.rows import labelled, record_of, record_row, state_of, state_row
from monitor.store.tables import POLL_RECORD, SOURCE_STATE

_STATE = SOURCE_STATE.c
LATEST = 0.2
"""Weight of the last article in what is known of a source's paywall."""
_SAVED = tuple(state_row(SourceState("")))


class SourceQueries(Queries):
    """Which sources are due, what is known of them, how their polls went."""

    def sync_sources(self, sources: Iterable[tuple[str, str, datetime]]) -> None:
        """Make the polled sources those of the configuration: (id, address, first poll due).

        One that left the configuration keeps its data and is polled no more. One whose configured
        address changed starts afresh there: validators, failures and "gone" belonged to the
        old address. Which of its items are known stays, for a source is its id.
        """
        columns = (_STATE.source, _STATE.configured_url, _STATE.active, _STATE.next_poll)
        known = {row["source"]: row for row in self._all(select(*columns))}
        wanted = {source: (url, due) for source, url, due in sources}
        for source, (url, due) in wanted.items():
            row = known.get(source)
            if row is None or row["configured_url"] != url:
                self._start(source, url, due)
            elif not row["active"] or row["next_poll"] is None:
                change = {"active": True, "next_poll": due, "lease_until": None}
                self._run(update(SOURCE_STATE).where(_STATE.source == source).values(change))
        for source in known.keys() - wanted.keys():
            if known[source]["active"]:
                change = {"active": False, "lease_until": None}
                self._run(update(SOURCE_STATE).where(_STATE.source == source).values(change))

    def _start(self, source: str, url: str, due: datetime) -> None:
        fresh = state_row(SourceState(source, url=url, next_poll=due))
        fresh |= {"configured_url": url, "active": True, "paywall": 0.0, "told": ""}
        lasting = {"source", "first_poll_done", "last_poll", "last_ok", "last_new", "rhythm"}
        columns = [name for name in fresh if name not in lasting]
        self._run(upsert(self._dialect, SOURCE_STATE, "source", *columns), fresh)

    def claim_sources(
        self, now: datetime, *, limit: int, lease_seconds: float
    ) -> list[SourceState]:
        """Return sources that are due, longest overdue first, leased until they are saved.

        No other process gets them before `save_state` or `release_source`, or before the lease
        ends because whoever held it died.
        """
        due = (
            select(_STATE.source)
            .where(
                _STATE.active,
                ~_STATE.gone,
                _STATE.next_poll <= now,
                or_(_STATE.lease_until.is_(None), _STATE.lease_until <= now),
            )
            .order_by(_STATE.next_poll, _STATE.source)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        claim = (
            update(SOURCE_STATE)
            .where(_STATE.source.in_(select(due.c.source)))
            .values(lease_until=now + timedelta(seconds=lease_seconds))
            .returning(*labelled(SOURCE_STATE))
        )
        states = [state_of(row) for row in self._all(claim)]
        return sorted(states, key=lambda state: (state.next_poll or now, state.source))

    def release_source(self, source: str) -> None:
        """End the lease on ``source`` without a poll: it stays due."""
        self._run(update(SOURCE_STATE).where(_STATE.source == source).values(lease_until=None))

    def next_due(self) -> datetime | None:
        """Return when the next source is due, None when none will be."""
        statement = (
            select(_STATE.next_poll)
            .where(_STATE.active, ~_STATE.gone, _STATE.next_poll.is_not(None))
            .order_by(_STATE.next_poll)
            .limit(1)
        )
        due: datetime | None = self._run(statement).scalar()
        return due

    def source_state(self, source: str) -> SourceState | None:
        """Return what is known of ``source``, None when it was never configured."""
        row = self._one(select(*labelled(SOURCE_STATE)).where(_STATE.source == source))
        return None if row is None else state_of(row)

    def source_states(self) -> list[SourceState]:
        """Return the states of all configured sources by id."""
        statement = select(*labelled(SOURCE_STATE)).where(_STATE.active).order_by(_STATE.source)
        return [state_of(row) for row in self._all(statement)]

    def save_state(self, state: SourceState) -> None:
        """Keep ``state`` and end the lease on its source.

        ``paywall`` and ``told`` are not a poll's to say: `note_article` and `tell` keep them.
        """
        statement = upsert(self._dialect, SOURCE_STATE, "source", *_SAVED[1:])
        row = state_row(state)
        row |= {"active": True, "configured_url": state.url, "paywall": 0.0, "told": ""}
        self._run(statement, row)

    def note_article(self, source: str, *, paywalled: bool) -> None:
        """Note whether an article of ``source`` stood behind a paywall; the last ones count most."""
        share = _STATE.paywall * (1 - LATEST) + LATEST * paywalled
        self._run(update(SOURCE_STATE).where(_STATE.source == source).values(paywall=share))

    def untold(self, limit: int) -> list[SourceState]:
        """Return the states of sources whose owner does not know yet how they are."""
        statement = (
            select(*labelled(SOURCE_STATE))
            .where(_STATE.active, _STATE.trouble != _STATE.told)
            .order_by(_STATE.source)
            .limit(limit)
        )
        return [state_of(row) for row in self._all(statement)]

    def tell(self, states: Iterable[SourceState]) -> None:
        """Note that the owner knows the trouble of ``states``."""
        for state in states:
            change = update(SOURCE_STATE).where(_STATE.source == state.source)
            self._run(change.values(told=state.trouble))

    def add_record(self, record: PollRecord) -> None:
        """Keep how a poll went."""
        self._run(insert_new(self._dialect, POLL_RECORD), record_row(record))

    def records(
        self,
        start: datetime,
        end: datetime,
        source: str | None = None,
    ) -> list[PollRecord]:
        """Return the polls from ``start`` to before ``end``, oldest first."""
        column = POLL_RECORD.c
        statement = select(*labelled(POLL_RECORD)).where(column.at >= start, column.at < end)
        if source is not None:
            statement = statement.where(column.source == source)
        return [record_of(row) for row in self._all(statement.order_by(column.at, column.id))]

    def last_records(self, source: str, limit: int) -> list[PollRecord]:
        """Return the last polls of ``source``, newest first."""
        column = POLL_RECORD.c
        statement = select(*labelled(POLL_RECORD)).where(column.source == source)
        statement = statement.order_by(column.at.desc(), column.id.desc()).limit(limit)
        return [record_of(row) for row in self._all(statement)]
