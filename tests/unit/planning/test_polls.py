from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from monitor.model import (
    Document,
    Fetched,
    Hints,
    Item,
    Outcome,
    PollRecord,
    Reason,
    SourceState,
    Validators,
)
from monitor.planning import after_answer, after_failure


@dataclass(frozen=True)
class Source:
    id: str = "s"
    every: float | Literal["auto"] = 900.0
    min_interval: float = 300.0
    max_interval: float = 7_200.0
    address: str = "https://old.example/feed"


NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
SOURCE, AUTO = Source(), Source(every="auto")
STATE = SourceState("s", "https://old.example/feed", failures=3, last_reason="timeout")
RECORD = PollRecord("s", NOW, Outcome.NEW, Reason.OK, status=200, new=2)
FETCHED = Fetched("https://old.example/feed", 200, b"x", validators=Validators(etag='"1"'))
MOVED = replace(FETCHED, moved_to="https://new.example/feed")
DOCUMENT = Document("rss20")
FAILED = PollRecord("s", NOW, Outcome.FAILED, Reason.SERVER_ERROR, "HTTP 503", 503)
QUIET = replace(RECORD, outcome=Outcome.QUIET, reason=Reason.UNCHANGED, status=304, new=0)
UNCHANGED = replace(FETCHED, status=304, unchanged=True)


def item(published: datetime | None) -> Item:
    return Item("i", "s", "Quay wall", published=published, first_seen=NOW)


def test_a_good_answer_clears_the_failures_and_keeps_the_validators() -> None:
    state = after_answer(STATE, RECORD, FETCHED, DOCUMENT, SOURCE)
    assert (state.failures, state.failing_since) == (0, None)
    assert state.first_poll_done
    assert state.validators.etag == '"1"'
    assert state.last_ok == state.last_new == state.last_poll == NOW
    assert state.next_poll is not None
    assert state.next_poll > NOW


def test_an_unchanged_answer_keeps_what_it_came_with_and_is_no_first_poll() -> None:
    before = replace(STATE, validators=Validators(etag='"0"'))
    unchanged = replace(UNCHANGED, validators=Validators(etag='"2"'))
    state = after_answer(before, QUIET, unchanged, None, SOURCE)
    assert state.validators.etag == '"2"'
    assert not state.first_poll_done
    assert state.last_new is None


def test_a_permanent_move_is_believed_when_it_was_seen_three_times_in_a_row() -> None:
    state = STATE
    urls, troubles = [], []
    for _ in range(4):
        state = after_answer(state, RECORD, MOVED, DOCUMENT, SOURCE)
        urls.append(state.url)
        troubles.append(state.trouble)
    assert urls == [STATE.url, STATE.url, MOVED.moved_to, MOVED.moved_to]
    assert troubles == ["", "", "moved", "moved"]


def test_a_move_that_changes_its_mind_or_fails_in_between_starts_over() -> None:
    state = after_answer(STATE, RECORD, MOVED, DOCUMENT, SOURCE)
    state = after_answer(state, RECORD, MOVED, DOCUMENT, SOURCE)
    elsewhere = replace(MOVED, moved_to="https://else.example/feed")
    assert after_answer(state, RECORD, elsewhere, DOCUMENT, SOURCE).moved_seen == 1
    failed = replace(FAILED, reason=Reason.TIMEOUT)
    assert after_failure(state, failed, None, SOURCE).moved_seen == 0
    assert after_answer(state, RECORD, FETCHED, DOCUMENT, SOURCE).moved_seen == 0


def test_a_failure_is_counted_and_keeps_what_was_known() -> None:
    known = replace(STATE, validators=Validators(etag='"0"'), last_ok=NOW)
    state = after_failure(known, FAILED, 7200.0, SOURCE)
    assert (state.failures, state.last_reason, state.last_message) == (
        4,
        "server-error",
        "HTTP 503",
    )
    assert (state.validators, state.last_ok) == (known.validators, NOW)
    assert state.next_poll is not None
    assert (state.next_poll - NOW).total_seconds() >= 7200.0


def test_the_first_failure_in_a_row_is_remembered() -> None:
    later = replace(FAILED, at=NOW + timedelta(hours=1))
    state = after_failure(replace(STATE, failures=0), FAILED, None, SOURCE)
    assert after_failure(state, later, None, SOURCE).failing_since == NOW
    assert state.last_status == 503


def test_a_source_that_is_gone_is_not_polled_again() -> None:
    record = PollRecord("s", NOW, Outcome.FAILED, Reason.GONE, status=410)
    state = after_failure(STATE, record, None, SOURCE)
    assert state.gone
    assert state.next_poll is None
    assert state.trouble == "gone"


def test_what_a_document_wants_is_remembered_while_it_is_unchanged() -> None:
    document = replace(DOCUMENT, ttl=3_600.0, skip_hours=(7,), skip_days=(5, 6))
    state = after_answer(STATE, RECORD, FETCHED, document, SOURCE)
    assert state.hints == Hints(3_600.0, (7,), (5, 6))
    assert after_answer(state, QUIET, UNCHANGED, None, SOURCE).hints == state.hints
    assert after_answer(state, RECORD, FETCHED, DOCUMENT, SOURCE).hints == Hints()


def test_the_rhythm_is_learned_from_the_times_of_new_items_or_from_when_they_were_found() -> None:
    first = after_answer(STATE, RECORD, FETCHED, DOCUMENT, AUTO, [item(None)])
    assert first.rhythm.finds == 0  # how old what a first poll finds is, nobody knows
    record = replace(RECORD, at=NOW + timedelta(hours=1))
    published = NOW + timedelta(minutes=20)
    dated = after_answer(first, record, FETCHED, DOCUMENT, AUTO, [item(published)])
    found = after_answer(first, record, FETCHED, DOCUMENT, AUTO, [item(None)])
    assert dated.rhythm.newest == published
    assert found.rhythm.newest == record.at


@pytest.mark.parametrize("answer", [replace(FETCHED, partial=True), replace(FETCHED, pushed=True)])
def test_an_answer_of_changes_alone_does_not_say_how_much_the_document_holds(
    answer: Fetched,
) -> None:
    record = replace(RECORD, entries=30)
    state = after_answer(STATE, record, FETCHED, DOCUMENT, AUTO)
    record = replace(record, entries=1, at=NOW + timedelta(hours=1))
    assert after_answer(state, record, answer, DOCUMENT, AUTO).rhythm.window == 30


def test_an_overrun_brings_the_next_poll_nearer() -> None:
    state = replace(STATE, failures=0, first_poll_done=True, last_poll=NOW - timedelta(hours=1))
    record = replace(RECORD, overrun=True, entries=20, new=20)
    items = [item(NOW - timedelta(minutes=minutes)) for minutes in range(20)]
    over = after_answer(state, record, FETCHED, DOCUMENT, AUTO, items)
    assert over.last_overrun == NOW
    assert over.next_poll is not None
    assert over.next_poll - NOW <= timedelta(minutes=33)


def test_the_owner_is_not_troubled_by_the_first_failures() -> None:
    state = replace(STATE, failures=0)
    troubles = []
    for _ in range(4):
        state = after_failure(state, FAILED, None, SOURCE)
        troubles.append(state.trouble)
    assert troubles == ["", "", "failing", "failing"]
    assert after_answer(state, RECORD, FETCHED, DOCUMENT, SOURCE).trouble == ""


def test_a_trouble_that_is_known_lasts_through_the_first_failures() -> None:
    silent = replace(STATE, failures=0, trouble="silent")
    assert after_failure(silent, FAILED, None, SOURCE).trouble == "silent"
