from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from monitor.errors import StoreError
from monitor.store import Store, migrate
from monitor.store.migrate import downgrade, upgrade
from monitor.store.tables import Base


def differences(connection: Connection) -> list[tuple[str, ...]]:
    options = {"compare_type": True, "version_table": "schema_version"}
    context = MigrationContext.configure(connection, opts=options)
    return [tuple(found) for found in compare_metadata(context, Base.metadata)]


def table_names(store: Store) -> set[str]:
    with store._write_engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_the_migrated_schema_is_the_one_the_tables_declare(store: Store) -> None:
    with store._write_engine.connect() as connection:
        assert differences(connection) == []


def structure(store: Store) -> dict[str, Any]:
    """Return everything that the database itself says of its tables."""
    with store._write_engine.connect() as connection:
        found = inspect(connection)
        return {
            table: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
                found.get_pk_constraint(table),
                sorted(
                    (i["name"], i["column_names"], i["unique"], clauses(i))
                    for i in found.get_indexes(table)
                ),
                sorted(map(str, found.get_foreign_keys(table))),
                sorted(map(str, found.get_unique_constraints(table))),
            )
            for table in sorted(found.get_table_names())
        }


def clauses(index: Any) -> list[str]:
    return [f"{name} {value}" for name, value in index.get("dialect_options", {}).items()]


def test_a_new_database_is_the_one_that_the_migrations_make(store: Store) -> None:
    made = structure(store)

    downgrade(store._write_engine, store.name, "base")
    upgrade(store._write_engine, store.name)

    assert structure(store) == made
    assert len(made) > 15


def test_the_newest_version_is_the_one_that_the_migrations_end_with(store: Store) -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD
    with store._write_engine.connect() as connection:
        noted = connection.scalar(text("SELECT version_num FROM schema_version"))
    assert noted == migrate.HEAD


def test_what_migrates_is_not_loaded_for_a_database_of_this_version(store: Store) -> None:
    program = (
        "import sys; from monitor.store import Store; store = Store.open(sys.argv[1]);"
        "store.migrate(); store.close(); sys.exit('alembic' in sys.modules)"
    )
    url = store._write_engine.url.render_as_string(hide_password=False)
    address = url.replace("+psycopg", "")
    assert subprocess.run([sys.executable, "-c", program, address], check=False).returncode == 0


def test_a_missing_column_would_be_noticed(store: Store) -> None:
    with store._write_engine.connect() as connection, connection.begin():
        connection.execute(text("ALTER TABLE item DROP COLUMN language"))
    with store._write_engine.connect() as connection:
        assert [found[0] for found in differences(connection)] == ["add_column"]


def test_down_and_up_again_gives_the_same_empty_schema(filled: Store) -> None:
    before = table_names(filled)
    downgrade(filled._write_engine, filled.name, "base")
    assert table_names(filled) == {"schema_version"}
    upgrade(filled._write_engine, filled.name)
    assert table_names(filled) == before
    with filled._write_engine.connect() as connection:
        assert differences(connection) == []
    assert filled.read_now(lambda tx: tx.counts())["items"] == 0


def test_migrating_again_keeps_every_row(filled: Store, make: SimpleNamespace) -> None:
    filled.migrate()
    assert filled.read_now(lambda tx: tx.item("a")) == make.item("a")


def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    with store._write_engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE schema_version SET version_num = 'v9999'"))
    with pytest.raises(StoreError, match="written by a newer version; update the program"):
        store.migrate()


def test_without_tables_the_error_says_to_migrate(store: Store) -> None:
    downgrade(store._write_engine, store.name, "base")
    with pytest.raises(StoreError, match="run `monitor migrate`"):
        store.read_now(lambda tx: tx.counts())
    with pytest.raises(StoreError, match="run `monitor migrate`"):
        store.write_now(lambda tx: tx.release_source("a"))
