from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from monitor.errors import StoreError
from monitor.model import Item
from monitor.store import Store, Tx


def adding(item: Item) -> Callable[[Tx], None]:
    return lambda tx: tx.add_items([item])


class MineError(Exception):
    """What the caller's own code raises."""


class Gate:
    """Holds the writing thread until opened, so that calls behind it wait together.

    It is entered before the constructor returns: a call made later cannot join its batch.
    """

    def __init__(self, store: Store) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()
        store._writer.submit(self._hold)
        assert self._entered.wait(120)

    def _hold(self, _tx: Tx) -> None:
        self._entered.set()
        self._open.wait(120)

    def open(self) -> None:
        self._open.set()


async def test_a_failing_call_undoes_itself_alone_and_its_neighbours_commit(
    store: Store, make: SimpleNamespace
) -> None:
    def spoil(tx: Tx) -> None:
        tx.add_items([make.item("half")])
        raise MineError

    gate = Gate(store)
    calls = [
        asyncio.create_task(store.write(lambda tx: tx.add_items([make.item("a")]))),
        asyncio.create_task(store.write(spoil)),
        asyncio.create_task(store.write(lambda tx: tx.add_hits([make.hit("ghost")]))),
        asyncio.create_task(store.write(lambda tx: tx.add_delivery(make.delivery("d")))),
    ]
    await asyncio.sleep(0)
    gate.open()
    first, own, refused, last = await asyncio.gather(*calls, return_exceptions=True)
    assert (first, last) == (None, True)
    assert isinstance(own, MineError)
    assert isinstance(refused, StoreError)
    found = await store.read(lambda tx: tx.items(["a", "b", "half"]))
    assert found.keys() == {"a"}
    assert await store.read(lambda tx: tx.delivery("d")) == make.delivery("d")


def test_an_error_of_the_database_cannot_be_swallowed(store: Store, make: SimpleNamespace) -> None:
    def swallow(tx: Tx) -> None:
        tx.add_items([make.item("a")])
        with suppress(StoreError):
            tx.add_delivery(make.delivery("d", "ghost/ada"))
        with pytest.raises(StoreError):
            tx.add_items([make.item("b")])

    with pytest.raises(StoreError, match="not stored"):
        store.write_now(swallow)
    assert store.read_now(lambda tx: tx.items(["a", "b"])) == {}


async def test_waiting_calls_share_a_commit(store: Store, make: SimpleNamespace) -> None:
    commits: list[str] = []
    event.listen(store._write_engine, "commit", lambda _connection: commits.append("commit"))
    gate = Gate(store)
    calls = [asyncio.create_task(store.write(adding(make.item(f"i{n}")))) for n in range(20)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*calls)
    assert len(commits) in {1, 2}
    assert (await store.read(lambda tx: tx.counts()))["items"] == 20


async def test_a_read_sees_one_moment_and_cannot_write(
    filled: Store, make: SimpleNamespace
) -> None:
    started, written = threading.Event(), threading.Event()

    def look_twice(tx: Tx) -> tuple[int, int]:
        before = tx.count_hits()
        started.set()
        assert written.wait(120)
        return before, tx.count_hits()

    reading = asyncio.create_task(filled.read(look_twice))
    await asyncio.to_thread(started.wait, 120)
    await filled.write(lambda tx: tx.add_hits([make.hit("a", "new")]))
    written.set()
    assert await reading == (3, 3)
    assert await filled.read(lambda tx: tx.count_hits()) == 4
    with pytest.raises(StoreError, match="may only be read"):
        await filled.read(lambda tx: tx.add_items([make.item("x")]))


async def test_a_call_cancelled_while_it_waits_is_not_made(
    store: Store, make: SimpleNamespace
) -> None:
    gate = Gate(store)
    waiting = asyncio.create_task(store.write(lambda tx: tx.add_items([make.item("a")])))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.open()
    await store.write(lambda tx: tx.add_items([make.item("b")]))
    assert (await store.read(lambda tx: tx.items(["a", "b"]))).keys() == {"b"}


async def test_close_writes_what_waits_and_then_refuses(url: str, make: SimpleNamespace) -> None:
    store = Store.open(url)
    gate = Gate(store)
    calls = [asyncio.create_task(store.write(adding(make.item(f"i{n}")))) for n in range(50)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(store.close))
    gate.open()
    await closing
    await asyncio.gather(*calls)
    for call in (store.write, store.read):
        with pytest.raises(StoreError, match="is closed"):
            await call(lambda tx: tx.count_hits())
    store.close()
    again = Store.open(url)
    assert again.read_now(lambda tx: tx.counts())["items"] == 50
    again.close()


def test_writes_from_two_processes_worth_of_stores_never_lose_one_another(
    url: str, make: SimpleNamespace
) -> None:
    stores = [Store.open(url), Store.open(url)]

    def move_on(number: int) -> bool:
        slot = make.now + timedelta(days=number // 2)
        return stores[number % 2].write_now(lambda tx: tx.set_last_slot("desk", slot))

    with ThreadPoolExecutor(2) as threads:
        moved = list(threads.map(move_on, range(100)))
    assert stores[0].read_now(lambda tx: tx.last_slot("desk")) == make.now + timedelta(days=49)
    assert sum(moved) <= 50
    for store in stores:
        store.close()


def test_a_file_of_the_database_is_sound(filled: Store) -> None:
    assert filled.read_now(lambda tx: tx.integrity_check()) == []
