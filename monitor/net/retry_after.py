"""The Retry-After header (RFC 9110 section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds. A server that says "in ten years" is asked again tomorrow."""


def parse_retry_after(value: str, now: datetime, longest: float = LONGEST) -> float | None:
    """Return the seconds to wait from ``now``, None when ``value`` is rubbish.

    ``value`` is a number of seconds or an HTTP date; a date that has passed means no wait.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return longest if len(text) > len(str(int(longest))) else min(float(text), longest)
    if not text[:1].isalpha():
        return None
    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), longest)
