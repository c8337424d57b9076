"""Bring a database to this version: made at once when it is new, else by Alembic's migrations.

Alembic's own advice for a new database is to create the tables as declared and to note the newest
version ("Building an Up to Date Database from Scratch"). It is imported only where a database is
of another version: it takes 12 MB, which a service would keep for life.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError
from monitor.store.faults import explain
from monitor.store.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
HEAD: Final = max(path.stem.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("v*.py"))
"""The newest version: migrations are numbered, and their files named by number."""


def upgrade(engine: Engine, database: str, revision: str = "head") -> None:
    """Bring the tables up to ``revision`` in one transaction."""
    if revision == "head" and _is_at_head(engine, database):
        return
    _run(engine, database, revision, up=True)


def downgrade(engine: Engine, database: str, revision: str) -> None:
    """Take the tables back to ``revision`` (``base`` for none) in one transaction."""
    _run(engine, database, revision, up=False)


def _is_at_head(engine: Engine, database: str) -> bool:
    """Tell whether the database is of this version, after making its tables when it has none."""
    try:
        with engine.connect() as connection, connection.begin():
            names = inspect(connection).get_table_names()
            if not names:
                _make(connection)
                return True
            found = "SELECT version_num FROM schema_version"
            return "schema_version" in names and connection.scalar(text(found)) == HEAD
    except SQLAlchemyError as error:
        raise explain(error, database) from error


def _make(connection: Connection) -> None:
    """Create the tables as declared, and the one in which Alembic notes their version."""
    Base.metadata.create_all(connection)
    key = "CONSTRAINT schema_version_pkc PRIMARY KEY (version_num)"
    connection.execute(
        text(f"CREATE TABLE schema_version (version_num VARCHAR(32) NOT NULL, {key})")
    )
    connection.execute(text("INSERT INTO schema_version VALUES (:head)"), {"head": HEAD})


def _run(engine: Engine, database: str, revision: str, *, up: bool) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.script.revision import ResolutionError  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        with engine.connect() as connection:
            _set_foreign_keys(connection, on=False)
            try:
                with connection.begin():
                    config = _config(connection)
                    (command.upgrade if up else command.downgrade)(config, revision)
            finally:
                _set_foreign_keys(connection, on=True)
    except (CommandError, ResolutionError) as error:
        message = (
            f"the database {database} was written by a newer version; update the program ({error})"
        )
        raise StoreError(message) from error
    except SQLAlchemyError as error:
        raise explain(error, database) from error


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _set_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Batch mode replaces tables, which must not count as deleting their rows; SQLite only.

    The pragma does nothing inside a transaction, so it goes to the driver before one begins.
    """
    if connection.dialect.name == "sqlite" and not connection.invalidated:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
