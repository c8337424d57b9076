from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.planning.quiet import QuietHours, parse_quiet_hours, quiet_until

NIGHT = QuietHours(time(22), time(7))


@pytest.mark.parametrize("text", ["22:00-07:00", "22:00 - 07:00", "22:00–07:00", "22:00 to 7:00"])
def test_quiet_hours_are_written_as_two_times_of_day(text):
    assert parse_quiet_hours(text) == NIGHT
    assert str(NIGHT) == "22:00-07:00"


@pytest.mark.parametrize("text", ["night", "22-7", "25:00-07:00", "22:00", 22, ["22:00", "07:00"]])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="22:00-07:00"):
        parse_quiet_hours(text)


def test_quiet_hours_without_an_end_are_refused():
    with pytest.raises(ValueError, match="never end"):
        parse_quiet_hours("07:00-07:00")


@pytest.mark.parametrize(
    ("local", "end"),
    [
        ("2026-03-04T21:59", None),
        ("2026-03-04T22:00", "2026-03-05T07:00"),
        ("2026-03-05T00:00", "2026-03-05T07:00"),
        ("2026-03-05T06:59", "2026-03-05T07:00"),
        ("2026-03-05T07:00", None),
    ],
)
def test_a_night_reaches_over_midnight_into_the_morning(local, end):
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime.fromisoformat(local).replace(tzinfo=berlin)
    wanted = datetime.fromisoformat(end).replace(tzinfo=berlin) if end else None
    assert quiet_until(NIGHT, "Europe/Berlin", now.astimezone(UTC)) == wanted


def test_a_night_is_an_hour_shorter_when_the_clock_goes_forward():
    start = datetime(2026, 3, 28, 21, tzinfo=UTC)  # 22:00 in Berlin, the clock changes at 02:00
    end = quiet_until(NIGHT, "Europe/Berlin", start)
    assert end == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_a_siesta_lies_within_one_day():
    siesta = QuietHours(time(13), time(15))
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert quiet_until(siesta, "UTC", noon) is None
    assert quiet_until(siesta, "UTC", noon + timedelta(hours=1)) == noon + timedelta(hours=3)
    assert quiet_until(siesta, "UTC", noon + timedelta(hours=3)) is None


@given(
    st.integers(0, 315_360_000).map(
        lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
    st.times(),
    st.times(),
)
def test_quiet_hours_always_end_within_a_day_and_their_end_is_loud(now, zone, start, end):
    quiet = QuietHours(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    until = quiet_until(quiet, zone, now)
    if quiet.start != quiet.end and until is not None:
        assert now < until <= now + timedelta(hours=26)
        assert quiet_until(quiet, zone, until) is None
