"""Where a character of a value stands in its file, however the value is written."""

from __future__ import annotations

import re
from bisect import bisect_right

from monitor.config.tree import Place, Scalar

_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|.)", re.DOTALL
)


def place_inside(text: str, scalar: Scalar, offset: int) -> Place:
    """Return where the character ``offset`` of a scalar's value stands in ``text``, its file.

    Blocks, folded lines, quotes and escapes are followed; a value into which a variable was put is
    pointed at as a whole.
    """
    if scalar.variables:
        return scalar.place
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    opening = at = starts[scalar.place.line - 1] + scalar.place.column - 1
    if scalar.style in {"|", ">"}:
        at = _line_end(text, at)
    elif scalar.style:
        at += 1
    for letter in scalar.text[:offset]:
        at = _following(text, _skipped(text, at, scalar, letter), scalar, letter)
    if offset < len(scalar.text):
        at = _skipped(text, at, scalar, scalar.text[offset])
    line = bisect_right(starts, max(at, opening)) - 1
    return Place(line + 1, at - starts[line] + 1)


def _skipped(text: str, at: int, scalar: Scalar, letter: str) -> int:
    """Return where ``letter`` of the value stands at or behind ``at``: past what only the file holds."""
    begin = at
    if scalar.style == '"' and text[at : at + 1] == "\\":
        return at
    while at < len(text) and text[at] != letter and text[at].isspace():
        if letter.isspace() and _BREAK.match(text, at):
            break
        at += 1
    return at if at < len(text) else begin


def _line_end(text: str, at: int) -> int:
    match = _BREAK.search(text, at)
    return match.end() if match else len(text)


def _following(text: str, at: int, scalar: Scalar, letter: str) -> int:
    """Return where the file goes on behind ``letter``, which stands at ``at``."""
    if scalar.style == '"' and (escape := _ESCAPE.match(text, at)):
        return escape.end()
    if scalar.style == "'" and letter == "'":
        return at + 2
    if letter.isspace() and (end := _BREAK.match(text, at)):
        return end.end()
    return at + 1
