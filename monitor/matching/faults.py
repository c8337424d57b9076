"""Errors of queries: what is wrong, at which character, and what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lark import UnexpectedToken
from lark.exceptions import UnexpectedInput

DEEPEST = 50
"""Most levels of parentheses, NOT and NEAR."""

_BEFORE, _SHOWN = 60, 100
_PIECES = re.compile(
    r'"[^"]*"|“[^”"]*”|„[^“”"]*[“”]|«[^»"]*»|(?<![^\s(,:])/(?:\\.|[^/\\\n])+/|[()"“„«]'
)
_OPENS = {'"': '"', "“": "”", "„": "“", "«": "»"}


class Misplaced(Exception):
    """Raised while a query is read: ``(offset, message, hint)``."""


class QueryError(ValueError):
    """A query cannot be read; as text it shows the place with a caret."""

    def __init__(self, query: str, offset: int, reason: str, hint: str = "") -> None:
        self.query = query
        self.offset = offset
        """Characters of the query before the place."""
        self.reason = reason
        self.hint = hint
        said = f"{reason} ({hint})" if hint else reason
        line, caret = excerpt(query, offset)
        super().__init__(f"{said}\n  {line}\n  {caret}")


def excerpt(query: str, offset: int) -> tuple[str, str]:
    """Return the line that ``offset`` lies in, cut to what a terminal shows, and a caret to go below it."""
    before, behind = around(query, offset)
    return before + behind, " " * columns(before) + "^"


def around(query: str, offset: int) -> tuple[str, str]:
    """Return what stands before and behind ``offset`` in its line, as far as it is worth showing."""
    begin = max(query.rfind("\n", 0, offset) + 1, offset - _BEFORE)
    behind = query[offset:].split("\n", 1)[0][: _SHOWN - (offset - begin)]
    return "".join(_visible(query[begin:offset])), "".join(_visible(behind))


def _visible(text: str) -> Iterator[str]:
    for letter in text:
        yield " " if letter.isspace() else letter if letter.isprintable() else "\ufffd"


def columns(text: str) -> int:
    """Return how many columns a terminal gives to ``text``."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    none = sum(unicodedata.category(letter) in {"Mn", "Me"} for letter in text)
    return len(text) + wide - none


def too_deep(query: str) -> tuple[int, str, str]:
    """Return place, message and hint of a query with too many levels."""
    depth, deepest, place = 0, 0, 0
    for match in _PIECES.finditer(query):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > deepest:
            deepest, place = depth, match.start()
    message = f"the query is nested deeper than {DEEPEST} levels"
    return place, message, "make a watch of the inner part and write @its-id"


def explain(query: str, error: UnexpectedInput) -> tuple[int, str, str]:
    """Return place, message and hint of what the parser could not read."""
    if unbalanced := _unbalanced(query):
        return unbalanced
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(query.rstrip()), "a term is missing at the end", "or remove the operator before"
    place = error.pos_in_stream or 0
    return (place, *_unexpected(query[place:], query[:place].rstrip()))


def _unbalanced(query: str) -> tuple[int, str, str] | None:
    """Return what is wrong with quotation marks and parentheses."""
    opened: list[int] = []
    for match in _PIECES.finditer(query):
        if match[0] in _OPENS:
            mark = _OPENS[match[0]]
            return match.start(), "a quotation mark is not closed", f"add the missing {mark}"
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")" and not opened:
            return match.start(), "this ) closes nothing", "remove it, or add the missing ("
        elif match[0] == ")":
            opened.pop()
    if opened:
        return opened[-1], "a parenthesis is not closed", "add the missing )"
    return None


_EXPECTED = (
    (r"\)", "nothing stands before this )", "write a term there"),
    (r"(NEAR|BEFORE)/", "{0} stands between two terms", "a {0}/10 b"),
    (r"(AND|OR)\b", "{0} stands between two terms", 'for the word write "{0}"'),
    (r"(NOT)\b", "a term is expected here, not {0}", "put NOT outside: (a NEAR/5 b) NOT c"),
    (r"AT\s+LEAST", "AT LEAST needs a term or an operator before it", ""),
    (r",", "a comma parts the terms of AT LEAST n OF (a, b) only", "put a term with a comma in quotation marks"),
    (r"//", "the regular expression is empty", "write it between the slashes"),
    (r"/(\\.|[^/\\\n])+/\w+", "nothing may follow a regular expression directly", "case makes no difference anyway"),
    (r"/", "a regular expression begins and ends with /", "put a term that begins with / in quotation marks"),
    (r"@", "@ is followed by the id of a watch", "lower-case letters, digits and hyphens: @rushan-abbas"),
    (r":", "a colon stands between a field and a term", "title:word"),
    (r"~", "~ stands directly behind a term, and nothing behind it", "Magnitsky~"),
    (r"[”»]", "a quotation mark is closed that was not opened", 'write "…" around the phrase'),
)  # fmt: skip


def _unexpected(rest: str, before: str) -> tuple[str, str]:
    if before.endswith("OF"):
        return "AT LEAST needs a list in parentheses", "AT LEAST 2 OF (a, b, c)"
    for pattern, message, hint in _EXPECTED:
        if found := re.match(pattern, rest):
            word = found[found.lastindex or 0]
            return message.format(word), hint.format(word)
    return "a term is expected here", "put words that contain signs in quotation marks"
