from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from monitor.planning import Instant, Schedule, When, due_slot, next_slot, parse_when, slot_name
from monitor.planning.schedule import latest_slot

ZONES = sorted(zone for zone in available_timezones() if zone != "localtime")
ADAPTER: TypeAdapter[Instant | Schedule] = TypeAdapter(When)
DAILY = Schedule(days=tuple(range(7)), times=(time(7, 30),))
zones = st.sampled_from(ZONES)
years = st.integers(1971, 2040)
moments = st.integers(157_766_400, 2_051_222_400).map(lambda s: datetime.fromtimestamp(s, UTC))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walk(schedule: Schedule, zone: str, start: datetime, end: datetime) -> list[datetime]:
    slots = []
    moment = start
    while (moment := next_slot(schedule, zone, moment)) <= end:
        slots.append(moment)
    return slots


# ----------------------------------------------------------------- the grammar


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("instant", "instant"),
        ("Instant", "instant"),
        ("daily at 07:30", "daily at 07:30"),
        ("daily  at 7:30", "daily at 07:30"),
        ("weekdays at 16:00 and 07:30", "weekdays at 07:30 and 16:00"),
        ("daily at 06:00, 12:00 and 18:00", "daily at 06:00 and 12:00 and 18:00"),
        ("weekly on Monday at 08:00", "weekly on Monday at 08:00"),
        ("weekly on friday and monday at 08:00", "weekly on Monday and Friday at 08:00"),
        ("every 4 hours", "every 4 hours"),
        ("every hour", "every 1 hour"),
        ("every 30 minutes", "every 30 minutes"),
        ("every 120 minutes", "every 2 hours"),
        ("every 10 seconds", "every 10 seconds"),
    ],
)
def test_what_is_allowed_is_read_and_written_back(text: str, plain: str) -> None:
    assert ADAPTER.dump_python(ADAPTER.validate_python(text)) == plain
    assert parse_when(plain) == parse_when(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dayly at 07:30",
        "daily",
        "daily at 24:00",
        "daily at 7",
        "weekly on Funday at 08:00",
        "weekly at 08:00",
        "every 0 minutes",
        "every 500 hours",
        "every fortnight",
        "daily at 07:30; rm -rf /",
        7.5,
        None,
        ["instant"],
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(text: object) -> None:
    with pytest.raises(ValidationError, match=r"'when' is one of: instant|at least 1 second"):
        ADAPTER.validate_python(text)


def test_the_json_schema_is_a_string_with_examples_that_it_accepts() -> None:
    schema = ADAPTER.json_schema()
    assert schema["type"] == "string"
    for example in schema["examples"]:
        assert str(parse_when(example)) == example


# ----------------------------------------------------------------- golden slots


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        ("daily at 07:30", "Europe/Berlin", "2026-11-23T06:29:59", "2026-11-23T06:30"),
        ("daily at 07:30", "Europe/Berlin", "2026-11-23T06:30:00", "2026-11-24T06:30"),
        # spring: 02:30 does not exist on 29 March 2026 and moves forward by the hour
        ("daily at 02:30", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:30"),
        ("daily at 02:30", "Europe/Berlin", "2026-03-29T01:30", "2026-03-30T00:30"),
        # autumn: 01:30 comes twice in New York on 1 November 2026; only the first counts
        ("daily at 01:30", "America/New_York", "2026-10-31T12:00", "2026-11-01T05:30"),
        ("daily at 01:30", "America/New_York", "2026-11-01T05:30", "2026-11-02T06:30"),
        # midnight itself is skipped in Beirut
        ("daily at 00:00", "Asia/Beirut", "2026-03-28T12:00", "2026-03-28T22:00"),
        ("weekly on Monday at 00:00", "Europe/Berlin", "2026-03-29T12:00", "2026-03-29T22:00"),
        ("daily at 09:00", "Europe/Berlin", "2028-02-28T12:00", "2028-02-29T08:00"),
        ("weekdays at 07:30", "UTC", "2026-11-20T08:00", "2026-11-23T07:30"),
        ("weekly on Monday at 08:00", "UTC", "2026-11-23T08:00", "2026-11-30T08:00"),
        # a date that Samoa skipped altogether: its slot falls together with the next date's
        ("daily at 07:30", "Pacific/Apia", "2011-12-29T18:00", "2011-12-30T17:30"),
        ("daily at 07:30", "Pacific/Apia", "2011-12-30T17:30", "2011-12-31T17:30"),
        ("every 4 hours", "Europe/Berlin", "2026-11-23T06:30", "2026-11-23T07:00"),
        ("every 4 hours", "Asia/Kathmandu", "2026-11-23T06:30", "2026-11-23T10:15"),
        ("every 5 hours", "Europe/Berlin", "1970-01-01T00:00", "1970-01-01T05:00"),
        ("every 10 seconds", "Europe/Berlin", "2026-10-25T00:59:55", "2026-10-25T01:00"),
    ],
)
def test_the_next_slot(text: str, zone: str, after: str, expected: str) -> None:
    schedule = parse_when(text)
    assert isinstance(schedule, Schedule)
    assert next_slot(schedule, zone, utc(after)) == utc(expected)


def test_short_intervals_go_on_through_the_hour_that_comes_twice() -> None:
    slots = walk(
        Schedule(every=1800), "Europe/Berlin", utc("2026-10-24T23:45"), utc("2026-10-25T03:00")
    )
    assert {b - a for a, b in pairwise(slots)} == {timedelta(minutes=30)}
    assert len({slot_name(slot, "Europe/Berlin") for slot in slots}) == len(slots)


def test_a_slot_is_named_by_local_date_time_and_offset() -> None:
    assert slot_name(utc("2026-11-23T06:30"), "Europe/Berlin") == "2026-11-23T07:30:00+01:00"


# ----------------------------------------------------------------- what is due


def test_the_first_digest_is_the_next_slot_after_the_subscription_was_seen() -> None:
    started = utc("2026-11-23T12:00")
    assert due_slot(DAILY, "UTC", None, started, utc("2026-11-24T07:29")) is None
    assert due_slot(DAILY, "UTC", None, started, utc("2026-11-24T07:30")) == utc("2026-11-24T07:30")


def test_after_three_days_down_only_the_latest_missed_slot_is_due() -> None:
    last, now = utc("2026-11-20T07:30"), utc("2026-11-23T12:00")
    assert due_slot(DAILY, "UTC", last, last, now) == utc("2026-11-23T07:30")


def test_a_clock_that_is_set_back_makes_nothing_due_twice() -> None:
    last = utc("2026-11-23T07:30")
    for hours in (-25, -1, 0, 1):
        assert due_slot(DAILY, "UTC", last, last, last + timedelta(hours=hours)) is None


@settings(max_examples=60, deadline=None)
@given(zones, years, times)
def test_each_local_date_has_exactly_one_daily_slot_in_any_zone_and_year(
    zone: str, year: int, at: time
) -> None:
    place = ZoneInfo(zone)
    schedule = Schedule(days=tuple(range(7)), times=(at,))
    first = datetime(year, 1, 1, 12, tzinfo=UTC)
    end = first + timedelta(days=360)
    slots = walk(schedule, zone, first, end)
    dates = {slot.astimezone(place).date(): slot for slot in slots}
    today, last = slots[0].astimezone(place).date(), slots[-1].astimezone(place).date()
    while today <= last:
        assert today in dates or _day_has_a_gap(today, at, place), f"no digest on {today}"
        today += timedelta(days=1)
    for one in {d for d in dates if sum(s.astimezone(place).date() == d for s in slots) > 1}:
        assert _day_has_a_gap(one - timedelta(days=1), at, place), f"two digests on {one}"


def _day_has_a_gap(day: date, at: time, place: ZoneInfo) -> bool:
    """Say whether the time does not exist on that date: it then moves forward past midnight."""
    local = datetime.combine(day, at, tzinfo=place)
    return local.astimezone(UTC).astimezone(place).date() != day


schedules = st.one_of(
    st.builds(
        Schedule,
        days=st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda d: tuple(sorted(d))),
        times=st.lists(times, min_size=1, max_size=3, unique=True).map(lambda t: tuple(sorted(t))),
    ),
    st.integers(3600, 7 * 86_400).map(lambda seconds: Schedule(every=seconds)),
    st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]).map(lambda hours: Schedule(every=3600 * hours)),
)


@settings(max_examples=60, deadline=None)
@given(
    schedules,
    zones,
    moments,
    st.lists(st.integers(-7200, 200_000), min_size=1, max_size=60),
)
def test_no_slot_is_ever_due_twice_however_the_clock_moves(
    schedule: Schedule, zone: str, started: datetime, steps: list[int]
) -> None:
    now = started
    last, served = None, []
    for step in steps:
        now += timedelta(seconds=step)
        slot = due_slot(schedule, zone, last, started, now)
        if slot is not None:
            assert started < slot <= now
            served.append(slot)
            last = slot
    assert served == sorted(set(served))
    names = [slot_name(slot, zone) for slot in served]
    assert len(set(names)) == len(names)


@settings(max_examples=60, deadline=None)
@given(schedules, zones, moments)
def test_next_and_latest_agree_on_what_a_slot_is(
    schedule: Schedule, zone: str, now: datetime
) -> None:
    following = next_slot(schedule, zone, now)
    assert following > now
    assert latest_slot(schedule, zone, following) == following
    assert latest_slot(schedule, zone, following - timedelta(microseconds=1)) <= now
