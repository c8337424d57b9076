"""The index of recent items: of which an item may be a copy, and which story it may tell again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from monitor.model import Sketch
from monitor.stories.copies import CopyIndex, Match
from monitor.stories.likeness import SURE, Likeness
from monitor.stories.running import RunningStories, Story
from monitor.stories.terms import Term

WINDOW = timedelta(days=7)
"""News of an event appears within days; what is further apart is another event in the same words."""


class StoryIndex:
    """Sketches of the last days; belongs to one thread."""

    def __init__(self, sketches: Iterable[Sketch] = (), *, window: timedelta = WINDOW) -> None:
        self.window = window
        self._copies = CopyIndex(window)
        self._running = RunningStories()
        self._oldest: list[tuple[datetime, str]] = []
        self._items: set[str] = set()
        for sketch in sketches:
            self.add(sketch)

    def __len__(self) -> int:
        """Return how many items are remembered."""
        return len(self._items)

    def __contains__(self, item: str) -> bool:
        """Tell whether ``item`` is remembered."""
        return item in self._items

    def add(self, sketch: Sketch) -> None:
        """Remember ``sketch``; one of an item that is remembered changes nothing."""
        if sketch.item in self._items:
            return
        self._items.add(sketch.item)
        heappush(self._oldest, (sketch.time, sketch.item))
        self._running.add(sketch)
        self._copies.add(sketch)

    def drop_before(self, time: datetime) -> None:
        """Forget what is older than ``time``."""
        while self._oldest and self._oldest[0][0] < time:
            self._forget(heappop(self._oldest)[1])

    def remove(self, items: Iterable[str]) -> None:
        """Forget ``items``, which were remembered."""
        gone = set(items)
        if not gone:
            return
        self._oldest = [entry for entry in self._oldest if entry[1] not in gone]
        for item in gone:
            self._forget(item)

    def _forget(self, item: str) -> None:
        self._items.remove(item)
        self._copies.remove(item)
        self._running.remove(item)

    def find(self, sketch: Sketch) -> list[Match]:
        """Return the copies of ``sketch``, nearest first, of equal ones the earliest first."""
        return self._copies.find(sketch)

    def story(self, story: str) -> Story | None:
        """Return a story as it is remembered, None when none of its items is."""
        return self._running.story(story)

    def told_again(self, terms: tuple[Term, ...], sketch: Sketch) -> tuple[Story, Likeness] | None:
        """Return the story that an item tells again, with how alike they are; None for none."""
        nearest = self._running.nearest(terms, sketch, self.window)
        return nearest if nearest and nearest[1].score >= SURE else None
