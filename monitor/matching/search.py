"""Evaluating a query: where it holds in an item."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from monitor.matching import regex
from monitor.matching.automaton import Lexicon, Place
from monitor.matching.cover import Terms, cheapest_first, needed
from monitor.matching.document import Document
from monitor.matching.misses import misses
from monitor.matching.patterns import misspelt
from monitor.matching.terms import compile_term
from monitor.matching.tree import (
    TEXT_FIELDS,
    All,
    AtLeast,
    Either,
    Fuzzy,
    Near,
    Node,
    Not,
    Ref,
    Regex,
    Within,
    Word,
)
from monitor.matching.watchlist import Inflect
from monitor.model import Item

Resolve = Callable[[str], list[Place] | None]
"""Returns where another watch is found in the item; None when it is not."""
Stretch = tuple[Place, tuple[Place, ...]]
"""From the first to the last of the terms that stand near each other, and their places."""

_MOST = 5_000
_STRETCH = -2
"""Stands for the term in a `Place` that is a stretch."""
_INSIDE = 8
"""Places inside a stretch that are looked at."""


class Search:
    """A query made ready for items; ``needed`` are terms one of which stands wherever it holds.

    ``needed`` is None for a query that may hold without any of its words (``lang:en``, some regular
    expressions): its watch goes to the slow lane and is tried on every item.
    """

    def __init__(
        self, node: Node, inflect: tuple[Inflect, ...], anchors_of: Callable[[str], Terms | None]
    ) -> None:
        self._node = cheapest_first(node)
        self._inflect = inflect
        self._lexicons: dict[int, Lexicon] = {}
        self.needed = needed(node, inflect, anchors_of)

    def find(self, document: Document, resolve: Resolve) -> list[Place] | None:
        """Return where the query holds, possibly nowhere in particular; None when it does not hold."""
        return self._find(self._node, document, resolve, "")

    def misses(self, document: Document, resolve: Resolve) -> list[str]:
        """Return why the query does not hold, part by part; nothing when it does."""

        def holds(node: Node) -> bool:
            return self._find(node, document, resolve, "") is not None

        return [] if holds(self._node) else list(misses(self._node, holds))

    def _find(  # noqa: C901, PLR0911 - one branch for each kind of node
        self, node: Node, document: Document, resolve: Resolve, field: str
    ) -> list[Place] | None:
        match node:
            case Word():
                return _in(field, document, document.find(self._lexicon(node, (node,)))) or None
            case Fuzzy(text):
                return _in(field, document, misspelt(text, document)) or None
            case Regex(pattern) if field == "url":
                return [] if regex.as_written(pattern).search(document.item.title) else None
            case Regex(pattern):
                return _in(field, document, _matches(pattern, document)) or None
            case Ref(watch):
                found = resolve(watch)
                return found if found is None or not field else _in(field, document, found) or None
            case Within(name, inner) if name in TEXT_FIELDS:
                return self._find(inner, document, resolve, name)
            case Within(name, inner):
                held = self._find(inner, _value(name, document.item), resolve, name)
                return None if held is None else []
            case Not(inner):
                return [] if self._find(inner, document, resolve, field) is None else None
            case Near():
                stretches = self._stretches(node, document, resolve, field)
                return sorted({place for _, places in stretches for place in places}) or None
            case All(nodes):
                return self._together(nodes, len(nodes), document, resolve, field)
            case Either(nodes):
                return self._any(node, nodes, document, resolve, field)
            case AtLeast(count, nodes):
                return self._together(nodes, count, document, resolve, field)

    def _together(
        self,
        nodes: tuple[Node, ...],
        count: int,
        document: Document,
        resolve: Resolve,
        field: str,
    ) -> list[Place] | None:
        """Return the places of the parts that hold, when at least ``count`` do."""
        places: list[Place] = []
        held = 0
        for left, node in zip(range(len(nodes), 0, -1), nodes, strict=True):
            if held + left < count:
                return None
            found = self._find(node, document, resolve, field)
            if found is not None:
                held += 1
                places += found
        return sorted(set(places)) if held >= count else None

    def _any(
        self,
        node: Node,
        nodes: tuple[Node, ...],
        document: Document,
        resolve: Resolve,
        field: str,
    ) -> list[Place] | None:
        """Return the places of the parts that hold, when any does; words and phrases are looked up together."""
        words = tuple(part for part in nodes if isinstance(part, Word))
        rest = tuple(part for part in nodes if not isinstance(part, Word))
        places = _in(field, document, document.find(self._lexicon(node, words)))
        others = self._together(rest, 1, document, resolve, field)
        if not places or others is None:
            return places or others
        return sorted({*places, *others})

    def _stretches(
        self, node: Node, document: Document, resolve: Resolve, field: str
    ) -> list[Stretch]:
        """Return the stretches from one side of NEAR to the nearest other side, or the places of a term."""
        if not isinstance(node, Near):
            found = self._find(node, document, resolve, field) or []
            return [(place, (place,)) for place in found[:_MOST]]
        left, right = (
            self._stretches(side, document, resolve, field) for side in (node.left, node.right)
        )
        if not left or not right:
            return []
        company = _Company(right)
        return [
            (_around(one, other), (*places, *others))
            for one, places in left
            for other, others in company.near(one, ordered=node.ordered)
            if document.words_between(one, other) <= node.words
        ][:_MOST]

    def _lexicon(self, node: Node, words: tuple[Word, ...]) -> Lexicon:
        """Return the lexicon of the words that are, or are parts of, a node of this query."""
        if id(node) not in self._lexicons:
            terms = (compile_term(word.text, self._inflect) for word in words)
            self._lexicons[id(node)] = Lexicon(term for term in terms if term)
        return self._lexicons[id(node)]


class _Company:
    """Stretches, asked for the nearest before, behind and inside another one."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self._by_start = sorted(stretches, key=lambda each: each[0].start)
        self._by_end = sorted(stretches, key=lambda each: each[0].end)
        self._starts = [place.start for place, _ in self._by_start]
        self._ends = [place.end for place, _ in self._by_end]

    def near(self, place: Place, *, ordered: bool) -> Iterator[Stretch]:
        """Yield the nearest stretch behind ``place``; unless ``ordered`` also that before and those inside."""
        behind = bisect_left(self._starts, place.end)
        yield from self._by_start[behind : behind + 1]
        if ordered:
            return
        before = bisect_right(self._ends, place.start)
        yield from self._by_end[max(0, before - 1) : before]
        if place.term == _STRETCH:
            first = bisect_right(self._starts, place.start)
            for each in self._by_start[first : min(behind, first + _INSIDE)]:
                if each[0].end < place.end:
                    yield each


def _around(one: Place, other: Place) -> Place:
    return Place(min(one.start, other.start), max(one.end, other.end), _STRETCH)


def _in(field: str, document: Document, places: list[Place]) -> list[Place]:
    """Return the places that lie in a field; the language and a source's id are held to their beginning."""
    if not field or not places:
        return places
    names = [name for name, _, _ in document.fields]
    if field in {"lang", "source"}:
        return [
            place
            for place in places
            if names[document.field_of(place.start)] == "text" or place.start == document.bases[0]
        ]
    if field == "summary" and "summary" not in names:  # the text begins with it
        return [place for place in places if _in_summary(document, place)]
    if field in TEXT_FIELDS:
        return [place for place in places if _is(field, names[document.field_of(place.start)])]
    return places


def _is(field: str, name: str) -> bool:
    return name != "title" if field == "text" else name == field


def _in_summary(document: Document, place: Place) -> bool:
    index, first, _ = document.locate(place.start, place.end)
    return document.fields[index][0] == "text" and first < len(document.item.summary)


def _value(field: str, item: Item) -> Document:
    """Return what a field other than the text holds, as a document of its own."""
    values = {
        "source": (item.source, item.outlet),
        "outlet": (item.outlet, ""),
        "lang": (item.language, ""),
        "author": (" / ".join(item.authors), ""),
        "url": (item.url, ""),
    }
    title, text = values[field]
    return Document(Item(id="", source="", title=title, text=text))


def _matches(pattern: str, document: Document) -> list[Place]:
    """Return where a regular expression stands, field by field."""
    places = [
        Place(base + start, base + end, -1)
        for (_, _, folded), base in zip(document.fields, document.bases, strict=True)
        for start, end in regex.find(pattern, folded.text)
    ]
    return places[:_MOST]


def cycle(references: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the watches of a circle of ``@watch-id``, empty when there is none."""
    done: set[str] = set()
    for first, others in references.items():
        path, stack = [first], [(first, iter(sorted(others)))]
        while stack:
            watch, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                done.add(watch)
                stack.pop()
                path.pop()
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following not in done and following in references:
                path.append(following)
                stack.append((following, iter(sorted(references[following]))))
    return ()
