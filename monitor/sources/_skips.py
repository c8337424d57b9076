"""Hours and days in which an RSS feed does not want to be polled: skipHours and skipDays of RSS 0.91 to 2.0.

They are read from the bytes beside the entries, because feedparser keeps only the last value of each.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_HOURS = re.compile(rb"<skipHours\b[^<>]*>(.{0,4000}?)</skipHours\s*>", re.IGNORECASE | re.DOTALL)
_DAYS = re.compile(rb"<skipDays\b[^<>]*>(.{0,4000}?)</skipDays\s*>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(rb"<hour\b[^<>]*>\s*(\d{1,2})\s*</hour", re.IGNORECASE)
_DAY = re.compile(rb"<day\b[^<>]*>\s*([a-z]{6,9})\s*</day", re.IGNORECASE)
_ITEM = re.compile(rb"<item[\s>]", re.IGNORECASE)
_WEEK: Final = (
    b"monday",
    b"tuesday",
    b"wednesday",
    b"thursday",
    b"friday",
    b"saturday",
    b"sunday",
)
_MIDNIGHT: Final = 24
"""RSS 0.91 counts the hours from 1 to 24, RSS 2.0 from 0 to 23: both mean the same by 1 to 23."""


class Skips(NamedTuple):
    """Hours of the day, 0 to 23, and weekdays, 0 is Monday; both in UTC."""

    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


def skips_in(body: bytes) -> Skips:
    """Return what a feed asks to skip; an entry that speaks of these elements asks for nothing."""
    if b"skip" not in body.lower():
        return Skips()
    first = _ITEM.search(body)
    last = body.rfind(b"</item>")
    beside = body[: first.start()] + body[last:] if first and last > 0 else body
    hours = {int(hour) for part in _HOURS.findall(beside) for hour in _HOUR.findall(part)}
    days = {day.lower() for part in _DAYS.findall(beside) for day in _DAY.findall(part)}
    return Skips(
        tuple(sorted({hour % _MIDNIGHT for hour in hours if hour <= _MIDNIGHT})),
        tuple(index for index, day in enumerate(_WEEK) if day in days),
    )
