"""What is published and what is found in it: documents, entries, items, hits, stories."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


def digest(*parts: str, length: int = 20) -> str:
    """Return a stable identifier: the first ``length`` hex digits of SHA-256 over ``parts``."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its document gives it: markup untouched, times aware or absent."""

    guid: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str = ""
    outlet: str = ""
    """Name of who published it, where that is not the source: it was found by a search."""
    baseline: bool = False
    """True when it was there before its source looked at this part for the first time: no news."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: its kind (``rss20``, ``atom10``, ``jsonfeed11`` …) and its entries."""

    kind: str
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    ttl: float | None = None
    """Seconds between polls that the document itself asks for."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day in UTC, 0 to 23, in which it does not want to be polled."""
    skip_days: tuple[int, ...] = ()
    """Weekdays in UTC, 0 is Monday, on which it does not want to be polled."""
    memory: str | None = None
    """What the kind of source wants to know at its next poll; None leaves it as it was."""
    hub: str = ""
    """Address of the hub that tells of news (WebSub)."""
    topic: str = ""
    """The address by which its hub knows it."""
    older: str = ""
    """Address of the page of the entries before these (RFC 5005)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of coverage as published, cleaned to plain text."""

    id: str
    source: str
    title: str
    url: str = ""
    summary: str = ""
    text: str = ""
    outlet: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    first_seen: datetime | None = None
    keys: tuple[str, ...] = ()
    """Identity keys; an item is known as soon as one of them is."""
    baseline: bool = False
    """True when it was found by its source's first poll: stored and matched, not news."""

    @property
    def time(self) -> datetime | None:
        """The time that readers are shown: published when plausible, else first seen."""
        return self.published or self.first_seen

    @property
    def body(self) -> str:
        """The longest text we have: the article, else the summary."""
        return self.text or self.summary


@dataclass(frozen=True, slots=True)
class Article:
    """What the page of an item says: clean text, the rest where the page tells it."""

    url: str = ""
    """The address the page itself names as its own, else the one it was fetched from."""
    title: str = ""
    text: str = ""
    """Paragraphs, one a line."""
    authors: tuple[str, ...] = ()
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    paywalled: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a term stands: offsets in characters into ``field`` of the original item."""

    field: str
    start: int
    end: int
    text: str
    term: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An item × a watch, with the evidence that made it."""

    id: str
    item: str
    watch: str
    watchlist: str
    score: float
    spans: tuple[Span, ...]
    rule: str
    """Digest of the watch's definition that made the hit."""
    why: str = ""
    """One plain sentence."""
    possible: bool = False
    """Below the watch's threshold: shown, never alerted."""
    version: str = ""
    """Digest of the version of the item that made it; empty for hits older than versions."""


@dataclass(frozen=True, slots=True)
class StoryLink:
    """The story an item belongs to, and of which item it is a copy, if of any."""

    item: str
    story: str
    copy_of: str = ""
    why: str = ""
    """Why it joined the story; empty for the item that founded it."""
    development: str = ""
    """What it adds to a story that had been told before; empty for a copy and a mere rewrite."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is remembered of an item to recognise its copies without its text."""

    item: str
    story: str
    outlet: str
    url: str
    title: str
    time: datetime
    signature: bytes
    terms: str = ""
    """Names, numbers and words it is compared by, as `monitor.stories.terms` packs them."""
    credit: str = ""
    """The agency that its text credits."""
