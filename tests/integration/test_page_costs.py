"""What the page costs when there is much to show, and who may ask for it how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from monitor.app import build
from monitor.config import load
from monitor.model import Delivery, Exchange, Message, Revision, version_of
from monitor.schedule import Service
from monitor.store import Store
from monitor.web import serve
from monitor.web.gate import Gate
from monitor.web.hit_pages import PAGE, find_hits
from monitor.web.hit_records import VERSIONS_READ, read_record
from tests.acceptance.practice import write_config
from tests.unit.web.samples import NOW, a_hit, an_item

FEW, MANY = 200, 10_000
GUESSES = 1000


def filled(folder: Path, number: int) -> Store:
    """Return a store with so many hits, every hundredth of another watch."""
    store = Store.open(f"sqlite:///{folder / f'{number}.db'}")
    store.migrate()
    found = [(an_item(one, text="On the quay. " * 20), one) for one in range(number)]

    def write(tx: Any) -> None:
        tx.add_items([item for item, _ in found])
        tx.add_hits([a_hit(item, ("ada-holt", "ferry-club")[not one % 100]) for item, one in found])

    store.write_now(write)
    return store


def steps(store: Store, look: Callable[[Any], Any], every: int = 100) -> int:
    """Return how many instructions SQLite needs to answer, give or take ``every`` a statement."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    def counted(tx: Any) -> Any:
        tx._connection.connection.driver_connection.set_progress_handler(count, every)
        return look(tx)

    store.read_now(counted)
    return every * done


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    folder = tmp_path_factory.mktemp("pages")
    return filled(folder, FEW), filled(folder, MANY)


DEEP = f"{(NOW - timedelta(minutes=FEW // 2)).isoformat()}|{'f' * 20}"
PAGES = {
    "the newest": {},
    "an older page": {"before": DEEP},
    "one watch": {"watch": "ada-holt"},
    "an older page of one watch": {"watch": "ada-holt", "before": DEEP},
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_hits_costs_the_same_however_many_there_are(
    stores: tuple[Store, Store], name: str
) -> None:
    few, many = (steps(store, lambda tx: find_hits(tx, **PAGES[name])) for store in stores)
    assert few > 0
    assert many <= 1.5 * few + 1000


def asked(store: Store, look: Callable[[Any], Any]) -> int:
    """Return how many statements the database is asked."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        store.read_now(look)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(statements)


def test_the_page_of_a_hit_costs_the_same_however_many_hits_there_are(
    stores: tuple[Store, Store],
) -> None:
    hit = a_hit(an_item(7)).id
    few, many = (steps(store, lambda tx: read_record(tx, hit), 1) for store in stores)
    assert few > 0
    assert many <= 1.1 * few


def test_the_page_of_a_hit_asks_no_more_of_an_article_with_many_watches_versions_and_messages(
    tmp_path: Path,
) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/rich.db")
    store.migrate()
    poor, rich = an_item(1), an_item(2)
    hits = [a_hit(rich, f"watch-{n}", rule=f"r{n}") for n in range(40)]
    texts = [replace(rich, text=f"Ada Holt counted {n} ships.") for n in range(300)]
    versions = [version_of(t, NOW + timedelta(minutes=n), Exchange()) for n, t in enumerate(texts)]
    edits = [Revision(rich.id, one.at, one.digest, "watch", "changed") for one in versions[1:]]
    message = Message(b"x" * 20_000, "text/plain", "<1@x>")

    def write(tx: Any) -> None:
        tx.add_items([poor, rich])
        tx.add_hits([a_hit(poor, rule="r"), *hits])
        tx.add_versions([version_of(poor, NOW, Exchange()), *versions])
        tx.add_revisions(edits)
        for n in range(50):
            at, told = NOW + timedelta(minutes=n), tuple(hit.id for hit in hits)
            tx.add_delivery(
                Delivery(f"d{n}", "morning", "alert", "box", f"{n}@x", message, told, at, at)
            )

    store.write_now(write)
    few = asked(store, lambda tx: read_record(tx, a_hit(poor).id))
    many = asked(store, lambda tx: read_record(tx, hits[3].id))
    assert 0 < many <= few
    record = store.read_now(lambda tx: read_record(tx, hits[3].id))
    assert record is not None
    assert len(record.kept) == 300
    assert len(record.versions) == VERSIONS_READ + 2
    store.close()


def test_the_first_page_shows_the_newest_and_leads_to_the_next(stores: tuple[Store, Store]) -> None:
    page = stores[1].read_now(find_hits)
    assert len(page.hits) == PAGE
    assert page.hits[0].item.title.endswith("number 0")
    following = stores[1].read_now(lambda tx: find_hits(tx, before=page.older))
    assert following.hits[0].item.title.endswith(f"number {PAGE}")


async def test_a_thousand_wrong_logins_over_http_are_throttled_whatever_address_they_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = {"host": "127.0.0.1", "port": 0, "password": "${PAGE_PASSWORD}"}
    config = write_config(tmp_path / "config", sources=[], subscriptions=[], web=web)
    statuses: list[int] = []
    monkeypatch.setitem(Gate.__init__.__kwdefaults__, "clock", lambda: 1_000.0)  # all at one moment
    async with (
        build(load(config, {"PAGE_PASSWORD": "open sesame"})) as app,
        serve(Service(app)) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        for number in range(GUESSES):
            forged = {"X-Forwarded-For": f"192.0.2.{number % 250}"}  # of no use to who guesses
            answer = await client.get("/", auth=("", f"guess {number}"), headers=forged)
            statuses.append(answer.status_code)
        last = await client.get("/", auth=("", "open sesame"))
        health = await client.get("/healthz")
    assert statuses.count(401) == 5, "five a minute"
    assert set(statuses) == {401, 429}
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) == 60
    assert health.status_code == 200, "who does not guess is not throttled"
