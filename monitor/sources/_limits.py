"""Bounds on what one document may bring along; a publisher's feed stays far below them."""

from __future__ import annotations

ENTRIES = 5_000
TITLE = 3_000
MARKUP = 200_000
GUID = 1_000
ADDRESS = 4_000
NAME = 300
AUTHORS = 20
EXPANSION = 10_000_000
"""Bytes that a document's own entities may unfold into at most."""
MINUTE = 60.0
LONGEST_TTL = 30 * 24 * 60 * MINUTE


def ttl_seconds(value: float) -> float | None:
    """Return a document's wish for seconds between polls, or None when it makes no sense."""
    return value if 0 < value <= LONGEST_TTL else None
