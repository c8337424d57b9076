"""Poll 500 modelled sources for a month: ``every: auto`` beside fixed intervals.

    python benchmarks/intervals.py [--sources 500] [--days 30]

``auto`` is what a source has that says nothing of it; ``patient`` says ``min_interval: 10m`` and
``max_interval: 6h``.

The publishing times are made by a model with a fixed seed: large and middling outlets with day,
night and weekend in their own time zones, organisations that publish a few times a week, sources
that speak in bursts, some that change their ways in mid-month, and some that are silent. Each source
shows its last 10 to 50 items, as feeds do; what rolls past between two polls is lost. Every
decision is made by the functions of `monitor.planning` that the service uses, on a clock that jumps
from poll to poll. Delays are from publication to discovery, over all items that were found.
"""

from __future__ import annotations

import argparse
import math
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from monitor.model import Document, Fetched, Item, Outcome, PollRecord, Reason, SourceState
from monitor.planning import after_answer

START = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
PAST = 60.0
"""Days before the first poll in which sources published already."""
KINDS = {
    "large": 60,
    "middling": 140,
    "few a week": 150,
    "bursts": 80,
    "changing": 40,
    "silent": 30,
}
"""Sources of each kind among 500."""


@dataclass(frozen=True, slots=True)
class Source:
    """What planning knows of a source."""

    id: str
    every: float | Literal["auto"] = "auto"
    min_interval: float = 300.0
    max_interval: float = 7_200.0
    address: str = "https://outlet.example/feed"


POLICIES = {
    "auto": Source(""),
    "patient": Source("", min_interval=600.0, max_interval=21_600.0),
    "every 15m": Source("", every=900.0),
    "every 30m": Source("", every=1_800.0),
    "every 60m": Source("", every=3_600.0),
}


@dataclass(slots=True)
class Count:
    """What polling a number of sources came to."""

    polls: int = 0
    items: int = 0
    lost: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Take the figures of ``other`` in."""
        self.polls += other.polls
        self.items += other.items
        self.lost += other.lost
        self.delays += other.delays


# ------------------------------------------------------------------ the model


def publishing_times(kind: str, chance: random.Random, days: float) -> list[float]:
    """Return when a source publishes, in days from the first poll on; negative ones are its past."""
    zone, span = chance.randrange(24), (-PAST, days)
    match kind:
        case "large":
            return _poisson(chance, _daily(chance.uniform(60, 250), zone, 0.6), span)
        case "middling":
            return _poisson(chance, _daily(10 ** chance.uniform(0.7, 1.6), zone, 0.5), span)
        case "few a week":
            return _poisson(chance, _office(chance.uniform(0.5, 6) / 7, zone), span)
        case "bursts":
            return _bursts(chance, zone, span)
        case "changing":
            before, after = chance.choice([(2, 20), (20, 2), (15, 0), (0.2, 8), (40, 5)])
            middle = days * chance.uniform(0.3, 0.7)
            first = _poisson(chance, _daily(before, zone, 0.6), (-PAST, middle))
            return first + _poisson(chance, _daily(after, zone, 0.6), (middle, days))
        case _:
            return _poisson(chance, lambda _: 0.3, (-PAST, -30.0))


def _daily(mean: float, zone: int, weekend: float) -> Callable[[float], float]:
    """Return items a day by time: little at night, most around one in the afternoon."""

    def rate(day: float) -> float:
        hour, weekday = _local(day, zone)
        wave = 1 - math.cos((hour - 1) / 24 * 2 * math.pi)
        return mean * (0.1 + 0.9 * wave) * (weekend if weekday >= 5 else 1.0)

    return rate


def _office(mean: float, zone: int) -> Callable[[float], float]:
    """Return items a day by time: only on working days from nine to six, but for a few."""

    def rate(day: float) -> float:
        hour, weekday = _local(day, zone)
        return mean * (3.5 if 9 <= hour < 18 and weekday < 5 else 0.1)

    return rate


def _local(day: float, zone: int) -> tuple[float, int]:
    moment = START + timedelta(days=day, hours=zone)
    return moment.hour + moment.minute / 60, moment.weekday()


def _poisson(
    chance: random.Random, rate: Callable[[float], float], span: tuple[float, float]
) -> list[float]:
    """Return the events of a Poisson process whose rate changes with time, by thinning."""
    most = max(rate(hour / 24) for hour in range(24 * 7))
    times, now = [], span[0]
    while most and (now := now + chance.expovariate(most)) < span[1]:
        if chance.random() * most < rate(now):
            times.append(now)
    return times


def _bursts(chance: random.Random, zone: int, span: tuple[float, float]) -> list[float]:
    starts = _poisson(chance, _daily(chance.uniform(0.2, 1.0), zone, 0.4), span)
    later = [
        start + sum(_gaps(chance)[:n]) for start in starts for n in range(chance.randint(3, 12))
    ]
    return sorted(time for time in later if time < span[1])


def _gaps(chance: random.Random) -> list[float]:
    return [chance.expovariate(1 / (12 / 1440)) for _ in range(12)]


# ------------------------------------------------------------------ polling


def poll_for_a_month(
    times: Sequence[float], window: int, source: Source, days: float, stagger: float
) -> Count:
    """Poll one source from the first day to the last and return what came of it."""
    published = [START + timedelta(days=day) for day in times]
    end = START + timedelta(days=days)
    now = START + timedelta(seconds=stagger)
    state, count = SourceState(source.id, url=source.address, next_poll=now), Count()
    seen = 0
    first = bisect_right(published, now)
    while now < end:
        there = bisect_right(published, now)
        lost = max(0, there - window - seen) if state.first_poll_done else 0
        new = published[max(seen, there - window) : there]
        state = _poll(state, source, new, min(window, there), now)
        count.polls += 1
        if seen:
            count.lost += lost
            count.delays += [(now - time).total_seconds() for time in new]
        seen, now = max(seen, there, 1), state.next_poll
    count.items = bisect_right(published, end) - first
    return count


def _poll(
    state: SourceState, source: Source, new: Sequence[datetime], shown: int, now: datetime
) -> SourceState:
    """Return what the poll leaves behind, by the service's own decisions."""
    changed = bool(new) or not state.first_poll_done
    record = PollRecord(
        source.id,
        now,
        Outcome.NEW if new else Outcome.QUIET,
        Reason.OK if changed else Reason.UNCHANGED,
        status=200 if changed else 304,
        entries=shown if changed else 0,
        new=len(new),
        overrun=state.first_poll_done and len(new) == shown > 0,
    )
    fetched = Fetched(source.address, record.status, unchanged=not changed)
    items = [Item(str(index), source.id, "", published=time) for index, time in enumerate(new)]
    return after_answer(
        state, record, fetched, Document("rss20") if changed else None, source, items
    )


def one_source(kind_and_seed: tuple[str, int], days: float) -> tuple[str, dict[str, Count]]:
    """Return the figures of one modelled source for every policy."""
    kind, seed = kind_and_seed
    chance = random.Random(seed)
    times = publishing_times(kind, chance, days)
    window = chance.choice([10, 15, 20, 30, 50]) if kind != "large" else chance.choice([20, 30, 50])
    stagger = chance.uniform(0, 900)
    figures = {
        name: poll_for_a_month(times, window, replace(source, id=f"s{seed}"), days, stagger)
        for name, source in POLICIES.items()
    }
    return kind, figures


# ------------------------------------------------------------------ the table


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of the sorted ``values`` lie."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else math.nan


def rows(total: dict[str, Count], sources: int, days: float) -> Iterator[str]:
    """Yield a line for each policy."""
    for name, count in total.items():
        delays = sorted(count.delays)
        yield (
            f"{name:12}{count.polls:>11,}{count.polls / sources / days:>14.1f}"
            f"{quantile(delays, 0.5) / 60:>12.1f}{quantile(delays, 0.9) / 60:>12.1f}{count.lost:>8}"
        )


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--days", type=float, default=30.0)
    options = parser.parse_args()
    kinds = [kind for kind, number in KINDS.items() for _ in range(number)]
    chosen = [(kinds[number * 500 // options.sources], number) for number in range(options.sources)]
    total: dict[str, Count] = defaultdict(Count)
    by_kind: dict[str, dict[str, Count]] = defaultdict(lambda: defaultdict(Count))
    numbers: dict[str, int] = defaultdict(int)
    with ProcessPoolExecutor(2) as pool:
        work = partial(one_source, days=options.days)
        for kind, figures in pool.map(work, chosen, chunksize=5):
            numbers[kind] += 1
            for name, count in figures.items():
                total[name].add(count)
                by_kind[kind][name].add(count)
    head = (
        f"{'':12}{'requests':>11}{'a source/day':>14}{'delay p50':>12}{'p90, min':>12}{'lost':>8}"
    )
    print(
        f"{options.sources} sources, {options.days:g} days, {total['auto'].items:,} items\n{head}"
    )
    print(*rows(total, options.sources, options.days), sep="\n")
    for kind, figures in by_kind.items():
        print(f"\n{kind}: {numbers[kind]} sources, {figures['auto'].items:,} items")
        print(*rows(figures, numbers[kind], options.days), sep="\n")


if __name__ == "__main__":
    main()
