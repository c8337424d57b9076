"""Stories: which items tell of one event, and the sketches that copies are recognised by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from monitor.model import Sketch, StoryLink
from monitor.store.base import chunks
from monitor.store.rows import Row, labelled, link_of, link_row, sketch_of
from monitor.store.story_lists import StoryLists
from monitor.store.tables import STORY_LINK

_LINK = STORY_LINK.c
_MEMBERS = select(*labelled(STORY_LINK))
"""Built once: naming its columns takes longer than reading a row."""


class StoryQueries(StoryLists):
    """Which story an item belongs to."""

    def add_links(self, links: Iterable[tuple[StoryLink, Sketch]]) -> None:
        """Keep the story of each item with its sketch; an item keeps the story it has."""
        self._add(STORY_LINK, [link_row(link, sketch) for link, sketch in links])

    def links(self, items: Iterable[str]) -> dict[str, StoryLink]:
        """Return the story links of these items by item; items without one are left out."""
        found: dict[str, StoryLink] = {}
        for chunk in chunks(items):
            statement = _MEMBERS.where(_LINK.item.in_(chunk))
            for row in self._all(statement):
                found[row["story_link_item"]] = _link(row)
        return found

    def sketches(self, items: Iterable[str]) -> dict[str, tuple[StoryLink, Sketch]]:
        """Return story link and sketch of these items by item; items without one are left out."""
        found: dict[str, tuple[StoryLink, Sketch]] = {}
        for chunk in chunks(items):
            statement = _MEMBERS.where(_LINK.item.in_(chunk))
            for row in self._all(statement):
                found[row["story_link_item"]] = (_link(row), sketch_of(row))
        return found

    def sketches_since(self, time: datetime) -> list[Sketch]:
        """Return the sketches of items from ``time`` on, in the order they were stored."""
        statement = _MEMBERS.where(_LINK.time >= time).order_by(_LINK.seq)
        return [sketch_of(row) for row in self._all(statement)]

    def sketch_cursor(self) -> int:
        """Return the place behind the newest sketch, for `sketches_after`."""
        return int(self._run(select(func.coalesce(func.max(_LINK.seq), 0))).scalar_one())

    def sketches_after(self, cursor: int) -> tuple[list[Sketch], int]:
        """Return the sketches stored since ``cursor`` by any process, and the new cursor."""
        statement = _MEMBERS.where(_LINK.seq > cursor).order_by(_LINK.seq)
        rows = self._all(statement)
        return [sketch_of(row) for row in rows], rows[-1]["story_link_seq"] if rows else cursor

    def story(self, story: str, limit: int | None = None) -> list[tuple[StoryLink, Sketch]]:
        """Return the members of ``story``, earliest first, ``limit`` at most; empty when there is none."""
        statement = _MEMBERS.where(_LINK.story == story)
        statement = statement.order_by(_LINK.time, _LINK.seq).limit(limit)
        return [(_link(row), sketch_of(row)) for row in self._all(statement)]

    def stories_like(self, prefix: str, limit: int = 2) -> list[str]:
        """Return at most ``limit`` ids that begin with ``prefix``, or the one that equals it."""
        statement = select(_LINK.story).where(_LINK.story.startswith(prefix, autoescape=True))
        statement = statement.distinct().order_by(_LINK.story).limit(limit)
        found = list(self._run(statement).scalars())
        return [prefix] if prefix in found else found


def _link(row: Row) -> StoryLink:
    link = link_of(row)
    if link is None:  # pragma: no cover - only an outer join has rows without a link
        raise LookupError
    return link
