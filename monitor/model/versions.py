"""What a hit's item said at one time, and the rule that was in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.model.coverage import Item, digest

LARGEST_BODY: Final = 4_000_000
"""Bytes of a page that are kept with a version; of a larger one nothing but the digest."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The answer that a text was read from, as it came."""

    url: str = ""
    """The address that answered, after redirects."""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    """By lower-case name, in their order."""
    body: bytes = b""
    """Unpacked; empty where it was not a page of the item's own, such as a whole feed."""


@dataclass(frozen=True, slots=True)
class Version:
    """An item as it read at one time: exactly what was matched then."""

    item: Item
    at: datetime
    digest: str
    """SHA-256 in hex over what the item said, and where: the same text again is the same version."""
    source: Exchange = Exchange()
    body_digest: str = ""
    """SHA-256 in hex of the body, which stays when the body itself is pruned.

    Empty where the item was read from a document of several, such as a feed.
    """


def version_of(item: Item, at: datetime, source: Exchange) -> Version:
    """Return how ``item`` read at a time; a body with ``source`` makes it a reading of its page.

    The digest is over all of an item that rules look at.
    """
    body = hashlib.sha256(source.body).hexdigest() if source.body else ""
    place = "page" if body else "feed"
    texts = (item.title, item.summary, item.text, item.url, item.outlet, item.language)
    name = digest(place, item.source, *texts, *item.authors, length=64)
    kept = source if len(source.body) <= LARGEST_BODY else replace(source, body=b"")
    return Version(item, at, name, kept, body)


@dataclass(frozen=True, slots=True)
class Revision:
    """What changed in an item at one time."""

    item: str
    at: datetime
    version: str
    """The version that it reads as since then; a text that comes back is the version it was."""
    kind: str
    """``watch`` or ``elsewhere``, as `monitor.stories.EditKind` has them; ``gone`` when its page was
    no longer there, ``back`` when it was again."""
    words: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A watch as it was defined when it made a hit, with all that its rule takes from elsewhere."""

    digest: str
    watch: str
    definition: str
    """JSON."""
    since: datetime
