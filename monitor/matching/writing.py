"""Writing a query down in its standard form."""

from __future__ import annotations

import re

from monitor.matching.tree import (
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
from monitor.matching.words import is_plain


def format_query(node: Node) -> str:
    """Return the query as text in its standard form; parsing it again gives an equal tree."""
    return " ".join(_parts(node))


def format_lines(node: Node, width: int) -> list[str]:
    """Return the standard form in lines of about ``width`` characters, broken at the outermost AND or OR."""
    text = format_query(node)
    if len(text) <= width or not isinstance(node, All | Either):
        return [text]
    first, *rest = _parts(node)
    lines = [first]
    for part in rest:
        if len(lines[-1]) + len(part) < width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines


def _parts(node: Node) -> list[str]:
    """Return the pieces of a query between which a line may end."""
    if not isinstance(node, All | Either):
        return [_one(node)]
    sign = "AND" if isinstance(node, All) else "OR"
    first, *rest = (_inside(part, Not) for part in node.nodes)
    return [first, *(f"{sign} {part}" for part in rest)]


def _inside(node: Node, *bare: type) -> str:
    """Return a part of a query, in parentheses unless it is a term or one of ``bare``."""
    said = format_query(node)
    joined = isinstance(node, Not | All | Either | Near) and not isinstance(node, bare)
    return f"({said})" if joined else said


def _one(node: Node) -> str:  # noqa: PLR0911 - one branch for each kind of node
    match node:
        case Word(text):
            return text if is_plain(text) else f'"{text}"'
        case Fuzzy(text):
            return f"{text}~" if is_plain(text) else f'"{text}"~'
        case Regex(pattern):
            return "/" + re.sub(r"(\\.)|/", lambda match: match[1] or r"\/", pattern) + "/"
        case Ref(watch):
            return f"@{watch}"
        case Within(field, inner):
            return f"{field}:{_inside(inner)}"
        case AtLeast(count, nodes):
            return f"AT LEAST {count} OF ({', '.join(map(format_query, nodes))})"
        case Not(inner):
            return f"NOT {_inside(inner, Not)}"
        case Near(left, right, words, ordered):
            sign = "BEFORE" if ordered else "NEAR"
            return f"{_inside(left, Near)} {sign}/{words} {_inside(right)}"
        case All() | Either():
            return format_query(node)
