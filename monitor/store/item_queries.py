"""Items, the keys they are known by, and where else they were seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import chain

from sqlalchemy import ColumnElement, func, select, tuple_

from monitor.model import Item
from monitor.store.base import CHUNK, Queries, chunks
from monitor.store.rows import item_of, item_row, labelled
from monitor.store.tables import ITEM, SIGHTING

_KEYS_FROM_ARRAYS = (
    "INSERT INTO item_key (key, item) SELECT * FROM unnest(%s::text[], %s::text[]) "
    "ON CONFLICT DO NOTHING"
)


_KNOWN_IN_ARRAY = "SELECT key, item FROM item_key WHERE key = ANY(%s::text[])"


@cache
def _known_sql(keys: int) -> str:
    marks = ", ".join("?" * keys)
    return f"SELECT key, item FROM item_key WHERE key IN ({marks})"  # noqa: S608 - question marks only


@cache
def _keys_sql(rows: int) -> str:
    values = ", ".join(["(?, ?)"] * rows)
    return f"INSERT OR IGNORE INTO item_key (key, item) VALUES {values}"  # noqa: S608 - question marks only


class ItemQueries(Queries):
    """What is known already, and what is new."""

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the item each of ``keys`` stands for; keys nobody knows are left out."""
        found: dict[str, str] = {}
        for chunk in chunks(keys):
            if self._dialect == "sqlite":
                rows = self._drive(_known_sql(len(chunk)), tuple(chunk))
            else:
                rows = self._drive(_KNOWN_IN_ARRAY, (chunk,))
            found |= dict(tuple(row) for row in rows)
        return found

    def add_items(self, items: Iterable[Item]) -> None:
        """Keep ``items`` and their keys; an item or key that exists stays as it is."""
        fresh = list(items)
        self._add(ITEM, [item_row(item) for item in fresh])
        self._add_keys([(key, item.id) for item in fresh for key in item.keys])

    def add_sightings(self, pairs: Iterable[tuple[str, str]], source: str) -> None:
        """Keep pairs (item id, identity key) of known items that ``source`` lists anew."""
        seen = list(pairs)
        self._add_keys([(key, item) for item, key in seen])
        items = dict.fromkeys(item for item, _ in seen)
        self._add(SIGHTING, [{"item": item, "source": source} for item in items])

    def _add_keys(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Insert (key, item id), three rows for every item: the hottest write of all.

        So it goes to the driver in its own words, a fifth of the time SQLAlchemy takes to name,
        type and order each value of such short rows.
        """
        for chunk in chunks(pairs):
            if self._dialect == "sqlite":
                self._drive(_keys_sql(len(chunk)), tuple(chain.from_iterable(chunk)))
            else:
                keys, items = map(list, zip(*chunk, strict=True))
                self._drive(_KEYS_FROM_ARRAYS, (keys, items))

    def sightings(self, items: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the sources besides its own that each item was seen in, by name."""
        found: dict[str, tuple[str, ...]] = {}
        for chunk in chunks(items):
            statement = (
                select(SIGHTING.c.item, SIGHTING.c.source)
                .where(SIGHTING.c.item.in_(chunk))
                .order_by(SIGHTING.c.item, SIGHTING.c.source)
            )
            for item, source in self._run(statement):
                found[item] = (*found.get(item, ()), source)
        return found

    def item(self, item: str) -> Item | None:
        """Return one item, None when it is unknown or its text was pruned."""
        return self.items([item]).get(item)

    def items(self, ids: Iterable[str]) -> dict[str, Item]:
        """Return the items of these ids by id; unknown ones are left out."""
        found: dict[str, Item] = {}
        for chunk in chunks(ids):
            statement = select(*labelled(ITEM)).where(ITEM.c.id.in_(chunk))
            found |= {row["item_id"]: item_of(row) for row in self._all(statement)}
        return found

    def stored_items(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        source: str | None = None,
    ) -> Iterator[Item]:
        """Yield what was first seen from ``start`` to before ``end``, oldest first, for a replay.

        Reads a page at a time, so that a year of items needs no more memory than a day.
        """
        order = tuple_(ITEM.c.first_seen, ITEM.c.id)
        statement = select(*labelled(ITEM)).order_by(ITEM.c.first_seen, ITEM.c.id).limit(CHUNK)
        if source is not None:
            statement = statement.where(ITEM.c.source == source)
        page = statement.where(*_seen(start, end))
        while found := [item_of(row) for row in self._all(page)]:
            yield from found
            # The start moves along: SQLite may begin its search there, at every page.
            last = found[-1]
            page = statement.where(*_seen(last.first_seen, end))
            page = page.where(order > tuple_(last.first_seen, last.id))

    def count_items(self, start: datetime | None = None, end: datetime | None = None) -> int:
        """Return how many items were first seen from ``start`` to before ``end``."""
        statement = select(func.count()).select_from(ITEM).where(*_seen(start, end))
        return int(self._run(statement).scalar_one())


def _seen(start: datetime | None, end: datetime | None) -> Iterator[ColumnElement[bool]]:
    if start is not None:
        yield ITEM.c.first_seen >= start
    if end is not None:
        yield ITEM.c.first_seen < end
