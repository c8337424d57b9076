"""Text of others made fit to stand in a message: one clean line, no tricks, bounded."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from monitor.fields import check_address

_ANSI: Final = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-_])")
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates (UAX #9): they would reorder what stands around them. The
marks U+200E and U+200F stay, and so do the joiners that Persian and Indic scripts need."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
LONGEST_ADDRESS: Final = 2000


def clean(text: str) -> str:
    """Return ``text`` without control characters, escapes, overrides and lone surrogates.

    Runs of white space become one space; leading and trailing ones stay, so that pieces of a text
    can be cleaned apart and joined.
    """
    text = _BIDI.sub("", _ANSI.sub("", text))
    return _SPACE.sub(" ", _SURROGATE.sub("\ufffd", text))


def one_line(text: str, limit: int = 300) -> str:
    """Return ``text`` as one clean line of at most ``limit`` characters, cut at a word."""
    line = clean(text).strip()
    if len(line) <= limit:
        return line
    cut = cut_back(line, limit - 1)
    return line[:cut].rstrip(" ,;:-\u2013\u2014") + "…"


def cut_back(text: str, place: int, reach: int = 24) -> int:
    """Return the end of a word at or shortly before ``place``.

    Scripts without spaces are cut at ``place``, never inside a combined character.
    """
    for index in range(place, max(place - reach, 0), -1):
        if index >= len(text) or text[index].isspace():
            return index
    while place > 0 and joined(text, place):
        place -= 1
    return place


def cut_forward(text: str, place: int, reach: int = 24) -> int:
    """Return the start of a word at or shortly after ``place``; see `cut_back`."""
    for index in range(place, min(place + reach, len(text))):
        if index == 0 or text[index - 1].isspace():
            return index
    while place < len(text) and joined(text, place):
        place += 1
    return place


def joined(text: str, place: int) -> bool:
    """Return whether the character at ``place`` belongs to the one before it."""
    if not 0 < place < len(text):
        return False
    return "\u200d" in text[place - 1 : place + 1] or unicodedata.category(text[place])[0] == "M"


def safe_address(url: str) -> str:
    """Return ``url`` when a reader may follow it: ``http`` or ``https``, bounded; else nothing."""
    try:
        found = check_address(url)
        urlsplit(found).port  # noqa: B018 - raises when the port is no number
    except ValueError:
        return ""
    return found if len(found) <= LONGEST_ADDRESS and clean(found) == found else ""


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 poll``, ``1,204 polls``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(names: list[str], most: int) -> str:
    """Return ``A, B, C and 2 more`` of at most ``most`` names."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
