"""Edits: what an item says differently now, and whether it says it of what is watched.

Texts are compared by their sentences, wherever these stand, and sentences by their words alone: a
paragraph that moved, other quotes or spaces are no change. Lines without the end of a sentence
(headings, teasers of other articles, counts of comments) stand around an article and not in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from monitor.model import Hit, Item
from monitor.stories.text import UNSPACED, fold

LONGEST_LINE: Final = 160
"""Characters up to which a line without the end of a sentence is furniture; in Thai and Lao a third."""
LONGEST_COUNT: Final = 40
"""The same for a line of a summary that counts something: ``12 comments``."""
SAME_HEADLINE: Final = 0.3
"""Least share of words in common of two headlines, for one to be an edit of the other."""
_WORD: Final = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")
_CLOSERS: Final = "[\"'\u2019\u201d\u201c\u00bb\u00ab\u203a\u2039\u300d\u300f)\\]\uff09]*"
_SPACED_END: Final = "[.!?\u2026\u037e\u0964\u0965\u061f\u06d4\u1362\u1367\u17d4\u104b]+"
"""Latin, Greek, Devanagari, Arabic, Ethiopic, Khmer and Burmese: a space follows."""
_WIDE_END: Final = "[\u3002\uff01\uff1f\uff0e]+"
_BREAK: Final = re.compile(rf"{_SPACED_END}{_CLOSERS}\s+|{_WIDE_END}{_CLOSERS}\s*")
_FINISHED: Final = re.compile(rf"(?:{_SPACED_END}|{_WIDE_END}|[:\uff1a]){_CLOSERS}\s*\Z")
_THAI_OR_LAO: Final = re.compile("[\u0e00-\u0eff]")
_NUMBER: Final = re.compile(r"\d+")
_PARTS: Final = ("title", "summary", "text")


class EditKind(StrEnum):
    """What an edit touches, from nothing to what is watched."""

    NONE = ""
    """It says what it said, to the letter."""
    COSMETIC = "cosmetic"
    """Other spaces, punctuation or order, another line around the article."""
    ELSEWHERE = "elsewhere"
    """The article itself, where it speaks of no watch."""
    WATCH = "watch"
    """Its headline, or a paragraph that speaks of a watch or did."""


@dataclass(frozen=True, slots=True)
class Edit:
    """How an item changed; sentences are in their order in the text."""

    kind: EditKind = EditKind.NONE
    removed: tuple[str, ...] = ()
    """Sentences that are gone; of an edit that touches a watch those first that speak of it."""
    added: tuple[str, ...] = ()
    titles: tuple[str, str] | None = None
    """The headline before and after, where it changed."""
    watches: frozenset[str] = frozenset()
    """Ids of the watches that it touches."""
    title_alone: bool = False
    """Whether the headline changed and nothing below it."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: str
    """What it is compared by."""
    text: str
    watches: frozenset[str]
    """Watches that its paragraph speaks of."""
    furniture: bool


def compare(old: Item, new: Item, before: Iterable[Hit], after: Iterable[Hit]) -> Edit:
    """Return how ``new`` differs from ``old``; pure.

    ``before`` and ``after`` are the hits that the two texts make, with their spans.
    """
    if all(getattr(old, part) == getattr(new, part) for part in _PARTS):
        return Edit()
    if old.summary == new.summary:  # what a text repeats of it no longer counts as said twice
        old, new = replace(old, summary=""), replace(new, summary="")
    hits = [*before], [*after]
    said, says = list(_sentences(old, hits[0])), list(_sentences(new, hits[1]))
    removed, added = _left(said, says), _left(says, said)
    titles = (old.title, new.title) if _order(old.title) != _order(new.title) else None
    real = [one for one in (*removed, *added) if not one.furniture]
    watches = frozenset[str]().union(*(one.watches for one in real))
    if titles:
        watches |= {hit.watch for each in hits for hit in each if not hit.possible}
    kind = EditKind.ELSEWHERE if real or titles else EditKind.COSMETIC
    kind = EditKind.WATCH if watches else kind
    told = (_told(removed, watches), _told(added, watches))
    return Edit(kind, *told, titles, watches, title_alone=bool(titles and not real))


def is_another(old: Item, new: Item) -> bool:
    """Tell whether ``new`` is another text and no edit of ``old``: nothing of it is left.

    What asks for consent, or says that there is nothing here, stands where an article stood. A
    headline counts as left when it has `SAME_HEADLINE` of the words; pure.
    """
    texts = (replace(item, summary="") for item in (old, new))
    said, says = ({one.words for one in _sentences(text, [])} for text in texts)
    words, others = set(_order(old.title)), set(_order(new.title))
    return said.isdisjoint(says) and len(words & others) < SAME_HEADLINE * len(words | others)


def _order(title: str) -> list[str]:
    return sorted(_words(title).split())


def _told(found: list[_Sentence], watches: frozenset[str]) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda one: (one.furniture, not one.watches & watches))
    return tuple(one.text for one in ordered)


def _left(these: list[_Sentence], those: list[_Sentence]) -> list[_Sentence]:
    """Return which of ``these`` are not among ``those``; one said twice must be there twice."""
    there = Counter(one.words for one in those)
    left = []
    for one in these:
        if there[one.words]:
            there[one.words] -= 1
        else:
            left.append(one)
    return left


def _sentences(item: Item, hits: list[Hit]) -> Iterator[_Sentence]:
    """Yield what an item says below its headline; a summary that its text repeats is left out."""
    repeated = item.summary and _words(item.summary.rstrip("\u2026. ")) in _words(item.text)
    for part in ("text",) if repeated else ("summary", "text"):
        value = getattr(item, part)
        paragraphs = value.split("\n")
        spoken_of = _watches_of(paragraphs, part, hits)
        for number, paragraph in enumerate(paragraphs):
            watches = frozenset(spoken_of[number])
            furniture = part == "text" and len(paragraphs) > 1 and _is_furniture(paragraph)
            counts = part == "summary" and not watches and _counts(paragraph)
            for sentence in _split(paragraph):
                if words := _words(sentence):
                    words = _NUMBER.sub("0", words) if counts else words
                    yield _Sentence(words, sentence, watches, furniture)


def _watches_of(paragraphs: list[str], part: str, hits: list[Hit]) -> defaultdict[int, set[str]]:
    """Return the watches that paragraphs speak of, by their number."""
    starts = [0]
    for paragraph in paragraphs:
        starts.append(starts[-1] + len(paragraph) + 1)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for hit in hits:
        for span in hit.spans if not hit.possible else ():
            if span.field == part:
                found[bisect_right(starts, span.start) - 1].add(hit.watch)
    return found


def _is_furniture(line: str) -> bool:
    longest = LONGEST_LINE // 3 if _THAI_OR_LAO.search(line) else LONGEST_LINE
    return len(line) <= longest and not _FINISHED.search(line)


def _counts(line: str) -> bool:
    return len(line) <= LONGEST_COUNT and not _FINISHED.search(line)


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for match in _BREAK.finditer(paragraph):
        yield paragraph[start : match.end()].strip()
        start = match.end()
    yield paragraph[start:].strip()


def _words(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))
