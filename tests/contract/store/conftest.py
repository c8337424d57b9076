"""Every test of this folder runs over a SQLite file and over a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from monitor.model import Delivery, Hit, Item, Message, Span
from monitor.store import Sketch, Store, Tx
from tests.postgresql import running_server

NOW = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start one server for the session, and stop it with the last test."""
    with running_server("store-postgresql-") as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Return a maker of fresh migrated databases, copied from one template."""
    numbers = count()
    with psycopg.connect(postgresql_server, autocommit=True) as admin:

        def address(name: str) -> str:
            return postgresql_server.replace("/postgres?", f"/{name}?")

        admin.execute("CREATE DATABASE template_store")
        template = Store.open(address("template_store"))
        template.migrate()
        template.close()

        def make() -> str:
            name = f"store_{next(numbers)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template_store")
            return address(name)

        yield make


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    store = Store.open(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a fresh migrated database."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgresql_databases")
        return make()
    path = tmp_path / "monitor.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.open(url)
    yield store
    store.close()


def item(name: str, *, minutes: float = 0, keys: tuple[str, ...] | None = None) -> Item:
    seen = NOW + timedelta(minutes=minutes)
    return Item(
        id=name,
        source="gazette",
        title=f"Title of {name}",
        url=f"https://gazette.example/{name}",
        summary="Summary",
        text="Text – 文本",
        outlet="The Gazette",
        authors=("Ada Byron", "Wei Lin"),
        language="en",
        published=seen - timedelta(hours=1),
        updated=None,
        first_seen=seen,
        keys=(f"k1-{name}", f"k2-{name}") if keys is None else keys,
        baseline=True,
    )


def hit(item: str, watch: str = "ada", *, possible: bool = False) -> Hit:
    spans = (Span("title", 0, 5, "Title", "title"), Span("text", 7, 9, "文本", "文本"))
    return Hit(f"{item}/{watch}", item, watch, "list", 0.75, spans, "rule1", "Because.", possible)


def sketch(item: str, story: str, *, minutes: float = 0) -> Sketch:
    time = NOW + timedelta(minutes=minutes)
    return Sketch(item, story, "Gazette", f"https://x/{item}", f"Title {item}", time, b"\x00\x01")


def delivery(
    name: str, *hits: str, kind: str = "alert", slot: str = "", **changes: object
) -> Delivery:
    message = Message(b"To: you\r\n\r\n\x00\xff", "message/rfc822", f"<{name}@x>", "Subject é")
    values: dict[str, object] = {
        "subscription": "desk",
        "channel": "mailbox",
        "recipient": "desk@example.org",
        "created": NOW,
        "due": NOW,
    }
    return Delivery(name, kind=kind, slot=slot, message=message, hits=hits, **(values | changes))  # type: ignore[arg-type]  # built from keywords


@pytest.fixture
def make() -> SimpleNamespace:
    """Return makers of values: item, hit, sketch, delivery, and the time they are of."""
    return SimpleNamespace(now=NOW, item=item, hit=hit, sketch=sketch, delivery=delivery)


@pytest.fixture
def filled(store: Store, make: SimpleNamespace) -> Store:
    """Return a store with three items a, b, c, a minute apart, each with one hit."""
    items = [item(name, minutes=minute) for minute, name in enumerate("abc")]

    def fill(tx: Tx) -> None:
        tx.add_items(items)
        tx.add_hits([hit(each.id) for each in items])

    store.write_now(fill)
    return store
