"""A fast path before feedparser, for documents of which it is certain to say the same.

It drives expat, the parser beneath feedparser, so both agree on what is well-formed. It knows the
elements of `_feedplans` and keeps feedparser's state for them in `_feedstate`; at the first sign
of anything else it gives the whole document up, and feedparser reads it. Contract tests compare
the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from monitor.model import Document
from monitor.sources._entries import feed_ttl
from monitor.sources._feedplans import plan_for
from monitor.sources._feedstate import State
from monitor.sources._feedtexts import Unfit
from monitor.sources._limits import ENTRIES, NAME, TITLE

_DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>"
_ELEMENT = re.compile(rb"<\w")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE = re.compile(rb"&#(?:0*1[2-5]\d|[xX]0*[89][0-9a-fA-F]);")
_VERSIONS = frozenset({"rss20", "rss10", "rss091u", "rss092", "atom10", "atom03"})
_DEEPEST = 24
_BUFFER = 1 << 15
_METHODS = {
    "": ("", ""),
    "rss": ("begin_rss", "end_part"),
    "feed": ("begin_feed", "end_part"),
    "rdf": ("begin_rdf", "end_part"),
    "part": ("begin_part", "end_part"),
    "entry": ("begin_entry", "end_entry"),
    "title of the feed": ("begin_text", "end_feed_title"),
    "title of an image": ("", "end_image_title"),
    "image": ("begin_image", ""),
    "about": ("begin_about", ""),
    "abstract": ("begin_abstract", ""),
    "language of the feed": ("", "end_language"),
    "ttl": ("", "end_ttl"),
    "period": ("", "end_period"),
    "frequency": ("", "end_frequency"),
    "title": ("begin_title", "end_title"),
    "title of a medium": ("begin_title", "end_media_title"),
    "link": ("begin_link", "end_link"),
    "id": ("begin_id", "end_id"),
    "published": ("", "end_published"),
    "updated": ("", "end_updated"),
    "created": ("", "end_created"),
    "author": ("begin_author", "end_author"),
    "kin": ("begin_kin", ""),
    "name": ("begin_kin", "end_name"),
    "content": ("begin_content", "end_content"),
    "summary": ("begin_summary", "end_summary"),
    "caption": ("", "end_caption"),
    "language": ("", "end_entry_language"),
}
"""What a plan's word stands for: a method at the start of the element, another at its end."""


def read_plain_feed(data: bytes, url: str, problems: tuple[str, ...]) -> Document | None:
    """Return what feedparser would make of ``data``, UTF-8 with a declaration; None if unsure."""
    element = _ELEMENT.search(data)
    head = data[: element.start()] if element else data
    if not head.startswith(_DECLARATION) or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        return None
    try:
        state = _Walk(State(url, controls=_has_c1_controls(data))).through(data)
    except (Unfit, expat.ExpatError):
        return None
    if state.names.version not in _VERSIONS:
        return None
    return _document(state, problems)


def _document(state: State, problems: tuple[str, ...]) -> Document:
    feed = state.feed
    return Document(
        kind=state.names.version,
        title=feed.get("title", "")[:TITLE],
        language=feed.get("language", "")[:NAME],
        entries=tuple(state.entries[:ENTRIES]),
        problems=problems,
        ttl=feed_ttl(feed.get("ttl", ""), feed.get("period", ""), feed.get("frequency", "")),
    )


def _has_c1_controls(data: bytes) -> bool:
    return bool(_C1.search(data) or _C1_REFERENCE.search(data))


_Shape = str | tuple[str, ...]
"""Expat's name of an element, with the names of its attributes when it has some."""
_Start = Callable[[str, list[str]], None]
_End = Callable[[str], None]


class _Place:
    """Where an element stands, and what to do with those that stood there before, by their shape."""

    __slots__ = ("name", "steps")

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[_Shape, _Step] = {}


class _Step:
    """What to do at the start of an element, at its end with its text, and where its children are."""

    __slots__ = ("begin", "end", "inside")

    def __init__(self, state: State, word: str, inside: _Place) -> None:
        begin, end = _METHODS[word]
        self.begin: Callable[[list[str]], None] | None = getattr(state, begin) if begin else None
        self.end: _End | None = getattr(state, end) if end else None
        self.inside = inside


class _Walk:
    """The way through a document, element by element."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._places: dict[str, _Place] = {}

    def through(self, data: bytes) -> State:
        """Lead the state through ``data``; raises Unfit or ExpatError."""
        pieces: list[str] = []
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.buffer_size = _BUFFER
        parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = self._handlers(pieces)
        parser.CharacterDataHandler = pieces.append
        parser.StartNamespaceDeclHandler = self._declare
        parser.Parse(data, True)  # noqa: FBT003 - taken by position only
        return self._state

    def _handlers(self, pieces: list[str]) -> tuple[_Start, _End]:
        """Return what is done at each start and end of an element, closures for their speed."""
        state, unseen = self._state, self._unseen
        place = self._inside("document")
        stack: list[tuple[_Place, _Step]] = []

        def start(name: str, attributes: list[str]) -> None:
            nonlocal place
            key = (name, *attributes[::2]) if attributes else name
            step = place.steps.get(key) or unseen(place, key, attributes)
            if len(stack) > _DEEPEST:
                raise Unfit
            if step.begin is not None:
                step.begin(attributes)
            stack.append((place, step))
            place = step.inside
            pieces.clear()

        def end(_name: str) -> None:
            nonlocal place
            place, step = stack.pop()
            if step.end is not None:
                state.depth = len(stack) + 1
                step.end("".join(pieces).strip())

        return start, end

    def _unseen(self, place: _Place, key: _Shape, attributes: list[str]) -> _Step:
        name = self._state.names.known_as(key if isinstance(key, str) else key[0])
        plan = plan_for(place.name, name, tuple(attributes[::2]))
        if plan is None:
            raise Unfit
        word, inside, _ = plan
        step = place.steps[key] = _Step(self._state, word, self._inside(inside))
        return step

    def _inside(self, name: str) -> _Place:
        return self._places.setdefault(name, _Place(name))

    def _declare(self, prefix: str | None, address: str | None) -> None:
        try:
            changed = self._state.names.declare(prefix, address)
        except ValueError:
            raise Unfit from None
        if changed:
            for place in self._places.values():
                place.steps.clear()
