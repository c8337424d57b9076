"""Each page under tests/golden/articles reads as the file beside it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.extract import extract_file

PAGES = Path(__file__).parents[2] / "golden" / "articles"
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = sorted(path.name.removesuffix(EXPECTED) for path in PAGES.glob(f"*{EXPECTED}"))


def expected(name: str) -> dict[str, Any]:
    return dict(json.loads((PAGES / f"{name}{EXPECTED}").read_text("utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_reads_as_the_file_beside_it_says(name: str) -> None:
    read = extract_file(PAGES / f"{name}.html", now=NOW)

    assert read.pop("file").endswith(f"{name}.html")
    assert {**read, "text": read["text"].split("\n")} == expected(name)


def test_every_page_has_its_expected_values() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == set(NAMES)
    assert len(NAMES) >= 9
