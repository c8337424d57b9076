"""What databases say, as one line that tells a person what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor.errors import StoreError

_ADVICE = (
    ("database or disk is full", "its disk is full; free some space, nothing was half written"),
    ("no space left", "its disk is full; free some space, nothing was half written"),
    ("disk i/o error", "its disk cannot be written; check space and health of the disk"),
    ("database is locked", "another process holds it locked; this is tried again by itself"),
    ("database table is locked", "another process holds it locked; this is tried again by itself"),
    ("lock timeout", "another process holds its lock for too long; this is tried again by itself"),
    ("unable to open database file", "the file cannot be opened; check its folder and rights"),
    ("readonly database", "it may only be read here; check the rights of the file"),
    ("read-only transaction", "it may only be read here"),
    ("file is not a database", "the file is no SQLite database; point `database` elsewhere"),
    ("malformed", "the file is damaged; restore a copy of it"),
    ("no such table", "its tables are missing; run `monitor migrate`"),
    ("no such column", "its tables are of another version; run `monitor migrate`"),
    ("undefinedtable", "its tables are missing; run `monitor migrate`"),
    ("undefinedcolumn", "its tables are of another version; run `monitor migrate`"),
    ("foreign key", "a row refers to one that is not stored"),
    ("adminshutdown", "the server is being restarted; this is tried again by itself"),
    ("cannotconnectnow", "the server is starting or stopping; this is tried again by itself"),
    ("password authentication failed", "the server refused user or password"),
)


def explain(error: BaseException, database: str) -> StoreError:
    """Return ``error`` as a `StoreError` of one line; SQL and row values stay out of it."""
    if isinstance(error, StoreError):
        return StoreError(str(error))
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = (str(cause).strip().splitlines() or [type(cause).__name__])[0].strip()
    searched = f"{type(cause).__name__} {cause}".lower()
    for sign, advice in _ADVICE:
        if sign in searched:
            return StoreError(f"the database {database} did not take part: {advice} ({said})")
    if isinstance(error, DBAPIError) and (error.connection_invalidated or _offline(searched)):
        advice = "the server cannot be reached; this is tried again by itself"
        return StoreError(f"the database {database} did not take part: {advice} ({said})")
    return StoreError(f"the database {database} refused: {said}")


def is_fault(error: BaseException) -> bool:
    """Return whether ``error`` came out of the database rather than out of the caller's code."""
    return isinstance(error, (SQLAlchemyError, StoreError))


def _offline(searched: str) -> bool:
    signs = ("connection", "server closed", "could not connect", "timeout expired")
    return any(sign in searched for sign in signs)
