"""What an edit of the rules changes: hits gained, lost and kept, counted watch by watch. Pure.

A hit here is one that counts: *possible* ones are never told, so they are only numbered. Samples
are drawn by the hit's id, which is a digest: as good as by lot, and the same on every run.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from monitor.model import Hit, Item

Kind = Literal["gained", "lost"]


@dataclass(frozen=True, slots=True)
class WatchChange:
    """The hits of one watch before and after; ``before`` is ``kept + lost``."""

    watch: str
    watchlist: str
    gained: int
    lost: int
    kept: int
    possible_before: int
    possible_after: int

    @property
    def before(self) -> int:
        """Hits that counted before."""
        return self.kept + self.lost

    @property
    def after(self) -> int:
        """Hits that count after the edit."""
        return self.kept + self.gained


@dataclass(frozen=True, slots=True)
class Sample:
    """One hit gained or lost, with what a person needs to judge it."""

    kind: Kind
    watch: str
    hit: str
    item: str
    title: str
    outlet: str
    url: str
    time: datetime | None
    why: str
    """Why it is, or was, a hit."""
    other: str
    """What stands on the other side: a possible hit, or none."""
    steps: tuple[str, ...] = ()
    """For a lost hit: what the edited rule says of the item now, step by step."""


@dataclass(slots=True)
class _Count:
    watchlist: str
    gained: int = 0
    lost: int = 0
    kept: int = 0
    possible_before: int = 0
    possible_after: int = 0
    samples: dict[Kind, list[tuple[str, Sample]]] = field(default_factory=dict)


class Tally:
    """Counts changes item by item; its size depends on the watches, not on the items."""

    def __init__(self, samples: int) -> None:
        self._most = samples
        self._counts: dict[str, _Count] = {}

    def add(self, item: Item, before: Sequence[Hit], after: Sequence[Hit]) -> None:
        """Count the hits of one item on both sides."""
        earlier = {hit.watch: hit for hit in before}
        later = {hit.watch: hit for hit in after}
        for watch in earlier | later:
            self._add(item, earlier.get(watch), later.get(watch))

    def _add(self, item: Item, earlier: Hit | None, later: Hit | None) -> None:
        either = later or earlier
        if either is None:
            return
        count = self._counts.setdefault(either.watch, _Count(either.watchlist))
        count.watchlist = either.watchlist
        count.possible_before += earlier is not None and earlier.possible
        count.possible_after += later is not None and later.possible
        was = earlier is not None and not earlier.possible
        now = later is not None and not later.possible
        if was and now:
            count.kept += 1
        elif later is not None and now:
            count.gained += 1
            self._draw(count, "gained", item, later, earlier)
        elif earlier is not None and was:
            count.lost += 1
            self._draw(count, "lost", item, earlier, later)

    def _draw(self, count: _Count, kind: Kind, item: Item, hit: Hit, other: Hit | None) -> None:
        drawn = count.samples.setdefault(kind, [])
        if len(drawn) >= self._most and (not drawn or hit.id >= drawn[-1][0]):
            return
        sample = Sample(
            kind=kind,
            watch=hit.watch,
            hit=hit.id,
            item=item.id,
            title=item.title,
            outlet=item.outlet or item.source,
            url=item.url,
            time=item.time,
            why=hit.why,
            other=f"possible, score {other.score:.2f}" if other else "no hit",
        )
        insort(drawn, (hit.id, sample), key=lambda pair: pair[0])
        del drawn[self._most :]

    def changes(self) -> tuple[WatchChange, ...]:
        """Return the counts, what changed most first."""
        found = (
            WatchChange(
                watch=watch,
                watchlist=count.watchlist,
                gained=count.gained,
                lost=count.lost,
                kept=count.kept,
                possible_before=count.possible_before,
                possible_after=count.possible_after,
            )
            for watch, count in self._counts.items()
        )
        return tuple(sorted(found, key=lambda one: (-one.gained - one.lost, one.watch)))

    def samples(self) -> tuple[Sample, ...]:
        """Return the samples in the order of `changes`, gained before lost, newest first."""
        found: list[Sample] = []
        for change in self.changes():
            for kind in ("gained", "lost"):
                drawn = self._counts[change.watch].samples.get(kind, [])
                found += sorted(
                    (sample for _, sample in drawn),
                    key=lambda one: (-one.time.timestamp() if one.time else 0.0, one.hit),
                )
        return tuple(found)
