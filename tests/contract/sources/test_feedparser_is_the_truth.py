"""Where a feed is sound, entries are what feedparser makes of the whole document by itself."""

from __future__ import annotations

import calendar
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from monitor.model import Fetched
from monitor.sources.feed import parse_feed

FEEDS = Path(__file__).parents[2] / "golden" / "feeds"
ADDRESS = "https://origin.example/feeds/all.xml"
SOUND = [
    *("rss091", "rss092", "rss10", "rss20", "atom03", "atom10", "two-prologs-and-a-mark"),
    *("gb2312-beyond-its-characters", "utf-16-with-mark", "shift-jis-in-the-declaration"),
    *("undeclared-windows-1251", "white-space-before-the-prolog"),
]
AMBIGUOUS = {"2026/11/1 6:05", "1/10/2026"}
"""Dates that feedparser fills from the day on which it runs."""


def alone(body: bytes) -> Any:
    """Return what feedparser says with its switches as it sets them."""
    headers = {"content-location": ADDRESS, "content-type": "application/xml"}
    return feedparser.parse(io.BytesIO(body), response_headers=headers)


def date_of(entry: Any, key: str) -> datetime | None:
    found = dict.get(entry, f"{key}_parsed")
    return datetime.fromtimestamp(calendar.timegm(found), UTC) if found else None


@pytest.mark.parametrize("name", SOUND)
def test_keys_links_titles_and_dates_are_feedparser_s(name: str) -> None:
    body = (FEEDS / f"{name}.xml").read_bytes()
    expected = alone(body)

    document = parse_feed(Fetched(url=ADDRESS, status=200, body=body))

    assert document.kind == expected.version
    assert len(document.entries) == len(expected.entries)
    for ours, theirs in zip(document.entries, expected.entries, strict=True):
        assert (ours.guid, ours.url) == (theirs.get("id", ""), theirs.get("link", ""))
        assert ours.title == theirs.get("title", "")
        if theirs.get("published") in AMBIGUOUS:
            continue
        times = (ours.published, ours.updated)
        assert [time.replace(microsecond=0) for time in times if time] == [
            time for time in (date_of(theirs, "published"), date_of(theirs, "updated")) if time
        ]
