"""When a feed published more than it shows: its older pages are read until a known item appears.

A window is overrun when none of its entries is known although earlier polls had some. Feeds that
are paged or archived link to the page before (RFC 5005 sections 3 and 4), so that what rolled past
between two polls is still to be had.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from monitor.edits import Edited, read_anew, wording_of
from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Item, Reason, SourceState
from monitor.sources.base import Source
from monitor.store import Store, Tx
from monitor.tools import Tools
from monitor.work.tasks import Finds

PAGES: Final = 5
"""Older pages that one poll reads at most."""
SECONDS: Final = 60.0
"""How long that may take: well below the lease of a poll."""
OK, REDIRECTION = 200, 300


@dataclass(frozen=True, slots=True)
class Window:
    """What a document showed, and how many of its items came from older pages."""

    document: Document
    items: tuple[Item, ...]
    older: int = 0


async def look_through(
    tools: Tools, source: Source, state: SourceState, fetched: Fetched, now: datetime
) -> tuple[Window, Finds, tuple[Edited, ...]]:
    """Read an answer, its older pages too when it was overrun, and match what is fresh or edited."""
    document, items = await tools.crew.read(source, fetched, now, baseline=False)
    fresh, reworded = await sift(tools.store, source, items)
    window = Window(document, items)
    if may_be_mended(state, fetched, document, items, len(fresh)):
        window = await mend(tools, source, window, fetched.url, now)
        fresh, reworded = await sift(tools.store, source, window.items)
    edits = await read_anew(tools, source, reworded, fetched, now)
    return window, await tools.crew.find(fresh), edits


async def sift(
    store: Store, source: Source, items: Sequence[Item]
) -> tuple[Sequence[Item], dict[str, Item]]:
    """Return the items that are worth matching: the unknown ones, and hits that read differently.

    Those come by the ids they are stored under.
    """
    keys = [key for item in items for key in item.keys]

    def ask(tx: Tx) -> tuple[Sequence[Item], dict[str, Item]]:
        known = tx.known(keys)
        fresh, _ = only_new(items, known)
        listed = {known[key]: item for item in reversed(items) for key in item.keys if key in known}
        said = tx.wordings(source.id, listed)
        return fresh, {i: listed[i] for i, was in said.items() if was != wording_of(listed[i])}

    return await store.read(ask)


def only_new(
    items: Sequence[Item], known: dict[str, str]
) -> tuple[list[Item], list[tuple[str, str]]]:
    """Split ``items`` into those never seen and (known item id, new key) pairs of the others."""
    fresh: list[Item] = []
    sightings: list[tuple[str, str]] = []
    for item in items:
        owner = next((known[key] for key in item.keys if key in known), None)
        if owner is None:
            fresh.append(item)
        else:
            sightings += [(owner, key) for key in item.keys if key not in known]
    return fresh, sightings


def may_be_mended(
    state: SourceState, fetched: Fetched, document: Document, items: Sequence[Item], unknown: int
) -> bool:
    """Tell whether a window was overrun by a feed that has older pages.

    ``unknown`` counts those of ``items`` that no poll has seen. What a first poll finds is no
    overrun, and of a partial answer nobody expects known entries.
    """
    whole = state.first_poll_done and not fetched.partial
    return bool(whole and items and unknown == len(items) and document.older)


async def mend(tools: Tools, source: Source, found: Window, url: str, now: datetime) -> Window:
    """Return ``found`` with the items of older pages, at most `PAGES` and of the same host as ``url``.

    What cannot be had ends the search: the window then stays overrun, and the document's first
    problem says why. Never raises for a bad page.
    """
    walk = _Walk(tools, source, urlsplit(url).netloc, now, {url})
    pages: list[tuple[Item, ...]] = []
    met, end = False, ""
    address = found.document.older
    try:
        async with asyncio.timeout(SECONDS):
            while address and not met and walk.may_visit(address):
                document, items = await walk.page(address)
                pages.append(items)
                met, address = await walk.knows(items), document.older
    except (FetchError, ParseError) as error:
        end = f": {error}"
    except TimeoutError:
        end = f": they took longer than {SECONDS:g} s"
    own = {key for item in found.items for key in item.keys}
    older = _each_once(pages, own)
    did = "closed" if met else "did not close"
    note = f"all entries were new; {len(pages)} older pages {did} the gap{end}"
    document = replace(found.document, problems=(note, *found.document.problems))
    return Window(document, (*found.items, *older), len(older))


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way from page to page."""

    tools: Tools
    source: Source
    host: str
    now: datetime
    seen: set[str]

    def may_visit(self, address: str) -> bool:
        """Tell whether a page is new, of the same host, and not one too many."""
        return (
            address not in self.seen
            and urlsplit(address).netloc == self.host
            and len(self.seen) <= PAGES
        )

    async def page(self, address: str) -> tuple[Document, tuple[Item, ...]]:
        self.seen.add(address)
        answer = await self.tools.net.get(address)
        if not OK <= answer.status < REDIRECTION:
            message = f"{answer.url} answered {answer.status}"
            raise FetchError(Reason.SERVER_ERROR, message, status=answer.status)
        kind = answer.headers.get("content-type", "")
        fetched = Fetched(answer.url, answer.status, answer.body, kind)
        return await self.tools.crew.read(self.source, fetched, self.now, baseline=False)

    async def knows(self, items: Sequence[Item]) -> bool:
        keys = [key for item in items for key in item.keys]
        return bool(await self.tools.store.read(lambda tx: tx.known(keys)))


def _each_once(pages: Sequence[tuple[Item, ...]], seen: set[str]) -> list[Item]:
    """Return the items of ``pages`` that none of the keys ``seen`` names, each once."""
    fresh = []
    for item in (item for page in pages for item in page):
        if seen.isdisjoint(item.keys):
            fresh.append(item)
        seen.update(item.keys)
    return fresh
