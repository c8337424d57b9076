"""The evidence in its context: titles and snippets with the matched words marked.

Spans are offsets into the original field. So texts are cut and marked first and cleaned piece by
piece afterwards; a span that does not say what stands at its place is left out, never moved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from monitor.channels.text import clean, cut_back, cut_forward
from monitor.model import Hit, Item, Span

COLUMNS: Final = 300
"""Width of a snippet; a wide (East Asian) character takes two."""
BEFORE: Final = 90
"""Columns of context before the evidence, unless a sentence starts there."""
SPANS: Final = 200
"""Places of evidence that are looked at in one field: a snippet shows a handful."""
_SENTENCE_END: Final = re.compile(
    # Latin, Greek, Arabic (U+061F, U+06D4) and full-width (U+3002, U+FF01, U+FF1F) ends, with quotes
    "[.!?\u2026\u061f\u06d4\u3002\uff01\uff1f][\"'\u2019\u201d\u00bb\u300d\u300f)]?\\s+|[\u3002\uff01\uff1f]|\n"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, marked as evidence or not."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a field with evidence in it."""

    field: str
    """``title``, ``summary`` or ``text``."""
    pieces: tuple[Piece, ...]
    places: int
    """How many places of evidence it shows."""


def title_pieces(item: Item, hits: Sequence[Hit], limit: int = 300) -> tuple[Piece, ...]:
    """Return the title of ``item`` as one clean line with its evidence marked."""
    end = len(item.title)
    more = end > limit
    if more:
        end = cut_back(item.title, limit - 1)
    pieces = _pieces(item.title, 0, end, _spans(item, hits, {"title"}))
    return (*pieces, Piece("…")) if more else pieces


def snippet(item: Item, hits: Sequence[Hit]) -> tuple[Piece, ...]:
    """Return the place of the strongest evidence in the text, or the beginning of the text.

    ``hits`` stand strongest first. The window holds as many spans of as many hits as fit.
    """
    for name in ("text", "summary"):
        spans = _spans(item, hits, {name})
        if spans:
            return _window(getattr(item, name), _best(spans, hits, name), spans)
    return _window(item.summary or item.text, None, [])


def passages(item: Item, hit: Hit) -> tuple[Passage, ...]:
    """Return all evidence of ``hit`` in its context, in the order of the text; no two overlap."""
    found = []
    titles = _spans(item, [hit], {"title"})
    if titles:
        found.append(Passage("title", title_pieces(item, [hit]), len(titles)))
    for name in ("summary", "text"):
        text, spans, end = getattr(item, name), _spans(item, [hit], {name}), 0
        while spans:
            start, end = _bounds(text, spans[0], end)
            shown = [span for span in spans if span.start < end]
            found.append(Passage(name, _cut(text, start, end, shown), len(shown)))
            spans = spans[len(shown) :]
    return tuple(found)


def _spans(item: Item, hits: Iterable[Hit], fields: set[str]) -> list[Span]:
    """Return the spans in ``fields`` that hold, in order of place."""
    found = {
        (span.start, span.end): span
        for hit in hits
        for span in hit.spans
        if span.field in fields
        and 0 <= span.start < span.end <= len(getattr(item, span.field))
        and getattr(item, span.field)[span.start : span.end] == span.text
    }
    return [found[place] for place in sorted(found)[:SPANS]]


def _best(spans: list[Span], hits: Sequence[Hit], field: str) -> Span:
    """Return the span to show: of the strongest hit, with the most different terms after it."""
    places = {(span.start, span.end) for span in spans}

    def of(hit: Hit) -> set[tuple[int, int]]:
        return places & {(s.start, s.end) for s in hit.spans if s.field == field}

    strongest = next(filter(None, map(of, hits)))  # every span belongs to one of the hits

    def richness(span: Span) -> tuple[int, int]:
        near = {s.term for s in spans if 0 <= s.start - span.start < COLUMNS - BEFORE}
        return len(near), -span.start

    return max((span for span in spans if (span.start, span.end) in strongest), key=richness)


def _window(text: str, anchor: Span | None, spans: list[Span]) -> tuple[Piece, ...]:
    return _cut(text, *_bounds(text, anchor), spans)


def _cut(text: str, start: int, end: int, spans: list[Span]) -> tuple[Piece, ...]:
    if start >= end:
        return ()
    pieces = list(_pieces(text, start, end, spans))
    if start > 0 and not _sentence_starts(text, start):
        pieces.insert(0, Piece("… "))
    if end < len(text.rstrip()) and not _sentence_starts(text, end):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _bounds(text: str, anchor: Span | None, earliest: int = 0) -> tuple[int, int]:
    """Return the stretch that is shown of a text, which begins at ``earliest`` at the earliest."""
    start = _start(text, anchor.start) if anchor else _after_space(text, 0)
    start = max(start, min(earliest, anchor.start)) if anchor else start
    last = anchor.end if anchor else start
    end = max(last, _reach(text, start, COLUMNS))
    if end < len(text):
        end = _end(text, max(last, start + (end - start) // 2), end) or max(
            last, cut_back(text, end)
        )
    return start, end


def _end(text: str, earliest: int, latest: int) -> int:
    """Return the end of the last sentence that ends between two places, 0 when none does."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, latest)]
    return ends[-1] if ends else 0


def _start(text: str, anchor: int) -> int:
    """Return where a snippet around ``anchor`` starts: at a sentence if one begins nearby."""
    earliest = max(0, _reach_back(text, anchor, BEFORE))
    near = max(0, _reach_back(text, anchor, 2 * BEFORE))
    sentences = [match.end() for match in _SENTENCE_END.finditer(text, near, anchor)]
    if near == 0:
        sentences.insert(0, 0)
    if sentences:
        return _after_space(text, sentences[0])
    return min(anchor, cut_forward(text, earliest))


def _sentence_starts(text: str, place: int) -> bool:
    before = text[max(0, place - 6) : place]
    return any(match.end() == len(before) for match in _SENTENCE_END.finditer(before))


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _reach(text: str, start: int, columns: int) -> int:
    """Return the offset that lies ``columns`` after ``start``."""
    for index in range(start, len(text)):
        columns -= _columns(text[index])
        if columns < 0:
            return index
    return len(text)


def _reach_back(text: str, end: int, columns: int) -> int:
    """Return the offset that lies ``columns`` before ``end``."""
    for index in range(end - 1, -1, -1):
        columns -= _columns(text[index])
        if columns < 0:
            return index + 1
    return 0


def _pieces(text: str, start: int, end: int, spans: list[Span]) -> tuple[Piece, ...]:
    """Cut ``text[start:end]`` at the edges of spans; overlapping spans are one mark."""
    inside = [
        (max(s.start, start), min(s.end, end)) for s in spans if s.start < end and s.end > start
    ]
    edges = sorted({start, end, *(place for pair in inside for place in pair)})
    pieces: list[Piece] = []
    for left, right in pairwise(edges):
        marked = any(a <= left and right <= b for a, b in inside)
        words = clean(text[left:right])
        if pieces and pieces[-1].marked is marked:
            pieces[-1] = Piece(pieces[-1].text + words, marked)
        else:
            pieces.append(Piece(words, marked))
    return _trimmed(pieces)


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Drop space at both ends and doubled space between pieces, and pieces that are empty."""
    kept: list[Piece] = []
    for piece in pieces:
        words = piece.text
        if not kept or kept[-1].text.endswith(" "):
            words = words.lstrip(" ")
        if words:
            kept.append(Piece(words, piece.marked))
    if kept:
        last = kept[-1]
        kept[-1] = Piece(last.text.rstrip(" "), last.marked)
    return tuple(piece for piece in kept if piece.text)
