"""The archive of hits read item by item, in constant memory; and what of it is kept how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_

from monitor.model import Item, Version
from monitor.store.base import CHUNK, chunks
from monitor.store.hit_queries import LINK
from monitor.store.item_queries import ItemQueries
from monitor.store.rows import hit_of, labelled, link_of
from monitor.store.tables import HIT, ITEM, STORY_LINK
from monitor.store.values import StoredHit
from monitor.store.version_queries import VersionQueries

_AT_ONCE = 20
"""Items read in one statement: their texts may be long."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which hits are meant: those found from ``start`` to before ``end``, and what narrows it."""

    start: datetime | None = None
    end: datetime | None = None
    watch: str = ""
    watchlist: str = ""
    story: str = ""


@dataclass(frozen=True, slots=True)
class Archived:
    """An item as it reads now, its hits that are meant, and all that it said, oldest first."""

    item: Item
    hits: tuple[StoredHit, ...]
    versions: tuple[Version, ...]


class ArchiveQueries(ItemQueries, VersionQueries):
    """Hits with all that can prove them."""

    def archived(self, choice: Choice) -> Iterator[Archived]:
        """Yield the items with the hits that are meant, in the order they were first seen.

        One item with its versions is in memory, and the texts of a few more.
        """
        for items in self._pages(choice):
            for chunk in chunks(items, _AT_ONCE):
                known = self.items(chunk)
                hits = self._hits(known, choice)
                for name in chunk:
                    versions = self.versions([name]).get(name, [])
                    yield Archived(known[name], tuple(hits[name]), tuple(versions))

    def count_archived(self, choice: Choice) -> int:
        """Return how many hits are meant."""
        statement = select(func.count()).select_from(_HITS).where(*_meant(choice))
        return int(self._run(statement).scalar_one())

    def _pages(self, choice: Choice) -> Iterator[Sequence[str]]:
        """Yield the ids of the items that the hits are about, a page at a time."""
        order = (ITEM.c.first_seen, ITEM.c.id)
        meant = select(HIT.c.id).select_from(_HITS).where(HIT.c.item == ITEM.c.id)
        meant = meant.where(*_meant(choice)).correlate(ITEM)
        statement = select(*order).where(meant.exists()).order_by(*order).limit(CHUNK)
        page = statement
        while found := self._run(page).all():
            yield [name for _, name in found]
            seen, name = found[-1]
            # The start moves along: SQLite may begin its search there, at every page.
            page = statement.where(ITEM.c.first_seen >= seen)
            page = page.where(tuple_(*order) > tuple_(seen, name))

    def _hits(self, items: Mapping[str, Item], choice: Choice) -> dict[str, list[StoredHit]]:
        """Return the hits that are meant of ``items``, by item; what they say is in memory once."""
        link = [column.label(f"story_link_{column.name}") for column in LINK]
        statement = select(*labelled(HIT), *link).select_from(_HITS)
        statement = statement.where(HIT.c.item.in_(list(items)), *_meant(choice))
        found: dict[str, list[StoredHit]] = {}
        for row in self._all(statement.order_by(HIT.c.watch, HIT.c.id)):
            name = row["hit_item"]
            one = StoredHit(
                hit_of(row), items[name], link_of(row), row["hit_time"], row["hit_found"]
            )
            found.setdefault(name, []).append(one)
        return found


_HITS = HIT.outerjoin(STORY_LINK, STORY_LINK.c.item == HIT.c.item)


def _meant(choice: Choice) -> Iterator[ColumnElement[bool]]:
    if choice.start is not None:
        yield HIT.c.found >= choice.start
    if choice.end is not None:
        yield HIT.c.found < choice.end
    if choice.watch:
        yield HIT.c.watch == choice.watch
    if choice.watchlist:
        yield HIT.c.watchlist == choice.watchlist
    if choice.story:
        yield STORY_LINK.c.story == choice.story
