from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Hints, Rhythm, SourceState
from monitor.planning import next_poll

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # a Monday
HOUR = 3600.0


@dataclass(frozen=True)
class Source:
    id: str = "source"
    every: float | Literal["auto"] = 900.0
    min_interval: float = 300.0
    max_interval: float = 7_200.0
    address: str = "https://outlet.example/feed"


FIXED, AUTO = Source(), Source(every="auto")
NONE = Hints()


def seconds(
    source: Source = FIXED, *, failures: int = 0, hints: Hints = NONE, **more: Any
) -> float:
    state = SourceState(source.id, failures=failures, hints=hints)
    return (next_poll(source, state, NOW, **more) - NOW).total_seconds()


def test_a_fixed_interval_is_kept_give_or_take_a_tenth() -> None:
    waits = [seconds(Source(f"s{n}")) for n in range(200)]
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
        ({"fresh": 1200.0}, 1200.0),
        ({"fresh": 60.0}, 900.0),
        ({"fresh": 86_400.0}, 1800.0),
        ({"hints": Hints(ttl=1500.0)}, 1500.0),
        ({"hints": Hints(ttl=1500.0), "failures": 1}, 900.0),
        ({"overrun": True}, 450.0),
    ],
)
def test_failures_hints_and_overruns_change_a_fixed_interval(
    more: dict[str, Any], expected: float
) -> None:
    assert seconds(**more) == pytest.approx(expected, rel=0.11)


def test_a_server_that_asks_for_patience_gets_it_up_to_a_day() -> None:
    assert seconds(retry_after=7200.0, failures=1) == 7200.0
    assert seconds(AUTO, retry_after=20 * HOUR, failures=1) == 20 * HOUR
    assert seconds(retry_after=1e9, failures=1) == 24 * HOUR
    assert seconds(retry_after=-3.0, failures=1) == seconds(failures=1)


def test_a_slow_source_is_not_asked_more_often_because_it_failed() -> None:
    assert seconds(Source(every=86_400.0), failures=5) >= 0.9 * 86_400


def test_an_overrun_never_shortens_a_fixed_interval_below_a_minute() -> None:
    assert 54 <= seconds(Source(every=80.0), overrun=True) <= 66
    assert 9 <= seconds(Source(every=10.0), overrun=True) <= 11


def test_a_source_that_fails_is_asked_less_and_less_within_its_bounds() -> None:
    waits = [seconds(AUTO, failures=failures) for failures in range(1, 8)]
    assert waits[0] == pytest.approx(900, rel=0.11)
    assert waits[1] == pytest.approx(1_800, rel=0.11)
    assert waits[-1] == pytest.approx(7_200, rel=0.11)
    assert max(waits) <= 7_200


def test_an_overrun_halves_what_was_waited_before() -> None:
    state = SourceState("source", last_poll=NOW - timedelta(minutes=20))
    assert next_poll(AUTO, state, NOW, overrun=True) < NOW + timedelta(minutes=11.1)
    soon = replace(state, last_poll=NOW - timedelta(seconds=200))
    assert next_poll(AUTO, soon, NOW, overrun=True) >= NOW + timedelta(seconds=300)


def moment(source: Source, hints: Hints, now: datetime = NOW) -> datetime:
    return next_poll(source, SourceState(source.id, hints=hints), now)


def test_hours_to_be_skipped_are_waited_out_as_far_as_the_longest_interval() -> None:
    two = Hints(skip_hours=(7, 8))
    until = moment(replace(AUTO, max_interval=4 * HOUR), two, NOW.replace(minute=50))
    assert NOW.replace(hour=9, minute=0) <= until < NOW.replace(hour=9, minute=15)
    assert moment(AUTO, Hints(skip_hours=tuple(range(6, 20)))) <= NOW + timedelta(hours=2)
    assert moment(AUTO, Hints(skip_hours=(9, 23))) == moment(AUTO, Hints())


def test_sources_that_skip_the_same_hours_do_not_all_come_at_their_end() -> None:
    hints = Hints(skip_hours=(7,))
    late = NOW.replace(minute=55)
    assert len({moment(replace(AUTO, id=f"s{n}"), hints, late) for n in range(50)}) == 50


def test_days_to_be_skipped_are_waited_out() -> None:
    patient = replace(AUTO, max_interval=3 * 24 * HOUR)
    assert moment(patient, Hints(skip_days=(0,))).date() == (NOW + timedelta(days=1)).date()


def test_a_document_that_asks_never_to_be_polled_is_not_heard() -> None:
    assert moment(AUTO, Hints(skip_hours=tuple(range(24)))) == moment(AUTO, Hints())
    assert moment(AUTO, Hints(skip_days=tuple(range(7)))) == moment(AUTO, Hints())


RHYTHMS = st.builds(
    Rhythm,
    at=st.just(NOW),
    hours=st.lists(st.floats(0, 500), min_size=24, max_size=24).map(tuple),
    days=st.lists(st.floats(0, 500), min_size=7, max_size=7).map(tuple),
    hours_watched=st.lists(st.floats(0, 30), min_size=24, max_size=24).map(tuple),
    days_watched=st.lists(st.floats(0, 96), min_size=7, max_size=7).map(tuple),
    recent=st.floats(0, 200),
    missed=st.floats(0, 1_000),
    window=st.floats(0, 100),
)
SKIPS = st.builds(
    Hints,
    ttl=st.floats(0, 1e6),
    skip_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=7).map(tuple),
)


@given(
    rhythm=RHYTHMS,
    hints=SKIPS,
    bounds=st.tuples(st.floats(10, 20_000), st.floats(10, 90_000)),
    failures=st.integers(0, 60),
    overrun=st.booleans(),
    fresh=st.floats(0, 1e7),
    now=st.floats(0, 7).map(lambda days: NOW + timedelta(days=days)),
)
def test_an_automatic_interval_is_never_below_its_shortest_nor_above_its_longest(
    rhythm: Rhythm,
    hints: Hints,
    bounds: tuple[float, float],
    failures: int,
    overrun: bool,  # noqa: FBT001 - hypothesis names it
    fresh: float,
    now: datetime,
) -> None:
    low, high = sorted(bounds)
    source = replace(AUTO, min_interval=low, max_interval=high)
    state = SourceState("s", rhythm=rhythm, hints=hints, failures=failures, last_poll=NOW)
    wait = (next_poll(source, state, now, overrun=overrun, fresh=fresh) - now).total_seconds()
    assert low - 1e-3 <= wait <= high + 1e-3


@given(RHYTHMS, st.floats(1.0, 50.0))
def test_an_automatic_interval_is_never_longer_for_a_source_that_publishes_more(
    rhythm: Rhythm, times: float
) -> None:
    more = replace(
        rhythm,
        hours=tuple(times * count for count in rhythm.hours),
        days=tuple(times * count for count in rhythm.days),
        recent=times * rhythm.recent,
    )
    # The weekday's factor compares it with the whole week, so both must tell of the same items.
    same = [
        replace(r, days=(sum(r.hours) / 7,) * 7, days_watched=(24.0,) * 7) for r in (rhythm, more)
    ]
    few, many = (
        next_poll(AUTO, SourceState("s", rhythm=replace(r, hours_watched=(7.0,) * 24)), NOW)
        for r in same
    )
    assert many <= few + timedelta(milliseconds=1)
