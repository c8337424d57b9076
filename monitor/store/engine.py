"""Engines: one that writes, one that only reads, both with transactions as we mean them.

SQLite: the driver's own transaction handling is switched off (``isolation_level=None``) and
``BEGIN`` is sent by us, because Python's sqlite3 opens transactions late and deferred, and a
deferred one that comes to write fails at once with "locked" instead of waiting for its turn.
Writes use ``BEGIN IMMEDIATE``; the write-ahead log lets readers go on meanwhile.

PostgreSQL: a write takes one transaction-level advisory lock, so that there, too, decisions that
rest on what was read ("is it known?", "was it told?") cannot be overtaken by another process.
"""

from __future__ import annotations

import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from monitor.errors import InputError

_BETWEEN_TRIES = 0.02
"""Seconds between two tries to switch a new database to its log."""
WRITE_LOCK = 4_807_526_976
"""Key of the advisory lock that a write holds on PostgreSQL."""


def parse_url(url: str) -> URL:
    """Return a database address with its driver; raises `InputError` when it is none of ours."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        message = "the database address cannot be read; write sqlite:///file or postgresql://…"
        raise InputError(message) from None
    name = parsed.drivername.partition("+")[0]
    if name == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    if name in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    shown = parsed.render_as_string(hide_password=True)
    message = f"{shown} names no database file or server; write sqlite:///file or postgresql://…"
    raise InputError(message)


def shown_name(url: URL) -> str:
    """Return how messages call the database: never with user or password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    place = url.host or url.query.get("host") or "local socket"
    return f"{url.database} on {place}{f':{url.port}' if url.port else ''}"


def open_engines(url: URL, *, lock_timeout: float) -> tuple[Engine, Engine]:
    """Return the engine that writes and the one that reads; nothing connects yet.

    ``lock_timeout`` counts seconds that a write waits for another process.
    """
    if url.get_backend_name() == "sqlite":
        writer, reader = _sqlite_engines(url, lock_timeout)
    else:
        writer, reader = _postgresql_engines(url, lock_timeout)
    for engine in (writer, reader):
        # Many rows in one statement, see `monitor.store.base.insert_new` for the reason.
        engine.dialect.use_insertmanyvalues_wo_returning = True
    return writer, reader


def _sqlite_engines(url: URL, lock_timeout: float) -> tuple[Engine, Engine]:
    Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    options = {"isolation_level": None, "timeout": lock_timeout, "check_same_thread": False}
    writer = create_engine(url, connect_args=options, hide_parameters=True)
    reader = create_engine(url, connect_args=options, hide_parameters=True)
    prepare = partial(_prepare_sqlite, lock_timeout)
    event.listen(writer, "connect", prepare)
    event.listen(reader, "connect", prepare)
    event.listen(reader, "connect", _forbid_writes)
    event.listen(writer, "begin", _begin_immediate)
    event.listen(reader, "begin", _begin)
    return writer, reader


def _prepare_sqlite(lock_timeout: float, connection: sqlite3.Connection, _record: Any) -> None:
    _log_ahead(connection, lock_timeout)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _log_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Have ``connection`` use the write-ahead log, which a new database has to be switched to.

    Of processes that start together only one can switch; the others are told "locked" at once,
    for SQLite's own timeout does not cover this statement.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return


def _forbid_writes(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _postgresql_engines(url: URL, lock_timeout: float) -> tuple[Engine, Engine]:
    options: dict[str, Any] = {"connect_timeout": 10, "application_name": "coverage-monitor"}
    if "options" not in url.query:
        options["options"] = (
            f"-c lock_timeout={int(lock_timeout * 1000)} "
            "-c idle_in_transaction_session_timeout=60000"
        )
    writer = create_engine(url, connect_args=options, hide_parameters=True, pool_pre_ping=True)
    event.listen(writer, "begin", _take_write_lock)
    reader = create_engine(
        url,
        connect_args=options,
        hide_parameters=True,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
    ).execution_options(postgresql_readonly=True)
    return writer, reader


def _take_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
