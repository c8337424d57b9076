"""What is remembered of the sitemaps of an index, and in which order they are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from monitor.model import Validators, digest
from monitor.sources._dates import date_of
from monitor.sources._memory import texts
from monitor.sources._sitemapxml import Child

MOST_READ: Final = 150
MOST_KNOWN: Final = 1_500
"""Together with `LONGEST_VALIDATOR` these keep a memory below its bound."""
LONGEST_VALIDATOR: Final = 60
_FIELDS = 4
_NUMBER = re.compile(r"\d{1,9}")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Seen:
    """What is remembered of the sitemaps of an index, by a digest of their addresses."""

    read: dict[str, list[str]] = field(default_factory=dict)
    """Of those that were read: lastmod, ETag, Last-Modified, hash; the latest at the end."""
    known: list[str] = field(default_factory=list)
    """Those that the index named, read or not."""

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> Seen:
        """Return what a recalled memory holds of it."""
        given = memory.get("read")
        read = given.items() if isinstance(given, dict) else ()
        said = {key: texts(value) for key, value in read}
        sound = {key: value for key, value in said.items() if len(value) == _FIELDS}
        return cls(sound, texts(memory.get("known")))

    def as_memory(self) -> dict[str, Any]:
        """Return it as it is written down, within its bounds."""
        read = dict(list(self.read.items())[-MOST_READ:])
        return {"read": read, "known": self.known[:MOST_KNOWN]}

    def validators(self, child: Child) -> Validators:
        """Return what to ask a sitemap of the index with."""
        said = self.read.get(key_of(child.url))
        return Validators(*said[1:]) if said else Validators()

    def is_as_it_was(self, child: Child) -> bool:
        """Tell whether the index says of a sitemap that it did not change since it was read."""
        said = self.read.get(key_of(child.url))
        return bool(said and child.lastmod and said[0] == child.lastmod)

    def is_archive(self, child: Child) -> bool:
        """Tell whether a sitemap was named before and never read: what it holds is old."""
        key = key_of(child.url)
        return key not in self.read and (key in self.known or len(self.known) >= MOST_KNOWN)

    def remember(self, child: Child, validators: Validators) -> None:
        """Write down that a sitemap was read."""
        key = key_of(child.url)
        marks = (validators.etag, validators.last_modified)
        short = [mark if len(mark) <= LONGEST_VALIDATOR else "" for mark in marks]
        self.read.pop(key, None)
        self.read[key] = [child.lastmod[:LONGEST_VALIDATOR], *short, validators.body_hash]

    def name(self, children: Iterable[Child]) -> None:
        """Write down which sitemaps the index names now."""
        self.known = [key_of(child.url) for child in newest_first(children)][:MOST_KNOWN]


def key_of(url: str) -> str:
    """Return the short name of a sitemap."""
    return digest(url, length=10)


def newest_first(children: Iterable[Child]) -> list[Child]:
    """Return sitemaps in the order they are asked in.

    Those of news come first, then the latest changed; where nothing is said of that, the numbers
    in their addresses decide, which are dates or grow with time.
    """

    def rank(child: Child) -> tuple[bool, datetime, list[int]]:
        path = child.url.partition("://")[2].partition("/")[2].lower()
        numbers = [int(number) for number in _NUMBER.findall(path)[:9]]
        return "news" in path, date_of(child.lastmod) or _NEVER, numbers

    return sorted(children, key=rank, reverse=True)
