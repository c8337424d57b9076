"""When a subscription speaks: at once, or at slots of its own local time.

The grammar, without regard to case::

    instant
    daily at 07:30
    weekdays at 07:30 and 16:00
    weekly on Monday at 08:00            (several days: "Monday and Thursday")
    every 4 hours                        (also minutes and seconds)

A *slot* is an instant in UTC. Slots at a time of day come from the local calendar through
`zoneinfo`: a time that the clock skips in spring moves forward by the skipped hour, and of a time
that it shows twice in autumn only the first counts (``fold=0``, PEP 495). So each local date has
each of its times exactly once. ``every N hours`` is counted from local midnight when N divides
the day, and then behaves like those times of day; any other interval is counted from the Unix
epoch and takes no notice of clock changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = tuple(range(7))
WEEKDAYS = tuple(range(5))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
_LONGEST = 7 * _DAY
_UNITS = {"hour": 3600, "minute": 60, "second": 1}

_TIME = r"([01]?\d|2[0-3]):[0-5]\d"
_TIMES = rf"(?P<times>{_TIME}((\s*,\s*|\s+and\s+){_TIME})*)"
_NAME = rf"({'|'.join(DAYS)})"
_CALENDAR = re.compile(
    rf"(?P<word>daily|weekdays|weekly\s+on\s+(?P<days>{_NAME}((\s*,\s*|\s+and\s+){_NAME})*))"
    rf"\s+at\s+{_TIMES}",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"every\s+(?:(?P<count>\d{1,7})\s+)?(?P<unit>hour|minute|second)s?", re.IGNORECASE
)
_ALLOWED = (
    "'when' is one of: instant | daily at 07:30 | weekdays at 07:30 and 16:00 | "
    "weekly on Monday at 08:00 | every 4 hours (or minutes, seconds)"
)


@dataclass(frozen=True, slots=True)
class Instant:
    """Every hit is told at once."""

    def __str__(self) -> str:
        """Return it as YAML says it."""
        return "instant"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Slots at local ``times`` of certain ``days``, or ``every`` so many seconds."""

    days: tuple[int, ...] = ()
    """Days of the week, 0 is Monday; empty when ``every`` is set."""
    times: tuple[time, ...] = ()
    """Local times of day, in order; empty when ``every`` is set."""
    every: int = 0
    """Seconds between slots; 0 when ``times`` are set."""

    @property
    def times_of_day(self) -> tuple[time, ...]:
        """Return the local times of a day that has slots; empty for intervals from the epoch."""
        if self.times or self.every % 3600 or _DAY % self.every:
            return self.times
        return tuple(time(hour) for hour in range(0, 24, self.every // 3600))

    def __str__(self) -> str:
        """Return it as YAML says it."""
        if self.every:
            return _interval_text(self.every)
        times = " and ".join(f"{moment:%H:%M}" for moment in self.times)
        if self.days == EVERY_DAY:
            return f"daily at {times}"
        if self.days == WEEKDAYS:
            return f"weekdays at {times}"
        return f"weekly on {' and '.join(DAYS[day] for day in self.days)} at {times}"


def parse_when(text: Any) -> Instant | Schedule:
    """Return what ``text`` says; raises ValueError that names everything allowed."""
    if isinstance(text, Instant | Schedule):
        return text
    if isinstance(text, str):
        plain = " ".join(text.split())
        if plain.lower() == "instant":
            return Instant()
        if match := _CALENDAR.fullmatch(plain):
            return _calendar(match)
        if match := _EVERY.fullmatch(plain):
            return _interval(match)
    raise ValueError(_ALLOWED)


def _calendar(match: re.Match[str]) -> Schedule:
    word = match["word"].lower()
    days = {"daily": EVERY_DAY, "weekdays": WEEKDAYS}.get(word, ())
    if match["days"]:
        found = re.findall(_NAME, match["days"], re.IGNORECASE)
        days = tuple(sorted({DAYS.index(name.capitalize()) for name in found}))
    clock = re.findall(r"(\d+):(\d+)", match["times"])
    times = sorted({time(int(hour), int(minute)) for hour, minute in clock})
    return Schedule(days=days, times=tuple(times))


def _interval(match: re.Match[str]) -> Schedule:
    seconds = int(match["count"] or 1) * _UNITS[match["unit"].lower()]
    if not 0 < seconds <= _LONGEST:
        message = "an interval is at least 1 second and at most 168 hours"
        raise ValueError(message)
    return Schedule(every=seconds)


def _interval_text(seconds: int) -> str:
    for unit, size in _UNITS.items():
        if seconds % size == 0:
            count = seconds // size
            return f"every {count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError  # a whole number of seconds always ends at the last unit


def next_slot(schedule: Schedule, zone: str, after: datetime) -> datetime:
    """Return the first slot later than ``after``, in UTC."""
    if not schedule.times_of_day:
        step = timedelta(seconds=schedule.every)
        return _EPOCH + ((after - _EPOCH) // step + 1) * step
    return min(slot for slot in _slots_around(schedule, zone, after) if slot > after)


def latest_slot(schedule: Schedule, zone: str, now: datetime) -> datetime:
    """Return the last slot not later than ``now``, in UTC."""
    if not schedule.times_of_day:
        step = timedelta(seconds=schedule.every)
        return _EPOCH + (now - _EPOCH) // step * step
    return max(slot for slot in _slots_around(schedule, zone, now) if slot <= now)


def due_slot(
    schedule: Schedule, zone: str, last: datetime | None, started: datetime, now: datetime
) -> datetime | None:
    """Return the slot that a digest is due for at ``now``, or None.

    ``last`` is the slot served last, ``started`` when the subscription was first seen. After a
    downtime only the latest missed slot is due: one merged digest. A clock that was set back
    makes nothing due a second time.
    """
    slot = latest_slot(schedule, zone, now)
    return slot if slot > max(last or started, started) else None


def slot_name(slot: datetime, zone: str) -> str:
    """Return a slot as readers and the outbox name it: local date, time and UTC offset."""
    return slot.astimezone(ZoneInfo(zone)).isoformat()


def _slots_around(schedule: Schedule, zone: str, moment: datetime) -> Iterator[datetime]:
    """Yield the slots of the local dates around ``moment``: enough to hold both neighbours."""
    place = ZoneInfo(zone)
    today = moment.astimezone(place).date()
    days = schedule.days or EVERY_DAY
    reach = 2 if days == EVERY_DAY else 8
    for offset in range(-reach, reach + 1):
        day = today + timedelta(days=offset)
        if day.weekday() in days:
            yield from (_in_utc(day, at, place) for at in schedule.times_of_day)


def _in_utc(day: date, at: time, place: ZoneInfo) -> datetime:
    """Return a local time in UTC; ``fold=0`` moves a gap forward and takes the first of a pair."""
    return datetime.combine(day, at, tzinfo=place).astimezone(UTC)


When = Annotated[
    Instant | Schedule,
    PlainValidator(parse_when),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*([Ii]nstant|([Dd]aily|[Ww]eekdays|[Ww]eekly on .+) at .+|[Ee]very .+)\s*$",
            "examples": [
                "instant",
                "daily at 07:30",
                "weekdays at 07:30 and 16:00",
                "weekly on Monday at 08:00",
                "every 4 hours",
            ],
        }
    ),
]
"""``instant``, or a schedule such as ``daily at 07:30``; the module says all of the grammar."""
