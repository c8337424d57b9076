"""Stories: which items tell of one event, and the sketches that copies are recognised by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from monitor.model import StoryLink
from monitor.store.base import CHUNK, Queries, chunks
from monitor.store.rows import Row, labelled, link_of, link_row, sketch_of
from monitor.store.tables import STORY_LINK
from monitor.store.values import Sketch, StorySummary

_LINK = STORY_LINK.c


class StoryQueries(Queries):
    """Which story an item belongs to."""

    def add_links(self, links: Iterable[tuple[StoryLink, Sketch]]) -> None:
        """Keep the story of each item with its sketch; an item keeps the story it has."""
        self._add(STORY_LINK, [link_row(link, sketch) for link, sketch in links])

    def links(self, items: Iterable[str]) -> dict[str, StoryLink]:
        """Return the story links of these items by item; items without one are left out."""
        found: dict[str, StoryLink] = {}
        for chunk in chunks(items):
            statement = select(*labelled(STORY_LINK)).where(_LINK.item.in_(chunk))
            for row in self._all(statement):
                found[row["story_link_item"]] = _link(row)
        return found

    def sketches(self, items: Iterable[str]) -> dict[str, tuple[StoryLink, Sketch]]:
        """Return story link and sketch of these items by item; items without one are left out."""
        found: dict[str, tuple[StoryLink, Sketch]] = {}
        for chunk in chunks(items):
            statement = select(*labelled(STORY_LINK)).where(_LINK.item.in_(chunk))
            for row in self._all(statement):
                found[row["story_link_item"]] = (_link(row), sketch_of(row))
        return found

    def sketches_since(self, time: datetime) -> list[Sketch]:
        """Return the sketches of items from ``time`` on, in the order they were stored."""
        statement = select(*labelled(STORY_LINK)).where(_LINK.time >= time).order_by(_LINK.seq)
        return [sketch_of(row) for row in self._all(statement)]

    def sketch_cursor(self) -> int:
        """Return the place behind the newest sketch, for `sketches_after`."""
        return int(self._run(select(func.coalesce(func.max(_LINK.seq), 0))).scalar_one())

    def sketches_after(self, cursor: int) -> tuple[list[Sketch], int]:
        """Return the sketches stored since ``cursor`` by any process, and the new cursor."""
        statement = select(*labelled(STORY_LINK)).where(_LINK.seq > cursor).order_by(_LINK.seq)
        rows = self._all(statement)
        return [sketch_of(row) for row in rows], rows[-1]["story_link_seq"] if rows else cursor

    def story(self, story: str) -> list[tuple[StoryLink, Sketch]]:
        """Return the members of ``story``, earliest first; empty when there is none."""
        statement = select(*labelled(STORY_LINK)).where(_LINK.story == story)
        statement = statement.order_by(_LINK.time, _LINK.seq)
        return [(_link(row), sketch_of(row)) for row in self._all(statement)]

    def stories_like(self, prefix: str, limit: int = 2) -> list[str]:
        """Return at most ``limit`` ids that begin with ``prefix``, or the one that equals it."""
        statement = select(_LINK.story).where(_LINK.story.startswith(prefix, autoescape=True))
        statement = statement.distinct().order_by(_LINK.story).limit(limit)
        found = list(self._run(statement).scalars())
        return [prefix] if prefix in found else found

    def stories(self, limit: int) -> list[StorySummary]:
        """Return the stories with the newest members, newest first."""
        newest = self._newest_stories(limit)
        members: dict[str, list[Row]] = {story: [] for story in newest}
        for chunk in chunks(newest):
            statement = select(*labelled(STORY_LINK)).where(_LINK.story.in_(chunk))
            for row in self._all(statement.order_by(_LINK.time, _LINK.seq)):
                members[row["story_link_story"]].append(row)
        return [_summary(story, rows) for story, rows in members.items()]

    def _newest_stories(self, limit: int) -> list[str]:
        """Walk back through the members until ``limit`` stories have shown up."""
        found: dict[str, None] = {}
        statement = select(_LINK.story).order_by(_LINK.time.desc(), _LINK.seq.desc())
        offset = 0
        while len(found) < limit:
            page = self._run(statement.limit(CHUNK).offset(offset)).scalars().all()
            if not page:
                break
            found |= dict.fromkeys(page)
            offset += CHUNK
        return list(found)[:limit]


def _link(row: Row) -> StoryLink:
    link = link_of(row)
    if link is None:  # pragma: no cover - only an outer join has rows without a link
        raise LookupError
    return link


def _summary(story: str, rows: list[Any]) -> StorySummary:
    first = sketch_of(rows[0])
    return StorySummary(
        story=story,
        title=first.title,
        outlet=first.outlet,
        url=first.url,
        first=first.time,
        last=rows[-1]["story_link_time"],
        items=len(rows),
        outlets=len({row["story_link_outlet"] for row in rows}),
        developments=sum(bool(row["story_link_development"]) for row in rows),
    )
