"""A small configuration, a service that stands still, and hits to show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from monitor.config import Settings, load
from monitor.links import Links
from monitor.model import Hit, Item, Span, digest
from monitor.store import Store
from monitor.web import create_app

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

MONITOR = """\
title: Quay watch
time_zone: Europe/Berlin
database: sqlite:///data/monitor.db
channels:
  - {id: box, kind: mailbox, folder: data/mailbox}
"""
SOURCES = """\
sources:
  - {id: courier, kind: feed, url: "https://courier.example/feed.xml", publisher: The Harbour Courier}
  - {id: lantern, kind: feed, url: "https://lantern.example/feed.xml", publisher: The Lantern Post}
  - {id: quiet, kind: feed, url: "https://quiet.example/feed.xml", enabled: false}
"""
SUBSCRIPTIONS = """\
subscriptions:
  - id: morning
    title: Morning digest
    when: daily at 07:30
    to: [{channel: box, recipient: desk@practice.example}]
"""
WATCHLIST = """\
watchlist: quay
title: The quay
watches:
  - {id: ada-holt, kind: person, name: Ada Holt}
  - {id: ferry-club, kind: organisation, name: Ferry Club}
"""


def write_config(folder: Path, monitor: str = MONITOR) -> Path:
    """Write a small configuration and return its folder."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True, exist_ok=True)
    (config / "monitor.yaml").write_text(monitor, encoding="utf-8")
    (config / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (config / "subscriptions.yaml").write_text(SUBSCRIPTIONS, encoding="utf-8")
    (config / "watchlists" / "quay.yaml").write_text(WATCHLIST, encoding="utf-8")
    return config


@dataclass
class View:
    """A service that stands still, so that a test can set what it says."""

    store: Store
    config: Settings
    error: str = ""
    ended: dict[str, datetime | None] = field(default_factory=lambda: {"poll": NOW})
    late: list[str] = field(default_factory=list)
    time: datetime = NOW
    signer: Links = field(default_factory=Links)

    def links(self) -> Links:
        return self.signer

    def settings(self) -> Settings:
        return self.config

    def config_error(self) -> str:
        return self.error

    def rounds(self) -> dict[str, datetime | None]:
        return self.ended

    def stalled(self) -> list[str]:
        return self.late

    def now(self) -> datetime:
        return self.time


def browser(view: View, **options: object) -> httpx.AsyncClient:
    """Return a client that talks to the page of ``view``."""
    transport = httpx.ASGITransport(create_app(view), client=("127.0.0.1", 50000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", **options)


def protected(view: View, tmp_path: Path, password: str = "open sesame") -> View:
    """Return the view with a page that asks for a password."""
    text = MONITOR + "web: {password: '${PAGE_PASSWORD}'}\n"
    config = load(write_config(tmp_path, text), {"PAGE_PASSWORD": password})
    return replace(view, config=config)


def an_item(number: int = 1, **changes: object) -> Item:
    """Return an item, published ``number`` minutes before `NOW`."""
    item = Item(
        id=digest("item", str(number)),
        source="courier",
        title=f"Ada Holt opens ferry exhibition number {number}",
        url=f"https://courier.example/{number}.html",
        summary="The exhibition shows forty models. Ada Holt spoke of the winter crossing.",
        outlet="The Harbour Courier",
        language="en",
        published=NOW - timedelta(minutes=number),
        first_seen=NOW - timedelta(minutes=number),
        keys=(f"guid:{number}",),
    )
    return replace(item, **changes)


def a_hit(item: Item, watch: str = "ada-holt", **changes: object) -> Hit:
    """Return a hit of ``item`` whose evidence is the name in title and summary."""
    spans = tuple(
        Span(name, start, start + 8, "Ada Holt", "Ada Holt")
        for name in ("title", "summary")
        if (start := getattr(item, name).find("Ada Holt")) >= 0
    )
    hit = Hit(
        id=digest(item.id, watch),
        item=item.id,
        watch=watch,
        watchlist="quay",
        score=0.93,
        spans=spans,
        rule="r1",
        why="The full name stands in the title.",
    )
    return replace(hit, **changes)


async def keep(store: Store, *found: tuple[Item, tuple[Hit, ...]]) -> None:
    """Store items with their hits."""

    def write(tx) -> None:
        tx.add_items([item for item, _ in found])
        tx.add_hits([hit for _, hits in found for hit in hits])

    await store.write(write)
