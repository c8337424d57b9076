"""What a feed of hits holds: one entry a story, and one for each development of it.

A feed is made of the messages that its subscription was sent. Copies and retellings of a story are
folded into the entry that told it first, whose id never changes, so that a reader is shown each
story once; what is new in it comes as an entry of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from monitor.channels.payload import Payload, StoryPart
from monitor.channels.snippet import Piece
from monitor.channels.text import one_line
from monitor.model import digest

_DEVELOPMENT = "Development: "
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One story in a feed, or what is new in one."""

    id: str
    title: str
    url: str
    outlet: str
    text: str
    """What is new, why it was told, and where else it stands."""
    html: str
    """The same with the evidence in its context, as HTML."""
    tags: tuple[str, ...]
    """Ids of the watches it speaks of; ``development`` before them where it is one."""
    language: str
    published: datetime
    updated: datetime
    """When it was told."""


@dataclass(frozen=True, slots=True)
class HitFeed:
    """A feed of a subscription: its entries, what was told last first."""

    id: str
    title: str
    home: str
    """Address of the page it belongs to."""
    updated: datetime
    entries: tuple[FeedEntry, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the leading items of stories, by item."""

    stories: Mapping[str, str] = field(default_factory=dict)
    """The story that it belongs to."""
    snippets: Mapping[str, Pieces] = field(default_factory=dict)
    """The evidence in its context."""


def hit_feed(
    name: str,
    title: str,
    payloads: Iterable[Payload],
    most: int,
    now: datetime,
    *,
    home: str,
    known: Known | None = None,
) -> HitFeed:
    """Return the feed of a subscription from its messages, the newest first, with ``most`` entries.

    A message without stories is an entry of its own only when it is a test or speaks of the
    monitor itself: readers of a feed see for themselves that nothing came.
    """
    teller = _Teller(f"urn:coverage-monitor:{name}", known or Known())
    told: dict[str, FeedEntry] = {}
    for payload in reversed(list(payloads)):
        for entry in teller.entries(payload):
            told.pop(entry.id, None)
            told[entry.id] = entry
    found = tuple(reversed(told.values()))[:most]
    updated = max((entry.updated for entry in found), default=now)
    return HitFeed(teller.base, one_line(title, 120), home, updated, found)


class _Teller:
    """Goes through messages, the oldest first, and remembers which story was told how far."""

    def __init__(self, base: str, known: Known) -> None:
        self.base = base
        self._known = known
        self._first: dict[str, str] = {}
        """The item by which each story was told first."""
        self._news: defaultdict[str, set[str]] = defaultdict(set)
        """What was told to be new in each story."""

    def entries(self, payload: Payload) -> Iterator[FeedEntry]:
        """Yield what a message adds or renews, the story it names first at last."""
        for story in reversed(payload.data.stories):
            entry = self._entry(story, payload.timestamp)
            if entry:
                yield entry
        if not payload.data.stories and payload.type in {"test", "monitor.notice"}:
            yield self._own(payload)

    def _entry(self, part: StoryPart, told: datetime) -> FeedEntry | None:
        """Return the entry of a story; None when another item told it before and nothing is new."""
        story = self._known.stories.get(part.id, part.id)
        new = tuple(each for each in part.developments if each not in self._news[story])
        self._news[story].update(new)
        first = self._first.get(story)
        if first is None or (first == part.id and not new):
            self._first[story] = part.id
            return self._made(part, part.id, told, part.developments)
        if not new:
            return None
        own = part.id if part.id != first else f"{first}:{digest(*new)}"
        return self._made(part, own, told, new, development=True)

    def _made(
        self,
        part: StoryPart,
        own: str,
        told: datetime,
        new: tuple[str, ...],
        *,
        development: bool = False,
    ) -> FeedEntry:
        title = part.title or "(without a title)"
        watches = tuple(dict.fromkeys(watch.watch for watch in part.watches))
        return FeedEntry(
            id=f"{self.base}:{own}",
            title=_DEVELOPMENT + title if development else title,
            url=part.url,
            outlet=part.outlet,
            text=_text(part, new),
            html=_html(part, new, self._known.snippets.get(part.id, ())),
            tags=("development", *watches) if development else watches,
            language=part.language,
            published=told if development else part.published or part.first_seen or told,
            updated=told,
        )

    def _own(self, payload: Payload) -> FeedEntry:
        """Return what the monitor says of itself."""
        moment = payload.timestamp
        words = payload.data.warnings[0] if payload.data.warnings else payload.data.summary
        return FeedEntry(
            id=f"{self.base}:{moment.isoformat()}",
            title=payload.data.summary,
            url="",
            outlet="",
            text=words,
            html=str(Markup("<p>{}</p>").format(words)),
            tags=(),
            language="",
            published=moment,
            updated=moment,
        )


def _text(story: StoryPart, new: tuple[str, ...]) -> str:
    words = [
        f"New: {'; '.join(new)}." if new else "",
        f"{story.outlet}." if story.outlet else "",
        *(watch.why for watch in story.watches[:1]),
    ]
    if others := _others(story):
        words.append(f"Also in {', '.join(others)}.")
    return " ".join(filter(None, words)) or story.title


def _others(story: StoryPart) -> dict[str, str]:
    """Return the outlets that tell it too, with their addresses."""
    found: dict[str, str] = {}
    for copy in story.copies:
        if copy.outlet:
            found.setdefault(copy.outlet, copy.url)
    return found


def _html(story: StoryPart, new: tuple[str, ...], snippet: Pieces) -> str:
    parts = [Markup("<p><strong>New:</strong> {}</p>").format("; ".join(new))] if new else []
    if snippet:
        parts.append(Markup('<p dir="auto">{}</p>').format(_marked(snippet)))
    why = " ".join(filter(None, (f"{story.outlet}." if story.outlet else "", _why(story))))
    if why:
        parts.append(Markup("<p>{}</p>").format(why))
    if others := _others(story):
        links = Markup(", ").join(_link(url, outlet) for outlet, url in others.items())
        more = f" and {story.more_copies} more" if story.more_copies else ""
        parts.append(Markup("<p>Also in {}{}.</p>").format(links, more))
    return str(Markup("").join(parts)) or str(Markup("<p>{}</p>").format(story.title))


def _why(story: StoryPart) -> str:
    return story.watches[0].why if story.watches else ""


def _marked(pieces: Pieces) -> Markup:
    mark = Markup("<mark>{}</mark>")
    return Markup("").join(
        mark.format(piece.text) if piece.marked else piece.text for piece in pieces
    )


def _link(url: str, text: str) -> Markup:
    name = Markup("<bdi>{}</bdi>").format(text)
    return Markup('<a href="{}">{}</a>').format(url, name) if url else name
