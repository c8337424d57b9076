"""Hits, newest first, with the items they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_, update

from monitor.errors import StoreError
from monitor.model import Hit
from monitor.store.base import Queries, chunks
from monitor.store.rows import Row, hit_of, hit_row, item_of, labelled, link_of
from monitor.store.tables import HIT, ITEM, STORY_LINK
from monitor.store.values import StoredHit, split_cursor

LINK = tuple(STORY_LINK.c[name] for name in ("item", "story", "copy_of", "why", "development"))

_BARE = select(
    *(column for column in labelled(HIT) if column.key != "hit_spans"),
    literal("[]").label("hit_spans"),
)


def with_items() -> Select[Any]:
    """Return the query of hits with their item and, where there is one, their story."""
    link = [column.label(f"story_link_{column.name}") for column in LINK]
    joined = HIT.join(ITEM, ITEM.c.id == HIT.c.item)
    joined = joined.outerjoin(STORY_LINK, STORY_LINK.c.item == HIT.c.item)
    return select(*labelled(HIT, ITEM), *link).select_from(joined)


def stored_hit(row: Row) -> StoredHit:
    """Return what a row of `with_items` holds."""
    return StoredHit(hit_of(row), item_of(row), link_of(row), row["hit_time"], row["hit_found"])


class HitQueries(Queries):
    """What was found."""

    def add_hits(self, hits: Iterable[Hit], found: datetime | None = None) -> None:
        """Keep ``hits`` of stored items; one that exists stays as it is.

        ``found`` is when they were found, by default when their items were first seen.
        """
        fresh = list(hits)
        times: dict[str, tuple[datetime, datetime]] = {}
        for chunk in chunks(dict.fromkeys(hit.item for hit in fresh)):
            columns = (ITEM.c.id, ITEM.c.published, ITEM.c.first_seen)
            for item, published, seen in self._run(select(*columns).where(ITEM.c.id.in_(chunk))):
                times[item] = (published or seen, found or seen)
        rows = []
        for hit in fresh:
            if hit.item not in times:
                message = f"hit {hit.id} cannot be stored: its item {hit.item} is not"
                raise StoreError(message)
            time, seen = times[hit.item]
            rows.append({**hit_row(hit), "time": time, "found": seen})
        self._add(HIT, rows)

    def revise_hits(self, hits: Iterable[Hit]) -> None:
        """Replace score, evidence and verdict of stored ``hits``; when they were found stays."""
        changing = ("score", "spans", "rule", "why", "possible", "version")
        for hit in hits:
            row = hit_row(hit)
            change = {name: row[name] for name in changing}
            self._run(update(HIT).where(HIT.c.id == hit.id).values(change))

    def hits(
        self,
        limit: int,
        before: str = "",
        *,
        watch: str | None = None,
        watchlist: str | None = None,
        source: str | None = None,
        story: str | None = None,
        possible: bool | None = None,
    ) -> list[StoredHit]:
        """Return at most ``limit`` hits, newest coverage first.

        ``before`` is the `StoredHit.cursor` of the last hit of the page before; ValueError when
        it is none. Every other argument narrows the choice.
        """
        statement = with_items()
        if before:
            time, hit = split_cursor(before)
            statement = statement.where(tuple_(HIT.c.time, HIT.c.id) < tuple_(time, hit))
        wanted = (
            (HIT.c.watch, watch),
            (HIT.c.watchlist, watchlist),
            (ITEM.c.source, source),
            (STORY_LINK.c.story, story),
            (HIT.c.possible, possible),
        )
        for column, value in wanted:
            if value is not None:
                statement = statement.where(column == value)
        statement = statement.order_by(HIT.c.time.desc(), HIT.c.id.desc()).limit(limit)
        return [stored_hit(row) for row in self._all(statement)]

    def hits_since(self, time: datetime, limit: int = 1000) -> list[StoredHit]:
        """Return what was found after ``time``, oldest first."""
        statement = with_items().where(HIT.c.found > time)
        statement = statement.order_by(HIT.c.found, HIT.c.id).limit(limit)
        return [stored_hit(row) for row in self._all(statement)]

    def hit_times(self, since: datetime, watch: str | None = None) -> list[tuple[str, datetime]]:
        """Return (watch, when it was found) of the sure hits since then that were news.

        Of one ``watch`` or of all.
        """
        statement = (
            select(HIT.c.watch, HIT.c.found)
            .select_from(HIT.join(ITEM, ITEM.c.id == HIT.c.item))
            .where(HIT.c.found >= since, ~HIT.c.possible, ~ITEM.c.baseline)
        )
        if watch is not None:
            statement = statement.where(HIT.c.watch == watch)
        return [(name, found) for name, found in self._run(statement)]

    def hits_by_id(self, ids: Iterable[str]) -> dict[str, StoredHit]:
        """Return the hits of these ids by id; unknown ones are left out."""
        return self._hits_where(HIT.c.id, ids)

    def hits_of_items(self, items: Iterable[str]) -> dict[str, StoredHit]:
        """Return every hit of these items by hit id."""
        return self._hits_where(HIT.c.item, items)

    def bare_hits(self, items: Iterable[str]) -> dict[str, list[Hit]]:
        """Return the hits of these items by item, without spans and without loading the items."""
        found: dict[str, list[Hit]] = {}
        for chunk in chunks(items):
            for row in self._all(_BARE.where(HIT.c.item.in_(chunk)).order_by(HIT.c.id)):
                found.setdefault(row["hit_item"], []).append(hit_of(row))
        return found

    def hits_like(self, prefix: str, limit: int = 2) -> list[str]:
        """Return at most ``limit`` ids that begin with ``prefix``, or the one that equals it."""
        statement = select(HIT.c.id).where(HIT.c.id.startswith(prefix, autoescape=True))
        found = list(self._run(statement.order_by(HIT.c.id).limit(limit)).scalars())
        return [prefix] if prefix in found else found

    def _hits_where(self, column: Any, values: Iterable[str]) -> dict[str, StoredHit]:
        found: dict[str, StoredHit] = {}
        for chunk in chunks(values):
            for row in self._all(with_items().where(column.in_(chunk))):
                found[row["hit_id"]] = stored_hit(row)
        return found

    def count_hits(self, watch: str | None = None) -> int:
        """Return how many hits there are, of one watch or of all."""
        statement = select(func.count()).select_from(HIT)
        if watch is not None:
            statement = statement.where(HIT.c.watch == watch)
        return int(self._run(statement).scalar_one())
