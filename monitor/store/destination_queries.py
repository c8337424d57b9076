"""Destinations that fail: who is held back until one message has shown that it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update

from monitor.model import DeliveryStatus, Destination
from monitor.store.base import Queries
from monitor.store.destination_tables import DESTINATION
from monitor.store.rows import Row, labelled
from monitor.store.tables import DELIVERY

_HERE = DESTINATION.c
_SENT = DELIVERY.c


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a delivery may be claimed, whatever its destination."""
    return and_(
        _SENT.status == str(DeliveryStatus.PENDING),
        _SENT.due <= now,
        or_(_SENT.lease_until.is_(None), _SENT.lease_until <= now),
    )


def is_failing() -> ColumnElement[bool]:
    """Return the condition that a delivery's destination fails but is not turned off."""
    return exists().where(_is_its_own(), _HERE.off_since.is_(None))


def _is_its_own() -> ColumnElement[bool]:
    return and_(_HERE.channel == _SENT.channel, _HERE.recipient == _SENT.recipient)


class DestinationQueries(Queries):
    """What is remembered of destinations that fail."""

    def destination(self, channel: str, recipient: str) -> Destination | None:
        """Return what is known of a destination, None when it does well."""
        statement = select(*labelled(DESTINATION)).where(
            _HERE.channel == channel, _HERE.recipient == recipient
        )
        row = self._one(statement)
        return None if row is None else _destination_of(row)

    def destinations(self) -> list[Destination]:
        """Return every destination that fails or is turned off."""
        statement = select(*labelled(DESTINATION)).order_by(_HERE.channel, _HERE.recipient)
        return [_destination_of(row) for row in self._all(statement)]

    def keep_destination(self, destination: Destination) -> None:
        """Remember a destination that fails, in the place of what was known of it."""
        self.forget_destination(destination.channel, destination.recipient)
        self._run(insert(DESTINATION), _destination_row(destination))

    def forget_destination(self, channel: str, recipient: str | None = None) -> int:
        """Let a destination, or all of a channel, begin anew; return how many there were."""
        statement = delete(DESTINATION).where(_HERE.channel == channel)
        if recipient is not None:
            statement = statement.where(_HERE.recipient == recipient)
        return self._run(statement).rowcount

    def probes(self, now: datetime, limit: int, lease_seconds: float) -> list[str]:
        """Return the ids of the deliveries that try failing destinations again: one for each.

        No destination has another before what became of it is kept, or its lease ends.
        """
        ready = (
            select(*labelled(DESTINATION))
            .where(
                _HERE.off_since.is_(None),
                _HERE.held_until <= now,
                exists().where(_is_its_own(), is_due(now)),
            )
            .order_by(_HERE.held_until)
            .limit(limit)
        )
        return [self._probe(_destination_of(row), now, lease_seconds) for row in self._all(ready)]

    def _probe(self, failing: Destination, now: datetime, lease_seconds: float) -> str:
        its_own = and_(_SENT.channel == failing.channel, _SENT.recipient == failing.recipient)
        oldest = select(_SENT.id).where(its_own, is_due(now)).order_by(_SENT.due, _SENT.id)
        held = update(DESTINATION).where(
            _HERE.channel == failing.channel, _HERE.recipient == failing.recipient
        )
        self._run(held.values(held_until=now + timedelta(seconds=lease_seconds)))
        return str(self._run(oldest.limit(1)).scalar_one())


def _destination_row(destination: Destination) -> dict[str, Any]:
    return {
        "channel": destination.channel,
        "recipient": destination.recipient,
        "failing_since": destination.failing_since,
        "failures": destination.failures,
        "held_until": destination.held_until,
        "off_since": destination.off_since,
        "reason": destination.reason,
        "options": destination.options,
    }


def _destination_of(row: Row) -> Destination:
    return Destination(
        channel=row["destination_channel"],
        recipient=row["destination_recipient"],
        failing_since=row["destination_failing_since"],
        failures=row["destination_failures"],
        held_until=row["destination_held_until"],
        off_since=row["destination_off_since"],
        reason=row["destination_reason"],
        options=row["destination_options"],
    )
