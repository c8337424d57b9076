from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Item, Visit
from monitor.planning import first_visits, later, look_again, next_visit
from monitor.planning.visits import SHORT_TEXT

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONG = "word " * SHORT_TEXT


def item(**more: object) -> Item:
    given = {"id": "i", "source": "gazette", "title": "t", "url": "https://gazette.example/1"}
    return Item(**{**given, **more})  # type: ignore[arg-type]


def test_a_teaser_is_worth_a_visit_at_once_and_a_whole_text_is_not():
    teaser, whole = item(summary="A teaser."), item(id="j", text=LONG)
    (planned,) = first_visits([teaser, whole], "auto", NOW)
    assert planned == Visit("i", "gazette", "https://gazette.example/1", NOW)


@pytest.mark.parametrize(("wish", "count"), [("always", 2), ("never", 0)])
def test_a_source_may_want_every_page_or_none(wish, count):
    given = [item(summary="A teaser."), item(id="j", text=LONG)]
    assert len(first_visits(given, wish, NOW)) == count


@pytest.mark.parametrize("alone", [item(baseline=True), item(url="")])
@pytest.mark.parametrize("wish", ["auto", "always"])
def test_what_is_no_news_or_has_no_page_is_never_visited(alone, wish):
    assert first_visits([alone], wish, NOW) == ()


def test_failed_visits_are_tried_again_ever_later_and_then_given_up():
    planned, waits, moment = Visit("i", "gazette", "https://gazette.example/1", NOW), [], NOW
    while again := next_visit(planned, None, moment):
        waits.append((again.due - moment).total_seconds())
        planned, moment = again, again.due
    assert waits == sorted(waits)
    assert len(waits) == 3
    assert moment - NOW < timedelta(hours=6)


@pytest.mark.parametrize(("wish", "seconds"), [(7200, 7200), (10**9, 86_400)])
def test_a_server_may_ask_for_more_patience_up_to_a_day(wish, seconds):
    again = next_visit(Visit("i", "s", "u", NOW), wish, NOW)
    assert again is not None
    assert (again.due - NOW).total_seconds() == seconds


def test_a_turn_that_has_not_come_is_no_failure():
    planned = Visit("i", "s", "u", NOW, attempts=2)
    assert later(planned, 90, NOW) == Visit("i", "s", "u", NOW + timedelta(seconds=90), attempts=2)


AFTER = (3_600.0, 21_600.0, 86_400.0, 604_800.0)


def looks(given: Item, now: datetime, stage: int = 0) -> list[tuple[int, float]]:
    """Return the stage and the hours after `NOW` of every look that follows."""
    found = []
    while (planned := look_again(given, "auto", AFTER, now, stage)) is not None:
        now, stage = planned.due, planned.stage
        found.append((stage, (planned.due - NOW) / timedelta(hours=1)))
    return found


def test_a_hit_is_looked_at_after_an_hour_six_hours_a_day_and_a_week():
    assert looks(item(first_seen=NOW), NOW) == [(1, 1), (2, 6), (3, 24), (4, 168)]


@given(st.floats(0, 200), st.integers(0, 4))
def test_every_look_lies_ahead_and_none_is_made_twice(hours, stage):
    now = NOW + timedelta(hours=hours)
    found = looks(item(first_seen=NOW), now, stage)
    assert all(number > stage and due > hours for number, due in found)
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("given_item", "full_text"),
    [(item(first_seen=NOW), "never"), (item(baseline=True), "auto"), (item(url=""), "always")],
)
def test_what_has_no_page_or_was_no_news_is_not_looked_at(given_item, full_text):
    assert look_again(given_item, full_text, AFTER, NOW) is None


def test_times_are_taken_in_order_and_none_means_never():
    assert look_again(item(first_seen=NOW), "auto", (), NOW) is None
    first = look_again(item(first_seen=NOW), "auto", (7_200.0, 3_600.0), NOW)
    assert first is not None
    assert (first.stage, first.due) == (1, NOW + timedelta(hours=1))
