"""Stories: the list, and one with its timeline, its copies folded under what they copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.channels.text import count, one_line, safe_address
from monitor.matching import Watch
from monitor.store import StorySummary, Tx
from monitor.stories import Moment, Telling, tell

PAGE = 40
"""Stories on a page."""
REACH = 1000
"""Stories that the choice of a watch looks through before it asks whether to go on."""
MOST_ITEMS = 500
"""Items of one story that its page reads, the earliest."""
OUTLETS_SHOWN = 12
ROLE_WORDS = {
    "first": "first report",
    "copy": "copy",
    "rewrite": "in other words",
    "development": "development",
}


@dataclass(frozen=True, slots=True)
class WatchName:
    """A watch by the name that readers know."""

    id: str
    name: str
    known: bool
    """Whether it is still configured, so that there is a page of it."""


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One line of the list."""

    id: str
    title: str
    outlet: str
    last: datetime
    """Local time."""
    since: str
    """When it began, in words; empty when that was the same minute."""
    numbers: tuple[str, ...]
    """How many items, outlets and copies it has, in words."""
    developments: str
    watches: tuple[WatchName, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """One page of stories, the newest first."""

    stories: tuple[StorySummary, ...]
    older: str = ""
    """Cursor of the page after this one; empty on the last."""
    searched_to: datetime | None = None
    """How far back the choice of a watch has looked when it stopped before the end."""


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy below the item that it copies."""

    outlet: str
    url: str
    title: str
    time: datetime
    why: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One step of a story: an item that said something in words of its own."""

    time: datetime
    outlet: str
    url: str
    title: str
    role: str
    """A key of `ROLE_WORDS`."""
    words: str
    new: str
    """What it adds; of developments alone."""
    why: str
    """Why it belongs to the story; empty for the first."""
    also: str
    """In how many other outlets its copies stand, in words; empty when there are none."""
    copies: tuple[CopyRow, ...]


@dataclass(frozen=True, slots=True)
class StoryView:
    """A whole story as its page shows it."""

    id: str
    headline: str
    why_original: str
    first: datetime
    last: datetime
    numbers: tuple[str, ...]
    outlets: tuple[str, ...]
    more_outlets: int
    watches: tuple[WatchName, ...]
    days: tuple[tuple[date, tuple[TimelineRow, ...]], ...]
    cut: bool
    """Whether later items are left out."""


def find_stories(tx: Tx, *, watch: str = "", before: str = "") -> StoryPage:
    """Return the page of stories behind the cursor ``before``, those that speak of ``watch`` if one is given.

    The choice of a watch looks through the newest `REACH` stories; the answer says how far it came.
    """
    found: list[StorySummary] = []
    seen, cursor = 0, before
    size = PAGE + 1 if not watch else 5 * PAGE
    while True:
        chunk = tx.stories(size, cursor)
        found += [story for story in chunk if not watch or watch in story.watches]
        seen += len(chunk)
        if len(found) > PAGE:
            return StoryPage(tuple(found[:PAGE]), found[PAGE - 1].cursor)
        if len(chunk) < size:
            return StoryPage(tuple(found))
        cursor = chunk[-1].cursor
        if seen >= REACH:
            return StoryPage(tuple(found), cursor, chunk[-1].last)


def read_story(tx: Tx, story: str, most: int | None = None) -> Telling | None:
    """Return a story with the watches of its items, of its first ``most`` items; None when there is none."""
    members = tx.story(story, most)
    if not members:
        return None
    hits = tx.bare_hits(sketch.item for _, sketch in members)
    return tell(members, {item: [hit.watch for hit in found] for item, found in hits.items()})


def story_days(
    page: StoryPage, watches: Mapping[str, Watch], zone: ZoneInfo
) -> list[tuple[date, list[StoryRow]]]:
    """Return the rows of a page by the local day of their newest items."""
    rows = [_row(story, watches, zone) for story in page.stories]
    return [(day, list(same)) for day, same in groupby(rows, key=lambda row: row.last.date())]


def _row(story: StorySummary, watches: Mapping[str, Watch], zone: ZoneInfo) -> StoryRow:
    return StoryRow(
        id=story.story,
        title=one_line(story.title) or "(no title)",
        outlet=one_line(story.outlet, 80),
        last=story.last.astimezone(zone),
        since=_since(story.first.astimezone(zone), story.last.astimezone(zone)),
        numbers=_numbers(story.items, story.outlets, story.copies),
        developments=count(story.developments, "development") if story.developments else "",
        watches=names_of(story.watches, watches),
    )


def _since(first: datetime, last: datetime) -> str:
    """Return when a story began as short as the time of its end allows; both local."""
    if (first.date(), first.hour, first.minute) == (last.date(), last.hour, last.minute):
        return ""
    if first.date() == last.date():
        return f"since {first:%H:%M}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"since {first.day} {first:%B}{year}, {first:%H:%M}"


def _numbers(items: int, outlets: int, copies: int) -> tuple[str, ...]:
    """Return the size of a story in words; of a single item there is nothing to say."""
    if items == 1:
        return ()
    words = [count(items, "article"), count(outlets, "outlet")]
    return (*words, count(copies, "copy", "copies")) if copies else tuple(words)


def names_of(ids: Iterable[str], watches: Mapping[str, Watch]) -> tuple[WatchName, ...]:
    """Return the names of watches; one that was removed from the configuration keeps its id."""
    return tuple(
        WatchName(name, watches[name].name if name in watches else name, name in watches)
        for name in ids
    )


def view_story(
    story: Telling, watches: Mapping[str, Watch], zone: ZoneInfo, *, cut: bool = False
) -> StoryView:
    """Return ``story`` ready to be shown, its copies folded; pure."""
    outlets = [one_line(outlet, 80) for outlet in story.outlets]
    steps = [(moment, folded) for moment, folded in fold(story.timeline)]
    rows = [_step(moment, folded, zone) for moment, folded in steps]
    copies = sum(len(folded) for _, folded in steps)
    return StoryView(
        id=story.story,
        headline=one_line(story.headline) or "(no title)",
        why_original=one_line(story.why_original, 240),
        first=story.first.astimezone(zone),
        last=story.last.astimezone(zone),
        numbers=_numbers(len(story.timeline), len(outlets), copies),
        outlets=tuple(outlets[:OUTLETS_SHOWN]),
        more_outlets=max(0, len(outlets) - OUTLETS_SHOWN),
        watches=names_of(story.watches, watches),
        days=tuple(
            (day, tuple(same)) for day, same in groupby(rows, key=lambda row: row.time.date())
        ),
        cut=cut,
    )


def fold(timeline: Sequence[Moment]) -> list[tuple[Moment, list[Moment]]]:
    """Return the items that stand for themselves, each with its copies, the earliest first.

    A copy of a copy stands with what that one copies; a copy of an item that is not here, or
    that was told later (an agency's, found after those who took it), still finds it.
    """
    by_item = {moment.item: moment for moment in timeline}
    folded: dict[str, list[Moment]] = {}
    for moment in timeline:
        root = _root(moment, by_item)
        copies = folded.setdefault(root.item, [])
        if moment is not root:
            copies.append(moment)
    return [(by_item[item], folded[item]) for item in by_item if item in folded]


def _root(moment: Moment, by_item: Mapping[str, Moment]) -> Moment:
    """Return the item that ``moment`` is a copy of in the end, itself when it is none or in a circle."""
    found, seen = moment, {moment.item}
    while found.copy_of in by_item:
        found = by_item[found.copy_of]
        if found.item in seen:
            return moment
        seen.add(found.item)
    return found


def _step(moment: Moment, copies: Sequence[Moment], zone: ZoneInfo) -> TimelineRow:
    others = {copy.outlet for copy in copies} - {moment.outlet}
    also = f"Also in {count(len(others), 'outlet')}" if others else ""
    return TimelineRow(
        time=moment.time.astimezone(zone),
        outlet=one_line(moment.outlet, 80),
        url=safe_address(moment.url),
        title=one_line(moment.title) or "(no title)",
        role=moment.role,
        words=ROLE_WORDS[moment.role],
        new=one_line(moment.new, 300),
        why=one_line(moment.joined, 400),
        also=also or (count(len(copies), "copy", "copies") if copies else ""),
        copies=tuple(_copy(copy, zone) for copy in copies),
    )


def _copy(copy: Moment, zone: ZoneInfo) -> CopyRow:
    return CopyRow(
        outlet=one_line(copy.outlet, 80),
        url=safe_address(copy.url),
        title=one_line(copy.title) or "(no title)",
        time=copy.time.astimezone(zone),
        why=one_line(copy.joined, 300),
    )
