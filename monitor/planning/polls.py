"""What a poll leaves in the memory of its source."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.model import Document, Fetched, Outcome, PollRecord, Reason, SourceState
from monitor.planning.retry import next_poll

MOVES_TO_BELIEVE: Final = 3
"""A permanent redirect is believed when so many good answers in a row came through it."""


def after_answer(
    state: SourceState,
    record: PollRecord,
    fetched: Fetched,
    document: Document | None,
    every: float,
) -> SourceState:
    """Return the state after a readable answer; ``document`` is None when it was unchanged."""
    moves = 0
    if fetched.moved_to and fetched.moved_to != state.url:
        moves = state.moved_seen + 1 if fetched.moved_to == state.moved_to else 1
    believed = moves >= MOVES_TO_BELIEVE
    hints = (fetched.max_age or 0.0, (document.ttl if document else None) or 0.0)
    return replace(
        state,
        url=fetched.moved_to if believed else state.url,
        validators=fetched.validators,
        first_poll_done=state.first_poll_done or document is not None,
        gone=False,
        failures=0,
        next_poll=next_poll(
            state.source, every, record.at, hint=max(hints), overrun=record.overrun
        ),
        last_poll=record.at,
        last_ok=record.at,
        last_new=record.at if record.outcome is Outcome.NEW else state.last_new,
        last_reason=record.reason.value,
        last_message=record.message,
        moved_to=fetched.moved_to if moves and not believed else "",
        moved_seen=0 if believed else moves,
    )


def after_failure(
    state: SourceState, record: PollRecord, retry_after: float | None, every: float
) -> SourceState:
    """Return the state after a failed poll; a source that is gone has no next one."""
    failures = state.failures + 1
    gone = record.reason is Reason.GONE
    again = next_poll(state.source, every, record.at, failures=failures, retry_after=retry_after)
    return replace(
        state,
        gone=gone,
        failures=failures,
        next_poll=None if gone else again,
        last_poll=record.at,
        last_reason=record.reason.value,
        last_message=record.message,
        moved_to="",
        moved_seen=0,
    )
