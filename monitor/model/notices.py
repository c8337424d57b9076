"""What a message says, before any channel has given it a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.coverage import Hit, Item
from monitor.model.trends import Trend


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says, before any channel has given it a form."""

    kind: str
    """``alert``, ``digest``, ``health`` or ``test``."""
    subscription: str
    title: str
    created: datetime
    time_zone: str
    groups: tuple[NoticeGroup, ...] = ()
    receipt: Receipt | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    warnings: tuple[str, ...] = ()
    """Things the reader must know about the service itself, such as a broken configuration."""
    changes: tuple[SourceList, ...] = ()
    """Sources whose health changed, for the owner of the monitor."""
    links: NoticeLinks | None = None
    """Addresses at which the reader can answer; None when the page has no public address."""
    discreet: bool = False
    """Whether what shows outside the message (subject, sender, notifications) names nothing."""
    part: int = 1
    """Which part it is of a message that is too large for one."""
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Deed:
    """What a signed link does: ``relevant``, ``irrelevant``, ``snooze``, ``mute``, ``unsubscribe``."""

    kind: str
    target: str
    """Id of the hit, the item or the watch that it is about; empty for ``unsubscribe``."""
    delivery: str
    """The message it stands in; empty for a link of the page of a hit."""


@dataclass(frozen=True, slots=True)
class StoryLinks:
    """Addresses to answer one story with."""

    relevant: str
    irrelevant: str
    snooze: str


@dataclass(frozen=True, slots=True)
class NoticeLinks:
    """Addresses to answer a message with: as a whole, by the leading item of a story, by watch."""

    unsubscribe: str
    stories: Mapping[str, StoryLinks]
    watches: Mapping[str, str]
    page: str = ""
    """The monitor's own page, which lists everything."""


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """The stories of one watch in a message."""

    watch: str
    name: str
    watchlist: str
    stories: tuple[NoticeStory, ...]
    trend: Trend | None = None
    """How often the watch was spoken of lately."""


@dataclass(frozen=True, slots=True)
class NoticeStory:
    """One story: its leading item with the evidence, and the other items folded under it."""

    item: Item
    hits: tuple[Hit, ...]
    """The item's hits that the reader subscribed to, strongest first; at least one."""
    outlet: str
    copies: tuple[NoticeCopy, ...] = ()
    also: tuple[str, ...] = ()
    """Names of the other watches that the story is about."""
    developments: tuple[str, ...] = ()
    """What its items add to a story that ran before, the earliest first."""
    ran_before: bool = False
    """Whether the item that founded the story came before this message, and something is new."""
    original: NoticeCopy | None = None
    """The first item of the story, where it is in another language than the leading one."""


@dataclass(frozen=True, slots=True)
class NoticeCopy:
    """Another item of the story: a copy of its leading one, or the story in other words."""

    outlet: str
    url: str
    title: str
    language: str = ""
    """BCP 47 tag; empty when unknown."""
    development: str = ""
    """What it adds to a story that ran before."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was polled, failed, fell silent or overran in a window."""

    start: datetime
    end: datetime
    sources: int
    polled: int
    polls: int
    items: int
    failed: tuple[SourceTrouble, ...] = ()
    silent: tuple[SourceTrouble, ...] = ()
    overrun: tuple[SourceTrouble, ...] = ()
    never: tuple[SourceTrouble, ...] = ()
    """Sources that were not polled in the window."""


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """One source that a reader should know about, and why in plain words."""

    source: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class SourceList:
    """Sources of which the same is to be told."""

    state: str
    """Their state of health, one word."""
    heading: str
    """How many they are and what they have in common: ``3 failing``."""
    sources: tuple[SourceTrouble, ...]
