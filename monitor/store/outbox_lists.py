"""The outbox in a list: everything of a message but its bytes, which may be tens of kilobytes each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import LargeBinary, case, func, literal, select, tuple_

from monitor.model import Attempt, Delivery, DeliveryStatus
from monitor.store.base import chunks
from monitor.store.destination_queries import DestinationQueries
from monitor.store.outbox_rows import attempt_of, delivery_of
from monitor.store.rows import labelled
from monitor.store.tables import ATTEMPT, DELIVERY, DELIVERY_HIT
from monitor.store.values import Told, split_cursor

_SENT = DELIVERY.c
_BARE = select(
    *(column for column in labelled(DELIVERY) if column.key != "delivery_content"),
    literal(b"", LargeBinary).label("delivery_content"),
)


class OutboxLists(DestinationQueries):
    """Which messages there are, which were given up, and what was said of each last."""

    def bare_deliveries(
        self, limit: int, status: DeliveryStatus | None = None, before: str = ""
    ) -> list[tuple[Delivery, int]]:
        """Return at most ``limit`` deliveries, newest first, each with how many hits it tells of.

        They come without their bytes and without the ids of their hits. ``before`` is
        ``"<created>|<id>"`` of the last one of the page before.
        """
        statement = _BARE
        if status is DeliveryStatus.SENT:
            # Most are: walking back by date finds a page of them at once, while SQLite would take
            # the index of the status and sort all of them, each with its bytes.
            statement = statement.where(_SENT.status.concat("") == str(status))
        elif status is not None:
            statement = statement.where(_SENT.status == str(status))
        if before:
            statement = statement.where(
                tuple_(_SENT.created, _SENT.id) < tuple_(*split_cursor(before))
            )
        statement = statement.order_by(_SENT.created.desc(), _SENT.id.desc()).limit(limit)
        found = [delivery_of(row, ()) for row in self._all(statement)]
        numbers = self._count_hits(delivery.id for delivery in found)
        return [(delivery, numbers.get(delivery.id, 0)) for delivery in found]

    def _count_hits(self, deliveries: Iterable[str]) -> dict[str, int]:
        column, found = DELIVERY_HIT.c, dict[str, int]()
        for chunk in chunks(deliveries):
            counted = select(column.delivery, func.count()).where(column.delivery.in_(chunk))
            for row in self._run(counted.group_by(column.delivery)):
                found[row[0]] = row[1]
        return found

    def last_attempts(self, deliveries: Iterable[str]) -> dict[str, Attempt]:
        """Return what was tried last for these deliveries; those never tried are left out."""
        found: dict[str, Attempt] = {}
        for chunk in chunks(deliveries):
            last = select(func.max(ATTEMPT.c.id)).where(ATTEMPT.c.delivery.in_(chunk))
            last = last.group_by(ATTEMPT.c.delivery)
            for row in self._all(select(*labelled(ATTEMPT)).where(ATTEMPT.c.id.in_(last))):
                found[row["attempt_delivery"]] = attempt_of(row)
        return found

    def told_when(self, hits: Iterable[str]) -> list[Told]:
        """Return when whom was told of these hits, or is about to be, oldest first; not what was cancelled."""
        mine = (DELIVERY_HIT.c.hit, _SENT.subscription, _SENT.kind, _SENT.created)
        went = func.sum(case((_SENT.status == str(DeliveryStatus.SENT), 1), else_=0))
        found: list[Told] = []
        for chunk in chunks(hits):
            counted = select(*mine, func.count(), went).select_from(DELIVERY_HIT)
            counted = counted.join(DELIVERY, _SENT.id == DELIVERY_HIT.c.delivery)
            counted = counted.where(
                DELIVERY_HIT.c.hit.in_(chunk), _SENT.status != str(DeliveryStatus.CANCELLED)
            )
            rows = self._run(counted.group_by(*mine).order_by(_SENT.created, *mine[:3]))
            found += [Told(*row) for row in rows]
        return found

    def dead_letters(self, channel: str | None = None, since: datetime | None = None) -> list[str]:
        """Return the ids of dead letters, of one channel and made since then or of all, oldest first."""
        statement = select(_SENT.id).where(_SENT.status == str(DeliveryStatus.DEAD))
        if channel is not None:
            statement = statement.where(_SENT.channel == channel)
        if since is not None:
            statement = statement.where(_SENT.created >= since)
        return list(self._run(statement.order_by(_SENT.created, _SENT.id)).scalars())

    def given_up(self, start: datetime, end: datetime) -> dict[str, int]:
        """Return how many messages became dead letters in a window and still are, by channel."""
        last = select(ATTEMPT.c.delivery).where(
            ATTEMPT.c.final, ~ATTEMPT.c.ok, ATTEMPT.c.at >= start, ATTEMPT.c.at < end
        )
        counted = select(_SENT.channel, func.count()).where(
            _SENT.status == str(DeliveryStatus.DEAD), _SENT.id.in_(last)
        )
        return {name: int(n) for name, n in self._run(counted.group_by(_SENT.channel))}
