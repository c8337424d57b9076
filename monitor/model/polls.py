"""How sources are asked, what they answer, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a poll ended as it did; one word for the receipt, the page and the metrics."""

    OK = "ok"
    UNCHANGED = "unchanged"
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
