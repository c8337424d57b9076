"""What every kind of source has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from monitor.fields import Address, Duration, Identifier, Interval
from monitor.model import Document, Fetched, SourceState
from monitor.registry import Kind

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net


class Source(Kind):
    """A place that is polled for coverage."""

    family: ClassVar[str] = "source"

    id: Identifier
    """Stable name of the source: lower-case letters, digits and hyphens."""
    publisher: str = ""
    """Name shown to readers; the id when left out."""
    language: str = ""
    """BCP 47 tag of the language its coverage is written in."""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    """ISO 3166-1 code of the country it publishes from."""
    tags: tuple[str, ...] = ()
    """Words to choose sources by."""
    every: Interval = "auto"
    """Time between polls, such as ``15m``; ``auto`` follows the rhythm in which it publishes."""
    min_interval: Duration = Field(default=300.0, ge=1)
    """Shortest time between polls with ``every: auto``; all its intervals grow and shrink with it."""
    max_interval: Duration = 7_200.0
    """Longest time between polls with ``every: auto``."""
    on_first_poll: Literal["baseline", "alert"] = "baseline"
    """Whether what the first poll finds is news or only the baseline."""
    full_text: Literal["auto", "always", "never"] = "auto"
    """Whether the article behind an item is fetched: where the text is short, always, or never."""
    enabled: bool = True
    """Set to false to keep a source in the file without polling it."""

    titles_are_links: ClassVar[bool] = False
    """True where a title is only the text of a link: the article's own is better."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.every == "auto" and self.min_interval > self.max_interval:
            message = "min_interval is longer than max_interval"
            raise ValueError(message)
        return self

    @property
    def outlet(self) -> str:
        """Return the name that readers see."""
        return self.publisher or self.id

    @property
    @abstractmethod
    def address(self) -> str:
        """Return what is polled, in one line; another address makes it another place."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what ``monitor check`` should say of it though nothing is wrong."""
        return ()

    def for_watchlists(
        self,
        names: Mapping[str, Sequence[Sequence[str]]],  # noqa: ARG002 - for kinds that search
    ) -> Self:
        """Return the source as it is with ``names``: the names of each watch, by watchlist.

        Called once when the configuration loads; most kinds do not care.
        """
        return self

    @abstractmethod
    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask the source what it has; raises `monitor.errors.FetchError`."""

    @abstractmethod
    def parse(self, fetched: Fetched) -> Document:
        """Turn an answer into entries, without I/O; raises `monitor.errors.ParseError`."""


class WebSource(Source):
    """A source that is polled at one address."""

    url: Address
    """Address that is polled, ``http`` or ``https``."""

    @property
    def address(self) -> str:
        """Return the configured address."""
        return self.url
