"""Run the migrations that lie in this package, as Alembic reads them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError
from monitor.store.faults import explain


def upgrade(engine: Engine, database: str, revision: str = "head") -> None:
    """Bring the tables up to ``revision`` in one transaction."""
    _run(engine, database, revision, up=True)


def downgrade(engine: Engine, database: str, revision: str) -> None:
    """Take the tables back to ``revision`` (``base`` for none) in one transaction."""
    _run(engine, database, revision, up=False)


def _run(engine: Engine, database: str, revision: str, *, up: bool) -> None:
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
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
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
