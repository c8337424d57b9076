"""What a query cannot do without: the literals that stand wherever it holds."""

from __future__ import annotations

from collections.abc import Callable

from monitor.matching import regex
from monitor.matching.fold import fold
from monitor.matching.patterns import bare, footholds
from monitor.matching.terms import Term, compile_term
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

Terms = tuple[Term, ...]
"""Terms one of which must stand in the item."""


def needed(  # noqa: C901, PLR0911 - one branch for each kind of node
    node: Node, inflect: tuple[Inflect, ...], anchors_of: Callable[[str], Terms | None]
) -> Terms | None:
    """Return terms one of which stands wherever the query holds; None when it may hold without any.

    Of parts that must all hold the rarest decides; ``NOT`` and fields other than the text give none.
    """

    def inner(part: Node) -> Terms | None:
        return needed(part, inflect, anchors_of)

    match node:
        case Word(text):
            term = compile_term(text, inflect)
            return (term,) if term else ()
        case Fuzzy(text):
            return tuple(map(bare, footholds(fold(text).text.strip())))
        case Regex(pattern):
            runs = regex.required(pattern)
            return None if runs is None else tuple(map(bare, runs))
        case Ref(watch):
            return anchors_of(watch)
        case Within(field, part):
            return inner(part) if field in TEXT_FIELDS else None
        case Not():
            return None
        case All(nodes):
            return min(map(inner, nodes), key=_commonness)
        case Near(left, right):
            return min((inner(left), inner(right)), key=_commonness)
        case Either(nodes):
            return _union(list(map(inner, nodes)))
        case AtLeast(count, nodes):
            covers = sorted(map(inner, nodes), key=_commonness)
            return _union(covers[: len(nodes) - count + 1])


def _commonness(cover: Terms | None) -> tuple[bool, tuple[int, int], int]:
    """Order covers: certain before none, phrases before words, long before short, few before many."""
    commonest = max(map(_length, cover or ()), default=(0, 0))
    return cover is None, commonest, len(cover or ())


def _length(term: Term) -> tuple[int, int]:
    """Return how many words and letters a term has, negative; a Chinese character says as much as four letters."""
    literal = term.literal.strip()
    east = sum(letter > "\u2e7f" for letter in literal)
    return -literal.count(" "), -len(literal) - 3 * east


def _union(covers: list[Terms | None]) -> Terms | None:
    joined: dict[Term, None] = {}
    for cover in covers:
        if cover is None:
            return None
        joined.update(dict.fromkeys(cover))
    return tuple(joined)


def cheapest_first(node: Node) -> Node:
    """Return the query with the parts of AND, OR and AT LEAST in the order of what trying them costs."""
    match node:
        case All(nodes):
            return All(_ordered(nodes))
        case Either(nodes):
            return Either(_ordered(nodes))
        case AtLeast(count, nodes):
            return AtLeast(count, _ordered(nodes))
        case Not(part):
            return Not(cheapest_first(part))
        case Within(field, part):
            return Within(field, cheapest_first(part))
        case _:
            return node


def _ordered(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(sorted(map(cheapest_first, nodes), key=_cost))


def _cost(node: Node) -> int:  # noqa: PLR0911 - the same
    match node:
        case Word():
            return 1
        case Within(field, part):
            return _cost(part) if field in TEXT_FIELDS else 1
        case Near(left, right):
            return 1 + _cost(left) + _cost(right)
        case All(nodes) | Either(nodes) | AtLeast(_, nodes):
            return sum(map(_cost, nodes))
        case Not(part):
            return _cost(part)
        case Ref():
            return 20
        case Regex():
            return 30
        case Fuzzy():
            return 50
