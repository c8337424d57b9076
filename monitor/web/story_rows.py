"""Stories in a list, by the day of their newest items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.channels.text import count, one_line
from monitor.matching import Watch
from monitor.store import StorySummary, Tx

PAGE = 40
"""Stories on a page."""
REACH = 1000
"""Stories that the choice of a watch looks through before it asks whether to go on."""


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
        numbers=numbers_of(story.items, story.outlets, story.copies),
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


def numbers_of(items: int, outlets: int, copies: int) -> tuple[str, ...]:
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
