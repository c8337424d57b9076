"""The answer of each provider under tests/golden/search reads as the file beside it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Fetched
from monitor.reading import read
from monitor.sources.search import PROVIDERS

ANSWERS = Path(__file__).parents[2] / "golden" / "search"
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def answer_of(provider: str) -> bytes:
    (path,) = (each for each in ANSWERS.glob(f"{provider}.*") if not each.name.endswith(EXPECTED))
    return path.read_bytes()


def read_golden(provider: str) -> list[dict[str, Any]]:
    endpoint = PROVIDERS[provider].endpoint
    document = PROVIDERS[provider].read(Fetched(endpoint, 200, answer_of(provider)))
    items = read(
        document, source="s", outlet="S", language="", address=endpoint, now=NOW, baseline=False
    )
    return [
        {
            "title": item.title,
            "url": item.url,
            "outlet": item.outlet,
            "published": item.published.isoformat() if item.published else None,
            "authors": list(item.authors),
            "language": item.language,
            "body": item.body,
            "keys": [key[0] for key in item.keys],
        }
        for item in items
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_reads_as_the_file_beside_it_says(provider: str) -> None:
    expected = json.loads((ANSWERS / f"{provider}{EXPECTED}").read_text("utf-8"))

    assert read_golden(provider) == expected


def test_the_same_article_found_by_three_providers_is_one_item() -> None:
    found = [
        PROVIDERS[name].read(Fetched("https://x.example/", 200, answer_of(name))).entries[0].url
        for name in ("google-news", "gdelt", "hacker-news")
    ]

    assert (
        found == ["https://www.tidewater-courier.example/harbour/2026/11/03/quay-wall-inquiry"] * 3
    )
