"""Full disks, locks and restarts: one readable error, nothing half written, then on as before."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import Item
from monitor.store import Store, Tx
from tests.postgresql import running_server

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def item(name: str, size: int = 10) -> Item:
    return Item(name, "feed", "Title", text="x" * size, first_seen=NOW, keys=(f"key-{name}",))


def adding(name: str) -> Callable[[Tx], None]:
    return lambda tx: tx.add_items([item(name)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}", lock_timeout=0.05)
    store.migrate()
    yield store
    store.close()


def limit_pages(store: Store, pages: int) -> None:
    """Let the database grow to ``pages``, as a full disk would; the pool keeps the connection."""
    with store._write_engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA max_page_count = {pages}")


def page_count(store: Store) -> int:
    with store._write_engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return int(driver.execute("PRAGMA page_count").fetchone()[0])


async def test_a_full_disk_stores_no_part_names_itself_and_passes_when_there_is_room(
    store: Store,
) -> None:
    limit_pages(store, page_count(store) + 3)

    def big(tx: Tx) -> None:
        tx.add_items([item("small")])
        tx.add_items([item(f"big{number}", 50_000) for number in range(20)])

    with pytest.raises(StoreError, match="disk is full; free some space") as caught:
        await store.write(big)
    assert "\n" not in str(caught.value)
    assert "monitor.db" in str(caught.value)
    assert await store.read(lambda tx: tx.counts()["items"]) == 0
    assert await store.read(lambda tx: tx.known(["key-small"])) == {}
    limit_pages(store, 1_000_000)
    await store.write(big)
    assert await store.read(lambda tx: tx.counts()["items"]) == 21
    assert await store.read(lambda tx: tx.integrity_check()) == []


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.errors import StoreError
from monitor.model import Item
from monitor.store import Store

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store, now = Store.open(sys.argv[1]), datetime(2026, 3, 4, tzinfo=UTC)
store.migrate()
def poll(number):
    items = [Item(f"{number}-{i}", "f", "t", text="x" * 4000, first_seen=now, keys=(f"k{number}-{i}",)) for i in range(5)]
    return store.write_now(lambda tx: tx.add_items(items))
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
number = 0
try:
    while True:
        poll(number)
        number += 1
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
items = store.read_now(lambda tx: tx.counts()["items"])
assert items == number * 5, (items, number)
poll(number)
assert store.read_now(lambda tx: tx.integrity_check()) == []
store.close()
print("recovered")
"""


def test_files_that_may_not_grow_cost_one_call_and_no_half_poll(tmp_path: Path) -> None:
    """The kernel refuses to write past a limit: the same path through SQLite as a full disk."""
    command = [sys.executable, "-c", FULL, f"sqlite:///{tmp_path / 'monitor.db'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    message, recovered = done.stdout.splitlines()
    assert "monitor.db did not take part: its disk" in message
    assert recovered == "recovered"


async def test_a_lock_held_elsewhere_fails_every_caller_and_passes_when_released(
    store: Store, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    calls = [store.write(adding(f"i{number}")) for number in range(5)]
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(error, StoreError) for error in errors)
    assert "another process holds it locked; this is tried again by itself" in str(errors[0])
    assert await store.read(lambda tx: tx.counts()["items"]) == 0
    other.execute("ROLLBACK")
    other.close()
    await store.write(lambda tx: tx.add_items([item("after")]))
    assert await store.read(lambda tx: tx.counts()["items"]) == 1


def test_a_file_that_is_no_database_gets_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database\n" * 1000)
    store = Store.open(f"sqlite:///{path}")
    with pytest.raises(StoreError, match=r"notes\.txt did not take part: the file is no SQLite"):
        store.migrate()
    store.close()
    assert path.read_text() == "no database\n" * 1000


def test_a_server_that_is_not_there_gets_one_line_without_the_password() -> None:
    store = Store.open("postgresql://ada:s3cret@127.0.0.1:9/monitor")
    with pytest.raises(StoreError) as caught:
        store.write_now(lambda tx: tx.counts())
    assert str(caught.value).startswith("the database monitor on 127.0.0.1:9 did not take part")
    assert "cannot be reached" in str(caught.value)
    shown = "".join(map(str, [caught.value, caught.value.__cause__, vars(store)]))
    assert "s3cret" not in shown
    store.close()


@pytest.fixture
def server() -> Iterator[Any]:
    with running_server("store-restart-") as server:
        yield server


async def test_a_restarted_postgresql_costs_the_calls_of_that_moment_and_no_more(
    server: Any,
) -> None:
    store = Store.open(server.get_uri())
    await asyncio.to_thread(store.migrate)
    await store.write(lambda tx: tx.add_items([item("before")]))

    def cut_off(tx: Tx) -> None:
        tx.add_items([item("half")])
        server.stop()
        tx.add_items([item("other half")])

    with pytest.raises(StoreError, match="this is tried again by itself") as caught:
        await store.write(cut_off)
    assert "\n" not in str(caught.value)
    for call in (store.write, store.read):
        with pytest.raises(StoreError, match="tried again by itself"):
            await call(lambda tx: tx.counts())
    await asyncio.to_thread(server.ensure_postgres_running)
    await store.write(lambda tx: tx.add_items([item("after")]))
    found = await store.read(lambda tx: tx.items(["before", "half", "other half", "after"]))
    assert found.keys() == {"before", "after"}
    await asyncio.to_thread(store.close)
