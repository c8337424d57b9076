"""Stories in a list: counted by the database, so that a thousand copies cost no more than one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, case, func, select, tuple_

from monitor.store.base import CHUNK, Queries, chunks
from monitor.store.tables import HIT, STORY_LINK
from monitor.store.values import StorySummary, place_in_stories

_LINK = STORY_LINK.c
_Place = tuple[Any, int]
"""Time of a member and its place in the order of commits."""


class StoryLists(Queries):
    """Which stories there are."""

    def stories(self, limit: int, before: str = "") -> list[StorySummary]:
        """Return at most ``limit`` stories, those with the newest members first.

        ``before`` is the `StorySummary.cursor` of the last story of the page before; ValueError
        when it is none.
        """
        newest = self._newest_stories(limit, before)
        found: list[StorySummary] = []
        for chunk in chunks(newest):
            found += self._summaries(chunk, newest)
        return found

    def story_sizes(self, stories: Iterable[str]) -> dict[str, int]:
        """Return how many items each of these stories has."""
        found: dict[str, int] = {}
        for chunk in chunks(dict.fromkeys(stories)):
            counted = select(_LINK.story, func.count()).where(_LINK.story.in_(chunk))
            for row in self._run(counted.group_by(_LINK.story)):
                found[row[0]] = row[1]
        return found

    def _newest_stories(self, limit: int, before: str) -> dict[str, _Place]:
        """Walk back through the members until ``limit`` stories have shown up.

        A story stands where its newest member does: older ones, which another page has
        shown already, are passed over.
        """
        place: _Place | None = place_in_stories(before) if before else None
        newest: dict[str, _Place] = {}
        found: dict[str, _Place] = {}
        walk = select(_LINK.story, _LINK.time, _LINK.seq)
        walk = walk.order_by(_LINK.time.desc(), _LINK.seq.desc()).limit(CHUNK)
        while len(found) < limit:
            behind = walk.where(tuple_(_LINK.time, _LINK.seq) < tuple_(*place)) if place else walk
            members = self._run(behind).all()
            newest |= self._newest_members({row.story for row in members} - newest.keys())
            for story, *here in members:
                if newest[story] == tuple(here):
                    found[story] = newest[story]
            if len(members) < CHUNK:
                break
            place = (members[-1].time, members[-1].seq)
        return dict(list(found.items())[:limit])

    def _newest_members(self, stories: set[str]) -> dict[str, _Place]:
        found: dict[str, _Place] = {}
        for chunk in chunks(sorted(stories)):
            latest = _one_member(chunk, _LINK.time.desc(), _LINK.seq.desc())
            found |= {row.story: (row.time, row.seq) for row in self._run(latest)}
        return found

    def _summaries(self, stories: list[str], newest: dict[str, _Place]) -> list[StorySummary]:
        counted = (
            select(
                _LINK.story,
                func.min(_LINK.time).label("first"),
                func.count().label("items"),
                func.count(_LINK.outlet.distinct()).label("outlets"),
                func.sum(case((_LINK.copy_of != "", 1), else_=0)).label("copies"),
                func.sum(case((_LINK.development != "", 1), else_=0)).label("developments"),
            )
            .where(_LINK.story.in_(stories))
            .group_by(_LINK.story)
        )
        numbers = {row["story"]: row for row in self._all(counted)}
        heads = {row.story: row for row in self._run(_one_member(stories, _LINK.time, _LINK.seq))}
        watches = self._watches(stories)
        return [
            StorySummary(
                story=story,
                title=heads[story].title,
                outlet=heads[story].outlet,
                url=heads[story].url,
                first=numbers[story]["first"],
                last=newest[story][0],
                items=int(numbers[story]["items"]),
                outlets=int(numbers[story]["outlets"]),
                developments=int(numbers[story]["developments"]),
                copies=int(numbers[story]["copies"]),
                watches=tuple(watches[story]),
                newest=newest[story][1],
            )
            for story in stories
        ]

    def _watches(self, stories: Sequence[str]) -> dict[str, list[str]]:
        """Return the watches that the items of these stories hit, by name."""
        joined = STORY_LINK.join(HIT, HIT.c.item == _LINK.item)
        chosen = select(_LINK.story, HIT.c.watch).distinct().select_from(joined)
        chosen = chosen.where(_LINK.story.in_(stories)).order_by(HIT.c.watch)
        found: defaultdict[str, list[str]] = defaultdict(list)
        for story, watch in self._run(chosen):
            found[story].append(watch)
        return found


def _one_member(stories: Sequence[str], *order: Any) -> Select[Any]:
    """Return the query of the first member of each story in that order.

    The ranking sorts keys alone: titles are read of the members that it leaves.
    """
    turn = func.row_number().over(partition_by=_LINK.story, order_by=order).label("turn")
    ranked = select(_LINK.seq, turn).where(_LINK.story.in_(stories)).subquery()
    columns = (_LINK.story, _LINK.time, _LINK.seq, _LINK.title, _LINK.outlet, _LINK.url)
    joined = STORY_LINK.join(ranked, ranked.c.seq == _LINK.seq)
    return select(*columns).select_from(joined).where(ranked.c.turn == 1)
