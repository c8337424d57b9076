"""What a worker process does. Pure functions of plain values; nothing here opens anything.

The imports stay few: every worker pays for them in memory.
"""

from __future__ import annotations

import contextlib
import signal
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from monitor import reading
from monitor.errors import ParseError
from monitor.matching import Matcher, Watchlist
from monitor.model import Article, Document, Fetched, Hit, Item, Reason
from monitor.sources.base import Source
from monitor.stories import Gist, gist_of

MEMORY_CAP = 2 * 1024**3
"""Bytes of address space a worker may take: a bomb ends its worker, not the machine."""

T = TypeVar("T")

_MATCHERS: list[Matcher] = []
"""The worker's own matcher, put here once by `start`; a worker never changes its watchlists."""


def start(watchlists: Sequence[Watchlist]) -> None:
    """Prepare a fresh worker process: cap its memory, leave Ctrl-C to the parent, build."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):  # no rlimits on this system
        import resource  # noqa: PLC0415 - only on Unix

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_CAP, MEMORY_CAP))
    _MATCHERS[:] = [Matcher(watchlists)]


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong in a worker, as text: not every exception survives the way back."""

    reason: str
    message: str
    trace: str = ""
    """The traceback of a fault of ours."""


def attempt(task: Callable[..., T], *args: Any, **kwargs: Any) -> T | Failed:
    """Run ``task``; return what it returns or how it failed."""
    try:
        return task(*args, **kwargs)
    except ParseError as error:
        return Failed(error.reason, str(error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the crew logs it
        words = f"this service failed on it: {type(error).__name__}"
        return Failed(Reason.INTERNAL, words, traceback.format_exc())


@dataclass(frozen=True, slots=True)
class Finds:
    """What the watchlists find in some items: the hits, in item order, and the gist of each item hit."""

    hits: tuple[Hit, ...] = ()
    gists: Mapping[str, Gist] = field(default_factory=dict)


def read_document(
    source: Source, fetched: Fetched, now: datetime, *, baseline: bool
) -> tuple[Document, tuple[Item, ...]]:
    """Parse and clean one answer; the document comes back without its entries."""
    document = source.parse(fetched)
    items = reading.read(
        document,
        source=source.id,
        outlet=source.outlet,
        language=source.language,
        address=fetched.url,
        now=now,
        baseline=baseline,
    )
    return replace(document, entries=()), items


def read_page(
    body: bytes, content_type: str, url: str, now: datetime, item: Item | None = None
) -> Article:
    """Return the article on a page; what that takes is loaded with the first one.

    It is read with care; when ``item`` is given, whose page it is, only if this worker's watchlists
    may find something in the item or anywhere on the page.
    """
    if item is None:
        return reading.read_article(body, content_type, url, now)

    def worth_care(whole: str) -> bool:
        return _MATCHERS[0].may_match(replace(item, text=f"{item.text}\n{whole}"))

    return reading.read_article(body, content_type, url, now, worth_care=worth_care)


def read_and_find(
    source: Source, fetched: Fetched, now: datetime, *, baseline: bool
) -> tuple[Document, tuple[Item, ...], Finds]:
    """Parse and clean one answer, and find what this worker's watchlists want in all of it."""
    document, items = read_document(source, fetched, now, baseline=baseline)
    return document, items, find_items(items)


def find_items(items: Sequence[Item]) -> Finds:
    """Return what the watchlists that this worker was started with find in ``items``."""
    return find(_MATCHERS[0], items)


def find(matcher: Matcher, items: Sequence[Item]) -> Finds:
    """Return what ``matcher`` finds in ``items``, which say when they were first seen."""
    hits: list[Hit] = []
    gists: dict[str, Gist] = {}
    for item in items:
        if found := matcher.match(item):
            hits += found
            gists[item.id] = gist_of(item, found)
    return Finds(tuple(hits), gists)
