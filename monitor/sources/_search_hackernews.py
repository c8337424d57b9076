"""Hacker News by Algolia's search: stories, with the addresses they link to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from monitor.model import Document, Entry, Fetched
from monitor.sources._limits import ADDRESS, NAME, TITLE
from monitor.sources._search import Provider, Question
from monitor.sources._search_json import markup, rows, site_of, text

_ITEM = "https://news.ycombinator.com/item?id="
_LAST_SECOND = 253_402_300_799


class HackerNews(Provider):
    """https://hn.algolia.com/api/v1/search_by_date, newest first."""

    name = "hacker-news"
    endpoint = "https://hn.algolia.com/api/v1/search_by_date"
    accept = "application/json"
    characters = 500  # Algolia refuses longer ones
    words = 10
    most = 100
    together = False  # it has no OR

    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return the query for stories since then; phrases in quotation marks are heeded."""
        return {
            "query": question.query,
            "tags": "story",
            "advancedSyntax": "true",
            "hitsPerPage": str(self.most),
            "numericFilters": f"created_at_i>{int(question.now - question.back)}",
        }

    def read(self, fetched: Fetched) -> Document:
        """Return the stories as entries of the pages they link to."""
        entries = tuple(_entry(row) for row in rows(fetched.body, "hits"))
        return Document(kind=self.name, entries=entries)


def _entry(row: dict[str, Any]) -> Entry:
    number, url = text(row, "objectID", NAME), text(row, "url", ADDRESS)
    created = row.get("created_at_i")
    sound = isinstance(created, int) and 0 < created < _LAST_SECOND
    return Entry(
        guid=f"{_ITEM}{number}" if number else "",
        url=url or f"{_ITEM}{number}",
        title=markup(row, "title", TITLE),
        summary=text(row, "story_text"),  # markup already
        published=datetime.fromtimestamp(created, UTC) if sound and created else None,
        # Whoever posted a link did not write what it leads to.
        authors=(markup(row, "author", NAME),) if text(row, "author") and not url else (),
        outlet=escape(site_of(url), quote=False) or "Hacker News",
    )
