"""A site given by its address alone: where it publishes is found at the first poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from monitor.errors import FetchError
from monitor.model import Document, Entry, Fetched, Reason, SourceState
from monitor.sources._dates import iso_date
from monitor.sources._discovery import Find, finds
from monitor.sources._memory import note, recall
from monitor.sources.base import Source, WebSource
from monitor.sources.feed import Feed
from monitor.sources.section import Section
from monitor.sources.sitemap import Sitemap

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

KIND: Final = "auto"
KINDS: Final[Mapping[str, type[WebSource]]] = {"feed": Feed, "sitemap": Sitemap, "section": Section}
PATIENCE: Final = 3
"""Failures in a row after which what fails in one of these ways is looked for anew."""
_LOST: Final = frozenset(
    (Reason.NOT_A_FEED, Reason.MALFORMED, Reason.CLIENT_ERROR, Reason.REDIRECTS, Reason.GONE)
)


class Auto(WebSource):
    """A site: where it publishes is found at the first poll, and again when that place fails.

    A feed is taken before a news sitemap, that before the links of the page itself.
    ``monitor sources discover`` shows all there is, to choose from.
    """

    kind: Literal["auto"] = "auto"
    """The word for this kind of source."""

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask the place found before, else look for one; raises `monitor.errors.FetchError`.

        A place that is gone is looked for anew at once, one that gives nothing to read after
        a few failures.
        """
        chosen, memory = self._chosen(state.memory)
        given_up = state.failures >= PATIENCE and state.last_reason in _LOST
        if chosen and not given_up:
            try:
                fetched = await chosen.fetch(net, replace(state, url=chosen.url, memory=memory))
            except FetchError as error:
                if error.reason != Reason.GONE:
                    raise
            else:
                return self._as_ours(chosen, fetched)
        return await self._found(net, state)

    async def _found(self, net: Net, state: SourceState) -> Fetched:
        """Look for a place and poll it as if for the first time.

        That nothing of it is known proves no overrun.
        """
        find = await first(net, self.url)
        if find is None:
            message = (
                f"{self.url} has no feed, no news sitemap and no links to articles that could be"
                " found; name the page or feed to poll with 'kind: section' or 'kind: feed'"
            )
            raise FetchError(Reason.NOT_A_FEED, message)
        chosen = self._as(find.kind, find.url)
        fetched = find.fetched
        if find.kind == "sitemap":
            fetched = await chosen.fetch(net, SourceState(self.id, url=find.url))
        since = state.last_ok.isoformat() if state.first_poll_done and state.last_ok else ""
        return replace(self._as_ours(chosen, fetched, since), partial=True)

    def parse(self, fetched: Fetched) -> Document:
        """Turn an answer into entries as the kind that was found does; raises ParseError.

        Of a place found anew, what was published before the last good poll, or says no date, is
        part of the baseline.
        """
        chosen, memory = self._chosen(fetched.memory)
        if chosen is None:  # a document given by hand
            chosen = self._as("feed", fetched.url)
        document = chosen.parse(replace(fetched, memory=memory))
        since = iso_date(str(recall(fetched.memory, KIND).get("since", "")))
        if since:
            said = f"it is polled at {chosen.url} now: what has no date there counts as known"
            document = replace(document, problems=(*document.problems, said))
        if since and self.on_first_poll == "baseline":
            document = replace(document, entries=_as_known(document.entries, since))
        kept = memory if document.memory is None else document.memory
        return replace(document, memory=_noted(chosen, kept))

    def _as_ours(self, chosen: WebSource, fetched: Fetched, since: str = "") -> Fetched:
        """Return an answer with the choice in its memory; the site itself has not moved."""
        return replace(fetched, moved_to="", memory=_noted(chosen, fetched.memory, since=since))

    def _chosen(self, memory: str) -> tuple[WebSource | None, str]:
        """Return the source that was chosen and its own memory."""
        values = recall(memory, KIND)
        kind, url, inner = (str(values.get(key, "")) for key in ("as", "url", "memory"))
        return (self._as(kind, url), inner) if kind in KINDS and url else (None, "")

    def _as(self, kind: str, url: str) -> WebSource:
        shared: dict[str, Any] = {name: getattr(self, name) for name in Source.model_fields}
        return KINDS[kind].model_validate(shared | {"kind": kind, "url": url})


def _noted(chosen: WebSource, memory: str, **more: str) -> str:
    values = {"as": chosen.kind, "url": chosen.url, "memory": memory, **more}
    return note(KIND, **values)


def _as_known(entries: Iterable[Entry], since: datetime) -> tuple[Entry, ...]:
    return tuple(
        replace(entry, baseline=not (entry.published and entry.published > since))
        for entry in entries
    )


async def first(net: Net, url: str) -> Find | None:
    """Return the best place where the site at ``url`` publishes, None when there is none."""
    async with aclosing(finds(net, url)) as search:
        async for find in search:
            return find
    return None
