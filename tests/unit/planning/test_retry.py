from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.planning import ATTEMPTS, backoff, next_poll

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
HOUR = 3600.0


@given(st.text(max_size=40))
def test_ten_attempts_take_three_days_and_a_few_hours(key: str) -> None:
    waits = [backoff(attempt, key) for attempt in range(1, ATTEMPTS + 1)]
    assert ATTEMPTS == 10
    assert waits[-1] is None
    total = sum(wait for wait in waits if wait is not None)
    assert 0.9 * 75 * HOUR < total < 1.1 * 76 * HOUR


def test_the_same_attempt_waits_the_same_time_and_two_keys_wait_apart() -> None:
    assert backoff(3, "a") == backoff(3, "a")
    assert len({backoff(3, f"delivery-{n}") for n in range(100)}) == 100


def test_the_other_sides_wish_lengthens_the_wait_up_to_a_day_and_never_shortens_it() -> None:
    assert backoff(1, "a", 120.0) == 120.0
    assert backoff(1, "a", -5.0) == backoff(1, "a")
    assert backoff(1, "a", 10 * 365 * 24 * HOUR) == 24 * HOUR
    assert backoff(5, "a", 1.0) == backoff(5, "a")


def seconds(**more: Any) -> float:
    return (next_poll("source", 900.0, NOW, **more) - NOW).total_seconds()


def test_a_poll_follows_after_its_interval_give_or_take_a_tenth() -> None:
    waits = [(next_poll(f"s{n}", 900.0, NOW) - NOW).total_seconds() for n in range(200)]
    assert all(810 <= wait <= 990 for wait in waits)
    assert len(set(waits)) == 200
    assert seconds() == seconds()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"failures": 1}, 900.0),
        ({"failures": 2}, 1800.0),
        ({"failures": 4}, 7200.0),
        ({"failures": 40}, 6 * HOUR),
        ({"failures": 4_000}, 6 * HOUR),
        ({"hint": 1200.0}, 1200.0),
        ({"hint": 60.0}, 900.0),
        ({"hint": 86_400.0}, 1800.0),
        ({"overrun": True}, 450.0),
    ],
)
def test_failures_hints_and_overruns_change_the_interval(
    more: dict[str, Any], expected: float
) -> None:
    assert seconds(**more) == pytest.approx(expected, rel=0.11)


def test_a_server_that_asks_for_patience_gets_it_up_to_a_day() -> None:
    assert seconds(retry_after=7200.0, failures=1) == 7200.0
    assert seconds(retry_after=1e9, failures=1) == 24 * HOUR
    assert seconds(retry_after=-3.0, failures=1) == seconds(failures=1)


def test_a_slow_source_is_not_asked_more_often_because_it_failed() -> None:
    wait = next_poll("slow", 86_400.0, NOW, failures=5) - NOW
    assert wait >= timedelta(seconds=0.9 * 86_400)


def test_an_overrun_never_shortens_the_interval_below_a_minute() -> None:
    quick = (next_poll("quick", 80.0, NOW, overrun=True) - NOW).total_seconds()
    assert 54 <= quick <= 66
    very_quick = (next_poll("quick", 10.0, NOW, overrun=True) - NOW).total_seconds()
    assert 9 <= very_quick <= 11
