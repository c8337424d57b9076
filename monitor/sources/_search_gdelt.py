"""GDELT DOC 2.0: articles of the world's press by full text, machine-translated into English."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.model import Document, Entry, Fetched
from monitor.sources._limits import ADDRESS, NAME, TITLE
from monitor.sources._search import Provider, Question
from monitor.sources._search_json import markup, rows, site_of, text

_SEEN = re.compile(r"\d{8}T\d{6}Z")
_LATIN = re.compile(r"[\x20-\x7e\u00a0-\u024f\u1e00-\u1eff\u2019]+")
_LANGUAGES = {
    "arabic": "ar", "bengali": "bn", "bulgarian": "bg", "chinese": "zh", "croatian": "hr",
    "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi",
    "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja", "kazakh": "kk",
    "korean": "ko", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "serbian": "sr", "spanish": "es", "swedish": "sv",
    "thai": "th", "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "vietnamese": "vi",
}  # fmt: skip
_NAMES = {tag: name for name, tag in _LANGUAGES.items()}


class Gdelt(Provider):
    """https://api.gdeltproject.org/api/v2/doc/doc in mode ArtList, newest first."""

    name = "gdelt"
    endpoint = "https://api.gdeltproject.org/api/v2/doc/doc"
    accept = "application/json"
    characters = 220  # it refuses what is longer than about 250, language and country included
    words = 40
    most = 250

    def joined(self, names: Iterable[str]) -> str:
        """Return the query; parentheses stand around alternatives, and around nothing else."""
        listed = tuple(names)
        query = super().joined(listed)
        return f"({query})" if len(listed) > 1 else query

    def names_in(self, language: str) -> str:  # noqa: ARG002 - whatever it is
        """Return English: texts of all languages are searched in their translation."""
        return "en"

    def knows(self, name: str) -> bool:
        """Tell whether it is in Latin letters, as in a translation."""
        return super().knows(name) and bool(_LATIN.fullmatch(name))

    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return query, span and form; language and country are operators of its query."""
        named = _NAMES.get(question.language.partition("-")[0].lower(), "")
        query = f"{question.query} sourcelang:{named}" if named else question.query
        return {
            "query": query,
            "mode": "artlist",
            "format": "json",
            "sort": "datedesc",
            "maxrecords": str(self.most),
            "timespan": f"{max(1, math.ceil(question.back / 3600))}h",
        }

    def read(self, fetched: Fetched) -> Document:
        """Return the articles: headline, address, outlet, language, and when GDELT saw them."""
        entries = tuple(_entry(row) for row in rows(fetched.body, "articles"))
        return Document(kind=self.name, entries=entries)


def _entry(row: dict[str, Any]) -> Entry:
    url = text(row, "url", ADDRESS)
    return Entry(
        url=url,
        title=markup(row, "title", TITLE),
        published=_time(text(row, "seendate")),
        language=_LANGUAGES.get(text(row, "language").lower(), ""),
        outlet=markup(row, "domain", NAME) or site_of(url),
    )


def _time(seen: str) -> datetime | None:
    """Return the time in ``20261103T081500Z``."""
    if not _SEEN.fullmatch(seen):
        return None
    try:
        return datetime.strptime(seen, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
