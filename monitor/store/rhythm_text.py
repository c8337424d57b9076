"""The rhythm and the hints of a source as one line of JSON: read whole, written whole, never searched."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from monitor.model import Hints, Rhythm
from monitor.model.rhythm import NO_HINTS, UNWATCHED

_NOTHING = "[]"
_DIGITS = 3


def pack_rhythm(rhythm: Rhythm) -> str:
    """Return ``rhythm`` as text: counts to a thousandth, times to a second."""
    if rhythm.at is None:
        return _NOTHING
    return _dense(
        [
            _second(rhythm.at),
            [_short(counts) for counts in counts_of(rhythm)],
            round(rhythm.recent, _DIGITS),
            round(rhythm.missed, _DIGITS),
            _second(rhythm.newest),
            round(rhythm.pause),
            rhythm.finds,
            round(rhythm.window),
            round(rhythm.reach),
        ]
    )


def counts_of(rhythm: Rhythm) -> tuple[tuple[float, ...], ...]:
    """Return the four rows of counts in the order of the text."""
    return (rhythm.hours, rhythm.days, rhythm.hours_watched, rhythm.days_watched)


def unpack_rhythm(text: str) -> Rhythm:
    """Return the rhythm that ``text`` holds."""
    if text == _NOTHING:
        return UNWATCHED
    at, counts, recent, missed, newest, pause, finds, window, reach = json.loads(text)
    hours, days, hours_watched, days_watched = map(tuple, counts)
    return Rhythm(
        at=_time(at),
        hours=hours,
        days=days,
        hours_watched=hours_watched,
        days_watched=days_watched,
        recent=recent,
        missed=missed,
        newest=_time(newest),
        pause=pause,
        finds=finds,
        window=window,
        reach=reach,
    )


def pack_hints(hints: Hints) -> str:
    """Return ``hints`` as text."""
    if hints == NO_HINTS:
        return _NOTHING
    return _dense([hints.ttl, hints.skip_hours, hints.skip_days])


def unpack_hints(text: str) -> Hints:
    """Return the hints that ``text`` holds."""
    if text == _NOTHING:
        return NO_HINTS
    ttl, hours, days = json.loads(text)
    return Hints(ttl, tuple(hours), tuple(days))


def _dense(values: list[object]) -> str:
    return json.dumps(values, separators=(",", ":"))


def _short(values: tuple[float, ...]) -> list[float]:
    # A whole number is two characters shorter, and most of them are.
    return [round(value, _DIGITS) if value % 1 else int(value) for value in values]


def _second(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp())


def _time(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)
