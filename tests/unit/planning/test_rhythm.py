from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Rhythm
from monitor.planning.rhythm import expected, observe, seconds_to_wait

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHORTEST, LONGEST = 300.0, 7_200.0
DAYS = st.floats(0, 14, allow_nan=False).map(lambda days: MONDAY + timedelta(days=days))


def watched(publishes: Callable[[datetime], int], days: int = 28) -> Rhythm:
    """Return the rhythm of a source that was looked at every hour, and what it published in each."""
    rhythm = observe(Rhythm(), [], MONDAY)
    for hour in range(days * 24):
        start = MONDAY + hour * HOUR
        count = publishes(start)
        times = [start + HOUR * (n + 0.5) / count for n in range(count)]
        rhythm = observe(rhythm, times, start + HOUR, entries=30 if times else 0)
    return rhythm


def wait(rhythm: Rhythm, now: datetime) -> float:
    return seconds_to_wait(rhythm, now, SHORTEST, LONGEST)


def test_a_source_of_which_nothing_is_known_is_asked_again_in_half_an_hour() -> None:
    assert 1_500 < wait(Rhythm(), MONDAY) < 2_100


def test_a_source_that_publishes_four_times_as_much_is_polled_twice_as_often() -> None:
    slow, quick = watched(lambda _: 1), watched(lambda _: 4)
    end = MONDAY + timedelta(days=28)
    assert wait(slow, end) / wait(quick, end) == pytest.approx(2, rel=0.1)


def test_night_and_weekend_are_learned_and_waited_out() -> None:
    def office(hour: datetime) -> int:
        return 3 if 8 <= hour.hour < 17 and hour.weekday() < 5 else 0

    rhythm = watched(office)
    noon = MONDAY + timedelta(days=28, hours=12)
    night, sunday = noon + 14 * HOUR, noon + timedelta(days=6)
    settled = replace(rhythm, recent=0.0, missed=0.0)
    assert wait(settled, noon) < 1_500
    assert wait(settled, night) > 2.5 * wait(settled, noon)
    assert wait(settled, sunday) > 2.5 * wait(settled, noon)
    assert expected(rhythm, noon, noon + HOUR) == pytest.approx(3, rel=0.25)
    assert expected(rhythm, night, night + HOUR) < 0.3


def test_the_end_of_the_night_is_not_slept_through() -> None:
    rhythm = watched(lambda hour: 6 if 6 <= hour.hour < 20 else 0)
    settled, night = replace(rhythm, recent=0.0), MONDAY + timedelta(days=28, hours=2)
    assert wait(settled, night) > 45 * 60
    assert wait(settled, night + 3.7 * HOUR) < 20 * 60


def test_items_shorten_the_interval_at_once_and_their_absence_lengthens_it() -> None:
    rhythm = watched(lambda hour: 1 if hour.hour % 12 == 0 else 0)
    now = MONDAY + timedelta(days=28, hours=5)
    calm = observe(rhythm, [], now)
    burst = observe(rhythm, [now - timedelta(minutes=m) for m in (1, 4, 9, 20)], now, entries=30)
    assert wait(burst, now) < wait(calm, now) / 2
    later = now + timedelta(days=5)
    quiet = observe(calm, [], later)
    assert wait(quiet, later) > wait(calm, now)


def test_a_source_that_changed_its_ways_is_followed_within_days() -> None:
    rhythm = watched(lambda hour: 1 if hour.hour == 9 else 0)
    end = MONDAY + timedelta(days=28)
    before = wait(rhythm, end)
    for hour in range(48):
        start = end + hour * HOUR
        rhythm = observe(rhythm, [start + HOUR / 2] * 5, start + HOUR, entries=30)
    assert wait(rhythm, end + timedelta(days=2)) < before / 3


def test_the_first_document_teaches_the_rhythm_by_the_times_of_its_entries() -> None:
    now = MONDAY + timedelta(days=20, hours=12)
    hourly = observe(Rhythm(), [now - n * HOUR for n in range(30)], now, entries=30)
    daily = observe(Rhythm(), [now - timedelta(days=n) for n in range(30)], now, entries=30)
    assert wait(hourly, now) < 1_500 < wait(daily, now)
    assert hourly.finds == 30
    assert hourly.pause == 3_600
    assert hourly.newest == now


def test_an_old_entry_that_a_feed_keeps_on_top_does_not_spoil_what_is_learned() -> None:
    now = MONDAY + timedelta(days=20)
    times = [now - n * HOUR for n in range(1, 30)]
    pinned = observe(Rhythm(), [*times, now - timedelta(days=500)], now, entries=30)
    assert wait(pinned, now) < 2 * wait(observe(Rhythm(), times, now, entries=29), now)


def test_entries_without_times_teach_nothing_at_first() -> None:
    first = observe(Rhythm(), [], MONDAY, entries=20)
    assert (sum(first.hours), first.finds, first.newest) == (0, 0, None)
    assert first.window == 20


def test_what_the_clock_has_not_reached_is_taken_for_now() -> None:
    first = observe(Rhythm(), [MONDAY + timedelta(hours=20)], MONDAY)
    assert first.newest == MONDAY
    later = observe(first, [MONDAY - timedelta(days=900)], MONDAY + HOUR)
    assert later.newest == MONDAY + HOUR


def test_a_clock_that_was_put_back_harms_nothing() -> None:
    rhythm = watched(lambda _: 1, days=2)
    back = observe(rhythm, [MONDAY], MONDAY + HOUR)
    assert back.at == MONDAY + HOUR
    assert SHORTEST / 2 <= wait(back, MONDAY + HOUR) <= LONGEST


def test_a_short_document_is_polled_before_a_third_of_it_has_changed() -> None:
    rhythm = replace(watched(lambda _: 4), recent=0.0)
    end = MONDAY + timedelta(days=28)
    assert wait(replace(rhythm, window=1.0), end) < wait(replace(rhythm, window=30.0), end) / 1.5


def test_what_nearly_filled_a_document_once_keeps_the_interval_short_for_weeks() -> None:
    rhythm = observe(Rhythm(), [], MONDAY, entries=10)
    assert observe(rhythm, [MONDAY + HOUR] * 5, MONDAY + 2 * HOUR, entries=10).reach == 0
    burst = observe(rhythm, [MONDAY + HOUR] * 8, MONDAY + 2 * HOUR, entries=10)
    assert burst.reach == 7_200 * 10 / 16
    over = observe(rhythm, [MONDAY + HOUR] * 10, MONDAY + 2 * HOUR, entries=10, overrun=True)
    assert over.reach == 3_600
    later = MONDAY + timedelta(days=7)
    calm = observe(over, [], later)
    assert wait(calm, later) <= calm.reach < 1.3 * 3_600
    assert wait(replace(calm, reach=0.0), later) > calm.reach
    assert observe(over, [], MONDAY + timedelta(days=40)).reach > 7_200
    assert observe(over, [MONDAY] * 9, MONDAY + 20 * HOUR, entries=10).reach < 1.1 * 3_600


def test_items_of_one_quarter_of_an_hour_are_one_find_and_the_longest_pause_fades() -> None:
    rhythm = observe(Rhythm(), [], MONDAY)
    rhythm = observe(rhythm, [MONDAY + HOUR, MONDAY + HOUR * 1.1], MONDAY + 2 * HOUR)
    assert rhythm.finds == 1
    rhythm = observe(rhythm, [MONDAY + 13 * HOUR], MONDAY + 13 * HOUR)
    assert (rhythm.finds, rhythm.pause) == (2, pytest.approx(11.9 * 3_600))
    day = MONDAY + timedelta(days=30)
    for n in range(30 * 24):
        rhythm = observe(rhythm, [day + n * HOUR], day + n * HOUR)
    assert rhythm.pause < 25 * 86_400


@given(DAYS, st.lists(DAYS, max_size=40), st.integers(0, 60), st.booleans())
def test_whatever_was_seen_the_wait_is_positive_and_never_above_the_longest(
    now: datetime,
    times: list[datetime],
    entries: int,
    overrun: bool,  # noqa: FBT001 - hypothesis names it
) -> None:
    rhythm = observe(Rhythm(), times[:20], MONDAY, entries=entries)
    rhythm = observe(rhythm, times[20:], now, entries=entries, overrun=overrun)
    assert 0 < wait(rhythm, now) <= LONGEST
    assert all(value >= 0 for value in (*rhythm.hours, *rhythm.hours_watched, rhythm.missed))


@given(st.lists(DAYS, min_size=1, max_size=30), st.integers(2, 5), DAYS)
def test_a_source_that_publishes_more_is_never_polled_later(
    times: list[datetime], more: int, now: datetime
) -> None:
    seen = MONDAY + timedelta(days=14)
    start = observe(Rhythm(), [], MONDAY)
    one, many = observe(start, times, seen), observe(start, times * more, seen)
    moment = seen + (now - MONDAY)
    assert wait(many, moment) <= wait(one, moment) * 1.0001
