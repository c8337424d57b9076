"""Subscriptions at hubs, which tell of news instead of being asked for it (WebSub)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """A feed's subscription at its hub, and how far it has come.

    Without a ``callback`` it is only remembered that the feed has a hub.
    """

    token: str = field(repr=False)
    """What nobody can guess of the callback's address."""
    source: str
    hub: str
    topic: str
    """The feed's own address, by which the hub knows it."""
    callback: str = field(default="", repr=False)
    """Where the hub finds us."""
    secret: str = field(default="", repr=False)
    """Key by which it signs what it sends."""
    pending: str = ""
    """``subscribe`` or ``unsubscribe``: what we asked for and the hub has not verified yet."""
    leaving: bool = False
    """True when it is no longer wanted."""
    due: datetime | None = None
    """When the hub is asked next; None for never."""
    expires: datetime | None = None
    """Until when the hub tells of news; None before it was verified."""
    failures: int = 0
    """How often we asked in vain."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a hub wants to have verified (WebSub section 5.3), or denies (section 5.2)."""

    mode: str
    topic: str
    challenge: str = field(default="", repr=False)
    lease_seconds: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """What came at a callback (WebSub section 7)."""

    body: bytes = field(repr=False)
    content_type: str = ""
    signature: str = ""
    """The header X-Hub-Signature, as it came."""
    link: str = ""
    """The header Link, as it came."""
