"""Quiet hours: a daily span of local time in which only what is critical is told at once.

The span is written ``22:00-07:00`` and may go over midnight. Its ends come from the local calendar
through `zoneinfo`, as slots do: a time that the clock skips moves forward, and of a time that it
shows twice the first counts (PEP 495).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

_TIME = r"([01]?\d|2[0-3]):([0-5]\d)"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|\u2013|to)\s*{_TIME}")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily span of local time, from ``start`` up to but without ``end``."""

    start: time
    end: time

    def __str__(self) -> str:
        """Return it as YAML says it."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def parse_quiet_hours(value: Any) -> Any:
    """Return what ``22:00-07:00`` says; raises ValueError for anything else."""
    if value is None or isinstance(value, QuietHours):
        return value
    match = _SPAN.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if match is None:
        message = "quiet hours are written as two times of day, such as 22:00-07:00"
        raise ValueError(message)
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if start == end:
        message = "quiet hours that never end would keep everything back"
        raise ValueError(message)
    return QuietHours(start, end)


def quiet_until(quiet: QuietHours | None, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours that ``now`` falls into end, in UTC; None when it is in none."""
    if quiet is None:
        return None
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    for day in (today - timedelta(days=1), today):
        start = datetime.combine(day, quiet.start, tzinfo=place).astimezone(UTC)
        last = day if quiet.start < quiet.end else day + timedelta(days=1)
        end = datetime.combine(last, quiet.end, tzinfo=place).astimezone(UTC)
        if start <= now < end:
            return end
    return None


Quiet = Annotated[
    QuietHours | None,
    PlainValidator(parse_quiet_hours),
    PlainSerializer(lambda value: None if value is None else str(value), return_type=str | None),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*\d?\d:\d\d\s*(-|to)\s*\d?\d:\d\d\s*$",
            "examples": ["22:00-07:00"],
        }
    ),
]
"""A daily span of local time such as ``22:00-07:00``."""
