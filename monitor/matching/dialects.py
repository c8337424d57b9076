"""Queries of other services, read into ours: Google Alerts, and Lucene as Media Cloud uses it.

What has no equal here is an error that says so, or a note beside the result; nothing is left out quietly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.matching import dialects_google, dialects_lucene
from monitor.matching.dialects_reader import Reader
from monitor.matching.query import parse
from monitor.matching.writing import format_query

DIALECTS: dict[str, Callable[[str], Reader]] = {
    "google-alerts": dialects_google.Google,
    "lucene": dialects_lucene.Lucene,
}
"""The readers by the names that ``monitor watch convert --from`` takes."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A query in our language, and what its owner should know about it."""

    query: str
    notes: tuple[str, ...] = ()


def convert(query: str, dialect: str) -> Conversion:
    """Return ``query`` in our language.

    Raises `KeyError` for an unknown dialect and `QueryError` for what cannot be said here.
    """
    reader = DIALECTS[dialect](query)
    written = format_query(reader.read())
    parse(written)  # refuses what holds everywhere, and what is too deep or too long
    return Conversion(written, tuple(dict.fromkeys(reader.notes)))
