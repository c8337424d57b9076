"""What a hit's item said at one time, and the rule that was in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.coverage import Item


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
    """SHA-256 in hex over what the item said: the same text again is the same version."""
    source: Exchange = Exchange()
    body_digest: str = ""
    """SHA-256 in hex of the body, which stays when the body itself is pruned."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A watch as it was defined when it made a hit, with all that its rule takes from elsewhere."""

    digest: str
    watch: str
    definition: str
    """JSON."""
    since: datetime
