"""Words of a query: which stand as they are, and which were meant as something else.

A sign that this language does not know would be folded away like any punctuation, and the query would
quietly look for something else. So what other languages mean by ``-word``, ``a|b`` or ``intitle:`` is
refused, with the way to say it here.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NamedTuple

from monitor.matching.fold import fold

FIELD_NAMES = ("title", "summary", "text", "source", "outlet", "lang", "author", "url")
WORD = r'[^\s()",:~\/@“”„«»][^\s()",~“”„«»]*'
"""What one word may look like, before its meaning is judged."""

_WORD = re.compile(WORD)
_NAMED = re.compile(r"([^\W\d]\w*):")
_NEAR = re.compile(r"(near|before|within|onear|w|n)/?(\d*)", re.IGNORECASE)
_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT"}
_SIGNS = {"|": "OR", "||": "OR", "&": "AND", "&&": "AND", "!": "NOT"}
_INNER = {
    "|": "write OR",
    "?": "write * for any letters, or a /regular expression/",
    "^": "weights are not known",
}
_ELSEWHERE = {
    "intitle": "title", "allintitle": "title", "headline": "title", "body": "text", "content": "text", "intext": "text",
    "site": "url", "inurl": "url", "domain": "url", "link": "url", "language": "lang", "by": "author", "byline": "author",
    "publisher": "outlet", "media_name": "outlet", "canonical_domain": "url", "article_title": "title",
}  # fmt: skip


_UNSPACED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Fault(NamedTuple):
    """What is wrong with a word: how many characters in, what, and what to do about it."""

    offset: int
    message: str
    hint: str = ""


def is_plain(text: str) -> bool:
    """Tell whether a term reads as one word without quotation marks."""
    return _WORD.fullmatch(text) is not None and _meant_otherwise(text) is None


def word_fault(text: str) -> Fault | None:
    """Return what is wrong with a word outside quotation marks; None when nothing is."""
    return _meant_otherwise(text) or nothing_in(text)


def writes_spaces(text: str) -> bool:
    """Tell whether all letters of ``text`` are of scripts that part words by spaces."""
    return _UNSPACED.search(text) is None


def nothing_in(text: str) -> Fault | None:
    """Return a fault when nothing of a term could be looked for."""
    plain = text if text.isascii() else fold(text).text
    if any(letter.isalnum() for letter in plain):
        return None
    if not text:
        return Fault(0, "the phrase is empty", 'write the words between the " "')
    return Fault(0, f"nothing in {text} can be looked for", "a term holds letters or digits")


def _meant_otherwise(text: str) -> Fault | None:
    """Return a fault for a word that was surely meant as an operator, a field, or a sign of elsewhere."""
    if text in _OPERATORS:
        sign = _OPERATORS[text]
        hint = f'write {sign} for the operator, "{text}" in quotation marks for the word'
        return Fault(0, f"{text} in small letters is a word like any other", hint)
    if text in {"AND", "OR", "NOT", "AT", "OF"}:
        return Fault(0, f"{text} is an operator", f'for the word write "{text}"')
    if near := _NEAR.fullmatch(text):
        return _near(text, near[1], near[2])
    if text == "LEAST":
        return Fault(0, "AT LEAST needs a number and a list", "AT LEAST 2 OF (a, b, c)")
    if named := _NAMED.match(text):
        return _field(named[1])
    return _sign(text)


def _near(text: str, word: str, count: str) -> Fault | None:
    if len(word) == 1 and "/" not in text:
        return None  # W and N are words, w/5 and n/5 are not
    if "/" not in text and not (word.isupper() and not count):
        return None  # near and within are words
    sign = {"BEFORE": "BEFORE", "ONEAR": "BEFORE"}.get(word.upper(), "NEAR")
    distance = count if count and len(count) <= 3 else "10"  # noqa: PLR2004 - three digits are the most
    if not count:
        return Fault(len(text), f"{word} needs a distance in words", f"{sign}/{distance}")
    if len(count) > 3:  # noqa: PLR2004 - the same
        return Fault(
            text.index("/") + 1, "the distance is 500 words at most", "use AND for the whole item"
        )
    return Fault(0, f"{text} is not an operator here", f"write {sign}/{distance}")


def _field(name: str) -> Fault:
    lower = name.lower()
    near = [lower] if lower in FIELD_NAMES else get_close_matches(lower, FIELD_NAMES, n=1)
    meant = _ELSEWHERE.get(lower) or (near[0] if near else "")
    hint = f"did you mean {meant}:? " if meant else f"fields: {', '.join(FIELD_NAMES)}; "
    return Fault(0, f"there is no field {name}:", hint + "or put it in quotation marks")


def _sign(text: str) -> Fault | None:
    """Return a fault for a sign that means something in other query languages."""
    if text in _SIGNS:
        return Fault(0, f"{text} is not an operator here", f"write {_SIGNS[text]}")
    if len(text) > 1 and text[0] in "-+!" and (text[1].isalpha() or text[1] in "*="):
        meant = "every term must be there anyway" if text[0] == "+" else f"write NOT {text[1:]}"
        return Fault(0, f"{text[0]} before a word means nothing here", f'{meant}, or "{text}"')
    inner = re.search(r"(?<=\w)[|?^](?=\w)|[\[\]{}\\]", text)
    if inner is None:
        return None
    hint = _INNER.get(inner[0], "group by parentheses")
    return Fault(inner.start(), f"{inner[0]} means nothing here", f"{hint}, or use quotation marks")
