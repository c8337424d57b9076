"""How sources are asked, what they answer, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.rhythm import NO_HINTS, UNWATCHED, Hints, Rhythm


class Reason(StrEnum):
    """Why a poll ended as it did; one word for the receipt, the page and the metrics."""

    OK = "ok"
    UNCHANGED = "unchanged"
    PUSHED = "pushed"
    REFUSED_ADDRESS = "refused-address"
    DNS = "dns"
    REFUSED = "refused"
    RESET = "reset"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    ENCODING = "encoding"
    BLOCKED = "blocked"
    GONE = "gone"
    ROBOTS = "robots"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    CLIENT_ERROR = "client-error"
    NOT_A_FEED = "not-a-feed"
    MALFORMED = "malformed"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a source gave us to ask "has it changed?": opaque strings, echoed untouched."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer of a source. ``body`` is empty when ``unchanged``."""

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    validators: Validators = Validators()
    unchanged: bool = False
    moved_to: str = ""
    """The address after the leading permanent redirects, empty when there were none."""
    max_age: float | None = None
    """Seconds the server says the answer stays fresh (Cache-Control: max-age)."""
    seconds: float = 0.0
    memory: str = ""
    """What the kind of source wrote down at its last poll; only that kind reads it."""
    parts: tuple[Fetched, ...] = ()
    """Further documents of one poll: the sitemaps of an index, the older pages of a feed."""
    partial: bool = False
    """True when only the changes were sent (RFC 3229): that none is known proves no overrun."""
    link: str = ""
    """The HTTP header Link, as it came."""
    headers: tuple[tuple[str, str], ...] = ()
    """The headers of the answer, by lower-case name, in their order."""
    pushed: bool = False
    """True when a hub sent it without being asked (WebSub)."""


class Outcome(StrEnum):
    """How a poll ended, from the reader's point of view."""

    NEW = "new"
    QUIET = "quiet"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the store remembers of a source between polls."""

    source: str
    url: str = ""
    """The address in force: the configured one, or where permanent redirects led."""
    validators: Validators = Validators()
    first_poll_done: bool = False
    gone: bool = False
    failures: int = 0
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    last_reason: str = ""
    last_message: str = ""
    moved_to: str = ""
    moved_seen: int = 0
    memory: str = ""
    """What the kind of source wrote down at its last poll; only that kind reads it."""
    rhythm: Rhythm = UNWATCHED
    hints: Hints = NO_HINTS
    last_status: int = 0
    """HTTP status of the last poll, 0 when there was no answer."""
    last_overrun: datetime | None = None
    failing_since: datetime | None = None
    """When the first of the failures in a row was."""
    paywall: float = 0.0
    """Part of its articles, the last ones above all, that stood behind a paywall."""
    trouble: str = ""
    """State of health that its owner is to know, empty when all is well."""
    told: str = ""
    """What of that the owner was told last."""


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One line of the coverage receipt."""

    source: str
    at: datetime
    outcome: Outcome
    reason: Reason
    message: str = ""
    status: int = 0
    entries: int = 0
    new: int = 0
    hits: int = 0
    overrun: bool = False
    """No entry was known although earlier polls had some: items may have rolled past."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A fetch of an item's own page that is planned: what its feed says of it is too short."""

    item: str
    source: str
    url: str
    due: datetime
    attempts: int = 0
    """Failed tries of this stage."""
    stage: int = 0
    """0 to read the text for the first time; 1, 2 … to see whether a hit was edited since."""
