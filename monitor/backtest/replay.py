"""The replay: stored items against edited rules, read from one snapshot, in constant memory.

    stored items ─ chunks ─→ workers ─→ hits after ┐
    stored hits, or the older rules ──→ hits before ┴→ Tally (hits), Mailroom × 2 (messages)

Nothing is written. Whatever the service does meanwhile is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from monitor.backtest.changes import Sample, Tally, WatchChange
from monitor.backtest.mails import Mailroom, Mails
from monitor.backtest.stories import Stories
from monitor.backtest.workers import CHUNK, cores, matched, pages
from monitor.config import Settings
from monitor.matching import Matcher
from monitor.model import DAY, Hit, Item
from monitor.store import Store, Tx

FEW = 2_000
"""Items up to which starting worker processes would take longer than the matching."""


@dataclass(frozen=True, slots=True)
class MailChange:
    """What one subscription sent before and would send after; None where there is no such one."""

    subscription: str
    before: Mails | None
    after: Mails | None


@dataclass(frozen=True, slots=True)
class Report:
    """What an edit of the rules changes, over the items first seen from ``start`` to ``end``."""

    start: datetime
    end: datetime
    days: float
    """Days from the first of the items to ``end``, at least one; what "a day" is counted by. An
    installation that is younger than the window has sent nothing before."""
    items: int
    watches: tuple[WatchChange, ...]
    samples: tuple[Sample, ...]
    mails: tuple[MailChange, ...]

    @property
    def gained(self) -> int:
        """Hits gained over all watches."""
        return sum(watch.gained for watch in self.watches)

    @property
    def lost(self) -> int:
        """Hits lost over all watches."""
        return sum(watch.lost for watch in self.watches)

    @property
    def kept(self) -> int:
        """Hits kept over all watches."""
        return sum(watch.kept for watch in self.watches)


class Progress:
    """Is told how many items there are and how many are done; this one keeps it to itself."""

    def begin(self, total: int) -> None:
        """Hear how many items there are."""

    def advance(self, items: int) -> None:
        """Hear that so many more are done."""


def backtest(
    store: Store,
    after: Settings,
    *,
    start: datetime,
    end: datetime,
    against: Settings | None = None,
    samples: int = 5,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return what the rules of ``after`` change for items first seen from ``start`` to before ``end``.

    Compared with the stored hits, or with the rules ``against`` when given. ``samples`` of each
    kind are drawn for each watch. Raises `StoreError`, and `MonitorError` when a worker dies.
    """
    replay = _Replay(after, against, start, samples, progress or Progress())
    return store.read_now(lambda tx: replay.run(tx, end, cores() if workers is None else workers))


class _Replay:
    """One run over a snapshot."""

    def __init__(
        self,
        after: Settings,
        against: Settings | None,
        start: datetime,
        samples: int,
        progress: Progress,
    ) -> None:
        self._sides = tuple(
            tuple(settings.watchlists.values()) for settings in (after, against) if settings
        )
        self._stored = against is None
        self._start = start
        self._progress = progress
        self._tally = Tally(samples)
        self._stories = (Stories(), Stories())
        """Each side's own: which items are hits decides what can be told again."""
        self._settings = (against or after, after)
        self._rooms: tuple[Mailroom, ...] = ()
        self._pending: list[_Found] = []

    def run(self, tx: Tx, end: datetime, workers: int) -> Report:
        total = tx.count_items(self._start, end)
        self._progress.begin(total)
        first = next(tx.stored_items(self._start, end), None)
        begin = first.first_seen if first and first.first_seen else end
        self._rooms = tuple(
            Mailroom(side.watches, side.subscriptions.values(), begin) for side in self._settings
        )
        items = 0
        stored = pages(tx.stored_items(self._start, end), CHUNK)
        hands = workers if total > FEW else 1
        with closing(matched(stored, self._sides, workers=hands)) as results:
            for page, sides in results:
                items += len(page)
                self._take(tx, page, sides)
                self._progress.advance(len(page))
        self._play(tx, self._pending)
        days = max(1.0, (end - begin) / DAY)
        return Report(
            start=self._start,
            end=end,
            days=days,
            items=items,
            watches=self._tally.changes(),
            samples=self._explained(tx),
            mails=self._mails(end),
        )

    def _take(self, tx: Tx, page: list[Item], sides: Sequence[Sequence[Hit]]) -> None:
        """Count a page, and play its polls but for the last, which the next page may go on with."""
        after = by_item(sides[0])
        before = tx.bare_hits(item.id for item in page) if self._stored else by_item(sides[1])
        for item in page:
            if item.id in before or item.id in after:
                found = _Found(item, before.get(item.id, []), after.get(item.id, []))
                self._tally.add(item, found.before, found.after)
                self._pending.append(found)
        last = page[-1].first_seen
        self._play(tx, [found for found in self._pending if found.item.first_seen != last])
        self._pending = [found for found in self._pending if found.item.first_seen == last]

    def _play(self, tx: Tx, found: Sequence[_Found]) -> None:
        stored = tx.sketches(one.item.id for one in found)
        for at, poll in polls(found):
            items = {one.item.id: one.item for one in poll}
            before = [hit for one in poll for hit in one.before]
            after = [hit for one in poll for hit in one.after]
            sides = zip(
                self._rooms, self._stories, (before, after), (self._stored, False), strict=True
            )
            for room, stories, hits, lived in sides:
                about = {hit.item: items[hit.item] for hit in hits}
                room.take(at, about, hits, stories.link(at, about, stored if lived else {}, hits))

    def _explained(self, tx: Tx) -> tuple[Sample, ...]:
        """Return the samples, the lost ones with what the edited rules say of them."""
        samples = self._tally.samples()
        items = tx.items(one.item for one in samples if one.kind == "lost")
        if not items:
            return samples
        matcher = Matcher(self._sides[0])
        return tuple(
            replace(one, steps=explained(matcher, items[one.item], one.watch))
            if one.kind == "lost"
            else one
            for one in samples
        )

    def _mails(self, end: datetime) -> tuple[MailChange, ...]:
        before, after = (
            {mails.subscription: mails for mails in room.close(end)} for room in self._rooms
        )
        return tuple(
            MailChange(name, before.get(name), after.get(name)) for name in sorted(before | after)
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """An item that is a hit on one side at least."""

    item: Item
    before: Sequence[Hit]
    after: Sequence[Hit]


def explained(matcher: Matcher, item: Item, watch: str) -> tuple[str, ...]:
    """Return what ``matcher`` says of a watch in an item, also when it knows no such watch."""
    if watch not in matcher.rules:
        return (f"There is no watch {watch} any more.",)
    return matcher.explain(item, watch)


def by_item(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Return ``hits`` by item."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.item, []).append(hit)
    return found


def polls(found: Sequence[_Found]) -> Iterator[tuple[datetime, list[_Found]]]:
    """Yield the items by the polls they came with: of one source, first seen at one moment."""

    def poll(one: _Found) -> tuple[datetime, str]:
        if one.item.first_seen is None:  # pragma: no cover - the store refuses such items
            raise ValueError(one.item.id)
        return one.item.first_seen, one.item.source

    for (at, _), group in groupby(sorted(found, key=poll), key=poll):
        yield at, list(group)
