"""Which story each item belongs to: as stored, and for what was never a hit, as it would have been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.model import Hit, Item, StoryLink
from monitor.store import Sketch
from monitor.stories import WINDOW, StoryIndex, group


class Stories:
    """Story links of items in the order they came; remembers the sketches of the last days."""

    def __init__(self) -> None:
        self._index = StoryIndex()

    def link(
        self,
        at: datetime,
        items: Mapping[str, Item],
        stored: Mapping[str, tuple[StoryLink, Sketch]],
        hits: Iterable[Hit] = (),
    ) -> dict[str, StoryLink]:
        """Return the link of each of ``items``, which were first seen at ``at``.

        What is ``stored`` stands; only items that were no hit when they came have no story yet:
        for them ``hits`` is what the rules now find in them.
        """
        self._index.drop_before(at - WINDOW)
        links = {item: link for item, (link, _) in stored.items() if item in items}
        for item in links:
            self._index.add(stored[item][1])
        fresh = [item for name, item in items.items() if name not in links]
        for link, sketch in group(fresh, self._index, at, hits):
            links[link.item] = link
            self._index.add(sketch)
        return links
