"""An item as the matcher sees it: its fields folded into one text, with the way back."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re
from bisect import bisect_left, bisect_right

from monitor.matching.automaton import Lexicon, Place
from monitor.matching.fold import Folded, fold
from monitor.model import Item, Span

_GAP = "  \x1f  "
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？；؟।॥]|\n\s*\n|\n(?=[-*•])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St|Inc|Co|No|vs|z\.B)|\b\w)\.$"
)
_ABBREVIATED = 8
"""Characters before a dot in which the longest abbreviation and its own beginning lie."""
_LONGEST = 500
"""Characters of one piece of evidence that are kept."""
_LEAD = 300
_FAR = 8_000
"""Characters beyond which two places count as many words apart (the widest window is 500 words)."""
_HEADING = 60
_RELATED = re.compile(
    r"(?:related(?: (?:articles|stories|news|links|posts))?|read more|more from .*|see also|no comments|recommended|most read"
    r"|you may also like|延伸閱讀|相關新聞|相关新闻|相关阅读|関連記事|lire aussi|mehr zum thema|читайте также|ilgili haberler)\b.{0,30}$",
    re.IGNORECASE,
)


class Document:
    """Title, summary and text of an item, folded once and joined; offsets map back to each."""

    __slots__ = ("_breaks", "_found", "_links", "_located", "bases", "fields", "item", "text")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.fields: list[tuple[str, str, Folded]] = []
        self.bases: list[int] = []
        text = _GAP
        for name, value in (("title", item.title), ("summary", item.summary), ("text", item.text)):
            if value and (name != "summary" or not _begins(item.text, value)):
                folded = fold(value)
                self.fields.append((name, value, folded))
                self.bases.append(len(text))
                text += folded.text + _GAP
        self.text = text
        self._found: dict[int, list[Place]] = {}
        self._links: dict[int, tuple[int, int]] = {}
        self._breaks: dict[tuple[int, bool], list[int]] = {}
        self._located: dict[tuple[int, int], tuple[int, int, int]] = {}

    def field_of(self, place: int) -> int:
        """Return the index of the field that a folded offset lies in."""
        return bisect_right(self.bases, place) - 1

    def locate(self, start: int, end: int) -> tuple[int, int, int]:
        """Return (field index, start, end) in the original of a folded stretch."""
        if (start, end) not in self._located:
            index = bisect_right(self.bases, start) - 1
            folded, base = self.fields[index][2], self.bases[index]
            first, last = folded.start(start - base), folded.end(end - base)
            self._located[start, end] = index, first, last
        return self._located[start, end]

    def original(self, start: int, end: int) -> str:
        """Return what stands in the original between two folded offsets."""
        index, first, last = self.locate(start, end)
        return self.fields[index][1][first:last]

    def around(self, start: int, end: int, reach: int) -> tuple[str, str]:
        """Return up to ``reach`` characters of the original before and after a stretch."""
        index, first, last = self.locate(start, end)
        whole = self.fields[index][1]
        return whole[max(0, first - reach) : first], whole[last : last + reach]

    def span(self, place: Place, term: str | None = None) -> Span:
        """Return the evidence that a place stands for, at most its first 500 characters."""
        index, first, last = self.locate(place.start, place.end)
        name, whole, _ = self.fields[index]
        last = min(last, first + _LONGEST)
        text = whole[first:last]
        return Span(name, first, last, text, text if term is None else term)

    def find(self, lexicon: Lexicon) -> list[Place]:
        """Return where the terms of ``lexicon`` stand; each lexicon is looked up once."""
        key = id(lexicon)
        if key not in self._found:
            self._found[key] = lexicon.find(self)
        return self._found[key]

    def in_title(self, place: Place) -> bool:
        """Tell whether a place lies in the title."""
        return self.fields[self.field_of(place.start)][0] == "title"

    def in_lead(self, place: Place) -> bool:
        """Tell whether a place lies in the first paragraph, at most 300 characters, of the text."""
        index, first, _ = self.locate(place.start, place.end)
        name, whole, _ = self.fields[index]
        return name != "title" and first < _LEAD and "\n\n" not in whole[:first]

    def same_sentence(self, one: Place, other: Place) -> bool:
        """Tell whether no sentence ends between two places."""
        return self._unbroken(one, other, sentences=True)

    def same_paragraph(self, one: Place, other: Place) -> bool:
        """Tell whether two places stand in one paragraph."""
        return self._unbroken(one, other, sentences=False)

    def words_between(self, one: Place, other: Place) -> int:
        """Return how many words stand between two places; many when they are in two fields.

        Where no spaces are written, two characters count as a word.
        """
        first, second = (one, other) if one.start <= other.start else (other, one)
        if second.start <= first.end:
            return 0
        if self.field_of(first.start) != self.field_of(second.start):
            return 1 << 20
        if second.start - first.end > _FAR:
            return 1 << 20
        gap = self.text[first.end : second.start]
        spaced = len(gap.split())
        return (
            spaced if gap.isascii() else max(spaced, sum(letter > "\u2e7f" for letter in gap) // 2)
        )

    def behind_links(self, index: int, start: int) -> bool:
        """Tell whether a list of related links begins in a field before a place; a title has none."""
        name, whole, _ = self.fields[index]
        seen, begin = self._links.get(index, (0, -1))
        if begin < 0 and seen < start and name != "title":
            seen, begin = _links_between(whole, seen, start)
            self._links[index] = seen, begin
        return 0 <= begin <= start

    def _unbroken(self, one: Place, other: Place, *, sentences: bool) -> bool:
        """Tell whether two places stand in one field, and no sentence or paragraph ends between them."""
        first, second = (one, other) if one.start <= other.start else (other, one)
        if second.start <= first.end:
            return True
        index, _, begin = self.locate(first.start, first.end)
        at, end, _ = self.locate(second.start, second.end)
        if index != at:
            return False
        if (index, sentences) not in self._breaks:
            whole = self.fields[index][1]
            self._breaks[index, sentences] = (
                _sentence_ends(whole) if sentences else _line_ends(whole)
            )
        breaks = self._breaks[index, sentences]
        following = bisect_left(breaks, begin)
        return following == len(breaks) or breaks[following] >= end


def _begins(text: str, summary: str) -> bool:
    """Tell whether a summary is but the beginning of the text."""
    return text.startswith(summary[:200].rstrip("…. "))


def _links_between(text: str, first: int, last: int) -> tuple[int, int]:
    """Look through the whole lines between two offsets, of which the first begins a line.

    Returns where the line that is cut off begins, and where the one behind a heading such as
    ``Related articles`` does, -1 without any.
    """
    *lines, _ = text[first:last].split("\n")
    for line in lines:
        if 0 < len(line) <= _HEADING and _RELATED.match(line.strip()):
            return first, first + len(line)
        first += len(line) + 1
    return first, -1


def _sentence_ends(text: str) -> list[int]:
    """Return where sentences end in ``text``; the dot of ``Mr.`` or an initial ends none."""
    ends = (match.start() for match in _SENTENCE_END.finditer(text))
    return [
        at
        for at in ends
        if text[at] != "." or not _ABBREVIATION.search(text, max(0, at - _ABBREVIATED), at + 1)
    ]


def _line_ends(text: str) -> list[int]:
    return [match.start() for match in re.finditer("\n", text)]
