"""What all queries stand on: one connection in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    Executable,
    Insert,
    RowMapping,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.store.faults import explain

T = TypeVar("T")
_SQLITE = sqlite.dialect()
CHUNK = 500
"""Values in one IN list, rows in one statement of the slow paths."""


class Queries:
    """Base of the families of queries that make up `monitor.store.tx.Tx`."""

    def __init__(self, connection: Connection, database: str) -> None:
        self._connection = connection
        self._database = database
        self._dialect = connection.dialect.name
        self.failure: StoreError | None = None
        """What the database refused; once set, the transaction cannot be committed."""
        self.told = False
        """Whether messages were put into the outbox."""

    def _run(
        self, statement: Executable, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()
    ) -> CursorResult[*tuple[Any, ...]]:
        if self.failure is not None:
            raise StoreError(str(self.failure))
        try:
            return self._connection.execute(statement, rows or None)
        except DBAPIError as error:
            self.failure = explain(error, self._database)
            raise self.failure from error

    def _drive(self, sql: str, values: tuple[Any, ...]) -> CursorResult[*tuple[Any, ...]]:
        """Hand ``sql`` to the driver as it is, for what is run so often that compiling it shows."""
        if self.failure is not None:
            raise StoreError(str(self.failure))
        try:
            return self._connection.exec_driver_sql(sql, values)
        except DBAPIError as error:
            self.failure = explain(error, self._database)
            raise self.failure from error

    def _all(self, statement: Executable) -> Sequence[RowMapping]:
        return self._run(statement).mappings().all()

    def _one(self, statement: Executable) -> RowMapping | None:
        return self._run(statement).mappings().first()

    def _add(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ``rows``; those whose key exists stay as they are."""
        required = _required(table)
        for row in rows:
            if None in map(row.get, required):
                # INSERT OR IGNORE would leave such a row out without a word.
                message = f"a row of {table.name} lacks {', '.join(required)}: {sorted(row)}"
                raise ValueError(message)
        if self._dialect == "sqlite":
            for chunk in chunks(rows):
                self._drive(*plain_insert(table, chunk))
        elif rows:
            self._run(insert_new(self._dialect, table), rows)


@cache
def _required(table: Table) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in table.c
        if not column.nullable and not (column.primary_key and isinstance(column.type, BigInteger))
    )


def plain_insert(table: Table, rows: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[Any, ...]]:
    """Return SQLite's statement that inserts ``rows`` of the same columns, and its values.

    The columns' own types say how a value is stored, as they do for SQLAlchemy, which takes twice
    as long to name, order and number each value.
    """
    columns = tuple(rows[0])
    stored = []
    for column, store in zip(columns, _storing(table, columns), strict=True):
        values = [row[column] for row in rows]
        stored.append(values if store is None else list(map(store, values)))
    return _insert_sql(table, columns, len(rows)), tuple(
        chain.from_iterable(zip(*stored, strict=True))
    )


@cache
def _storing(table: Table, columns: tuple[str, ...]) -> list[Callable[[Any], Any] | None]:
    types = [table.c[column].type.dialect_impl(_SQLITE) for column in columns]
    return [kind.bind_processor(_SQLITE) for kind in types]


@lru_cache(maxsize=512)
def _insert_sql(table: Table, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join([row] * rows)
    return f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES {values}'  # noqa: S608 - our own names


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """Return the statement that inserts rows unless their key exists; built once a table.

    SQLite: ``OR IGNORE``, because it needs no statement journal and lets SQLAlchemy put many rows
    into one statement, which it refuses with ``ON CONFLICT``. For 75 keys that halves the CPU time,
    and it matters more beside a busy event loop: sqlite3 gives the GIL back at every step, each
    of which may then wait 5 ms (measured: 296 ms row by row, 18 ms in one statement).
    """
    if dialect == "sqlite":
        return sqlite.insert(table).prefix_with("OR IGNORE")
    return postgresql.insert(table).on_conflict_do_nothing()


@cache
def upsert(dialect: str, table: Table, key: str, *columns: str) -> Insert:
    """Return the statement that inserts a row, or sets ``columns`` of the one with its key."""
    maker = sqlite.insert if dialect == "sqlite" else postgresql.insert
    insert = maker(table)
    changed = {column: insert.excluded[column] for column in columns}
    return insert.on_conflict_do_update(index_elements=[key], set_=changed)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return ``values`` in lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
