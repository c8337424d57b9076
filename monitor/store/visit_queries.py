"""Pages that are to be fetched for the text of their items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from monitor.model import Item, Visit
from monitor.store.base import Queries
from monitor.store.rows import Row, item_row, labelled
from monitor.store.tables import ITEM, VISIT

_VISIT = VISIT.c


class VisitQueries(Queries):
    """The queue of visits; it is worked off like the outbox, by claims with a lease."""

    def add_visits(self, visits: Iterable[Visit]) -> None:
        """Plan ``visits`` of stored items; one that is planned already stays as it is."""
        self._add(VISIT, [_row(visit) for visit in visits])

    def claim_visits(self, now: datetime, limit: int, lease_seconds: float) -> list[Visit]:
        """Return visits that are due, longest first, leased until they are finished or put off."""
        due = (
            select(_VISIT.item)
            .where(
                _VISIT.due <= now,
                or_(_VISIT.lease_until.is_(None), _VISIT.lease_until <= now),
            )
            .order_by(_VISIT.due, _VISIT.item)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        claim = (
            update(VISIT)
            .where(_VISIT.item.in_(select(due.c.item)))
            .values(lease_until=now + timedelta(seconds=lease_seconds))
            .returning(*labelled(VISIT))
        )
        visits = [_visit_of(row) for row in self._all(claim)]
        return sorted(visits, key=lambda visit: (visit.due, visit.item))

    def end_visit(self, visit: Visit, again: Visit | None) -> bool:
        """Put ``again`` in the place of a ``visit`` that was made, or nothing when there is none.

        False, and nothing changes, when another process had done so.
        """
        mine = (_VISIT.item == visit.item) & (_VISIT.stage == visit.stage)
        if again is None:
            return self._run(delete(VISIT).where(mine)).rowcount == 1
        return self._run(update(VISIT).where(mine).values(_row(again))).rowcount == 1

    def put_off_visit(self, visit: Visit) -> None:
        """Keep when ``visit`` is tried again, and end its lease."""
        change = {"due": visit.due, "attempts": visit.attempts, "lease_until": None}
        self._run(update(VISIT).where(_VISIT.item == visit.item).values(change))

    def release_visit(self, item: str) -> None:
        """End the lease on the visit of ``item``: it stays due."""
        self._run(update(VISIT).where(_VISIT.item == item).values(lease_until=None))

    def visits(self, limit: int = 1000) -> list[Visit]:
        """Return what is planned, the next first."""
        statement = select(*labelled(VISIT)).order_by(_VISIT.due, _VISIT.item).limit(limit)
        return [_visit_of(row) for row in self._all(statement)]

    def rewrite_item(self, item: Item) -> None:
        """Replace what is stored of ``item`` but its keys and when it was first seen."""
        fixed = {"id", "source", "keys", "first_seen", "baseline"}
        row = {name: value for name, value in item_row(item).items() if name not in fixed}
        self._run(update(ITEM).where(ITEM.c.id == item.id).values(row))


def _row(visit: Visit) -> dict[str, object]:
    return {
        "item": visit.item,
        "source": visit.source,
        "url": visit.url,
        "due": visit.due,
        "attempts": visit.attempts,
        "stage": visit.stage,
        "lease_until": None,
    }


def _visit_of(row: Row) -> Visit:
    return Visit(
        item=row["visit_item"],
        source=row["visit_source"],
        url=row["visit_url"],
        due=row["visit_due"],
        attempts=row["visit_attempts"],
        stage=row["visit_stage"],
    )
