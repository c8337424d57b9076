"""What a poll leaves in the memory of its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from monitor.model import Document, Fetched, Hints, Item, Outcome, PollRecord, Reason, SourceState
from monitor.planning.health import trouble_of
from monitor.planning.pacing import Paced, next_poll
from monitor.planning.rhythm import observe

MOVES_TO_BELIEVE: Final = 3
"""A permanent redirect is believed when so many good answers in a row came through it."""


def after_answer(
    state: SourceState,
    record: PollRecord,
    fetched: Fetched,
    document: Document | None,
    source: Paced,
    fresh: Iterable[Item] = (),
) -> SourceState:
    """Return the state after a readable answer; ``document`` is None when it was unchanged.

    ``fresh`` are the new items, by whose times the rhythm of the source is learned.
    """
    now = record.at
    moves = 0
    if fetched.moved_to and fetched.moved_to != state.url:
        moves = state.moved_seen + 1 if fetched.moved_to == state.moved_to else 1
    believed = moves >= MOVES_TO_BELIEVE
    known = replace(
        state,
        url=fetched.moved_to if believed else state.url,
        validators=fetched.validators,
        first_poll_done=state.first_poll_done or document is not None,
        gone=False,
        failures=0,
        failing_since=None,
        last_ok=now,
        last_new=now if record.outcome is Outcome.NEW else state.last_new,
        last_overrun=now if record.overrun else state.last_overrun,
        last_reason=record.reason.value,
        last_status=record.status,
        last_message=record.message,
        memory=state.memory if document is None or document.memory is None else document.memory,
        moved_to=fetched.moved_to if moves and not believed else "",
        moved_seen=0 if believed else moves,
        hints=_hints(state, document),
        rhythm=observe(
            state.rhythm,
            _times(fresh, now, first=not state.first_poll_done),
            now,
            entries=0 if fetched.partial or fetched.pushed else record.entries,
            overrun=record.overrun,
        ),
    )
    again = next_poll(source, known, now, overrun=record.overrun, fresh=fetched.max_age or 0.0)
    known = replace(known, last_poll=now, next_poll=again)
    return replace(known, trouble=trouble_of(source, known, now))


def _times(fresh: Iterable[Item], now: datetime, *, first: bool) -> list[datetime]:
    """Return when ``fresh`` items were published; when found, if they do not say and are news."""
    if first:
        return [item.published for item in fresh if item.published]
    return [item.published or now for item in fresh]


def _hints(state: SourceState, document: Document | None) -> Hints:
    if document is None:
        return state.hints
    return Hints(document.ttl or 0.0, document.skip_hours, document.skip_days)


def after_failure(
    state: SourceState, record: PollRecord, retry_after: float | None, source: Paced
) -> SourceState:
    """Return the state after a failed poll; a source that is gone has no next one."""
    gone = record.reason is Reason.GONE
    known = replace(
        state,
        gone=gone,
        failures=state.failures + 1,
        failing_since=state.failing_since or record.at,
        last_reason=record.reason.value,
        last_status=record.status,
        last_message=record.message,
        moved_to="",
        moved_seen=0,
    )
    again = next_poll(source, known, record.at, retry_after=retry_after)
    known = replace(known, last_poll=record.at, next_poll=None if gone else again)
    return replace(known, trouble=trouble_of(source, known, record.at))
