"""The clock changes of a year in eleven time zones, with a service that dies all the time.

``benchmarks/year.py`` runs the whole year.
"""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import App
from tests.integration.year.slots import DAY, READERS, Reader, wall_times
from tests.integration.year.year import Span, Tick, Year, around_changes, check, ticks, world

YEAR = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))


async def test_around_every_clock_change_each_slot_is_told_once_however_often_the_service_dies(
    tmp_path: Path,
) -> None:
    spans = around_changes(*YEAR, reach=timedelta(hours=6))
    assert len(spans) == 10
    moments = ticks(spans, 8, random.Random(5))
    async with world(tmp_path, spans[0].start, seed=5) as here:
        year = Year(here, moments)
        await year.pass_by()
        outcome = check(year)
    assert len(year.found) > 20
    assert outcome.digests > 100
    assert outcome.repeats > 0, "nobody died between hand-over and commit"
    assert {
        "before a commit",
        "after a commit",
        "after a mail was handed over",
    } <= here.deaths.keys()


async def test_a_digest_killed_at_every_single_step_of_its_way_comes_once(tmp_path: Path) -> None:
    start = datetime(2024, 3, 30, 12, tzinfo=UTC)
    moments = [Tick(start), *(Tick(start + timedelta(minutes=n), hit=True) for n in (1, 2))]
    async with world(tmp_path, start, seed=1, busy=0.0) as here:
        year = Year(here, [*moments, Tick(start + timedelta(hours=2))])
        for tick in year.ticks:
            here.now = tick.at
            for act in ([year.poll(tick.at)] if tick.hit else []) + [App.plan_digests]:
                step = 1
                while not await here.live(act, step):
                    step += 1
        step = 1
        while not await here.live(App.deliver_due, step):
            here.now += timedelta(minutes=6)  # what the dead had in hand is free again
            step += 1
        await year.finish()
        outcome = check(year)
    assert outcome.digests == 2, "of Chatham and Auckland"
    assert here.lives > 100


# ----------------------------------------------------------------- the judge is judged


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        # skipped: 02:30 in Berlin, half an hour in Lord Howe, midnight in Santiago, two hours in Troll
        ("Europe/Berlin", "2024-03-31 02:30", "2024-03-31 01:30"),
        ("Australia/Lord_Howe", "2024-10-06 02:15", "2024-10-05 15:45"),
        ("America/Santiago", "2024-09-08 00:30", "2024-09-08 04:30"),
        ("Antarctica/Troll", "2024-03-31 02:45", "2024-03-31 02:45"),
        # shown twice
        ("America/New_York", "2024-11-03 01:30", "2024-11-03 05:30"),
        ("Pacific/Chatham", "2024-04-07 02:45", "2024-04-06 13:00"),
        # a day that was skipped altogether
        ("Pacific/Apia", "2011-12-30 07:30", "2011-12-30 17:30"),
    ],
)
def test_a_wall_clock_shows_each_time_when_it_should(zone: str, wall: str, moment: str) -> None:
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    shown = wall_times(zone, when - 2 * DAY, when + 2 * DAY)
    assert shown[datetime.fromisoformat(wall)] == when


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.id)
def test_every_date_of_a_year_has_each_of_its_times_once(reader: Reader) -> None:
    slots = reader.slots(*YEAR)
    dates = {reader.name(slot)[:10] for slot in slots}
    mine = sum((YEAR[0] + n * DAY).weekday() in reader.days for n in range(366))
    assert len(slots) == len(set(map(reader.name, slots)))
    whole = mine * len(reader.times) or 366 * 86_400 // reader.every
    assert len(slots) == pytest.approx(whole, abs=max(1, len(reader.times)))
    assert len(dates) == pytest.approx(mine, abs=1)


def a_hit_that_nobody_told(year: Year) -> None:
    year.found["lost"] = year.ticks[0].at


def a_slot_without_a_digest(year: Year) -> None:
    year.ticks = [*year.ticks, Tick(year.ticks[-1].at + DAY)]


def a_mail_that_came_twice_with_other_bytes(year: Year) -> None:
    next(iter(year.world.box.mails.values())).add("other bytes")


def a_mail_that_nobody_planned(year: Year) -> None:
    year.world.box.mails["<stray@desk.example>"] = {"bytes"}


def a_mail_that_came_before_its_time(year: Year) -> None:
    times = next(iter(year.world.box.times.values()))
    times[0] -= DAY


WRONGS = (
    a_hit_that_nobody_told,
    a_slot_without_a_digest,
    a_mail_that_came_twice_with_other_bytes,
    a_mail_that_nobody_planned,
    a_mail_that_came_before_its_time,
)


async def test_the_judge_notices_whatever_is_wrong(tmp_path: Path) -> None:
    start = datetime(2024, 6, 3, 12, tzinfo=UTC)
    moments = ticks([Span(start, start + DAY / 4)], 8, random.Random(1))
    async with world(tmp_path, start, seed=1) as here:
        year = Year(here, moments)
        await year.pass_by()
        check(year)
        for wrong in WRONGS:
            other = replace(here, box=deepcopy(here.box))
            spoilt = replace(year, world=other, found=dict(year.found))
            wrong(spoilt)
            with pytest.raises(AssertionError):
                check(spoilt)
