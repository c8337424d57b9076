"""What an exchange gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.net.retry_after import parse_retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer to a request, whatever its status."""

    url: str
    """The address that answered, after redirects."""
    status: int
    headers: dict[str, str]
    """By lower-case name; repeated ones joined with a comma (RFC 9110 section 5.3)."""
    body: bytes
    """Unpacked."""
    moved_to: str = ""
    """The address after the leading permanent redirects (301, 308); empty without any."""
    seconds: float = 0.0

    def retry_after(self, now: datetime) -> float | None:
        """Return the seconds from ``now`` that the server asks to wait, None when it asks nothing.

        At most a day; what cannot be read asks nothing (RFC 9110 section 10.2.3).
        """
        return parse_retry_after(self.headers.get("retry-after", ""), now)
