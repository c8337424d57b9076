"""One story with its timeline: copies folded under what they copy, rewrites in a row too; pure but for the read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.channels.text import count, one_line, safe_address
from monitor.matching import Watch
from monitor.store import Tx
from monitor.stories import Moment, Telling, tell
from monitor.web.story_rows import WatchName, names_of, numbers_of

MOST_ITEMS = 500
"""Items of one story that its page reads, the earliest."""
OUTLETS_SHOWN = 12
RUN_SHOWN = 3
"""Items in a row that only say it in other words; the others are seen when one asks for them."""
ROLE_WORDS = {
    "first": "first report",
    "copy": "copy",
    "rewrite": "in other words",
    "development": "development",
}


@dataclass(frozen=True, slots=True)
class EditRow:
    """What was changed in an item, or that its page went or came back."""

    time: datetime
    words: str


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy below the item that it copies."""

    outlet: str
    url: str
    title: str
    time: datetime
    why: str
    hit: str = ""
    """Id of its strongest hit; empty when its hits are gone."""
    edits: tuple[EditRow, ...] = ()


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
    hit: str = ""
    """Id of its strongest hit; empty when its hits are gone."""
    edits: tuple[EditRow, ...] = ()
    """What was changed in it since."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps of one day, one after the other."""

    rows: tuple[TimelineRow, ...]
    more: str = ""
    """What to call them where they are folded away; empty where they are seen."""


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
    days: tuple[tuple[date, tuple[Stretch, ...]], ...]
    cut: bool
    """Whether later items are left out."""


def read_story(tx: Tx, story: str, most: int | None = None) -> Telling | None:
    """Return a story of its first ``most`` items, with their watches and edits; None when there is none."""
    members = tx.story(story, most)
    if not members:
        return None
    items = [sketch.item for _, sketch in members]
    hits = tx.bare_hits(items)
    watches = {item: [hit.watch for hit in found] for item, found in hits.items()}
    strongest = {
        item: min(found, key=lambda hit: (-hit.score, hit.watch)).id for item, found in hits.items()
    }
    return tell(members, watches, tx.revisions(items), strongest)


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
        numbers=numbers_of(len(story.timeline), len(outlets), copies),
        outlets=tuple(outlets[:OUTLETS_SHOWN]),
        more_outlets=max(0, len(outlets) - OUTLETS_SHOWN),
        watches=names_of(story.watches, watches),
        days=tuple(
            (day, tuple(_stretches(same)))
            for day, same in groupby(rows, key=lambda row: row.time.date())
        ),
        cut=cut,
    )


def _stretches(rows: Iterable[TimelineRow]) -> Iterator[Stretch]:
    """Yield the steps of a day; of many rewrites in a row only the first are seen at once."""
    for rewrites, same in groupby(rows, key=lambda row: row.role == "rewrite"):
        steps = tuple(same)
        if not rewrites or len(steps) <= RUN_SHOWN + 1:
            yield Stretch(steps)
            continue
        yield Stretch(steps[:RUN_SHOWN])
        yield Stretch(steps[RUN_SHOWN:], f"{len(steps) - RUN_SHOWN} more in other words")


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
        hit=moment.hit,
        edits=_edits(moment, zone),
    )


def _copy(copy: Moment, zone: ZoneInfo) -> CopyRow:
    return CopyRow(
        outlet=one_line(copy.outlet, 80),
        url=safe_address(copy.url),
        title=one_line(copy.title) or "(no title)",
        time=copy.time.astimezone(zone),
        why=one_line(copy.joined, 300),
        hit=copy.hit,
        edits=_edits(copy, zone),
    )


def _edits(moment: Moment, zone: ZoneInfo) -> tuple[EditRow, ...]:
    return tuple(EditRow(e.at.astimezone(zone), one_line(e.words, 400)) for e in moment.edits)
