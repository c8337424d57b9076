"""Sitemaps: of news, of everything, indexes of them, packed ones, text files of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from monitor.errors import FetchError, ParseError
from monitor.fields import Duration
from monitor.model import Document, Entry, Fetched, SourceState, Validators
from monitor.sources._dates import iso_date
from monitor.sources._http import fetch_conditionally
from monitor.sources._limits import ENTRIES
from monitor.sources._memory import note, recall, texts
from monitor.sources._sitemapseen import Seen
from monitor.sources._sitemapwalk import ACCEPT, ARCHIVE, walk
from monitor.sources._sitemapxml import Link, is_index, read_listing, root_of
from monitor.sources._unpack import LARGEST, start_of
from monitor.sources.base import WebSource

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

KIND: Final = "sitemap"
KEPT: Final = 10
"""Newest addresses of a sitemap that are read however old: one of them is known, if all is well."""
_ADDRESSES: Final = (b"http://", b"https://")


class Sitemap(WebSource):
    """A sitemap: of news or of everything, a text file of addresses, or an index of sitemaps."""

    kind: Literal["sitemap"] = "sitemap"
    """The word for this kind of source."""
    max_age: Duration = Field(default=3 * 86400.0, gt=0)
    """Addresses that last changed longer ago than this, such as ``3d``, are passed over."""
    sitemaps: int = Field(default=10, ge=1, le=50)
    """Sitemaps of an index that are read in one poll, those that changed last."""

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask for what changed since ``state``; raises `monitor.errors.FetchError`.

        robots.txt is asked first. An index is asked for whole each time, and its sitemaps for what
        changed: they come back as ``parts``.
        """
        memory = recall(state.memory, KIND)
        was_index = bool(memory.get("index"))
        asked = replace(state, validators=Validators()) if was_index else state
        fetched = await fetch_conditionally(
            net, state.url or self.url, asked, accept=ACCEPT, robots=True, max_bytes=LARGEST
        )
        since = (datetime.now(UTC) - timedelta(seconds=self.max_age)).isoformat()
        if fetched.unchanged or not is_index(start_of(fetched.body)):
            return replace(fetched, memory=note(KIND, since=since))
        return await self._fetch_index(net, state, fetched, since)

    async def _fetch_index(
        self, net: Net, state: SourceState, fetched: Fetched, since: str
    ) -> Fetched:
        seen = Seen.of(recall(state.memory, KIND))
        first = not state.first_poll_done
        try:
            found = await walk(
                net, fetched, seen, first=first, most=self.sitemaps, max_age=self.max_age
            )
        except ParseError as error:
            raise FetchError(error.reason, str(error)) from error
        return replace(
            fetched,
            parts=found.parts,
            unchanged=not (first or found.parts or found.problems),
            partial=True,
            memory=note(
                KIND, index=True, since=since, said=found.problems[:10], **seen.as_memory()
            ),
        )

    def parse(self, fetched: Fetched) -> Document:
        """Turn an answer into entries; raises `monitor.errors.ParseError`."""
        memory = recall(fetched.memory, KIND)
        since = iso_date(str(memory.get("since", "")))
        if memory.get("index"):
            return _index_document(fetched, memory, since, old=self.on_first_poll == "baseline")
        listing = read_listing(fetched.body, fetched.content_type, fetched.url)
        if listing.kind == "sitemap-index":  # read alone, from a file
            others = f"an index: its {len(listing.children):,} sitemaps are read one by one"
            return Document(listing.kind, problems=(*listing.problems, others))
        entries, said = chosen(listing.links, since, kept=KEPT)
        return Document(
            listing.kind,
            title=listing.title,
            entries=entries,
            problems=(*listing.problems, *said),
            memory=note(KIND),
        )


def is_sitemap(body: bytes) -> bool:
    """Tell by its content whether an unpacked document is a sitemap, in XML or as a list of addresses."""
    return root_of(body) in {"urlset", "sitemapindex"} or body.lstrip().startswith(_ADDRESSES)


def _index_document(
    fetched: Fetched, memory: dict[str, Any], since: datetime | None, *, old: bool
) -> Document:
    """Return what the sitemaps of an index hold; one that cannot be read is named.

    With ``old`` what an archive holds without a date is part of the baseline.
    """
    links: list[Link] = []
    problems = texts(memory.pop("said", []))
    title, failed = "", []
    for part in fetched.parts:
        try:
            listing = read_listing(part.body, part.content_type, part.url)
        except ParseError as error:
            failed.append(ParseError(error.reason, f"{part.url}: {error}"))
            continue
        links += _as_known(listing.links) if old and part.memory == ARCHIVE else listing.links
        title = title or listing.title
        problems += listing.problems
    if failed and len(failed) == len(fetched.parts):
        raise failed[-1]
    entries, said = chosen(links, since, kept=0)
    memory.pop("since", None)
    return Document(
        "sitemap-index",
        title=title,
        entries=entries,
        problems=(*(f"left out: {error}" for error in failed), *problems, *said),
        memory=note(KIND, **memory),
    )


def _as_known(links: Iterable[Link]) -> list[Link]:
    return [
        link if link.time else replace(link, entry=replace(link.entry, baseline=True))
        for link in links
    ]


def chosen(
    links: Sequence[Link], since: datetime | None, *, kept: int
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries worth reading, and what to say of others that were left out; pure.

    Those that say when they changed count when that is after ``since``, the newest ``kept`` of
    them always. Those that do not say are all read. Where there are too many, the newest are
    taken, and of those without a time the first and the last: new ones stand at either end.
    """
    dated = sorted(((link.time, link) for link in links if link.time), key=_time, reverse=True)
    undated = [link.entry for link in links if link.time is None]
    fresh = [
        link.entry for n, (time, link) in enumerate(dated) if n < kept or not since or time >= since
    ]
    problems = []
    room = max(0, ENTRIES - len(fresh))
    if len(fresh) > ENTRIES:
        problems.append(f"only the newest {ENTRIES:,} of {len(fresh):,} addresses were read")
    if len(undated) > room:
        problems.append(
            f"of {len(undated):,} addresses without a date only the first and the last"
            f" {room // 2:,} were read"
        )
        undated = undated[: room // 2] + undated[len(undated) - room // 2 :]
    return (*fresh[:ENTRIES], *undated), tuple(problems)


def _time(pair: tuple[datetime, Link]) -> datetime:
    return pair[0]
