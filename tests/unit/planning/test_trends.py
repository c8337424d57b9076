from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Trend
from monitor.planning import trends_of
from monitor.planning.trends import baseline_of, is_spike

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
TODAY = date(2026, 3, 31)


def hits(*counts, watch="labour"):
    """Return hits of days that end today, so many a day."""
    return [
        (watch, NOW - timedelta(days=back))
        for back, count in enumerate(reversed(counts))
        for _ in range(count)
    ]


def test_a_day_far_above_its_past_is_a_spike():
    (trend,) = trends_of(hits(*[1] * 28, 9), 14, "UTC", NOW).values()
    assert trend.spiking
    assert trend.spikes == (TODAY,)
    assert trend.baseline == 1.0
    assert trend.counts == (*[1] * 13, 9)


@pytest.mark.parametrize(
    "counts",
    [
        [1] * 28 + [3],  # too few to mean anything
        [20] * 28 + [30],  # within what chance brings
        [1] * 5 + [9],  # too young to have an ordinary
        [0] * 28 + [3],
    ],
)
def test_an_ordinary_day_is_none(counts):
    (trend,) = trends_of(hits(*counts), 14, "UTC", NOW).values()
    assert not trend.spiking


def test_a_spike_does_not_hide_the_next_one():
    (trend,) = trends_of(hits(*[1] * 20, 40, *[1] * 7, 9), 14, "UTC", NOW).values()
    assert len(trend.spikes) == 2


def test_days_are_those_of_the_reader():
    late = datetime(2026, 3, 30, 22, 30, tzinfo=UTC)
    found = [("labour", late)]
    assert trends_of(found, 2, "UTC", NOW)["labour"].counts == (1, 0)
    assert trends_of(found, 2, "Europe/Berlin", NOW)["labour"].counts == (0, 1)


def test_a_sparkline_is_as_high_as_its_day_and_shows_a_single_hit():
    assert Trend("w", TODAY, (0, 1, 50, 100), 0.0).sparkline == "▁▂▅█"
    assert Trend("w", TODAY, (0, 0), 0.0).sparkline == "▁▁"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(0, 200))
def test_more_hits_never_make_a_spike_less_of_one(before, count):
    assert not is_spike(count, before) or is_spike(count + 1, before)
    assert 0 <= baseline_of(before) <= max(before)
