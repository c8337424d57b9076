"""The outbox as a table: what each message was, where it went, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.channels.text import one_line
from monitor.model import Attempt, Delivery, DeliveryStatus, Destination
from monitor.planning.subscription import Subscription
from monitor.store import Tx

PAGE = 50
"""Deliveries on a page."""

STATUS_WORDS = {
    DeliveryStatus.PENDING: "waiting",
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DEAD: "failed for good",
    DeliveryStatus.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the table."""

    id: str
    cursor: str
    kind: str
    title: str
    """The message's subject, or the subscription's title."""
    subscription: str
    channel: str
    recipient: str
    status: str
    words: str
    created: datetime
    due: datetime | None
    """When it is sent or tried again; None when that is over."""
    attempts: int
    hits: int
    said: str
    """What the other side, or the network, said last; empty when nothing was tried."""


def read_deliveries(
    tx: Tx, status: DeliveryStatus | None, before: str
) -> list[tuple[Delivery, Attempt | None]]:
    """Return one delivery more than a page holds, newest first, each with its last attempt."""
    found = tx.deliveries(PAGE + 1, status, before)
    return [(delivery, _last(tx, delivery)) for delivery in found]


def _last(tx: Tx, delivery: Delivery) -> Attempt | None:
    attempts = tx.attempts(delivery.id) if delivery.attempts else []
    return attempts[-1] if attempts else None


def delivery_rows(
    found: Sequence[tuple[Delivery, Attempt | None]],
    subscriptions: Mapping[str, Subscription],
    mask: Callable[[str], str],
) -> list[DeliveryRow]:
    """Return the rows of a page; ``mask`` hides the secrets that an answer could carry."""
    return [_row(delivery, last, subscriptions, mask) for delivery, last in found]


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A destination that is held back or turned off."""

    place: str
    off: bool
    since: datetime
    said: str


def failing_rows(
    destinations: Sequence[Destination], mask: Callable[[str], str]
) -> list[FailingRow]:
    """Return the destinations that fail, those that are turned off first."""
    rows = [
        FailingRow(
            place=" ".join(filter(None, (one.channel, mask(one.recipient)))),
            off=one.off_since is not None,
            since=one.off_since or one.failing_since,
            said=one_line(mask(one.reason), 300),
        )
        for one in destinations
    ]
    return sorted(rows, key=lambda row: not row.off)


def _row(
    delivery: Delivery,
    last: Attempt | None,
    subscriptions: Mapping[str, Subscription],
    mask: Callable[[str], str],
) -> DeliveryRow:
    subscription = subscriptions.get(delivery.subscription)
    title = subscription.title if subscription else ""
    pending = delivery.status is DeliveryStatus.PENDING
    return DeliveryRow(
        id=delivery.id,
        cursor=f"{delivery.created.isoformat()}|{delivery.id}",
        kind=delivery.kind,
        title=one_line(delivery.message.subject or title or delivery.subscription, 160),
        subscription=title or delivery.subscription,
        channel=delivery.channel,
        recipient=mask(delivery.recipient),
        status=str(delivery.status),
        words=STATUS_WORDS[delivery.status],
        created=delivery.created,
        due=delivery.due if pending else None,
        attempts=delivery.attempts,
        hits=len(delivery.hits),
        said=one_line(mask(last.detail), 300) if last else "",
    )
