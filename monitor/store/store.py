"""The Store: all that the rest of the program may call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError
from monitor.store.engine import open_engines, parse_url, shown_name
from monitor.store.faults import explain
from monitor.store.migrate import upgrade
from monitor.store.tx import Tx
from monitor.store.writer import Writer

T = TypeVar("T")

READERS = 4
"""Threads that read side by side."""


class Store:
    """One database; open it with `Store.open`, close it with `close`."""

    def __init__(self, writer: Engine, reader: Engine, name: str) -> None:
        self.name = name
        """How messages call the database, without user and password."""
        self._write_engine = writer
        self._read_engine = reader
        self._writer = Writer(writer, name)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._closed = False

    @classmethod
    def open(cls, url: str, *, lock_timeout: float = 10.0) -> Store:
        """Return the store at ``sqlite:///path`` or ``postgresql://user@host/name``.

        Nothing connects before the first call. ``lock_timeout`` counts the seconds a write waits
        for another process. Raises `InputError` for an address that is neither.
        """
        parsed = parse_url(url)
        name = shown_name(parsed)
        try:
            writer, reader = open_engines(parsed, lock_timeout=lock_timeout)
        except OSError as error:
            message = f"the folder of the database {name} cannot be made: {error.strerror}"
            raise StoreError(message) from error
        return cls(writer, reader, name)

    @property
    def fault(self) -> str:
        """Return why the last write did not go through, or nothing: a database may still be read then."""
        return self._writer.fault

    @staticmethod
    def exists(url: str) -> bool:
        """Tell whether there may be a database at ``url``: of SQLite the file, a server is not asked."""
        parsed = parse_url(url)
        return parsed.get_backend_name() != "sqlite" or Path(str(parsed.database)).is_file()

    def migrate(self) -> None:
        """Bring the tables to this version; processes that start together wait for one another.

        Raises `StoreError`, also when a newer version has written the database.
        """
        upgrade(self._write_engine, self.name)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` in one exclusive transaction and return its result once it is committed.

        ``fn`` runs on the store's own thread; calls that wait together share one commit. What
        ``fn`` raises undoes ``fn`` alone. Raises `StoreError` when the database fails, and then
        nothing of ``fn`` is stored; the next call connects anew.
        """
        return await asyncio.wrap_future(self._writer.submit(fn))

    def write_now(self, fn: Callable[[Tx], T]) -> T:
        """Do as `write` does and wait for it; for callers without an event loop."""
        return self._writer.submit(fn).result()

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` on a snapshot, in a thread, many at once; it can write nothing.

        ``fn`` returns what it found: an iterator of it is used up inside ``fn``.
        """
        if self._closed:
            raise self._closed_error()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read_now, fn)

    def read_now(self, fn: Callable[[Tx], T]) -> T:
        """Do as `read` does in the calling thread."""
        if self._closed:
            raise self._closed_error()
        try:
            with self._read_engine.connect() as connection, connection.begin():
                return fn(Tx(connection, self.name))
        except SQLAlchemyError as error:
            raise explain(error, self.name) from error

    def listen(self, on_told: Callable[[], object]) -> None:
        """Have ``on_told`` called after each commit that put messages into the outbox.

        It is called on the store's own thread and must neither wait nor raise.
        """
        self._writer.on_told = on_told

    def close(self) -> None:
        """Write what is queued, wait for readers, let go of the database."""
        self._writer.close()
        self._readers.shutdown(wait=True)
        self._closed = True
        self._write_engine.dispose()
        self._read_engine.dispose()

    def _closed_error(self) -> StoreError:
        return StoreError(f"the database {self.name} is closed")
