"""Asking the sitemaps of an index: those that changed, the newest first, a few in one poll.

An index of a large site names thousands of sitemaps, most of them archives. Asked are those that
changed since they were read, as their ``lastmod`` says, or that have none. What was left for
later is still unknown to the memory, so it has its turn at the next poll.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from monitor.errors import FetchError, ParseError
from monitor.model import Fetched, Reason, SourceState
from monitor.sources._dates import date_of
from monitor.sources._http import fetch_conditionally
from monitor.sources._sitemapseen import Seen, newest_first
from monitor.sources._sitemapxml import Child, is_index, read_listing
from monitor.sources._unpack import LARGEST, start_of

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

ACCEPT: Final = "application/xml, text/xml, text/plain;q=0.8, application/gzip;q=0.8, */*;q=0.5"
ARCHIVE: Final = "archive"
"""Marks a sitemap that was named from the start and is read only now."""
DEEPEST: Final = 2
"""Levels of indexes below the first; the protocol knows none, publishers do."""
MOST_INDEXES: Final = 5
MOST_BYTES: Final = 60_000_000
"""Bytes of one poll as they travel: what is beyond waits for the next one."""
MOST_SECONDS: Final = 60.0
"""Seconds after which no further sitemap of a poll is asked; the lease on a source is longer."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What one poll of an index brought; the ``memory`` of a part may be `ARCHIVE`."""

    parts: tuple[Fetched, ...]
    problems: tuple[str, ...]


async def walk(
    net: Net, index: Fetched, seen: Seen, *, first: bool, most: int, max_age: float
) -> Walk:
    """Ask at most ``most`` sitemaps of ``index`` and write into ``seen`` what was read.

    ``first`` marks the first poll; later, sitemaps unchanged for ``max_age`` seconds are passed
    over. One that fails is named in ``problems``; when all fail, the last `FetchError` is raised.
    Raises ParseError when the index cannot be read or leads only to itself.
    """
    listing = await asyncio.to_thread(read_listing, index.body, index.content_type, index.url)
    since = None if first else datetime.now(UTC) - timedelta(seconds=max_age)
    walker = Walker(net, seen, since, asked=index.url)
    await walker.follow(listing.children, most)
    seen.name(listing.children)
    if walker.failures and not walker.good:
        raise walker.failures[-1]
    if listing.children and not walker.good:
        message = f"the sitemap index at {index.url} leads only to itself"
        raise ParseError(Reason.MALFORMED, message)
    said = [f"left out: {failure}" for failure in walker.failures]
    return Walk(tuple(walker.parts), (*said, *listing.problems))


class Walker:
    """One poll's way through an index; ``since`` is None at the first poll of the source."""

    def __init__(self, net: Net, seen: Seen, since: datetime | None, *, asked: str) -> None:
        self.parts: list[Fetched] = []
        self.failures: list[FetchError | ParseError] = []
        self.good = 0
        """Sitemaps that were read, or that need not be."""
        self._net = net
        self._seen = seen
        self._since = since
        self._asked = {asked}
        self._queue: deque[tuple[Child, int]] = deque()
        self._indexes = 0

    async def follow(self, children: Sequence[Child], most: int) -> None:
        """Ask what can not wait, until there is enough or time is up."""
        self._queue.extend((child, 1) for child in newest_first(children))
        room, until = MOST_BYTES, monotonic() + MOST_SECONDS
        while self._queue and most > 0 and room > 0 and monotonic() < until:
            child, depth = self._queue.popleft()
            if child.url in self._asked:
                continue
            self._asked.add(child.url)
            if self._can_wait(child):
                self.good += 1
                continue
            try:
                part = await self._ask(child, min(LARGEST, room))
                inner = await self._inner(part, depth)
            except (FetchError, ParseError) as error:
                self.failures.append(error)
                most -= 1
                continue
            room -= len(part.body)
            if inner is None:
                self._keep(child, part)
                most -= 1
            else:
                further = reversed(newest_first(inner))
                self._queue.extendleft((one, depth + 1) for one in further)

    def _can_wait(self, child: Child) -> bool:
        changed = date_of(child.lastmod)
        old = self._since is not None and changed is not None and changed < self._since
        return old or self._seen.is_as_it_was(child)

    async def _ask(self, child: Child, limit: int) -> Fetched:
        state = SourceState("", validators=self._seen.validators(child))
        return await fetch_conditionally(
            self._net, child.url, state, accept=ACCEPT, robots=True, max_bytes=limit
        )

    async def _inner(self, part: Fetched, depth: int) -> tuple[Child, ...] | None:
        """Return the sitemaps that ``part`` names when it is an index, else None."""
        if part.unchanged or not is_index(start_of(part.body)):
            return None
        self._indexes += 1
        if depth > DEEPEST or self._indexes > MOST_INDEXES:
            message = f"{part.url} is one sitemap index too many within indexes"
            raise ParseError(Reason.MALFORMED, message)
        listing = await asyncio.to_thread(read_listing, part.body, part.content_type, part.url)
        return listing.children

    def _keep(self, child: Child, part: Fetched) -> None:
        self.good += 1
        old = self._since is not None and self._seen.is_archive(child)
        self._seen.remember(child, part.validators)
        if not part.unchanged:
            self.parts.append(replace(part, memory=ARCHIVE if old else ""))
