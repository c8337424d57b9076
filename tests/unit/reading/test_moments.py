"""Stamps of time are read as they are meant, and guessed at never."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading.moments import moment_of

INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-19T10:20:30+09:00", "2026-02-19T10:20:30+09:00"),
        ("2026-02-19T10:20:30.123Z", "2026-02-19T10:20:30+00:00"),
        ("2026-02-19T10:20:30-0330", "2026-02-19T10:20:30-03:30"),
        ("2026-02-19 10:20 +02:00", "2026-02-19T10:20:00+02:00"),
        ("20260219T102030Z", "2026-02-19T10:20:30+00:00"),
        ("Thu, 19 Feb 2026 10:20:30 GMT", "2026-02-19T10:20:30+00:00"),
        ("Thu Feb 19 2026 10:20:30 GMT+0100 (CET)", "2026-02-19T10:20:30+01:00"),
        ("February 19, 2026 at 7:05 p.m. EST", "2026-02-19T19:05:00-05:00"),
        ("Published 19 February 2026, 12:05 am BST", "2026-02-19T00:05:00+01:00"),
        ("1771496430", "2026-02-19T10:20:30+00:00"),
        ("1771496430000", "2026-02-19T10:20:30+00:00"),
    ],
)
def test_a_time_with_its_zone_is_whole(text: str, time: str) -> None:
    moment = moment_of(text)

    assert moment is not None
    assert (moment.time.isoformat(), moment.clock, moment.zone) == (time, True, True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-19 10:20", "2026-02-19T10:20:00+00:00"),
        ("2026/2/19 7:05 PM", "2026-02-19T19:05:00+00:00"),
        ("19.02.2026, 17:09 Uhr", "2026-02-19T17:09:00+00:00"),
        ("19. 2. 2026 | 17.09", "2026-02-19T17:09:00+00:00"),
        ("2026年02月19日 17:09:41", "2026-02-19T17:09:41+00:00"),
        ("20260219102030", "2026-02-19T10:20:30+00:00"),
        ("Feb 19, 2026 10:20 IST", "2026-02-19T10:20:00+00:00"),
    ],
)
def test_a_time_without_a_zone_says_so(text: str, time: str) -> None:
    moment = moment_of(text)

    assert moment is not None
    assert (moment.time.isoformat(), moment.clock, moment.zone) == (time, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-19",
        "20260219",
        "19 February 2026",
        "Feb. 19th, 2026",
        "19.2.2026",
        "2/19/2026",
        "19/02/2026",
        "2026-02-19T00:00:00",
        "2026-02-19T24:61:00",
        "2026-02-19, 1234 comments",
        "19 Feb 2026 5 min read",
    ],
)
def test_a_day_is_a_day(text: str) -> None:
    moment = moment_of(text)

    assert moment is not None
    assert (moment.time.isoformat(), moment.clock) == ("2026-02-19T00:00:00+00:00", False)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "03/02/2026", "2026-13-45", "February 2026", "2026", "30 Smarch 2026"]
)
def test_what_states_no_day_for_sure_is_none(text: str) -> None:
    assert moment_of(text) is None


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    moment_of(text)


@given(st.integers(min_value=0, max_value=3_700_000_000))
def test_iso_times_come_back(seconds: int) -> None:
    text = datetime.fromtimestamp(seconds, INDIA).isoformat()
    moment = moment_of(text)

    assert moment is not None
    assert moment.time.isoformat() == text
