"""A notice made ready to be set: every text clean and bounded, every time local.

Both parts of a mail are set from the same `View`; templates decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.channels import wording
from monitor.channels.snippet import Piece, snippet, title_pieces
from monitor.channels.text import one_line, safe_address
from monitor.model import Notice, NoticeCopy, NoticeGroup, NoticeStory, StoryLinks

TROUBLES_SHOWN: Final = 15
DEVELOPMENTS_SHOWN: Final = 3
WARNINGS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class TitleView:
    """Another title of a story: its first, in another language, or that of a development."""

    label: str
    """What stands before it: ``First in Chinese``, ``Development, new name Brook``."""
    title: str
    url: str
    outlet: str
    tag: str


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story as readers see it."""

    title: tuple[Piece, ...]
    url: str
    outlet: str
    byline: str
    """Who wrote it; empty when nobody is named but the outlet."""
    when: str
    language: str
    tag: str
    """BCP 47 tag for the ``lang`` attribute; empty when unknown."""
    snippet: tuple[Piece, ...]
    why: str
    development: str
    """What is new in a story that ran before; empty for a new story."""
    news: tuple[TitleView, ...]
    """Developments that other items than the leading one brought."""
    also_on: tuple[str, ...]
    """Names of the other watches it speaks of."""
    copies: str
    copy_outlets: tuple[str, ...]
    more_copies: int
    links: StoryLinks | None = None
    """Where the reader can answer it; None when the page has no public address."""
    original: TitleView | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """The stories of one watch."""

    name: str
    total: int
    stories: tuple[StoryView, ...]
    trend: str = ""
    """How often the watch was spoken of lately, a block a day; empty when that is not known."""
    mute: str = ""
    """Address that mutes the watch; empty when there is none."""


@dataclass(frozen=True, slots=True)
class TroubleView:
    """One list of the receipt: its heading, (name, why) pairs, and how many are not shown."""

    heading: str
    sources: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class View:
    """A whole message as readers see it."""

    kind: str
    kicker: str
    title: str
    headline: str
    """What is new, as the subject says it."""
    summary: str
    """How many stories are new on what; empty when the heading of the only group says so."""
    date: str
    zone: str
    window: str
    warnings: tuple[str, ...]
    groups: tuple[GroupView, ...]
    more: int
    """Stories that did not fit."""
    checked: str
    troubles: tuple[TroubleView, ...]
    subscription: str
    unsubscribe: str = ""
    """Address at which the reader ends it; empty when there is none."""
    page: str = ""
    """Address of the monitor's own page; empty when it has no public one."""
    discreet: bool = False
    """Whether what shows outside the message names nothing."""

    @property
    def addressed(self) -> str:
        """Return why a reader gets the message, in one sentence."""
        if self.kind in {"health", "notice"}:
            return "Sent to the owner of this monitor."
        return f"Sent for the subscription “{self.subscription}”."

    @property
    def preview(self) -> str:
        """Return what an inbox shows beside the subject: the first titles, or nothing telling."""
        if self.discreet:
            return self.checked or self.headline
        stories = [story for group in self.groups for story in group.stories][:3]
        titles = ["".join(piece.text for piece in story.title) for story in stories]
        return one_line(" · ".join(titles) or self.checked, 160)


def make_view(notice: Notice, most: int) -> View:
    """Return ``notice`` ready to be set, with at most ``most`` stories."""
    groups, left = [], most
    for group in notice.groups:
        stories = tuple(_story(story, notice) for story in group.stories[:left])
        left -= len(stories)
        if stories:
            groups.append(_group(group, stories, notice))
    receipt = notice.receipt
    alone = notice.kind == "alert" and len(notice.groups) == 1
    return View(
        kind=notice.kind,
        kicker=wording.kicker(notice),
        title=title_of(notice),
        headline=wording.headline(notice),
        summary="" if alone else wording.summary(notice),
        date=wording.long_date(notice.created, notice.time_zone),
        zone=notice.time_zone.replace("_", " "),
        window=wording.window(notice),
        warnings=tuple(one_line(warning, 600) for warning in notice.warnings[:WARNINGS_SHOWN]),
        groups=tuple(groups),
        more=sum(len(group.stories) for group in notice.groups) - (most - left),
        checked=wording.checked(receipt) if receipt else wording.changed(notice),
        troubles=_troubles(notice),
        subscription=notice.subscription,
        unsubscribe=notice.links.unsubscribe if notice.links else "",
        page=notice.links.page if notice.links else "",
        discreet=notice.discreet,
    )


def title_of(notice: Notice) -> str:
    """Return the title over a message, which mail programs show as its sender too."""
    if notice.discreet:
        return wording.NEUTRAL
    return one_line(notice.title, 120) or notice.subscription


def _group(group: NoticeGroup, stories: tuple[StoryView, ...], notice: Notice) -> GroupView:
    return GroupView(
        _name(group),
        len(group.stories),
        stories,
        wording.trend(group.trend) if group.trend else "",
        notice.links.watches.get(group.watch, "") if notice.links else "",
    )


def _name(group: NoticeGroup) -> str:
    return one_line(group.name, 120) or group.watch


def _story(story: NoticeStory, notice: Notice) -> StoryView:
    item = story.item
    copies, outlets, more = wording.copies_of(story)
    news = [copy for copy in story.copies if copy.development][:DEVELOPMENTS_SHOWN]
    shown = {copy.development for copy in news}
    own = dict.fromkeys(words for words in story.developments if words not in shown)
    return StoryView(
        title=title_pieces(item, story.hits) or (Piece("(without a title)"),),
        url=safe_address(item.url),
        outlet=one_line(story.outlet, 80),
        byline=wording.byline(story),
        when=wording.time_of(item, notice.created, notice.time_zone),
        language=wording.language_name(item.language) if item.language else "",
        tag=_tag(item.language),
        snippet=snippet(item, story.hits),
        why=one_line(story.hits[0].why, 240),
        development=one_line("; ".join(list(own)[:DEVELOPMENTS_SHOWN]), 240),
        news=tuple(_titled(copy, f"Development, {copy.development}") for copy in news),
        also_on=tuple(one_line(name, 80) for name in story.also[:8]),
        copies=copies,
        copy_outlets=tuple(outlets),
        more_copies=more,
        links=notice.links.stories.get(item.id) if notice.links else None,
        original=_original(story.original) if story.original else None,
    )


def _original(first: NoticeCopy) -> TitleView:
    return _titled(first, f"First in {wording.language_name(first.language)}")


def _titled(copy: NoticeCopy, label: str) -> TitleView:
    return TitleView(
        label=one_line(label, 200),
        title=one_line(copy.title) or "(without a title)",
        url=safe_address(copy.url),
        outlet=one_line(copy.outlet, 80),
        tag=_tag(copy.language),
    )


def _tag(language: str) -> str:
    return language if language.replace("-", "").isalnum() else ""


def _troubles(notice: Notice) -> tuple[TroubleView, ...]:
    lists = [(each.heading, each.sources) for each in notice.changes]
    if notice.receipt is not None:
        lists += wording.troubles(notice.receipt)
    return tuple(
        TroubleView(
            heading,
            tuple((one_line(t.name, 80), one_line(t.why, 200)) for t in found[:TROUBLES_SHOWN]),
            max(0, len(found) - TROUBLES_SHOWN),
        )
        for heading, found in lists
    )
