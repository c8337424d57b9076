"""The list of hits: chosen, paged and made ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.channels.snippet import Piece, snippet, title_pieces
from monitor.channels.text import one_line, safe_address
from monitor.matching import Watch
from monitor.model import Hit, Item, Span
from monitor.store import StoredHit, Tx
from monitor.web.hit_search import HitSearch, as_hit

PAGE = 50
"""Hits on a page."""
REACH = 2000
"""Hits that one search looks through before it asks whether to go on."""
_CHUNK = 250


@dataclass(frozen=True, slots=True)
class HitPage:
    """One page of hits, newest first."""

    hits: tuple[StoredHit, ...]
    older: str = ""
    """Cursor of the page after this one; empty on the last."""
    searched_to: datetime | None = None
    """How far back a search has looked when it stopped before the end."""
    marks: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """What a search found in each item, by its id."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """How many items each of their stories has."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One watch that an item speaks of."""

    watch: str
    name: str
    score: float
    why: str
    possible: bool
    known: bool
    """Whether it is still configured, so that there is a page of it."""


@dataclass(frozen=True, slots=True)
class HitRow:
    """One item of the list with everything that it was found for."""

    hit: str
    """Id of its strongest hit, whose page has all of them."""
    item: Item
    url: str
    """Where it can be read; empty when its address cannot be trusted."""
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    outlet: str
    time: datetime
    """Local time."""
    mentions: tuple[Mention, ...]
    copy: bool
    """Whether it is a copy of another item."""
    story: str
    """Id of its story; empty when it has none."""
    in_story: int
    """How many items tell of it."""


def find_hits(
    tx: Tx,
    *,
    watch: str = "",
    query: HitSearch | None = None,
    before: str = "",
    most: int = PAGE,
) -> HitPage:
    """Return the page of hits behind the cursor ``before``, of one watch, in whose items ``query`` holds.

    At most ``most`` of them.
    A query is tried on the newest `REACH` hits behind the cursor, so that a rare word cannot make
    one request read everything; the answer says how far it came.
    """
    page = _walk(tx, watch, query, before, most)
    stories = (stored.link.story for stored in page.hits if stored.link)
    return replace(page, sizes=tx.story_sizes(stories))


def _walk(tx: Tx, watch: str, query: HitSearch | None, before: str, most: int) -> HitPage:
    found: list[StoredHit] = []
    marks: dict[str, tuple[Span, ...]] = {}
    others = query.others(tx, before) if query else {}
    seen, cursor = 0, before
    while True:
        size = _CHUNK if query else most + 1
        chunk = tx.hits(size, cursor, watch=watch or None)
        for hit in chunk:
            spans = query.spans(hit.item, others) if query else ()
            if spans is not None:
                found.append(hit)
                marks[hit.item.id] = spans
        seen += len(chunk)
        if len(found) > most:
            return HitPage(tuple(found[:most]), older=found[most - 1].cursor, marks=marks)
        if len(chunk) < size:
            return HitPage(tuple(found), marks=marks)
        cursor = chunk[-1].cursor
        if seen >= REACH:
            return HitPage(tuple(found), older=cursor, searched_to=chunk[-1].time, marks=marks)


def days(
    page: HitPage, watches: Mapping[str, Watch], zone: ZoneInfo
) -> list[tuple[date, list[HitRow]]]:
    """Return the rows of a page by local day; hits of one item make one row."""
    by_item: dict[str, list[StoredHit]] = {}
    for stored in page.hits:
        by_item.setdefault(stored.item.id, []).append(stored)
    rows = [_row(group, watches, zone, page) for group in by_item.values()]
    return [(day, list(same)) for day, same in groupby(rows, key=lambda row: row.time.date())]


def _row(
    group: Sequence[StoredHit],
    watches: Mapping[str, Watch],
    zone: ZoneInfo,
    page: HitPage,
) -> HitRow:
    first = group[0]
    story = first.link.story if first.link else ""
    hits = sorted((stored.hit for stored in group), key=lambda hit: (-hit.score, hit.watch))
    searched = page.marks.get(first.item.id, ())
    told = [as_hit(first.item, searched), *hits] if searched else hits
    return HitRow(
        hit=hits[0].id,
        item=first.item,
        url=safe_address(first.item.url),
        title=title_pieces(first.item, told) or (Piece("(no title)"),),
        snippet=snippet(first.item, told),
        outlet=one_line(first.item.outlet or first.item.source, 80),
        time=first.time.astimezone(zone),
        mentions=tuple(_mention(hit, watches) for hit in hits),
        copy=first.link is not None and bool(first.link.copy_of),
        story=story,
        in_story=page.sizes.get(story, 1),
    )


def _mention(hit: Hit, watches: Mapping[str, Watch]) -> Mention:
    watch = watches.get(hit.watch)
    return Mention(
        watch=hit.watch,
        name=watch.name if watch else hit.watch,
        score=hit.score,
        why=one_line(hit.why, 300),
        possible=hit.possible,
        known=watch is not None,
    )
