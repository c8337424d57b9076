"""Parts of an item that say little: picture credits, datelines, lists of related links."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re

from monitor.matching.automaton import Place
from monitor.matching.document import Document

_CREDIT = re.compile(
    r"(?:(?:©|\(c\)|via getty)[^.\n]{0,15}"
    r"|(?:photos?|fotos?|image|picture|credit|源|圖|图|写真|写真提供|來源)\s*(?:[:：/／|]|by |von |de |via |courtesy of )[^.。\n]{0,25})$",
    re.IGNORECASE,
)
_IN_PARENTHESES = re.compile(r"[(（][^()（）]{0,50}[/／|][^()（）]{0,12}$")
_DATELINE = re.compile(r"(?:^|\n)[^a-z\n]{0,3}[^\n]{0,50}[(（]$")
_AFTER_DATELINE = re.compile(r"[)）]\s*[-—–]")
_MAYBE = re.compile("[©(（:：/／|]|hoto|oto|mage|icture|redit|源|圖|图|写真|etty")
"""What every credit and dateline holds one of; quicker to look for than the rest."""


def is_junk(document: Document, place: Place) -> bool:
    """Tell whether a place lies in a picture credit, a dateline or a list of related links."""
    before, after = document.around(place.start, place.end, 70)
    if _MAYBE.search(before):
        if _CREDIT.search(before) or _IN_PARENTHESES.search(before):
            return True
        if _AFTER_DATELINE.match(after) and _DATELINE.search(before):
            return True
    index, start, _ = document.locate(place.start, place.end)
    return document.behind_links(index, start)
