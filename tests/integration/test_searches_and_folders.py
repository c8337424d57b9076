"""A search and a folder through the whole service: baseline, hits, an edited watchlist, alerts."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.errors import ParseError
from monitor.model import Reason
from tests.servers import HttpServer, Reply

EMPTY = Reply(body=b'{"articles": []}')


def found(title: str, number: int) -> Reply:
    row = (
        f'{{"url": "https://www.courier.example/{number}", "title": "{title}", "domain": '
        '"courier.example", "language": "English", "seendate": "20261103T093000Z"}'
    )
    return Reply(body=f'{{"articles": [{row}]}}'.encode())


def write(folder: Path, source: dict[str, object], *names: str) -> Path:
    watches = [
        {"id": f"watch-{n}", "kind": "person", "name": name, "priority": "high"}
        for n, name in enumerate(names)
    ]
    files = {
        "monitor.yaml": {"workers": 1, "net": {"allow_private": ["127.0.0.1"]}},
        "sources.yaml": {"sources": [source]},
        "subscriptions.yaml": {
            "subscriptions": [
                {
                    "id": "urgent",
                    "priorities": ["high"],
                    "when": "instant",
                    "to": [{"channel": "mailbox", "recipient": "desk@example.org"}],
                }
            ]
        },
        "watchlists/harbour.yaml": {"watchlist": "harbour", "watches": watches},
    }
    for name, content in files.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "config"


async def told(app: App) -> list[tuple[str, str, bool]]:
    """Return title and outlet of every hit, and whether it is baseline."""
    hits = await app.tools.store.read(lambda tx: tx.hits(100))
    return sorted({(one.item.title, one.item.outlet, one.item.baseline) for one in hits})


@pytest.fixture
def moved() -> list[timedelta]:
    return [timedelta(0)]


async def test_a_search_follows_its_watchlist_and_tells_only_what_came_since(
    tmp_path: Path, moved: list[timedelta]
) -> None:
    async with HttpServer() as server:
        source = {
            "id": "press", "kind": "search", "provider": "gdelt", "watchlist": "harbour",
            "gap": "0s", "endpoint": server.url("/doc"), "full_text": "never", "every": "30m",
        }  # fmt: skip
        server.on(
            "/doc",
            found("Maria Exemplar long ago", 1),
            found("Maria Exemplar today", 2),
            found("Otto Sample long ago", 3),  # the first look for a name that is new
            EMPTY,
        )
        settings = load(write(tmp_path, source, "Maria Exemplar"), {})
        async with build(settings, clock=lambda: utc_now() + moved[0]) as app:
            await app.poll_due()
            moved[0] += timedelta(hours=1)
            await app.poll_due()
            both = load(write(tmp_path, source, "Maria Exemplar", "Otto Sample"), {})
            await app.adopt(both)
            moved[0] += timedelta(hours=1)
            await app.poll_due()
            hits = await told(app)
            records = await app.tools.store.read(
                lambda tx: tx.records(utc_now() - timedelta(days=1), utc_now() + timedelta(days=1))
            )

    assert hits == [
        ("Maria Exemplar long ago", "courier.example", True),
        ("Maria Exemplar today", "courier.example", False),
        ("Otto Sample long ago", "courier.example", True),
    ]
    asked = [parse_qs(urlsplit(path).query)["query"][0] for path in server.paths]
    assert asked == ['"Maria Exemplar"', '"Maria Exemplar"', '"Otto Sample"', '"Maria Exemplar"']
    assert not any(record.overrun for record in records)


async def test_a_file_that_nobody_can_read_does_not_keep_the_others_from_being_read(
    tmp_path: Path, moved: list[timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    settings = load(
        write(tmp_path, {"id": "inbox", "kind": "folder", "folder": "inbox"}, "Maria Exemplar"), {}
    )
    async with build(settings, clock=lambda: utc_now() + moved[0]) as app:
        await app.poll_due()
        for number, name in enumerate(("a.txt", "poison.txt", "z.txt")):
            path = inbox / name
            path.write_text(f"Maria Exemplar in {name}", encoding="utf-8")
            os.utime(path, (time.time() - 60 + number,) * 2)
        read = app.tools.crew.read

        async def fragile(source, fetched, now, *, baseline):
            if any(part.url == "poison.txt" for part in fetched.parts):
                message = "reading it took longer than 10 s; given up"
                raise ParseError(Reason.MALFORMED, message)  # as the crew says it
            return await read(source, fetched, now, baseline=baseline)

        monkeypatch.setattr(app.tools.crew, "read", fragile)
        for _ in range(8):
            moved[0] += timedelta(hours=7)
            await app.poll_due()
        hits = await told(app)

    assert {title for title, _, _ in hits} >= {"Maria Exemplar in a.txt", "Maria Exemplar in z.txt"}
