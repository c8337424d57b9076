"""Stamps of time as pages write them: ISO 8601 and its misspellings, mail dates, epochs, figures.

What names a month in another language than English is left to htmldate.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

_DATES = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年]\s?(?P<month>\d\d?)\s?[-/.月]\s?(?P<day>\d\d?)(?!\d)日?",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d{1,5}(?!\d))",
        r"(?<!\d)(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<month>\d\d?)[/-](?P<day>\d\d?)[/-](?P<year>(?:19|20)\d\d)(?!\d)",
        r"\b(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
        r"\b(?P<day>\d\d?)(?:st|nd|rd|th)?\s+(?P<name>[a-z]{3,9})\.?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
    )
)
_MONTH_FIRST = 3
"""Place of the one spelling that may be read in two ways."""
_CLOCK = re.compile(
    r"(?=T?\d{4}|\D{0,9}\d\d?[:.h]\d)(?:T|[\s,|·•\u2013-]{1,5}(?:at|um|h)?\s?)?(?P<hour>\d\d?)[:.h]?(?P<minute>\d\d)"
    r"(?:[:.]?(?P<second>\d\d))?(?:[.,]\d{1,9})?\s?(?:(?P<half>[ap])\.?m\.?(?!\w))?"
    r"\s?\(?(?P<zone>(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?(?!\d)|[A-Z]{1,4}\b)?",
    re.IGNORECASE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - read as written
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?(?:\.\d+)?")
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?")
_ZONES = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    **dict.fromkeys(("BST", "CET", "MEZ", "WEST"), 60),
    **dict.fromkeys(("CEST", "MESZ", "EET"), 120),
    **dict.fromkeys(("EEST", "MSK"), 180),
    **dict.fromkeys(("JST", "KST"), 540),
    **dict.fromkeys(("EST", "CDT"), -300),
    **dict.fromkeys(("MST", "PDT"), -420),
    "HKT": 480,
    "AEST": 600,
    "AEDT": 660,
    "EDT": -240,
    "MDT": -360,
    "PST": -480,
}
"""Minutes east of Greenwich. CST and IST are left out: each is the time of several countries."""
_LONGEST = 200
_DAY_MINUTES = 24 * 60
_HALF_DAY = 12


class Moment(NamedTuple):
    """A time as a page states it; what it leaves open is midnight and UTC."""

    time: datetime
    clock: bool = False
    """Whether a time of day is stated."""
    zone: bool = False
    """Whether a zone is stated."""


def moment_of(text: str) -> Moment | None:
    """Return the first time that ``text`` states, None when it states none for sure."""
    text = " ".join(text[:_LONGEST].split())
    if match := _EPOCH.fullmatch(text):
        return Moment(datetime.fromtimestamp(int(match[1]), UTC), clock=True, zone=True)
    for place, pattern in enumerate(_DATES):
        for match in pattern.finditer(text):
            day = _day(match, either_way=place == _MONTH_FIRST)
            if day is not None:
                return _at_clock(day, _CLOCK.match(text, match.end()))
    return None


def _day(match: re.Match[str], *, either_way: bool) -> datetime | None:
    parts = match.groupdict()
    day = int(parts["day"])
    month = int(parts["month"]) if "month" in parts else _month_named(parts["name"])
    if either_way and month > _HALF_DAY:
        month, day = day, month
    elif either_way and day <= _HALF_DAY and day != month:
        return None
    try:
        return datetime(int(parts["year"]), month, day, tzinfo=UTC)
    except ValueError:
        return None


def _month_named(name: str) -> int:
    start = name[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0


def _at_clock(day: datetime, clock: re.Match[str] | None) -> Moment:
    """Set ``day`` to the time of day that follows it, when one does."""
    if clock is None:
        return Moment(day)
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if clock["half"]:
        hour = hour % _HALF_DAY + (_HALF_DAY if clock["half"] in "pP" else 0)
    zone = _zone(clock["zone"] or "")
    try:
        time = day.replace(hour=hour, minute=minute, second=second, tzinfo=zone or UTC)
        time.astimezone(UTC)
    except (ValueError, OverflowError):
        return Moment(day)
    stated = bool(
        zone or hour or minute or second
    )  # midnight without a zone says that none is known
    return Moment(time, clock=stated, zone=zone is not None)


def _zone(text: str) -> tzinfo | None:
    """Return the zone of ``+02:00``, ``GMT+2``, ``CEST`` or ``Z``; None when it is none we know."""
    minutes = _ZONES.get(text.upper())
    if match := _OFFSET.search(text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        minutes = -minutes if match[1] == "-" else minutes
    if minutes is None or abs(minutes) >= _DAY_MINUTES:
        return None
    return timezone(timedelta(minutes=minutes)) if minutes else UTC
