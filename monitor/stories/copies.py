"""Copies: which of the recent items carry nearly the same words.

Locality-sensitive hashing (Indyk and Motwani 1998): the 128 values are cut into 32 bands of 4; texts
that share one band at least are candidates (a pair with half its text in common: 87 %, with 60 %:
99 %), and every candidate is then checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

from monitor.model import Sketch
from monitor.stories.sketching import PERMUTATIONS, unpack
from monitor.stories.text import headline, tokens

K = TypeVar("K")

BANDS = 32
ROWS = PERMUTATIONS // BANDS
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


class CopyIndex:
    """Sketches of the last days, found by what they share; belongs to one thread."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self._sketches: dict[str, Sketch] = {}
        self._buckets: dict[int, str | dict[str, None]] = {}
        self._headlines: dict[str, str | dict[str, None]] = {}

    def __len__(self) -> int:
        """Return how many items are remembered."""
        return len(self._sketches)

    def add(self, sketch: Sketch) -> None:
        """Remember ``sketch``."""
        self._sketches[sketch.item] = sketch
        for band in _bands(sketch.signature):
            _put(self._buckets, band, sketch.item)
        if words := headline(sketch.title, sketch.outlet):
            _put(self._headlines, words, sketch.item)

    def remove(self, item: str) -> None:
        """Forget an item."""
        sketch = self._sketches.pop(item)
        for band in _bands(sketch.signature):
            _take(self._buckets, band, item)
        if words := headline(sketch.title, sketch.outlet):
            _take(self._headlines, words, item)

    def find(self, sketch: Sketch) -> list[Match]:
        """Return the copies of ``sketch``, nearest first, of equal ones the earliest first."""
        candidates: dict[str, None] = {}
        for band in _bands(sketch.signature):
            if (found := self._buckets.get(band)) is not None:
                candidates |= {found: None} if isinstance(found, str) else found
        if (found := self._headlines.get(headline(sketch.title, sketch.outlet))) is not None:
            candidates |= {found: None} if isinstance(found, str) else found
        candidates.pop(sketch.item, None)
        others = (self._sketches[item] for item in candidates)
        matches = [match for other in others if (match := self._compare(sketch, other))]
        return sorted(
            matches, key=lambda match: (-match.share, match.sketch.time, match.sketch.item)
        )

    def _compare(self, wanted: Sketch, other: Sketch) -> Match | None:
        apart = abs(wanted.time - other.time)
        if apart > self.window or not _may_repeat(wanted, other):
            return None
        told = f"{other.outlet}: {short(other.title)}"
        mine, theirs = unpack(wanted.signature), unpack(other.signature)
        share = mine.share(theirs)
        if share >= SHARED:
            return Match(other, share, f"joined: {share:.0%} shared text with {told}")
        shorter = min(mine.shingles, theirs.shingles)
        contained = mine.contained(theirs)
        if shorter >= LONG_ENOUGH and contained >= CONTAINED:
            return Match(other, share, f"joined: {contained:.0%} of the shorter text as in {told}")
        if _same_headline(wanted, other, apart):
            return Match(other, SHARED, f"joined: same headline as {told}")
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


def _same_headline(one: Sketch, other: Sketch, apart: timedelta) -> bool:
    """Tell whether equal headlines mean a copy: only where a text is missing on one side."""
    words = headline(one.title, one.outlet)
    if not words or words != headline(other.title, other.outlet):
        return False
    if unpack(one.signature).values and unpack(other.signature).values:
        return False
    return apart <= (SAME_OUTLET_WINDOW if one.outlet == other.outlet else HEADLINE_WINDOW)


@lru_cache(maxsize=256)
def _bands(signature: bytes) -> list[int]:
    """Return a number for each band: in memory only, for Python's hashes differ by process."""
    values = unpack(signature).values
    packed = values.tobytes()
    size = ROWS * values.itemsize
    return [hash((start, packed[start : start + size])) for start in range(0, len(packed), size)]


def _put(index: dict[K, str | dict[str, None]], key: K, item: str) -> None:
    """Add ``item``; most keys have one item only, which then needs no collection of its own."""
    found = index.setdefault(key, item)
    if isinstance(found, dict):
        found[item] = None
    elif found != item:
        index[key] = {found: None, item: None}


def _take(index: dict[K, str | dict[str, None]], key: K, item: str) -> None:
    found = index.get(key)
    if isinstance(found, dict):
        found.pop(item, None)
    if not found or found == item:
        index.pop(key, None)


def short(title: str, limit: int = 90) -> str:
    """Return a headline as a reason quotes it."""
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "\u2026"
