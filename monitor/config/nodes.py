"""Walking a tree: by location, to plain values, over its scalars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.config.tree import Node, Scalar, Sequence, Table

Loc = tuple[int | str, ...]
"""Keys and indices from a node down, as pydantic gives them."""


def plain(node: Node) -> Any:
    """Return the tree as dictionaries, lists and text."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def resolve(node: Node, loc: Loc) -> tuple[Node, bool]:
    """Follow ``loc`` down; True when its last step led somewhere.

    pydantic puts the names of union members between the keys: what is no key is passed over.
    """
    followed = True
    for step in loc:
        below: Node | None = None
        if isinstance(node, Table):
            below = node.entries.get(str(step))
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            below = node.items[step]
        followed = below is not None
        node = below if below is not None else node
    return node, followed


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield every scalar at or below ``node``."""
    if isinstance(node, Scalar):
        yield node
    else:
        below = node.items if isinstance(node, Sequence) else node.entries.values()
        for item in below:
            yield from scalars(item)
