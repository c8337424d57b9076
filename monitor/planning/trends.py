"""How often a watch is spoken of day by day, and when that is out of the ordinary.

The statistic is small on purpose. The *baseline* of a watch is the mean of its daily hits over the 28
days before the one judged, without the busiest of them, so that one earlier spike does not hide the
next. Hits come in like events of a Poisson process, whose standard deviation is the square root of its
mean: a day is a *spike* when it has at least 4 hits and more than ``baseline + 3 · √(baseline or 1)``.
A watch that is younger than a week has no ordinary yet and no spikes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Trend

BASELINE_DAYS: Final = 28
TREND_HISTORY: Final = timedelta(days=60)
"""How far back hits are looked at: enough for the baseline of the oldest day that is shown."""
YOUNG: Final = 7
LEAST: Final = 4
DEVIATIONS: Final = 3.0
STATISTIC: Final = (
    f"A day stands out when it has at least {LEAST} hits and more than "
    f"usual + {DEVIATIONS:g} · √usual (or √1 when less is usual); usual is the mean of the "
    f"{BASELINE_DAYS} days before it without the busiest. "
    f"A watch younger than {YOUNG} days has no usual yet."
)
"""The statistic, for whoever reads a trend."""


def history_of(days: int) -> timedelta:
    """Return how far back hits must be known to judge the last ``days`` days."""
    return timedelta(days=days + BASELINE_DAYS + 1)


def baseline_of(before: Sequence[int]) -> float:
    """Return the mean of the days ``before``, without the busiest; 0 when there are too few."""
    if len(before) < YOUNG:
        return 0.0
    return (sum(before) - max(before)) / (len(before) - 1)


def is_spike(count: int, before: Sequence[int]) -> bool:
    """Tell whether a day with ``count`` hits stands out from the days ``before`` it."""
    usual = baseline_of(before)
    limit = usual + DEVIATIONS * sqrt(max(usual, 1.0))
    return len(before) >= YOUNG and count >= LEAST and count > limit


def trends_of(
    found: Iterable[tuple[str, datetime]], days: int, zone: str, now: datetime
) -> dict[str, Trend]:
    """Return the trend of each watch over the last ``days`` local days, today the last; pure.

    ``found`` are pairs of watch and the time of a hit, which should reach back `BASELINE_DAYS`
    further. The days before a watch's first hit are none of its ordinary.
    """
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    counts: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for watch, moment in found:
        counts[watch][moment.astimezone(place).date()] += 1
    shown = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return {
        watch: Trend(
            watch=watch,
            last=today,
            counts=tuple(of_day[day] for day in shown),
            baseline=round(baseline_of(_before(of_day, today)), 2),
            spikes=tuple(day for day in shown if is_spike(of_day[day], _before(of_day, day))),
        )
        for watch, of_day in counts.items()
    }


def _before(of_day: Counter[date], day: date) -> list[int]:
    """Return the counts of the days before ``day`` that belong to its baseline."""
    age = (day - min(of_day)).days
    return [of_day[day - timedelta(days=back)] for back in range(1, min(age, BASELINE_DAYS) + 1)]
