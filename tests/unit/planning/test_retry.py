from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.planning import ATTEMPTS, backoff

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
