"""Each feed under tests/golden/feeds reads as the file beside it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Document, Fetched, Item
from monitor.reading import read
from monitor.sources.feed import parse_feed

FEEDS = Path(__file__).parents[2] / "golden" / "feeds"
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = sorted(path.name.removesuffix(EXPECTED) for path in FEEDS.glob(f"*{EXPECTED}"))


def bytes_of(name: str) -> bytes:
    (path,) = (path for path in FEEDS.glob(f"{name}.*") if not path.name.endswith(EXPECTED))
    return path.read_bytes()


def as_json(document: Document, items: tuple[Item, ...]) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "title": document.title,
        "language": document.language,
        "ttl": document.ttl,
        "problems": list(document.problems),
        "items": [
            {
                "title": item.title,
                "url": item.url,
                "published": item.published.isoformat() if item.published else None,
                "updated": item.updated.isoformat() if item.updated else None,
                "authors": list(item.authors),
                "language": item.language,
                "summary": item.summary,
                "text": item.text,
                "keys": [key[0] for key in item.keys],
            }
            for item in items
        ],
    }


def read_golden(name: str) -> dict[str, Any]:
    address = "https://origin.example/feeds/all.xml"
    document = parse_feed(Fetched(url=address, status=200, body=bytes_of(name)))
    items = read(
        document, source="s", outlet="S", language="", address=address, now=NOW, baseline=False
    )
    return as_json(document, items)


@pytest.mark.parametrize("name", NAMES)
def test_a_feed_reads_as_the_file_beside_it_says(name: str) -> None:
    expected = json.loads((FEEDS / f"{name}{EXPECTED}").read_text("utf-8"))

    assert read_golden(name) == expected


def test_every_feed_has_its_expected_values() -> None:
    feeds = {path.stem for path in FEEDS.iterdir() if path.suffix in {".xml", ".json"}}

    assert {name.removesuffix(".expected") for name in feeds} == set(NAMES)
    assert len(NAMES) >= 17
