"""What changes in a paragraph without being news: "3 minutes ago", counters, the time of a look.

A date inside a sentence is what it says, so dates count for nothing only where a paragraph is
hardly more than one: a stamp under a heading.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from monitor.model import digest

Damp = Literal["none", "dates", "numbers"]
"""What is masked: nothing; stamps, relative times and counters; every number."""

STAMP: Final = 80
"""Characters up to which a paragraph may be a stamp."""
LONGEST: Final = 2_000
"""Characters from which nothing in a paragraph is masked: it is no line of a counter."""
_WORDS = re.compile(r"\w+")
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zéû]{0,7}\b\.?"
_STAMPS = re.compile(
    r"\b\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:T\d\d:\d\d(?::\d\d)?)?"
    r"|\b\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?(?:[ap]\.?m\b\.?|uhr\b|h\b))?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:de\s)?{_MONTH}(?:,?\s(?:de\s)?\d{{4}}\b)?"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)?"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"|\d{4}年\d{1,2}月\d{1,2}日",
    re.IGNORECASE,
)
_VOLATILE = re.compile(
    r"\b(?:\d{1,4}|an?|one)\s(?:sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week|month|year)s?\sago\b"
    r"|\b(?:vor|il y a|hace|há)\s\d{1,4}\s\w+"
    r"|\b\d{1,4}\s\w+\sназад"  # noqa: RUF001 - Russian for "ago"
    r"|\d{1,4}\s?(?:秒|分钟|分鐘|小时|小時|天|分|時間|日)前"
    r"|\b\d[\d.,]{0,12}\s?[km]?\s(?:views?|comments?|shares?|likes?|replies|readers?|visitors?"
    r"|kommentare?|aufrufe|vues|commentaires?|comentarios?|visitas)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


def key_of(text: str, damp: Damp) -> str:
    """Return the digest a paragraph is known by, empty when nothing in it lasts.

    ``text`` is one line with single spaces; case and punctuation count for nothing.
    """
    lasting = text
    if damp != "none" and len(text) <= LONGEST:
        lasting = _VOLATILE.sub(" ", text)
        lasting = _STAMPS.sub(" ", lasting) if len(text) <= STAMP else lasting
        lasting = _NUMBER.sub(" ", lasting) if damp == "numbers" else lasting
    words = _WORDS.findall(lasting.casefold())
    return digest(*words, length=10) if words else ""
