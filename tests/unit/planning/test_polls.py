from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.model import (
    Document,
    Fetched,
    Outcome,
    PollRecord,
    Reason,
    SourceState,
    Validators,
)
from monitor.planning import after_answer, after_failure

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
STATE = SourceState("s", "https://old.example/feed", failures=3, last_reason="timeout")
RECORD = PollRecord("s", NOW, Outcome.NEW, Reason.OK, new=2)
FETCHED = Fetched("https://old.example/feed", 200, b"x", validators=Validators(etag='"1"'))
MOVED = replace(FETCHED, moved_to="https://new.example/feed")
DOCUMENT = Document("rss20")


def test_a_good_answer_clears_the_failures_and_keeps_the_validators() -> None:
    state = after_answer(STATE, RECORD, FETCHED, DOCUMENT, 900.0)
    assert state.failures == 0
    assert state.first_poll_done
    assert state.validators.etag == '"1"'
    assert state.last_ok == state.last_new == state.last_poll == NOW
    assert state.next_poll is not None
    assert state.next_poll > NOW


def test_an_unchanged_answer_keeps_what_it_came_with_and_is_no_first_poll() -> None:
    before = replace(STATE, validators=Validators(etag='"0"'))
    record = replace(RECORD, outcome=Outcome.QUIET, reason=Reason.UNCHANGED)
    unchanged = replace(FETCHED, unchanged=True, validators=Validators(etag='"2"'))
    state = after_answer(before, record, unchanged, None, 900.0)
    assert state.validators.etag == '"2"'
    assert not state.first_poll_done
    assert state.last_new is None


def test_a_permanent_move_is_believed_when_it_was_seen_three_times_in_a_row() -> None:
    state = STATE
    urls = []
    for _ in range(4):
        state = after_answer(state, RECORD, MOVED, DOCUMENT, 900.0)
        urls.append(state.url)
    assert urls == [STATE.url, STATE.url, MOVED.moved_to, MOVED.moved_to]


def test_a_move_that_changes_its_mind_or_fails_in_between_starts_over() -> None:
    state = after_answer(STATE, RECORD, MOVED, DOCUMENT, 900.0)
    state = after_answer(state, RECORD, MOVED, DOCUMENT, 900.0)
    elsewhere = replace(MOVED, moved_to="https://else.example/feed")
    assert after_answer(state, RECORD, elsewhere, DOCUMENT, 900.0).moved_seen == 1
    failed = replace(RECORD, outcome=Outcome.FAILED, reason=Reason.TIMEOUT)
    assert after_failure(state, failed, None, 900.0).moved_seen == 0
    assert after_answer(state, RECORD, FETCHED, DOCUMENT, 900.0).moved_seen == 0


def test_a_failure_is_counted_and_keeps_what_was_known() -> None:
    known = replace(STATE, validators=Validators(etag='"0"'), last_ok=NOW)
    record = PollRecord("s", NOW, Outcome.FAILED, Reason.SERVER_ERROR, "HTTP 503", 503)
    state = after_failure(known, record, 7200.0, 900.0)
    assert (state.failures, state.last_reason, state.last_message) == (
        4,
        "server-error",
        "HTTP 503",
    )
    assert (state.validators, state.last_ok) == (known.validators, NOW)
    assert state.next_poll is not None
    assert (state.next_poll - NOW).total_seconds() >= 7200.0


def test_a_source_that_is_gone_is_not_polled_again() -> None:
    record = PollRecord("s", NOW, Outcome.FAILED, Reason.GONE, status=410)
    state = after_failure(STATE, record, None, 900.0)
    assert state.gone
    assert state.next_poll is None
