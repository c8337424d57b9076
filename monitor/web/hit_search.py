"""The search of the page: the query language of the watchlists, tried on what was found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from monitor.config.explain import nearest
from monitor.matching import Watch
from monitor.matching.automaton import Place
from monitor.matching.document import Document
from monitor.matching.faults import QueryError
from monitor.matching.fold import fold
from monitor.matching.query import parse
from monitor.matching.search import Search
from monitor.matching.tree import references
from monitor.model import Hit, Item, Span
from monitor.store import Tx

LONGEST = 1_000
"""Characters of a search; longer ones belong into a watchlist."""
MOST_OTHERS = 2_000
"""Hits of another watch, newest first, that ``@watch-id`` looks through."""
_MOST_SPANS = 50
Others = Mapping[str, Mapping[str, tuple[Span, ...]]]
"""Evidence of other watches: by watch, then by item."""


class HitSearch:
    """A search made ready; raises `QueryError` when it cannot be read."""

    def __init__(self, query: str, watches: Collection[str]) -> None:
        node = parse(query, everywhere=True)
        self._references = references(node)
        for name in sorted(self._references):
            if name not in watches:
                place = re.search(rf"@{name}(?![a-z0-9-])", query)
                start = place.start() if place else 0
                hint = nearest(name, watches)
                raise QueryError(query, start, f"there is no watch @{name}", hint)
        inflect = Watch.model_fields["inflect"].default
        self._search = Search(node, inflect, lambda _: None)

    def others(self, tx: Tx, before: str) -> Others:
        """Return what the watches that the query refers to have found behind a cursor."""
        time, _, _ = before.partition("|")
        cursor = f"{time}|{'f' * 64}" if before else ""
        found: dict[str, dict[str, tuple[Span, ...]]] = {}
        for name in self._references:
            hits = tx.hits(MOST_OTHERS, cursor, watch=name, possible=False)
            found[name] = {stored.hit.item: stored.hit.spans for stored in hits}
        return found

    def spans(self, item: Item, others: Others) -> tuple[Span, ...] | None:
        """Return what the query finds in an item; None when it does not hold."""
        document = Document(item)
        needed = self._search.needed
        if needed is not None and not any(term.literal in document.text for term in needed):
            return None

        def resolve(watch: str) -> list[Place] | None:
            spans = others.get(watch, {}).get(item.id)
            if spans is None:
                return None
            return [place for span in spans for place in _places(document, span)]

        places = self._search.find(document, resolve)
        if places is None:
            return None
        return tuple(document.span(place, "") for place in places[:_MOST_SPANS])


def _places(document: Document, span: Span) -> list[Place]:
    """Return where evidence that was stored stands in the folded text."""
    written = fold(span.text).text.strip()
    for match in re.finditer(re.escape(written), document.text) if written else ():
        place = Place(*match.span(), -1)
        here = document.span(place, "")
        if (here.field, here.start) == (span.field, span.start):
            return [place]
    return []


def as_hit(item: Item, spans: tuple[Span, ...]) -> Hit:
    """Return what a search found in the shape in which evidence is shown."""
    return Hit("", item.id, "", "", 1.0, spans, "", "found by the search")
