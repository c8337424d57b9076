"""Destinations that fail: who is held back until one message has shown that it goes on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

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


def is_free(left: Mapping[str, int]) -> ColumnElement[bool]:
    """Return the condition that ``left`` leaves a delivery's channel any; see `within`."""
    return _SENT.channel.not_in([name for name, most in left.items() if most <= 0])


def within(left: Mapping[str, int], found: Iterable[tuple[str, str]]) -> list[str]:
    """Return the ids of ``found``, of each channel not more than ``left`` says of it, the first ones.

    What ``found`` holds is id and channel; a channel that ``left`` does not name has no limit.
    """
    taken: Counter[str] = Counter()
    chosen = []
    for name, channel in found:
        if taken[channel] < left.get(channel, math.inf):
            taken[channel] += 1
            chosen.append(name)
    return chosen


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

    def probes(
        self, now: datetime, limit: int, lease_seconds: float, left: Mapping[str, int]
    ) -> list[tuple[str, str]]:
        """Return the deliveries, id and channel, that try failing destinations again: one for each.

        No destination has another before what became of it is kept, or its lease ends. ``left`` is
        that of `within`.
        """
        turn = func.row_number().over(
            partition_by=(_SENT.channel, _SENT.recipient), order_by=(_SENT.due, _SENT.id)
        )
        waiting = (
            select(_SENT.id, _HERE.channel, _HERE.recipient, _HERE.held_until, turn.label("turn"))
            .join(DESTINATION, _is_its_own())
            .where(_HERE.off_since.is_(None), _HERE.held_until <= now, is_due(now), is_free(left))
            .subquery()
        )
        oldest = select(waiting).where(waiting.c.turn == 1).order_by(waiting.c.held_until)
        found = self._all(oldest.limit(limit))
        chosen = set(within(left, ((row["id"], row["channel"]) for row in found)))
        found = [row for row in found if row["id"] in chosen]
        until = now + timedelta(seconds=lease_seconds)
        for row in found:
            mine = (_HERE.channel == row["channel"], _HERE.recipient == row["recipient"])
            self._run(update(DESTINATION).where(*mine).values(held_until=until))
        return [(row["id"], row["channel"]) for row in found]


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
