"""What every kind of source has in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from monitor.fields import Address, Duration, Identifier
from monitor.model import Document, Fetched, SourceState
from monitor.registry import Kind

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net


class Source(Kind):
    """A place that is polled for coverage."""

    family: ClassVar[str] = "source"

    id: Identifier
    """Stable name of the source: lower-case letters, digits and hyphens."""
    url: Address
    """Address that is polled, ``http`` or ``https``."""
    publisher: str = ""
    """Name shown to readers; the id when left out."""
    language: str = ""
    """BCP 47 tag of the language its coverage is written in."""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    """ISO 3166-1 code of the country it publishes from."""
    tags: tuple[str, ...] = ()
    """Words to choose sources by."""
    every: Duration = 900.0
    """Time between polls, such as ``15m``."""
    on_first_poll: Literal["baseline", "alert"] = "baseline"
    """Whether what the first poll finds is news or only the baseline."""
    enabled: bool = True
    """Set to false to keep a source in the file without polling it."""

    @property
    def outlet(self) -> str:
        """Return the name that readers see."""
        return self.publisher or self.id

    @abstractmethod
    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask the source what it has; raises `monitor.errors.FetchError`."""

    @abstractmethod
    def parse(self, fetched: Fetched) -> Document:
        """Turn an answer into entries, without I/O; raises `monitor.errors.ParseError`."""
