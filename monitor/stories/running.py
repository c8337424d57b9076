"""Running stories: which of them an item may tell again, found by their rare terms.

An inverted index from terms to stories that holds the newest `NEWEST` stories of a term only, as a
story that is told again is moved to the front: what an item costs does not grow with the window.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import nlargest
from itertools import islice
from math import sqrt
from typing import Final

from monitor.model import Sketch
from monitor.stories.likeness import Likeness, Norms, compare, norms, proof
from monitor.stories.rarity import Rarity
from monitor.stories.terms import NAME, Term, unpack_terms

NEWEST: Final = 48
"""Stories remembered for a term."""
INDEXED: Final = 32
"""Terms of an item that it can be found by: those of the headline and what the text says most."""
COMPARED: Final = 6
"""Stories that are compared in full: those that share the rarest terms."""
LEAST: Final = 0.02
"""Share of what an item says that a story must have said, to be compared at all."""
COMMON: Final = 2.0
"""Rarity below which a term finds nothing: more than one in eight items has it."""
SUMMED: Final = 40
"""Items of a story that say what it is about now: the newest."""
FOREMOST: Final = 4
"""Names that a story is about: those it says most, weighed by their rarity."""
LIKE_HEADLINE: Final = 0.3
"""Share of the terms of two headlines in common, for parts of one outlet's coverage."""
_NOTHING: Final = 1e-9
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_DRIFT: Final = 1.25
"""Growth of the window after which the lengths of a story are measured anew."""


@dataclass(slots=True)
class _Member:
    sketch: Sketch
    keys: tuple[str, ...]
    """Those of the headline first: ``titled`` many."""
    titled: int
    weights: array[float]


@dataclass(slots=True)
class Story:
    """What is remembered of a story: its items of the window, and the sum of the newest's terms."""

    id: str
    members: dict[str, _Member] = field(default_factory=dict)
    last: datetime = _NEVER
    _total: dict[str, float] | None = None
    """Kept from the second item on: most stories have one, and a dictionary each would be much."""
    _norms: Norms | None = None
    _foremost: tuple[tuple[float, str], ...] = ()
    _measured: int = 0

    @property
    def first(self) -> Sketch:
        """Return the first of its remembered items."""
        return next(iter(self.members.values())).sketch

    def terms(self) -> Iterable[tuple[str, float]]:
        """Return the sum of the terms of its `SUMMED` newest items, each item of length one."""
        if len(self.members) == 1:
            (member,) = self.members.values()
            return zip(member.keys, member.weights, strict=True)
        return self._sum_of_terms().items()

    def shared(self, keys: Mapping[str, float]) -> dict[str, float]:
        """Return those of its `terms` that are among ``keys``."""
        if len(self.members) == 1:
            return {key: weight for key, weight in self.terms() if key in keys}
        total = self._sum_of_terms()
        return {key: total[key] for key in keys if key in total}

    def _sum_of_terms(self) -> dict[str, float]:
        if self._total is None:
            self._total = {}
            for member in list(self.members.values())[-SUMMED:]:
                _sum(self._total, member, 1)
        return self._total

    def is_told_by(self, outlet: str) -> bool:
        """Tell whether nobody but ``outlet`` tells it."""
        return all(member.sketch.outlet == outlet for member in self.members.values())

    def has_headline_like(self, titled: set[str]) -> bool:
        """Tell whether a headline of it shares enough with one of the terms ``titled``."""
        heads = [set(member.keys[: member.titled]) for member in self.members.values()]
        return any(len(titled & head) >= LIKE_HEADLINE * len(titled | head) for head in heads)

    def knows(self, key: str) -> bool:
        """Tell whether one of its items has said ``key``."""
        return any(key in member.keys for member in self.members.values())

    def add(self, member: _Member) -> None:
        """Take an item in; beyond `SUMMED` the oldest no longer counts for what the story says."""
        self.members[member.sketch.item] = member
        self.last = max(self.last, member.sketch.time)
        self._norms = None
        if self._total is not None:
            _sum(self._total, member, 1)
            if len(self.members) > SUMMED:
                _sum(self._total, list(self.members.values())[-SUMMED - 1], -1)

    def remove(self, item: str) -> _Member:
        """Let go of an item, and return it."""
        gone = self.members.pop(item)
        self._total = self._norms = None
        self.last = max((member.sketch.time for member in self.members.values()), default=_NEVER)
        return gone

    def norms(self, rarity: Callable[[str], float], window: int) -> Norms:
        """Return the lengths of its `terms`, measured anew when the window has grown to another size."""
        if self._norms is None or not self._measured <= window <= self._measured * _DRIFT:
            self._norms = norms(self.terms(), rarity)
            names = ((weight * rarity(key), key) for key, weight in self.terms() if key[0] == NAME)
            self._foremost = tuple(nlargest(FOREMOST, names))
            self._measured = window
        return self._norms

    def led_by(self, keys: Collection[str]) -> float:
        """Return the share, 0 to 1, of its foremost names among ``keys``, as last measured by `norms`."""
        whole = sum(weight**2 for weight, _ in self._foremost)
        return sum(weight**2 for weight, key in self._foremost if key in keys) / (whole or 1.0)


def _sum(total: dict[str, float], member: _Member, sign: int) -> None:
    for key, weight in zip(member.keys, member.weights, strict=True):
        left = total.get(key, 0.0) + sign * weight
        if left > _NOTHING:
            total[key] = left
        else:
            total.pop(key, None)


class RunningStories:
    """The stories of the last days; belongs to one thread."""

    def __init__(self) -> None:
        self.rarity = Rarity()
        self._stories: dict[str, Story] = {}
        self._story_of: dict[str, str] = {}
        self._found_by: dict[str, dict[str, None]] = {}
        self._keys: dict[str, str] = {}
        """Each term once, for a hundred thousand items say the same ones."""

    def __len__(self) -> int:
        """Return how many stories are remembered."""
        return len(self._stories)

    def story(self, story: str) -> Story | None:
        """Return a story, None when none of its items is remembered."""
        return self._stories.get(story)

    def add(self, sketch: Sketch) -> None:
        """Remember an item as a member of its story."""
        terms = unpack_terms(sketch.terms)
        length = sqrt(sum(term.weight**2 for term in terms)) or 1.0
        keys = tuple(self._keys.setdefault(term.key, term.key) for term in terms)
        weights = array("f", (term.weight / length for term in terms))
        story = self._stories.setdefault(sketch.story, Story(sketch.story))
        titled = sum(term.titled for term in terms)
        story.add(_Member(sketch, keys, titled, weights))
        self._story_of[sketch.item] = sketch.story
        self.rarity.add(keys)
        for key in keys[:INDEXED]:
            self._point(key, sketch.story)

    def _point(self, key: str, story: str) -> None:
        newest = self._found_by.setdefault(key, {})
        newest.pop(story, None)
        newest[story] = None
        if len(newest) > NEWEST:
            del newest[next(iter(newest))]

    def remove(self, item: str) -> None:
        """Forget an item, and its story when it was the last of it."""
        story = self._stories[self._story_of.pop(item)]
        gone = story.remove(item)
        self.rarity.remove(gone.keys)
        for key in gone.keys:
            if key not in self.rarity:
                self._keys.pop(key, None)
        left = {key for member in story.members.values() for key in member.keys[:INDEXED]}
        for key in set(gone.keys[:INDEXED]) - left:
            newest = self._found_by.get(key, {})
            newest.pop(story.id, None)
            if not newest:
                self._found_by.pop(key, None)
        if not story.members:
            del self._stories[story.id]

    def nearest(
        self, terms: tuple[Term, ...], sketch: Sketch, window: timedelta
    ) -> tuple[Story, Likeness] | None:
        """Return the story most like the item of ``terms`` and ``sketch``, and how alike they are."""
        rarity, most = cache(self.rarity.of), self.rarity.most()
        vector = {term.key: term.weight for term in terms}
        mine = norms(vector.items(), rarity)
        weighed = {key: weight * rarity(key) ** 2 for key, weight in vector.items()}
        titled = {term.key for term in terms if term.titled}
        bare = len(titled) == len(terms)
        best: tuple[Story, Likeness] | None = None
        for story in self._candidates(vector, weighed, LEAST * mine.all**2):
            apart = abs(sketch.time - story.last)
            if apart > window:
                continue
            serial = bool(sketch.outlet) and story.is_told_by(sketch.outlet)
            if serial and (bare or not story.has_headline_like(titled)):
                continue
            theirs = story.norms(rarity, self.rarity.items)
            shared = story.shared(weighed)
            names = [key for key in shared if key[0] == NAME]
            alike = compare(
                weighed,
                mine,
                shared,
                theirs,
                apart,
                named=proof(names, vector, lambda name: rarity(name) / most),
                leading=story.led_by(vector),
                bare=bare,
                serial=serial,
            )
            if best is None or alike.score > best[1].score:
                best = story, alike
        return best

    def _candidates(
        self, vector: Mapping[str, float], weighed: Mapping[str, float], least: float
    ) -> list[Story]:
        """Return the stories that share the most, by the terms that are indexed."""
        shares: defaultdict[str, float] = defaultdict(float)
        for key in islice(weighed, INDEXED):
            if weighed[key] >= COMMON**2 * vector[key]:
                share = weighed[key] * vector[key]
                for story in self._found_by.get(key, ()):
                    shares[story] += share
        enough = [story for story, share in shares.items() if share >= least]
        ranked = sorted(enough, key=lambda story: (-shares[story], story))
        return [self._stories[story] for story in ranked[:COMPARED]]
