"""Subscriptions: who gets what, when, where."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from monitor.fields import Identifier, TimeZone
from monitor.planning.schedule import When
from monitor.registry import Options

Priority = Literal["low", "normal", "high", "critical"]


class Recipient(Options):
    """One destination of a subscription."""

    channel: Identifier
    """Id of a channel in ``monitor.yaml``."""
    recipient: str = ""
    """Who receives it there, such as a mail address; some channels take none."""


class Subscription(Options):
    """Who gets which hits, when and how."""

    id: Identifier
    """Stable name of the subscription."""
    title: str = ""
    """Heading of its messages; the id when left out."""
    watchlists: tuple[Identifier, ...] = ()
    """Watchlists it wants; all when both this and ``watches`` are empty."""
    watches: tuple[Identifier, ...] = ()
    """Single watches it wants, beside those of ``watchlists``."""
    priorities: tuple[Priority, ...] = ()
    """Only watches of these priorities; all when empty."""
    when: When
    """``instant``, or a schedule such as ``daily at 07:30``."""
    time_zone: TimeZone = "UTC"
    """Time zone of the schedule and of the times that readers see."""
    when_nothing: Literal["skip", "tell"] = "skip"
    """Whether a digest with nothing new is skipped, or sent for its receipt alone."""
    to: tuple[Recipient, ...] = Field(min_length=1)
    """Where messages go."""
