"""The state of a source with its reason in plain words: a pure function of what is remembered of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from monitor.model import DAY, Outcome, PollRecord, Reason, SourceState
from monitor.planning.pacing import Paced

FINDS_TO_KNOW_A_RHYTHM: Final = 6
HOURS_TO_KNOW_A_WEEK: Final = 7 * 24.0
BEFORE_A_WEEK_IS_KNOWN: Final = 3 * DAY
"""Silence that is no news as long as we have seen no weekend of a source."""
FAILURES_TO_TELL: Final = 3
"""Failures in a row from which on its owner is told; one or two are made up for by the next poll."""
MOSTLY: Final = 0.6


class Health(StrEnum):
    """The states of a source, those that need a look first."""

    GONE = "gone"
    BLOCKED = "blocked"
    NOT_A_FEED = "not-a-feed"
    FAILING = "failing"
    SILENT = "silent"
    OVERRUN = "overrun"
    MOVED = "moved"
    PAYWALLED = "paywalled"
    NEW = "new"
    QUIET = "quiet"
    OK = "ok"

    @property
    def words(self) -> str:
        """Return the state as people write it."""
        return self.value.replace("-", " ")


FAILED: Final = frozenset({Health.GONE, Health.BLOCKED, Health.NOT_A_FEED, Health.FAILING})
"""The states in which nothing can be had from a source."""
GOOD: Final = frozenset({Reason.OK, Reason.UNCHANGED, Reason.PUSHED})
"""The reasons that are no failures."""

_WORDS: Final = {
    Reason.REFUSED_ADDRESS: "its address is private or not allowed",
    Reason.DNS: "its host name was not found",
    Reason.REFUSED: "it refused the connection",
    Reason.RESET: "it broke the connection off",
    Reason.TLS: "its certificate was not accepted",
    Reason.TIMEOUT: "it did not answer in time",
    Reason.TOO_LARGE: "its answer was too large",
    Reason.REDIRECTS: "it redirected too often",
    Reason.ENCODING: "its answer could not be unpacked",
    Reason.BLOCKED: "it blocked us",
    Reason.GONE: "it is gone for good and no longer polled",
    Reason.ROBOTS: "its robots.txt keeps us out",
    Reason.RATE_LIMITED: "it asked us to slow down",
    Reason.SERVER_ERROR: "its server failed",
    Reason.CLIENT_ERROR: "it refused the request",
    Reason.NOT_A_FEED: "it answered with something that is no feed",
    Reason.MALFORMED: "its answer could not be read",
    Reason.INTERNAL: "this service failed on it",
}
_BLOCKING: Final = frozenset({401, 402, 403, 451})
"""Statuses that say "not you" and not "not now" (RFC 9110 section 15.5, RFC 7725)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a source is, why, and since when as far as that is known."""

    state: Health
    reason: str
    since: datetime | None = None


def health_of(source: Paced, state: SourceState, now: datetime) -> Condition:
    """Return how ``source`` is at ``now``; what matters most comes first.

    *Silent* is a source that found something at least six times and has now found nothing for more
    than a day (three, before we have seen it for a week) and more than twice its longest pause.
    *Quiet* is one with nothing new for more than a day that is still within its rhythm.
    """
    if state.last_poll is None:
        return Condition(Health.NEW, "not polled yet")
    if state.gone:
        return Condition(Health.GONE, _WORDS[Reason.GONE] + _status(state), state.last_poll)
    if state.failures:
        return Condition(_kind_of_failure(state), _failures(state, now), state.failing_since)
    return (
        _silent(state, now)
        or _overrun(state, now)
        or _moved(source, state)
        or _paywalled(state)
        or _at_work(state, now)
    )


def _overrun(state: SourceState, now: datetime) -> Condition | None:
    if state.last_overrun is None or now - state.last_overrun > DAY:
        return None
    words = "all its entries were new at once: some may have come and gone between two polls"
    return Condition(Health.OVERRUN, words, state.last_overrun)


def _moved(source: Paced, state: SourceState) -> Condition | None:
    if state.url in {"", source.address}:
        return None
    words = f"it moved for good to {state.url} and is polled there; correct its address"
    return Condition(Health.MOVED, words)


def _paywalled(state: SourceState) -> Condition | None:
    if state.paywall < MOSTLY:
        return None
    words = "most of its articles are behind a paywall: only what it gives away is read"
    return Condition(Health.PAYWALLED, words)


def _at_work(state: SourceState, now: datetime) -> Condition:
    newest = state.rhythm.newest or state.last_new
    moving = f"; it redirects for good to {state.moved_to}" if state.moved_to else ""
    if newest is None:
        return Condition(Health.QUIET, "nothing at all so far" + moving)
    span = span_in_words(now - newest)
    if now - newest > DAY:
        return Condition(Health.QUIET, f"nothing new for {span}" + moving, newest)
    return Condition(Health.OK, f"last new item {span} ago" + moving, newest)


def trouble_of(source: Paced, state: SourceState, now: datetime) -> str:
    """Return the state that the owner of ``source`` is to be told of; empty when there is none.

    The first failures change nothing: whatever was the matter before still is.
    """
    found = health_of(source, state, now).state
    if found in FAILED and found is not Health.GONE and state.failures < FAILURES_TO_TELL:
        return state.trouble
    return found.value if found in FAILED | {Health.SILENT, Health.MOVED} else ""


def _kind_of_failure(state: SourceState) -> Health:
    if state.last_reason in {Reason.BLOCKED, Reason.ROBOTS} or state.last_status in _BLOCKING:
        return Health.BLOCKED
    return Health.NOT_A_FEED if state.last_reason == Reason.NOT_A_FEED else Health.FAILING


def _failures(state: SourceState, now: datetime) -> str:
    words = reason_in_words(state.last_reason) + _status(state)
    if state.failures > 1:
        words += f", {state.failures} times in a row"
    if state.last_ok is None:
        return f"{words}; it has never worked"
    return f"{words}; it last worked {span_in_words(now - state.last_ok)} ago"


def reason_in_words(reason: str) -> str:
    """Return why a poll failed the way readers are told."""
    return _WORDS.get(Reason(reason), reason) if reason else "no reason was noted"


def _status(state: SourceState) -> str:
    # RFC 9110 section 15: from 400 on, errors
    return f" (HTTP {state.last_status})" if state.last_status >= 400 else ""  # noqa: PLR2004


def _silent(state: SourceState, now: datetime) -> Condition | None:
    rhythm = state.rhythm
    if rhythm.finds < FINDS_TO_KNOW_A_RHYTHM or rhythm.newest is None:
        return None
    knows_weekends = sum(rhythm.hours_watched) >= HOURS_TO_KNOW_A_WEEK
    least = DAY if knows_weekends else BEFORE_A_WEEK_IS_KNOWN
    longest, quiet = timedelta(seconds=rhythm.pause), now - rhythm.newest
    if quiet <= max(least, 2 * longest):
        return None
    pause = span_in_words(longest)
    words = f"nothing new for {span_in_words(quiet)}; its longest pause before was {pause}"
    return Condition(Health.SILENT, words, rhythm.newest)


def failure(records: Sequence[PollRecord]) -> str:
    """Return why the last of ``records`` failed, in plain words; empty when it did not."""
    if not records or records[-1].outcome is not Outcome.FAILED:
        return ""
    return reason_in_words(records[-1].reason)


def span_in_words(span: timedelta) -> str:
    """Return a length of time the way one says it: ``3 days``, ``9 hours``, ``20 minutes``."""
    seconds = max(0.0, span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (unit == "minute" and seconds >= size):
            return f"{count} {unit}s" if (count := round(seconds / size)) > 1 else f"1 {unit}"
    return "less than a minute"
