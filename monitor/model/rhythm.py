"""What is remembered of how a source publishes, and of how it wants to be polled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_HOURS = (0.0,) * 24
_DAYS = (0.0,) * 7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a source publishes, as far as it was watched; counts fade within weeks.

    Hours and weekdays (from Monday) are those of UTC.
    """

    at: datetime | None = None
    """Up to when it was watched; None before the first look."""
    hours: tuple[float, ...] = _HOURS
    """Items by hour of the day."""
    days: tuple[float, ...] = _DAYS
    """Items by weekday."""
    hours_watched: tuple[float, ...] = _HOURS
    """Hours for which each hour of the day was watched."""
    days_watched: tuple[float, ...] = _DAYS
    """Hours for which each weekday was watched."""
    recent: float = 0.0
    """Items of the last hours, fading within some."""
    missed: float = 0.0
    """Items that this rhythm let expect since the last one."""
    newest: datetime | None = None
    """When the last item appeared."""
    pause: float = 0.0
    """Seconds of the longest pause between items, fading within months."""
    finds: int = 0
    """How often items appeared, those of one quarter of an hour together."""
    window: float = 0.0
    """Entries that its document holds; 0 when that is not known."""
    reach: float = 0.0
    """Seconds in which no more than half of them were seen to change; 0 when it never was near."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a document says about how it wants to be polled."""

    ttl: float = 0.0
    """Seconds between polls; 0 when it does not say."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day in UTC, 0 to 23, in which it does not want to be polled."""
    skip_days: tuple[int, ...] = ()
    """Weekdays in UTC, 0 is Monday, on which it does not want to be polled."""


UNWATCHED = Rhythm()
NO_HINTS = Hints()
