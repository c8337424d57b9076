"""Why a query does not hold in an item: the parts that are wanting, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from monitor.matching.tree import All, AtLeast, Either, Near, Node, Not, Ref, Within
from monitor.matching.writing import format_query

Holds = Callable[[Node], bool]
"""Tells whether a part of the query holds in the item by itself."""
_SHOWN = 5
_LONGEST = 120


def misses(  # noqa: C901 - one branch for each kind of node
    node: Node, holds: Holds
) -> Iterator[str]:
    """Yield why ``node``, which does not hold, does not: a line for each part that is wanting."""
    match node:
        case All(nodes):
            for part in nodes:
                if not holds(part):
                    yield from misses(part, holds)
        case Either(nodes):
            yield f"none of {_listed(nodes)} holds"
        case AtLeast(count, nodes):
            there = [part for part in nodes if holds(part)]
            of = f": {_listed(there)}" if there else ""
            yield f"{len(there)} of {len(nodes)} parts hold{of}; {count} must"
        case Not(part):
            yield f"{_said(part)} holds, which NOT rules out"
        case Near(left, right, words, ordered):
            wanting = [part for part in (left, right) if not holds(part)]
            for part in wanting:
                yield from misses(part, holds)
            if not wanting:
                order = " in this order" if ordered else ""
                yield f"{_said(left)} and {_said(right)} stand in the item, but never within {words} words{order}"
        case Ref(watch):
            yield f"@{watch} is no hit in the item"
        case Within():
            yield f"{_said(node)} does not hold"
        case _:
            yield f"{_said(node)} does not stand in the item"


def _listed(nodes: Sequence[Node]) -> str:
    said = ", ".join(map(_said, nodes[:_SHOWN]))
    return said if len(nodes) <= _SHOWN else f"{said} and {len(nodes) - _SHOWN} more"


def _said(node: Node) -> str:
    said = format_query(node)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
