"""How often each watch is spoken of, as bars a day; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from monitor.channels.text import count
from monitor.matching import Watch
from monitor.model import Trend
from monitor.web.story_rows import WatchName, names_of

STEP: Final = 10
"""Width of a day in the drawing."""
GAP: Final = 2
HEIGHT: Final = 40
"""Height of the busiest day."""
_MARK: Final = 3
"""Height of the mark above a day that stands out."""
_LEAST: Final = 1.0
"""Height of a day without hits, so that it is seen to be there."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    x: int
    y: float
    height: float
    hits: int
    spike: bool
    label: str
    """``Monday 23 November: 9 hits``."""
    words: str
    """The label, and whether the day stands out."""


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The last days of one watch."""

    watch: WatchName
    bars: tuple[Bar, ...]
    width: int
    height: int
    first: date
    last: date
    busiest: int
    today: int
    total: int
    usual: str
    spikes: tuple[Bar, ...]
    spiking: bool
    words: str
    """What the drawing shows, for whoever does not see it."""


def trend_rows(trends: Iterable[Trend], watches: Mapping[str, Watch]) -> list[TrendRow]:
    """Return a row for each watch, those that stand out today first, then the most spoken of."""
    ordered = sorted(
        trends,
        key=lambda one: (not one.spiking, -one.counts[-1], -sum(one.counts), one.watch),
    )
    return [trend_row(one, watches) for one in ordered]


def trend_row(trend: Trend, watches: Mapping[str, Watch]) -> TrendRow:
    """Return one watch's days ready to be drawn."""
    top = max(*trend.counts, 1)
    first = trend.last - timedelta(days=len(trend.counts) - 1)
    bars = tuple(
        _bar(index, hits, top, first + timedelta(days=index), trend)
        for index, hits in enumerate(trend.counts)
    )
    spikes = tuple(bar for bar in bars if bar.spike)
    (name,) = names_of([trend.watch], watches)
    total = sum(trend.counts)
    stood_out = "; ".join(bar.words for bar in spikes) or "no day stands out"
    return TrendRow(
        watch=name,
        bars=bars,
        width=STEP * len(bars) - GAP,
        height=HEIGHT + 2 * _MARK,
        first=first,
        last=trend.last,
        busiest=max(trend.counts),
        today=trend.counts[-1],
        total=total,
        usual=f"{trend.baseline:g}",
        spikes=spikes,
        spiking=trend.spiking,
        words=f"{name.name}: {count(total, 'hit')} in {count(len(bars), 'day')}; {stood_out}",
    )


def _bar(index: int, hits: int, top: int, day: date, trend: Trend) -> Bar:
    height = round(max(_LEAST, hits / top * HEIGHT), 1)
    spike = day in trend.spikes
    label = f"{day:%A} {day.day} {day:%B}: {count(hits, 'hit')}"
    return Bar(
        x=STEP * index,
        y=round(HEIGHT + 2 * _MARK - height, 1),
        height=height,
        hits=hits,
        spike=spike,
        label=label,
        words=f"{label}, stands out" if spike else label,
    )
