"""The rhythm of a source: when it publishes, what that lets expect, when to look again.

A source is a Poisson process whose rate depends on the hour of the day and on the weekday; both
are factors on one base rate, so that four weeks are enough to learn them. What was counted is
compared with how long was watched, and a little of what any source does is mixed in, so that
an hour never watched is an hour like the others.

When to look again follows from what waiting costs. Items that nobody has fetched yet wait; the
next poll comes when all their expected waiting times together have cost enough. At a steady rate r
the interval then goes with 1/√r: for a given number of polls this makes the mean delay least (Sia,
Cho and Cho, "Efficient Monitoring Algorithm for Fast News Alerts", IEEE TKDE 19(7), 2007), while
polls in proportion to the rate would starve the slow sources. A source of `BUSY` items an hour is
polled in its shortest interval, one with a quarter of them half as often.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from monitor.model import DAY, Rhythm

HORIZON: Final = 28 * DAY
"""How far back the first look at a document learns from the times of its entries."""
FADING: Final = math.exp(-1 / 28)
"""What a day leaves of the counts: they are about the last four weeks."""
BUSY: Final = 16.0
"""Items an hour that are worth the shortest interval."""
ITEMS_BEFORE: Final = 0.5
HOURS_BEFORE: Final = 1.25
"""What a source is taken for before anything is known of it: so many items in so many hours."""
LIKE_OTHERS: Final = 2.0
"""Items mixed into each hour and weekday that stand for no difference between them."""
BURST: Final = 2.0
"""Hours within which most of what follows a piece of news has followed it."""
FOLLOWERS: Final = 0.8
"""Items that each item is followed by within a burst."""
SURPRISE: Final = 5.0
"""Expected items whose absence is noticed: beyond them the rhythm counts for less and less."""
REACH_GROWTH: Final = 1.03
"""By what a day lengthens the interval again that a burst has shortened."""
WINDOW_SHARE: Final = 1 / 3
"""Part of the document's entries that may be replaced between two polls."""
FIND_APART: Final = 900.0
"""Seconds after which the next item is another find and not the same one."""
PAUSE_FADING: Final = 0.99
"""What a day leaves of the longest pause."""
_LATE: Final = 2 * DAY
_HOUR: Final = 3600
_DAY: Final = 86_400
_EARLIEST: Final = 10


def observe(
    rhythm: Rhythm,
    times: Iterable[datetime],
    now: datetime,
    *,
    entries: int = 0,
    overrun: bool = False,
) -> Rhythm:
    """Return ``rhythm`` after a look at ``now`` that found new items of the given ``times``.

    ``entries`` is how many the document held, 0 when that is not known; after an ``overrun`` what
    lies before the first of the new items was not watched. The first look learns from times of the
    past; ``times`` then are those of all entries that have one.
    """
    found = sorted(min(time, now) for time in times)
    if rhythm.at is None:
        return _first(rhythm, found, now, entries)
    start = min(max(rhythm.at, found[0]) if overrun and found else rhythm.at, now)
    counted = [time if time >= now - _LATE else now for time in found]
    missed = 0.0 if found else rhythm.missed + expected(rhythm, start, now)
    watched = _watch(_fade(rhythm, now), start, now, counted)
    appeared = [max(time, rhythm.at) for time in counted] if rhythm.at < now else counted
    return replace(
        _finds(watched, appeared, (now - rhythm.at) / DAY),
        at=now,
        recent=_recent(rhythm, appeared, now),
        missed=missed,
        window=float(entries or rhythm.window),
        reach=_reach(rhythm, len(found), entries, now),
    )


def _first(rhythm: Rhythm, times: list[datetime], now: datetime, entries: int) -> Rhythm:
    """Learn from a document's past; its oldest entries may be kept for other reasons than age."""
    earliest = len(times) // _EARLIEST
    start = max(times[earliest], now - HORIZON) if times else now
    counted = [time for time in times[earliest + 1 :] if time >= start]
    return replace(
        _finds(_watch(rhythm, start, now, counted), times, 0.0),
        at=now,
        recent=_recent(rhythm, counted, now),
        window=float(entries),
    )


def _fade(rhythm: Rhythm, now: datetime) -> Rhythm:
    """Let the counts fade, once a day: less often than they are rounded."""
    days = (now.date() - rhythm.at.date()).days if rhythm.at else 0
    if days <= 0:
        return rhythm
    left = FADING**days
    return replace(
        rhythm,
        hours=tuple(left * count for count in rhythm.hours),
        days=tuple(left * count for count in rhythm.days),
        hours_watched=tuple(left * hours for hours in rhythm.hours_watched),
        days_watched=tuple(left * hours for hours in rhythm.days_watched),
    )


def _watch(rhythm: Rhythm, start: datetime, end: datetime, times: Sequence[datetime]) -> Rhythm:
    """Add the time from ``start`` to ``end`` and the items in it, older ones faded already."""
    hours, days = list(rhythm.hours), list(rhythm.days)
    hours_watched, days_watched = list(rhythm.hours_watched), list(rhythm.days_watched)
    today = int(end.timestamp()) // _DAY
    for time in times:
        second = int(time.timestamp())
        weight = FADING ** max(0, today - second // _DAY)
        hours[second // _HOUR % 24] += weight
        days[_weekday(second)] += weight
    for first, last in _pieces(start.timestamp(), end.timestamp()):
        second = int(first)
        watched = (last - first) / _HOUR * FADING ** (today - second // _DAY)
        hours_watched[second // _HOUR % 24] += watched
        days_watched[_weekday(second)] += watched
    return replace(
        rhythm,
        hours=tuple(hours),
        days=tuple(days),
        hours_watched=tuple(hours_watched),
        days_watched=tuple(days_watched),
    )


def _pieces(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Cut the seconds from ``start`` to ``end`` where a clock hour begins."""
    while start < end:
        until = min(end, (start // _HOUR + 1) * _HOUR)
        yield start, until
        start = until


def _weekday(second: int) -> int:
    return (second // _DAY + 3) % 7  # the first of January 1970 was a Thursday


def _recent(rhythm: Rhythm, times: Iterable[datetime], now: datetime) -> float:
    old = rhythm.recent * _left(rhythm.at, now) if rhythm.at else 0.0
    return old + sum(_left(time, now) for time in times)


def _left(time: datetime, now: datetime) -> float:
    return math.exp(-max(0.0, (now - time).total_seconds()) / (BURST * _HOUR))


def _finds(rhythm: Rhythm, times: Sequence[datetime], days: float) -> Rhythm:
    """Count the finds, and measure the pauses between them."""
    if not times:
        return rhythm
    chain = [rhythm.newest, *times] if rhythm.newest else list(times)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(chain)]
    apart = sum(gap >= FIND_APART for gap in gaps) + (rhythm.newest is None)
    faded = rhythm.pause * PAUSE_FADING**days
    newest = max(chain)
    return replace(rhythm, newest=newest, pause=max(faded, *gaps, 0.0), finds=rhythm.finds + apart)


def _reach(rhythm: Rhythm, new: int, entries: int, now: datetime) -> float:
    """Return in how many seconds at most half of the document changes, by what was seen.

    A burst that filled it by more makes the reach shorter in proportion; then it slowly grows.
    """
    past = (now - rhythm.at).total_seconds() if rhythm.at else 0.0
    grown: float = rhythm.reach * REACH_GROWTH ** max(0.0, past / _DAY)
    if new <= entries / 2 or new <= 1 or past <= 0:
        return grown
    seen = past * entries / (2 * new)
    return min(grown, seen) if grown else seen


def expected(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """Return how many items the rhythm lets expect from ``start`` to ``end``."""
    rate = _Rate(rhythm)
    pieces = _pieces(start.timestamp(), end.timestamp())
    return sum(rate.usual(int(first)) * (last - first) / _HOUR for first, last in pieces)


def seconds_to_wait(rhythm: Rhythm, now: datetime, shortest: float, longest: float) -> float:
    """Return after how many seconds, at most ``longest``, it is time to look again.

    All intervals grow and shrink with ``shortest``, that of a busy source; none is cut off at it.
    """
    longest = min(longest, max(rhythm.reach, shortest)) if rhythm.reach else longest
    rate = _Rate(rhythm)
    patience = BUSY * (shortest / _HOUR) ** 2 / 2
    allowance = rhythm.window * WINDOW_SHARE if rhythm.window else math.inf
    waited = items = 0.0
    start = now.timestamp()
    for first, last in _pieces(start, start + longest):
        hours = (last - first) / _HOUR
        pace = rate.at(int(first), (first - start) / _HOUR)
        wanted = min(_until_waited(patience - waited, items, pace), _until(allowance - items, pace))
        if wanted <= hours:
            return first - start + wanted * _HOUR
        waited += items * hours + pace * hours * hours / 2
        items += pace * hours
    return longest


def _until_waited(left: float, items: float, pace: float) -> float:
    """Return the hours until ``items``, and what comes at ``pace``, waited for ``left`` item-hours."""
    if pace <= 0.0:
        return left / items if items else math.inf
    return (math.sqrt(items * items + 2 * pace * left) - items) / pace


def _until(items: float, pace: float) -> float:
    return max(0.0, items) / pace if pace else math.inf


class _Rate:
    """Items an hour, by the second since 1970."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        items, hours = sum(rhythm.hours), sum(rhythm.hours_watched)
        self._base = (items + ITEMS_BEFORE) / (hours + HOURS_BEFORE)
        self._quiet = min(1.0, SURPRISE / max(rhythm.missed, SURPRISE))

    def usual(self, second: int) -> float:
        """Return what is usual at that hour of that weekday."""
        rhythm, base = self._rhythm, self._base
        hour, day = second // _HOUR % 24, _weekday(second)
        found, watched = _around(rhythm.hours, hour), _around(rhythm.hours_watched, hour)
        by_hour = (found + LIKE_OTHERS) / (base * watched + LIKE_OTHERS)
        by_day = (rhythm.days[day] + LIKE_OTHERS) / (base * rhythm.days_watched[day] + LIKE_OTHERS)
        return base * by_hour * by_day

    def at(self, second: int, hours_later: float) -> float:
        """Return what is to be expected then: more in a burst, less when it has gone quiet."""
        burst = FOLLOWERS * self._rhythm.recent / BURST * math.exp(-hours_later / BURST)
        return max(self.usual(second) * self._quiet, burst)


def _around(values: Sequence[float], hour: int) -> float:
    """Return the value of an hour, its neighbours' mixed in: clocks are put forward and back."""
    return (values[hour - 1] + 2 * values[hour] + values[(hour + 1) % 24]) / 4
