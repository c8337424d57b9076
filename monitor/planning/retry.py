"""How long to wait: after a failed delivery, and between polls of a source.

Jitter is derived from what is waited for, never drawn at random: the same question has the same
answer, and a thousand sources with one interval still spread out.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = 3600.0
_DELAYS: Final = (
    5.0,
    300.0,
    0.5 * HOUR,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""Seconds after the first, second … failed attempt: ten attempts over 75 hours, the example
schedule of the Standard Webhooks specification (section "Deliverability and reliability"). It suits
mail as well: RFC 5321 section 4.5.4.1 asks for retries over several days, and grey-listing servers
let the second or third attempt through."""
ATTEMPTS: Final = len(_DELAYS) + 1
LONGEST_WISH: Final = 24 * HOUR
"""A server that asks for more patience than this is asked again after this time."""
JITTER: Final = 0.1
LONGEST_BACK_OFF: Final = 6 * HOUR
SHORTEST_AFTER_OVERRUN: Final = 60.0


def jitter(*key: str) -> float:
    """Return a factor from 0.9 to 1.1 that depends on ``key`` only."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(key).encode()).digest()[:8])
    return 1 + JITTER * (2 * number / 2**64 - 1)


def backoff(attempt: int, key: str, retry_after: float | None = None) -> float | None:
    """Return the seconds to wait after failed attempt number ``attempt`` (from 1) of ``key``.

    None says that it was the last one. The other side's ``retry_after`` can only lengthen the
    wait, up to a day.
    """
    if attempt >= ATTEMPTS:
        return None
    own = _DELAYS[max(attempt, 1) - 1] * jitter(key, str(attempt))
    return max(own, _wish(retry_after))


def next_poll(
    source: str,
    every: float,
    now: datetime,
    *,
    failures: int = 0,
    retry_after: float | None = None,
    hint: float | None = None,
    overrun: bool = False,
) -> datetime:
    """Return when ``source`` is polled next.

    ``every`` is the interval in seconds. Each failure in a row after the first doubles it, up to
    six hours. ``hint`` is how long the answer says it stays fresh (max-age, RSS ttl): it can
    stretch the interval to twice its length, no further, for news must not wait. An overrun halves
    the interval, since items rolled past between two polls; it is not shortened below a minute.
    """
    if failures:
        wait = max(every, min(every * 2.0 ** min(failures - 1, 30), LONGEST_BACK_OFF))
    elif overrun:
        wait = min(every, max(every / 2, SHORTEST_AFTER_OVERRUN))
    else:
        wait = max(every, min(hint or 0.0, 2 * every))
    wait = max(wait * jitter(source, now.isoformat()), _wish(retry_after))
    return now + timedelta(seconds=wait)


def _wish(retry_after: float | None) -> float:
    return min(max(retry_after or 0.0, 0.0), LONGEST_WISH)
