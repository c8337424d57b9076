"""Where a page of a list goes on: ``time|id``, as addresses carry it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_CURSOR = re.compile(r"([0-9T:.+-]{10,40})\|[0-9a-f]{1,64}")
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Beyond these a time has no counterpart in some other zone."""


def check_cursor(text: str) -> str:
    """Return a cursor unchanged; raises ValueError when it cannot be one."""
    match = _CURSOR.fullmatch(text)
    if text and not (match and _is_time(match[1])):
        message = "this address of an older page is damaged: go back to the newest"
        raise ValueError(message)
    return text


def _is_time(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and _EARLIEST <= moment <= _LATEST
