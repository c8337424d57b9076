"""Searches: feeds built from the watches themselves, at providers that need neither account nor key."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self
from urllib.parse import quote, urlencode

from pydantic import Field, PrivateAttr, model_validator

from monitor.errors import FetchError, ParseError
from monitor.fields import Address, Duration, Identifier, Interval
from monitor.model import Document, Entry, Fetched, Reason, SourceState
from monitor.sources._http import fetch_conditionally
from monitor.sources._search import DAY, Provider, Question, plain_name, written_in
from monitor.sources._search_bing import BingNews
from monitor.sources._search_gdelt import Gdelt
from monitor.sources._search_google import GoogleNews
from monitor.sources._search_hackernews import HackerNews
from monitor.sources._search_plan import (
    MOST,
    Ask,
    Batch,
    Memory,
    batches,
    requests_for_all,
)
from monitor.sources._search_reddit import Reddit
from monitor.sources.base import Source

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

PROVIDERS: Final[Mapping[str, Provider]] = {
    each.name: each for each in (GoogleNews(), BingNews(), Gdelt(), HackerNews(), Reddit())
}
LONGEST_BACK: Final = 30 * DAY
LONG_TURN: Final = 12 * 3_600.0
"""Seconds after which a name is asked for again that are worth a remark."""

Query = Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Search(Source):
    """A search at a provider for the names of a watchlist, or for queries of your own."""

    kind: Literal["search"] = "search"
    """The word for this kind of source."""
    provider: Literal["google-news", "bing-news", "gdelt", "hacker-news", "reddit"]
    """Who is asked; the guide says what each allows."""
    watchlist: Identifier | Literal[""] = ""
    """Watchlist whose names are searched for; an edit of it changes the search."""
    names: int = Field(default=3, ge=1, le=1_000)
    """Names of each watch that are searched for: the first so many in the script of ``language``."""
    queries: tuple[Query, ...] = ()
    """Queries in the provider's own language, each a request of its own."""
    requests: int = Field(default=4, ge=1, le=20)
    """Requests of one poll at most; what does not fit waits for its turn at the next polls."""
    gap: Duration = Field(default=6.0, ge=0, le=600)
    """Shortest time between two requests to the provider."""
    back: Duration = Field(default=2 * DAY, ge=3_600, le=LONGEST_BACK)
    """How far results lie back at least; further after a downtime or when turns take long."""
    endpoint: Address | Literal[""] = ""
    """Address to ask instead of the provider's own, such as that of a mirror."""
    every: Interval = 1_800.0
    """Time between polls, such as ``30m``; ``auto`` follows the rhythm of what is found."""

    _names: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="before")
    @classmethod
    def _google_links_to_itself(cls, options: Any) -> Any:
        """Leave articles unread where links end at a page of Google's, unless told otherwise."""
        if isinstance(options, Mapping) and options.get("provider") == GoogleNews.name:
            return {"full_text": "never", **options}
        return options

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.watchlist or self.queries):
            message = "a search needs a watchlist or queries of its own"
            raise ValueError(message)
        longest = self._asked.characters
        if any(len(query) > longest for query in self.queries):
            message = f"{self.provider} takes queries of at most {longest} characters"
            raise ValueError(message)
        return self

    @property
    def _asked(self) -> Provider:
        return PROVIDERS[self.provider]

    @property
    def address(self) -> str:
        """Return the address that is asked, with whose names; an edit of queries does not change it."""
        edition = "-".join(part for part in (self.language, self.country) if part)
        about = [part for part in (self.watchlist, edition) if part]
        return f"{self.endpoint or self._asked.endpoint}#{quote('/'.join(about))}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what its owner should know: names that cannot be asked for, turns that are long."""
        left_out = [name for name in self._names if not self._asked.knows(name)]
        said = []
        if not self.asks:
            said.append(f"nothing to search for: {self.watchlist} has no names for {self.provider}")
        elif self.turn > LONG_TURN:
            hours = self.turn / 3_600
            said.append(f"{len(self.asks)} names take turns, each is asked for every {hours:.0f} h")
        if left_out:
            few = ", ".join(left_out[:3])
            said.append(f"{self.provider} cannot search for {len(left_out)} names, such as {few}")
        return tuple(said)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Return all that is searched for, each once."""
        own = [Ask(query, alone=True) for query in self.queries]
        names = [Ask(name) for name in self._names if self._asked.knows(name)]
        return tuple(dict.fromkeys([*own, *names]))[:MOST]

    @property
    def turn(self) -> float:
        """Return the seconds in which everything is asked for once."""
        every = self.max_interval if self.every == "auto" else self.every
        polls = -(-requests_for_all(self.asks, self._asked) // self.requests)
        return polls * every

    def for_watchlists(self, names: Mapping[str, Sequence[Sequence[str]]]) -> Self:
        """Return this search for the names of its watchlist."""
        copy = self.model_copy()
        chosen: list[str] = []
        language = self._asked.names_in(self.language)
        for each in names.get(self.watchlist, ()):
            plain = (plain_name(name) for name in each if written_in(name, language))
            chosen += list(dict.fromkeys(name for name in plain if name))[: self.names]
        copy._names = tuple(dict.fromkeys(chosen))  # noqa: SLF001 - its own
        return copy

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask the next few requests; raises `monitor.errors.FetchError` when none was answered.

        The answers come as parts. One that failed is a part with the reason for its body, and ends
        the poll: its names keep their turn.
        """
        now = time.time()
        memory = Memory.read(state.memory)
        parts: list[Fetched] = []
        for batch in batches(self.asks, memory, self._asked, self.requests):
            try:
                parts.append(await self._ask(net, batch, state.last_ok, now))
            except FetchError as error:
                if not parts:
                    raise
                parts.append(Fetched(self.address, error.status, str(error).encode()))
                break
        return Fetched(
            url=self.endpoint or self._asked.endpoint,
            status=parts[0].status if parts else 0,
            seconds=sum(part.seconds for part in parts),
            memory=state.memory,
            parts=tuple(parts),
            partial=True,  # a turn of some names: that nothing is known proves no overrun
        )

    async def _ask(self, net: Net, batch: Batch, last_ok: datetime | None, now: float) -> Fetched:
        question = Question(
            query=batch.query,
            language=self.language,
            country=self.country,
            back=self._back(last_ok, now),
            now=now,
        )
        asked = urlencode(self._asked.parameters(question), quote_via=quote)
        endpoint = self.endpoint or self._asked.endpoint
        url = f"{endpoint}{'&' if '?' in endpoint else '?'}{asked}"
        try:
            answer = await fetch_conditionally(
                net, url, SourceState(self.id), accept=self._asked.accept, gap=self.gap
            )
        except FetchError as error:
            said = str(error).replace(url, self.provider)  # an address of a thousand characters
            raise FetchError(
                error.reason, said, status=error.status, retry_after=error.retry_after
            ) from None
        return replace(answer, memory=batch.slip())

    def _back(self, last_ok: datetime | None, now: float) -> float:
        """Return how far results lie back: over a whole turn, and over the time that was missed."""
        missed = now - last_ok.timestamp() if last_ok else 0.0
        return min(max(self.back, 2 * self.turn, missed + self.turn), LONGEST_BACK)

    def parse(self, fetched: Fetched) -> Document:
        """Turn the answers into entries; raises ParseError when none of them can be read."""
        memory, entries = Memory.read(fetched.memory), list[Entry]()
        problems: list[str] = []
        read = 0
        for part in fetched.parts:
            try:
                found = self._read(part)
            except ParseError as error:
                problems.append(str(error))
                if not read and part is fetched.parts[-1]:
                    raise
                continue
            read += 1
            entries += found.entries
            problems += found.problems
            memory = memory.after(part.memory, self.asks)
        if not fetched.parts:
            problems.append("there is nothing to search for")
        return Document(
            kind=self.provider,
            entries=tuple(entries),
            problems=tuple(problems),
            memory=memory.write(),
        )

    def _read(self, part: Fetched) -> Document:
        """Return what one answer holds."""
        if not part.memory:
            raise ParseError(Reason.SERVER_ERROR, part.body.decode("utf-8", "replace"))
        document = self._asked.read(part)
        entries, problems = document.entries, list(document.problems)
        if len(entries) >= self._asked.most:
            problems.append(f"an answer held its most, {self._asked.most}: there may be more")
        if part.memory.startswith("new") and self.on_first_poll == "baseline":
            entries = tuple(replace(entry, baseline=True) for entry in entries)
        if document.language:
            entries = tuple(
                replace(entry, language=entry.language or document.language) for entry in entries
            )
        return replace(document, entries=entries, problems=tuple(problems))
