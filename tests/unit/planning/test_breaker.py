"""When a destination that fails is left alone, and when it is turned off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Destination
from monitor.planning.breaker import (
    FAILING,
    FEWEST,
    LONGEST_PAUSE,
    Result,
    after_result,
    is_off,
    pause_after,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HERE = ("hook", "")
BAD = Destination("hook", "", NOW - timedelta(hours=1), 7, NOW, reason="HTTP 503")


def test_the_first_failure_holds_others_back_for_some_seconds() -> None:
    found = after_result(None, HERE, Result.UNREACHED, NOW, reason="HTTP 503")
    assert found is not None
    assert (found.failing_since, found.failures, found.reason) == (NOW, 1, "HTTP 503")
    assert 4.5 <= (found.held_until - NOW).total_seconds() <= 5.5


@pytest.mark.parametrize(
    ("failing", "pause"),
    [
        (timedelta(0), 5),
        (timedelta(minutes=1), 15),
        (timedelta(minutes=20), 300),
        (timedelta(hours=1), 900),
        (timedelta(hours=4), 3600),
        (timedelta(days=4), 3600),
    ],
)
def test_the_pause_is_a_quarter_of_the_time_it_has_been_failing(failing, pause) -> None:
    assert pause_after(failing, "hook") == pytest.approx(pause, rel=0.1)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)), st.text())
def test_a_pause_is_bounded_and_the_same_question_has_the_same_answer(failing, key) -> None:
    pause = pause_after(failing, key)
    assert 4.5 <= pause <= LONGEST_PAUSE * 1.1
    assert pause == pause_after(failing, key)


@pytest.mark.parametrize(
    ("wish", "least", "most"), [(600, 600, 600), (1, 4.5, 5.5), (-3, 4.5, 5.5), (1e9, 86400, 86400)]
)
def test_the_others_wish_lengthens_the_pause_up_to_a_day(wish, least, most) -> None:
    assert least <= pause_after(timedelta(0), "hook", wish) <= most


def test_senders_that_fail_at_once_make_one_pause() -> None:
    first = after_result(None, HERE, Result.UNREACHED, NOW)
    last = first
    for _ in range(7):
        last = after_result(last, HERE, Result.UNREACHED, NOW)
    assert first
    assert last
    assert last.held_until == first.held_until


def test_a_success_forgets_everything() -> None:
    assert after_result(BAD, HERE, Result.TAKEN, NOW) is None


def test_a_refusal_counts_but_holds_nobody_back() -> None:
    found = after_result(None, HERE, Result.REFUSED, NOW)
    assert found is not None
    assert (found.failures, found.held_until) == (1, NOW)


def test_what_was_not_tried_says_nothing() -> None:
    assert after_result(BAD, HERE, Result.UNTRIED, NOW) is BAD
    assert after_result(None, HERE, Result.UNTRIED, NOW) is None


def test_gone_turns_it_off_at_once() -> None:
    found = after_result(None, HERE, Result.GONE, NOW, gives_up=True, options="ab12")
    assert found is not None
    assert found.off_since == NOW
    assert is_off(found, "ab12")


@pytest.mark.parametrize("result", [Result.UNREACHED, Result.REFUSED])
def test_five_failing_days_turn_it_off_where_that_is_wanted(result) -> None:
    known = replace(BAD, failing_since=NOW - FAILING, failures=FEWEST - 1)
    found = after_result(known, HERE, result, NOW, gives_up=True, options="ab12")
    assert found is not None
    assert found.off_since == NOW
    assert found.failing_since == NOW - FAILING
    kept = after_result(known, HERE, result, NOW, gives_up=False)
    assert kept is not None
    assert kept.off_since is None


@pytest.mark.parametrize(
    ("since", "failures"),
    [(FAILING - timedelta(seconds=1), 99), (FAILING * 2, FEWEST - 2)],
)
def test_less_than_five_days_or_few_failures_leave_it_on(since, failures) -> None:
    known = replace(BAD, failing_since=NOW - since, failures=failures)
    found = after_result(known, HERE, Result.UNREACHED, NOW, gives_up=True)
    assert found is not None
    assert found.off_since is None


def test_an_edited_channel_is_on_again() -> None:
    off = replace(BAD, off_since=NOW, options="ab12")
    assert is_off(off, "ab12")
    assert not is_off(off, "cd34")
    assert not is_off(BAD, "")
    assert not is_off(None, "")


def test_after_an_edit_failing_begins_anew() -> None:
    off = replace(BAD, off_since=NOW - FAILING, failing_since=NOW - 3 * FAILING, options="old")
    found = after_result(off, HERE, Result.UNREACHED, NOW, gives_up=True, options="new")
    assert found is not None
    assert (found.failing_since, found.failures, found.off_since) == (NOW, 1, None)
