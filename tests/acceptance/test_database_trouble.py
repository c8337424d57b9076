"""A running service whose database fails: red while it does, nothing half done, well again by itself."""

# ruff: noqa: F401, F811 - a fixture of another file is used by its name

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from monitor import app as composition
from monitor.app import App, build
from monitor.config import load
from monitor.model import DeliveryStatus
from monitor.schedule import Service
from monitor.store import Store
from monitor.web import serve
from tests.acceptance.conftest import Running
from tests.acceptance.practice import (
    SECRET,
    SECRET_NAME,
    open_feeds,
    publish_about,
    source,
    until,
    write_config,
)
from tests.integration.store.test_faults import server as postgresql
from tests.servers import HttpServer, Reply, Request

BOX = [{"id": "box", "kind": "mailbox", "folder": "data/box"}]
ALERTS = [{"id": "urgent", "when": "instant", "to": [{"channel": "box"}]}]
URGENT = {"channels": BOX, "subscriptions": ALERTS}
ENVIRON = {SECRET_NAME: SECRET.get_secret_value()}
KEY = f"${{{SECRET_NAME}}}"
OUTLETS = ("gazette", "courier", "herald")


class Press:
    """A few feeds, and the configuration of a service that polls them all the time."""

    def __init__(self, server: HttpServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.database = folder / "data" / "monitor.db"
        self.feeds = open_feeds(server, *OUTLETS)
        self.chance = random.Random(5)
        self.published: list[str] = []
        for _ in range(3):
            self.publish()

    def publish(self) -> None:
        for feed in self.feeds.values():
            self.published.append(publish_about(feed, "maria-exemplar", self.chance).url)

    def config(self, **options: Any) -> Path:
        sources = [
            source(self.server, name, every="0.2s", on_first_poll="alert") for name in OUTLETS
        ]
        return write_config(self.folder / "config", **URGENT | {"sources": sources} | options)


@pytest.fixture
async def press(server: HttpServer, tmp_path: Path) -> Press:
    return Press(server, tmp_path)


async def health(address: str) -> tuple[int, str]:
    """Return status and what is wrong, as a supervisor and a person see it."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{address}/healthz", timeout=60)
    return answer.status_code, " ".join(answer.json()["failures"])


async def turned(address: str, status: int) -> str:
    """Wait for the health to say ``status`` and return its reasons."""

    async def there() -> tuple[int, str] | None:
        found = await health(address)
        return found if found[0] == status else None

    return str((await until(there, f"health {status}"))[1])


def told(store: Store) -> list[str]:
    """Return the address of every item told of, once for each time."""
    deliveries = store.read_now(lambda tx: tx.deliveries(1000))
    hits = store.read_now(lambda tx: tx.hits_by_id([one for d in deliveries for one in d.hits]))
    return [hits[hit].item.url for each in deliveries for hit in each.hits]


async def all_told(press: Press, store: Store) -> None:
    """Wait until everything published was told, and see that it was told once.

    A poll that could not be saved is made again when its lease ends; here that is at once.
    """

    def settled() -> bool:
        for name in OUTLETS:
            store.write_now(lambda tx, name=name: tx.release_source(name))
        counts = store.read_now(lambda tx: tx.counts())
        return set(told(store)) == set(press.published) and not counts["deliveries_pending"]

    await until(settled, "all is told")
    assert sorted(told(store)) == sorted(press.published)
    items = store.read_now(lambda tx: [item.url for item in tx.stored_items()])
    assert sorted(items) == sorted(press.published)
    assert store.read_now(lambda tx: tx.integrity_check()) == []


@asynccontextmanager
async def serving(config: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[App, str]]:
    """Run the service in this process, with little patience for locks; give it and its address."""
    monkeypatch.setattr(composition.Store, "open", partial(Store.open, lock_timeout=0.1))
    async with build(load(config, ENVIRON)) as app:
        service = Service(app)
        async with serve(service) as address:
            running = asyncio.create_task(service.run())
            yield app, address
            service.stop()
            await running


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the database locked, as another process would."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def test_a_service_on_a_full_disk_is_red_and_goes_on_when_there_is_room(
    press: Press, run: Callable[..., Running]
) -> None:
    """The kernel lets none of its files grow any more: the same as a full disk to SQLite."""
    service = run(press.config())
    address = await service.address()
    store = Store.open(f"sqlite:///{press.database}")
    await until(lambda: len(told(store)) == len(press.published), "the first alerts")
    process = psutil.Process(service.process.pid)
    process.rlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    press.publish()
    reasons = await turned(address, 503)
    assert "monitor.db did not take part: its disk" in reasons
    assert "\n" not in reasons
    before = len(press.published) - len(OUTLETS)
    assert len(told(store)) == before, "no part of a poll is stored"
    process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await turned(address, 200)
    await all_told(press, store)
    assert await service.stop() == 0
    store.close()


async def test_a_service_is_red_while_another_process_holds_the_database_locked(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(press.config(), monkeypatch) as (app, address):
        store = app.tools.store
        await until(lambda: len(told(store)) == len(press.published), "the first alerts")
        with locked(press.database):
            press.publish()
            assert "another process holds it locked" in await turned(address, 503)
        await turned(address, 200)
        await all_told(press, store)


async def test_a_message_that_went_out_while_the_database_was_locked_is_not_sent_again(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver takes it, and what came of it cannot be kept before the lock is gone."""
    with ExitStack() as lock:

        async def take(request: Request, writer: asyncio.StreamWriter) -> None:
            lock.enter_context(locked(press.database))
            await Reply(204)(request, writer)

        press.server.on("/hook", take, Reply(204))
        hook = {"id": "box", "kind": "webhook", "url": press.server.url("/hook"), "secret": KEY}
        async with serving(press.config(channels=[hook]), monkeypatch) as (app, _):
            store = app.tools.store
            await until(lambda: store.fault, "the lock is felt")
            lock.close()
            await all_told(press, store)
            calls = [one.headers["webhook-id"] for one in press.server.requests if one.body]
            deliveries = store.read_now(lambda tx: tx.deliveries(100))
    assert sorted(calls) == sorted(each.id for each in deliveries)
    assert {each.status for each in deliveries} == {DeliveryStatus.SENT}


async def test_a_service_outlives_a_restart_of_its_postgresql(
    press: Press, run: Callable[..., Running], postgresql: Any
) -> None:
    url = postgresql.get_uri()
    service = run(press.config(database=url))
    address = await service.address()
    store = Store.open(url)
    await until(lambda: len(told(store)) == len(press.published), "the first alerts")
    await asyncio.to_thread(postgresql.stop)
    reasons = await turned(address, 503)
    assert "this is tried again by itself" in reasons
    press.publish()
    await asyncio.to_thread(postgresql.ensure_postgres_running)
    await turned(address, 200)
    await all_told(press, store)
    assert await service.stop() == 0
    store.close()
