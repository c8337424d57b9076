"""The index of recent sketches: which of them may be copies of a text.

Locality-sensitive hashing (Indyk and Motwani 1998): the 128 values are cut into 32 bands of 4; texts
that share one band at least are candidates (a pair with half its text in common: 87 %, with 60 %:
99 %), and every candidate is then checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import TypeVar

from monitor.store import Sketch
from monitor.stories.sketching import PERMUTATIONS, Signature, unpack
from monitor.stories.text import headline, tokens

K = TypeVar("K")

BANDS = 32
ROWS = PERMUTATIONS // BANDS
WINDOW = timedelta(days=7)
"""Copies appear within days; what is further apart is another event in the same words."""
HEADLINE_WINDOW = timedelta(hours=48)
SAME_OUTLET_WINDOW = timedelta(hours=6)
"""For equal headlines of one outlet: "Five things to know today" comes back every day."""
SAME_OUTLET_WORDS = 0.6
"""Least share of words in common of the headlines of two copies in one outlet."""
SHARED = 0.5
"""Least share of common shingles for a copy."""
CONTAINED = 0.8
"""Least share of a shorter text that is found in a longer one, for a copy of it."""
LONG_ENOUGH = 40
"""Shingles a text needs before being contained means anything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A copy that was found, and how much of the text it shares (0.5 for a headline alone)."""

    sketch: Sketch
    share: float
    why: str


@dataclass(frozen=True, slots=True)
class _Entry:
    sketch: Sketch
    signature: Signature
    headline: str


class StoryIndex:
    """Sketches of the last days, found by what they share; belongs to one thread."""

    def __init__(self, sketches: Iterable[Sketch] = (), *, window: timedelta = WINDOW) -> None:
        self.window = window
        self._entries: dict[str, _Entry] = {}
        self._oldest: list[tuple[datetime, str]] = []
        self._buckets: defaultdict[tuple[int, ...], dict[str, None]] = defaultdict(dict)
        self._headlines: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for sketch in sketches:
            self.add(sketch)

    def __len__(self) -> int:
        """Return how many items are remembered."""
        return len(self._entries)

    def __contains__(self, item: str) -> bool:
        """Tell whether ``item`` is remembered."""
        return item in self._entries

    def add(self, sketch: Sketch) -> None:
        """Remember ``sketch``; one of an item that is remembered changes nothing."""
        if sketch.item in self._entries:
            return
        entry = _entry(sketch)
        self._entries[sketch.item] = entry
        heappush(self._oldest, (sketch.time, sketch.item))
        for band in _bands(entry.signature):
            self._buckets[band][sketch.item] = None
        if entry.headline:
            self._headlines[entry.headline][sketch.item] = None

    def drop_before(self, time: datetime) -> None:
        """Forget what is older than ``time``."""
        while self._oldest and self._oldest[0][0] < time:
            item = heappop(self._oldest)[1]
            entry = self._entries.pop(item)
            for band in _bands(entry.signature):
                _discard(self._buckets, band, item)
            if entry.headline:
                _discard(self._headlines, entry.headline, item)

    def find(self, sketch: Sketch) -> list[Match]:
        """Return the copies of ``sketch``, nearest first, of equal ones the earliest first."""
        wanted = _entry(sketch)
        candidates: dict[str, None] = {}
        for band in _bands(wanted.signature):
            candidates |= self._buckets.get(band, {})
        if wanted.headline:
            candidates |= self._headlines.get(wanted.headline, {})
        candidates.pop(sketch.item, None)
        entries = (self._entries[item] for item in candidates)
        found = [match for entry in entries if (match := self._compare(wanted, entry))]
        return sorted(found, key=lambda match: (-match.share, match.sketch.time, match.sketch.item))

    def _compare(self, wanted: _Entry, other: _Entry) -> Match | None:
        apart = abs(wanted.sketch.time - other.sketch.time)
        if apart > self.window or not _may_repeat(wanted.sketch, other.sketch):
            return None
        told = f"{other.sketch.outlet}: {_short(other.sketch.title)}"
        share = wanted.signature.share(other.signature)
        if share >= SHARED:
            return Match(other.sketch, share, f"{share:.0%} shared text with {told}")
        shorter = min(wanted.signature.shingles, other.signature.shingles)
        contained = wanted.signature.contained(other.signature)
        if shorter >= LONG_ENOUGH and contained >= CONTAINED:
            return Match(other.sketch, share, f"{contained:.0%} of the shorter text as in {told}")
        if _same_headline(wanted, other, apart):
            return Match(other.sketch, SHARED, f"same headline as {told}")
        return None


def _may_repeat(one: Sketch, other: Sketch) -> bool:
    """Tell whether these can be copies at all: within one outlet only under a like headline.

    Podcasts, serials and daily notes carry the same paragraphs under every headline; in 3,233
    items of 152 real feeds all 23 pairs with another headline were of this kind, and none a copy.
    """
    if one.outlet != other.outlet:
        return True
    words, others = set(tokens(one.title)), set(tokens(other.title))
    return len(words & others) >= SAME_OUTLET_WORDS * len(words | others)


def _same_headline(one: _Entry, other: _Entry, apart: timedelta) -> bool:
    """Tell whether equal headlines mean a copy: only where a text is missing on one side."""
    if one.headline != other.headline or not one.headline:
        return False
    if one.signature.values and other.signature.values:
        return False
    same_outlet = one.sketch.outlet == other.sketch.outlet
    return apart <= (SAME_OUTLET_WINDOW if same_outlet else HEADLINE_WINDOW)


def _entry(sketch: Sketch) -> _Entry:
    return _Entry(sketch, unpack(sketch.signature), headline(sketch.title, sketch.outlet))


def _bands(signature: Signature) -> list[tuple[int, ...]]:
    values = signature.values
    return [(start, *values[start : start + ROWS]) for start in range(0, len(values), ROWS)]


def _discard(index: dict[K, dict[str, None]], key: K, item: str) -> None:
    members = index[key]
    del members[item]
    if not members:
        del index[key]


def _short(title: str, limit: int = 90) -> str:
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "\u2026"
