"""Which story each item belongs to, and what it adds to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.model import Hit, Item, Sketch, StoryLink, digest
from monitor.stories.copies import Match, short
from monitor.stories.credits import credited, original_of
from monitor.stories.development import development
from monitor.stories.index import StoryIndex
from monitor.stories.likeness import sentence
from monitor.stories.sketching import Gist, gist_of


def group(
    items: Iterable[Item],
    index: StoryIndex,
    now: datetime,
    hits: Iterable[Hit] = (),
    gists: Mapping[str, Gist] | None = None,
) -> tuple[tuple[StoryLink, Sketch], ...]:
    """Return the story of each item, with the sketch to remember it by, in the order of ``items``.

    An item joins the story of its earliest copy in the days before ``now``, and is a copy of that
    story's original; else the story that it tells again in other words, which it may develop;
    otherwise it founds one. ``hits`` are what of the items is known: a watch is the same in every
    language, and the words that made the hit tell no event from another. ``gists`` holds what was
    made of items before; it was made with their hits. Items of one call are decided earliest first
    and may tell one story.
    ``index`` is only read: add the sketches once they are stored.
    """
    given = list(items)
    decided: dict[str, tuple[StoryLink, Sketch]] = {}
    added: list[str] = []
    about: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        about[hit.item].append(hit)
    for item in sorted(given, key=lambda item: (item.time or now, item.id)):
        timed = item if item.time else replace(item, first_seen=now)
        gist = (gists or {}).get(item.id) or gist_of(timed, about[item.id])
        link = _decide(gist, index, now)
        decided[item.id] = (link, replace(gist.sketch, story=link.story))
        if item.id not in index and len(given) > 1:
            index.add(decided[item.id][1])
            added.append(item.id)
    index.remove(added)
    return tuple(decided[item.id] for item in given)


def _decide(gist: Gist, index: StoryIndex, now: datetime) -> StoryLink:
    mark = gist.sketch
    copies = [match for match in index.find(mark) if match.sketch.time >= now - index.window]
    if copies:
        return _copy(mark, copies)
    terms = gist.terms
    found = index.told_again(terms.terms, mark)
    if found is None:
        return StoryLink(mark.item, digest("story", mark.item))
    story, alike = found
    why = sentence(
        alike.shared, terms.surfaces, f"{story.first.outlet}: {short(story.first.title)}"
    )
    new = development(terms, mark, story)
    return StoryLink(mark.item, story.id, why=why, development=new)


def _copy(mark: Sketch, copies: list[Match]) -> StoryLink:
    """Return the link of a copy: to the story of the earliest one, and to the original there."""
    # Copies of copies drift apart: of two stories with the same text the older one is meant.
    oldest = min(copies, key=lambda match: (match.sketch.time, match.sketch.item))
    story = oldest.sketch.story
    members = {match.sketch.item: match for match in copies if match.sketch.story == story}
    sketches = [match.sketch for match in members.values()]
    first, why = credited([mark, *sketches]) or original_of(sketches)
    if first is mark:
        return StoryLink(mark.item, story, why=f"{oldest.why}; the original: {why}")
    told = members[first.item].why
    return StoryLink(mark.item, story, copy_of=first.item, why=f"{told}; {why}" if why else told)
