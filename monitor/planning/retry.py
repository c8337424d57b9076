"""How long to wait after a failed delivery.

Jitter is derived from what is waited for, never drawn at random: the same question has the same
answer, and what failed at one moment still spreads out.
"""

from __future__ import annotations

import hashlib
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


def _wish(retry_after: float | None) -> float:
    return min(max(retry_after or 0.0, 0.0), LONGEST_WISH)
