"""Who is told what: routes, messages, deliveries and attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """What a subscription does with a hit."""

    INSTANT = "instant"
    DIGEST = "digest"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Route:
    """A decision about a hit for a subscription; ``reason`` is named for sends and skips alike."""

    subscription: str
    hit: str
    mode: Mode
    reason: str


class DeliveryStatus(StrEnum):
    """The life of a delivery in the outbox."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Message:
    """Final bytes for one destination, stored before the first connect."""

    content: bytes
    content_type: str
    message_id: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one destination in the outbox."""

    id: str
    subscription: str
    kind: str
    channel: str
    recipient: str
    message: Message
    hits: tuple[str, ...]
    created: datetime
    due: datetime
    slot: str = ""
    """The digest's slot (local date and time, ISO 8601); empty for alerts."""
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel and a recipient that fail; of those that do well nothing is remembered."""

    channel: str
    recipient: str
    failing_since: datetime
    failures: int
    held_until: datetime
    """Until then nothing is tried; afterwards one message at a time."""
    off_since: datetime | None = None
    """Since when nothing is sent there any more; None while it is only failing."""
    reason: str = ""
    """What the last failure was, in one line."""
    options: str = ""
    """Tells the configuration under which it was turned off from an edited one."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try to send came to."""

    delivery: str
    at: datetime
    ok: bool
    detail: str
    final: bool = False
    next_due: datetime | None = None
