"""Services that start together on one new database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.store import Store

TOGETHER = 4


@pytest.mark.parametrize("attempt", range(25))
def test_stores_that_open_a_new_database_at_once_all_get_to_use_it(
    tmp_path: Path, attempt: int
) -> None:
    address = f"sqlite:///{tmp_path}/new.db"
    ready = threading.Barrier(TOGETHER)

    def start(_: int) -> bytes:
        store = Store.open(address)
        ready.wait(120)
        try:
            store.migrate()
            return store.write_now(lambda tx: tx.secret("links"))
        finally:
            store.close()

    with ThreadPoolExecutor(TOGETHER) as threads:
        keys = set(threads.map(start, range(TOGETHER)))
    assert len(keys) == 1
