"""What the page costs when there is much to show, and who may ask for it how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from monitor.app import build
from monitor.config import load
from monitor.schedule import Service
from monitor.store import Store
from monitor.web import serve
from monitor.web.hit_pages import PAGE, find_hits
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


def steps(store: Store, look: Callable[[Any], Any]) -> int:
    """Return how many instructions SQLite needs to answer, give or take a hundred."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    def counted(tx: Any) -> Any:
        tx._connection.connection.driver_connection.set_progress_handler(count, 100)
        return look(tx)

    store.read_now(counted)
    return 100 * done


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


def test_the_first_page_shows_the_newest_and_leads_to_the_next(stores: tuple[Store, Store]) -> None:
    page = stores[1].read_now(find_hits)
    assert len(page.hits) == PAGE
    assert page.hits[0].item.title.endswith("number 0")
    following = stores[1].read_now(lambda tx: find_hits(tx, before=page.older))
    assert following.hits[0].item.title.endswith(f"number {PAGE}")


async def test_a_thousand_wrong_logins_over_http_are_throttled_whatever_address_they_claim(
    tmp_path: Path,
) -> None:
    web = {"host": "127.0.0.1", "port": 0, "password": "${PAGE_PASSWORD}"}
    config = write_config(tmp_path / "config", sources=[], subscriptions=[], web=web)
    statuses: list[int] = []
    async with (
        build(load(config, {"PAGE_PASSWORD": "open sesame"})) as app,
        serve(Service(app)) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        for number in range(GUESSES):
            forged = {"X-Forwarded-For": f"192.0.2.{number % 250}"}  # of no use to who guesses
            answer = await client.get("/", auth=("", f"guess {number}"), headers=forged)
            statuses.append(answer.status_code)
        last = await client.get("/", auth=("", "open sesame"))
        health = await client.get("/healthz")
    assert statuses.count(401) <= 15, "five a minute"
    assert set(statuses) == {401, 429}
    assert last.status_code == 429
    assert 0 < int(last.headers["retry-after"]) <= 60
    assert health.status_code == 200, "who does not guess is not throttled"
