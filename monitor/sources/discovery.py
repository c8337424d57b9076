"""What a site offers to be polled, with a look at what each place holds; for a person to choose."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Entry, Fetched, SourceState
from monitor.sources._discovery import Find, finds
from monitor.sources.auto import KINDS

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

SAMPLES: Final = 5
_ANY_ID: Final = "found"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a site publishes; ``title`` and those of the samples are markup."""

    kind: str
    """The kind of source that polls it."""
    url: str
    why: str
    """How it was found, in plain words."""
    form: str
    """What it is: ``rss20``, ``atom10``, ``news-sitemap``, ``section`` …"""
    title: str
    language: str
    entries: int
    newest: datetime | None
    """When its newest entry was published, None when none says."""
    samples: tuple[Entry, ...]
    problems: tuple[str, ...]


async def discover(net: Net, url: str) -> tuple[Candidate, ...]:
    """Return where the site at ``url`` publishes, the best place first; those without entries last.

    Raises `monitor.errors.FetchError` when the address cannot be had and nothing else is found.
    """
    found = [await _candidate(net, find) async for find in finds(net, url)]
    readable = [candidate for candidate in found if candidate is not None]
    return tuple(sorted(readable, key=lambda candidate: not candidate.entries))


async def _candidate(net: Net, find: Find) -> Candidate | None:
    """Return a find with what it holds, None when that cannot be read."""
    source = KINDS[find.kind].model_validate({"id": _ANY_ID, "kind": find.kind, "url": find.url})
    try:
        fetched: Fetched = find.fetched
        if find.kind == "sitemap":  # of an index the sitemaps are needed as well
            fetched = await source.fetch(net, SourceState(_ANY_ID))
        document: Document = await asyncio.to_thread(source.parse, fetched)
    except (FetchError, ParseError):
        return None
    return Candidate(
        kind=find.kind,
        url=find.url,
        why=find.why,
        form=document.kind,
        title=document.title,
        language=document.language,
        entries=len(document.entries),
        newest=max((time for entry in document.entries if (time := _time(entry))), default=None),
        samples=document.entries[:SAMPLES],
        problems=document.problems,
    )


def _time(entry: Entry) -> datetime | None:
    return entry.published or entry.updated
