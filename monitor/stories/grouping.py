"""Which story each item belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.model import Item, StoryLink, digest
from monitor.store import Sketch
from monitor.stories.index import Match, StoryIndex
from monitor.stories.sketching import sketch


def group(
    items: Iterable[Item], index: StoryIndex, now: datetime
) -> tuple[tuple[StoryLink, Sketch], ...]:
    """Return the story of each item, with the sketch to remember it by, in the order of ``items``.

    An item joins the story of its nearest copy of the days before ``now``, and is a copy of the
    earliest copy in that story; otherwise it founds one. Items of one call are decided earliest
    first and may be copies of one another. ``index`` is only read: add the sketches once they
    are stored.
    """
    given = list(items)
    here = StoryIndex(window=index.window)
    decided: dict[str, tuple[StoryLink, Sketch]] = {}
    for item in sorted(given, key=lambda item: (item.time or now, item.id)):
        mark = sketch(item if item.time else replace(item, first_seen=now))
        recent = [match for match in index.find(mark) if match.sketch.time >= now - index.window]
        link = _decide(item, recent + here.find(mark))
        decided[item.id] = (link, replace(mark, story=link.story))
        here.add(decided[item.id][1])
    return tuple(decided[item.id] for item in given)


def _decide(item: Item, matches: list[Match]) -> StoryLink:
    if not matches:
        return StoryLink(item.id, digest("story", item.id))
    nearest = min(matches, key=lambda match: (-match.share, match.sketch.time, match.sketch.item))
    members = [match for match in matches if match.sketch.story == nearest.sketch.story]
    first = min(members, key=lambda match: (match.sketch.time, match.sketch.item))
    return StoryLink(item.id, nearest.sketch.story, copy_of=first.sketch.item, why=first.why)
