"""Dates of entries: feedparser's reading where the text is a whole date, ours where it guesses.

feedparser fills what a text lacks from today's date and swaps days and months: ``2020/1/10``
becomes the first day of the current month.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time

from feedparser.datetimes import _parse_date

_CLOCK = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?"
    r"\s*(?P<half>[AaPp](?=\.?[Mm]))?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?(?!\d)"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"\d{8}(?:T?\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_CLOCK}"
)
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}){_CLOCK}")
_SLASHED = re.compile(rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}}){_CLOCK}")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MAIL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) ([JFMASOND][a-z]{2}) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-]\d\d)(\d\d))",
    re.ASCII,
)
_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - read as written
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_LAST_SECOND = 59
_MONTHS = 12


def date_of(text: str) -> datetime | None:
    """Return what `entry_date` says of ``text`` and feedparser's reading of it, mostly sooner.

    Dates as RFC 5322 section 3.3 and ISO 8601 write them are read without asking feedparser.
    """
    plain = _plain_mail_date(text) or (iso_date(text) if _ISO.match(text) else None)
    return plain or (entry_date(text, _parse_date(text)) if text else None)


def _plain_mail_date(text: str) -> datetime | None:
    match = _MAIL.fullmatch(text)
    if match is None:
        return None
    day, name, year, hour, minute, second, hours, minutes = match.groups()
    try:
        time = datetime(
            int(year),
            _MONTH_NUMBERS.get(name, 0),
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=UTC,
        )
        return time - _offset(hours, minutes) if hours else time
    except (ValueError, OverflowError):  # left to those who guess
        return None


def _offset(hours: str, minutes: str) -> timedelta:
    size = timedelta(hours=int(hours[1:]), minutes=int(minutes))
    return -size if hours[0] == "-" else size


def entry_date(text: str, parsed: struct_time | None) -> datetime | None:
    """Return the aware time in UTC that ``text`` states, or None when it states none for sure.

    ``parsed`` is feedparser's reading in UTC. A time without a zone counts as UTC.
    """
    text = text.strip()
    if match := _ISO.match(text):
        day = "-".join(part.zfill(2) for part in match.groups())
        # feedparser knows more spellings of the time, and takes 30 February for 2 March
        return iso_date(text) or (_from_struct(parsed) if iso_date(day) else None)
    if _COMPACT.fullmatch(text):
        return iso_date(text)
    if match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if time := _from_numbers(text):
        return time
    return (_from_struct(parsed) or _mail_date(text)) if _WORD.search(text) else None


def iso_date(text: str) -> datetime | None:
    """Return the time an ISO 8601 or RFC 3339 text states, in UTC; None when it is none."""
    try:
        return _in_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None


def _mail_date(text: str) -> datetime | None:
    """Read RFC 5322 section 3.3 where feedparser gives up, such as on a missing zone."""
    try:
        return _in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _from_struct(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        return datetime(year, month, day, hour, minute, min(second, _LAST_SECOND), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _from_numbers(text: str) -> datetime | None:
    """Read ``2020/1/31``, ``31.12.2020``, ``12/31/2020``; ``1/10/2020`` may be either of two days."""
    match = _YEAR_FIRST.match(text) or _DAY_FIRST.match(text) or _SLASHED.match(text)
    if match is None:
        return None
    month, day, hour = int(match["month"]), int(match["day"]), int(match["hour"] or 0)
    if match.re is _SLASHED:
        if month > _MONTHS:
            month, day = day, month
        elif day <= _MONTHS and day != month:
            return None
    if half := match["half"]:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    clock = f"{hour:02}:{match['minute'] or '00'}:{match['second'] or '00'}"
    return iso_date(f"{match['year']}-{month:02}-{day:02}T{clock}{match['zone'] or ''}")
