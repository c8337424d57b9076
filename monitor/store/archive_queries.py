"""The archive of hits read item by item, in constant memory; and what of it is kept how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from monitor.model import Item, Revision, Version
from monitor.store.base import CHUNK, chunks
from monitor.store.hit_queries import LINK
from monitor.store.item_queries import ItemQueries
from monitor.store.mark_queries import MarkQueries
from monitor.store.revision_queries import RevisionQueries
from monitor.store.rows import hit_of, labelled, link_of
from monitor.store.tables import DELIVERY_HIT, HIT, ITEM, MARK, ROUTE, STORY_LINK
from monitor.store.values import Mark, StoredHit
from monitor.store.version_queries import VersionQueries
from monitor.store.version_tables import RULE, VERSION

_AT_ONCE = 20
"""Items read in one statement: their texts may be long."""
_PAGES_AT_ONCE = 4
"""Items whose pages are read in one statement: each may have several of up to 4 MB."""


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
    marks: Mapping[str, Mark]
    """What readers said of these hits, and perhaps of others, by hit."""
    edits: tuple[Revision, ...] = ()
    """What changed between the versions, and when its page went or came back; oldest first."""


class ArchiveQueries(ItemQueries, MarkQueries, RevisionQueries, VersionQueries):
    """Hits with all that can prove them."""

    def archived(self, choice: Choice) -> Iterator[Archived]:
        """Yield the items with the hits that are meant, in the order they were first seen.

        A few items with their versions are in memory, and the texts of a few more.
        """
        for items in self._pages(choice):
            for chunk in chunks(items, _AT_ONCE):
                known = self.items(chunk)
                hits = self._hits(known, choice)
                marks = self.marks(one.hit.id for name in chunk for one in hits[name])
                edits = self.revisions(chunk)
                for few in chunks(chunk, _PAGES_AT_ONCE):
                    versions = self.versions(few)
                    for name in few:
                        said = tuple(versions.get(name, ()))
                        changed = tuple(edits.get(name, ()))
                        yield Archived(known[name], tuple(hits[name]), said, marks, changed)

    def count_archived(self, choice: Choice) -> int:
        """Return how many hits are meant."""
        statement = select(func.count()).select_from(_HITS).where(*_meant(choice))
        return int(self._run(statement).scalar_one())

    def prune_pages(self, before: datetime, limit: int = 500) -> int:
        """Let go of the bodies of versions from before ``before``; return how many.

        Their digests stay. At most ``limit``, so that other writes get their turn: call again while
        the answer is not 0.
        """
        key = (VERSION.c.item, VERSION.c.digest)
        # The length is known without reading the body.
        old = select(*key).where(VERSION.c.at < before, func.length(VERSION.c.body) > 0)
        rows = self._run(old.order_by(VERSION.c.at).limit(limit)).all()
        for chunk in chunks(rows):
            them = tuple_(*key).in_([tuple(row) for row in chunk])
            self._run(update(VERSION).where(them).values(body=b""))
        return len(rows)

    def prune_hits(self, before: datetime, limit: int = 500) -> int:
        """Delete hits found before ``before`` with what was said and decided of them.

        Returns how many; at most ``limit``, so call again while it is not 0. The messages that told
        of them stay, and so do their items until `prune` takes them with all that they said.
        """
        old = select(HIT.c.id).where(HIT.c.found < before).order_by(HIT.c.found).limit(limit)
        gone = 0
        for chunk in chunks(self._run(old).scalars().all()):
            for table in (MARK, ROUTE, DELIVERY_HIT):
                self._run(delete(table).where(table.c.hit.in_(chunk)))
            gone += self._run(delete(HIT).where(HIT.c.id.in_(chunk))).rowcount
        if gone < limit:
            used = select(HIT.c.rule)
            self._run(delete(RULE).where(RULE.c.since < before, RULE.c.digest.not_in(used)))
        return gone

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
