"""Values that only the store's callers see: hits with their item, marks, stories and versions in short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Hit, Item, StoryLink

_LONGEST_PLACE = 18
"""Digits that surely fit into the 64 bits of a database's integer."""


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit with its item, its story when it has one, and the time it was found."""

    hit: Hit
    item: Item
    link: StoryLink | None
    time: datetime
    found: datetime

    @property
    def cursor(self) -> str:
        """What to pass as ``before`` to go on behind this hit."""
        return f"{self.time.isoformat()}|{self.hit.id}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader said of a hit."""

    hit: str
    relevant: bool
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version without its text and its page."""

    digest: str
    at: datetime
    packed: int
    """Bytes that its page takes in the database, zlib-packed; 0 where none is kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """The messages of one subscription that were made at one time and tell of a hit."""

    hit: str
    subscription: str
    kind: str
    """``alert`` or ``digest``."""
    at: datetime
    messages: int
    sent: int
    """How many of them went out; the others wait or were given up."""


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story in one line: its first member speaks for it."""

    story: str
    title: str
    outlet: str
    url: str
    first: datetime
    last: datetime
    items: int
    outlets: int
    developments: int
    copies: int = 0
    watches: tuple[str, ...] = ()
    """Ids of all watches that its items hit, by name."""
    newest: int = 0
    """Place of its newest member in the order of commits."""

    @property
    def cursor(self) -> str:
        """What to pass as ``before`` to go on behind this story."""
        return f"{self.last.isoformat()}|{self.newest}"


def split_cursor(cursor: str) -> tuple[datetime, str]:
    """Return time and id of a cursor; raises ValueError when it is none."""
    time, _, identifier = cursor.partition("|")
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None or not identifier:
        message = f"{cursor!r} is no cursor"
        raise ValueError(message)
    return moment, identifier


def place_in_stories(cursor: str) -> tuple[datetime, int]:
    """Return time and place of a `StorySummary.cursor`; raises ValueError when it is none."""
    time, place = split_cursor(cursor)
    if not place.isdecimal() or len(place) > _LONGEST_PLACE:
        message = f"{cursor!r} is no cursor of a story"
        raise ValueError(message)
    return time, int(place)
