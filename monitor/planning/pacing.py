"""When a source is polled next, and within which bounds.

An interval that a person set is kept; ``auto`` follows the source's own rhythm between
``min_interval`` and ``max_interval``. Jitter is derived from source and moment, so that the same
question has the same answer and a thousand sources with one interval still spread out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from monitor.model import Hints, SourceState
from monitor.planning.retry import JITTER, LONGEST_WISH, jitter
from monitor.planning.rhythm import seconds_to_wait

HOUR: Final = 3600.0
USUAL: Final = 900.0
"""Seconds between polls of a source with ``every: auto`` that fails, before they are doubled."""
LONGEST_BACK_OFF: Final = 6 * HOUR
SHORTEST_AFTER_OVERRUN: Final = 60.0
STRETCH: Final = 2.0
"""How far hints can stretch an interval: news must not wait for a careless header."""


class Paced(Protocol):
    """What planning needs to know of a source to plan its polls."""

    @property
    def id(self) -> str:
        """Its stable name."""

    @property
    def address(self) -> str:
        """What is polled, as configured."""

    @property
    def every(self) -> float | Literal["auto"]:
        """Seconds between polls, or ``auto``."""

    @property
    def min_interval(self) -> float:
        """The shortest interval of ``auto`` in seconds."""

    @property
    def max_interval(self) -> float:
        """The longest interval of ``auto`` in seconds."""


def next_poll(
    source: Paced,
    state: SourceState,
    now: datetime,
    *,
    overrun: bool = False,
    fresh: float = 0.0,
    retry_after: float | None = None,
) -> datetime:
    """Return when ``source`` is polled next, after a poll at ``now`` that left ``state``.

    - Each failure in a row after the first doubles the interval, up to six hours.
    - An ``overrun`` halves it, since items rolled past between two polls.
    - How long the answer stays ``fresh`` (max-age, Expires) and the document's ttl, in seconds, can
      stretch it to twice its length; hours and days that the document asks to skip put it off.
    - ``auto`` is never below ``min_interval`` and never above ``max_interval``, whatever is hinted.
    - Retry-After, which is a demand and no hint, is kept up to a day.
    """
    wish = min(max(retry_after or 0.0, 0.0), LONGEST_WISH)
    wait = _seconds(source, state, now, fresh, overrun=overrun)
    return now + timedelta(seconds=max(wait, wish))


def _seconds(
    source: Paced, state: SourceState, now: datetime, fresh: float, *, overrun: bool
) -> float:
    hints = state.hints
    if source.every == "auto":
        shortest, longest = source.min_interval, max(source.min_interval, source.max_interval)
        wait = _automatic(state, now, shortest, longest, overrun=overrun)
    else:
        wait = _fixed(source.every, state.failures, overrun=overrun)
        shortest, longest = 0.0, max(wait, STRETCH * source.every) * (1 + JITTER)
    wait = min(max(wait, shortest), longest)
    if not state.failures and not overrun:
        wait = max(wait, min(max(fresh, hints.ttl), STRETCH * wait))
    factor = jitter(source.id, now.isoformat())
    wait = _spread(min(wait, longest), factor, shortest, longest)
    return min(max(wait, _not_skipped(hints, now, wait, factor)), longest)


def _fixed(every: float, failures: int, *, overrun: bool) -> float:
    if failures:
        return max(every, min(every * 2.0 ** min(failures - 1, 30), LONGEST_BACK_OFF))
    return min(every, max(every / 2, SHORTEST_AFTER_OVERRUN)) if overrun else every


def _automatic(
    state: SourceState, now: datetime, shortest: float, longest: float, *, overrun: bool
) -> float:
    if state.failures:
        return min(USUAL * 2.0 ** min(state.failures - 1, 30), LONGEST_BACK_OFF)
    wait = seconds_to_wait(state.rhythm, now, shortest, longest)
    if overrun and state.last_poll:
        wait = min(wait, (now - state.last_poll).total_seconds() / 2)
    return wait


def _spread(wait: float, factor: float, shortest: float, longest: float) -> float:
    """Return a tenth more or less than ``wait``; at a bound less of it, but never the same for all."""
    low, high = max(shortest, wait * (1 - JITTER)), min(longest, wait * (1 + JITTER))
    return low + (high - low) * (factor - 1 + JITTER) / (2 * JITTER)


def _not_skipped(hints: Hints, now: datetime, wait: float, factor: float) -> float:
    """Return the first wait from ``wait`` on whose end is in no hour and on no day to be skipped.

    RSS 2.0, elements skipHours and skipDays. A document that asks to skip all of them is not heard.
    """
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:  # noqa: PLR2004 - all there are
        return wait
    until = now + timedelta(seconds=wait)
    moved = until
    while moved.hour in hints.skip_hours or moved.weekday() in hints.skip_days:
        moved = moved.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    late = (factor - 1 + JITTER) * HOUR if moved != until else 0.0
    return (moved - now).total_seconds() + late
