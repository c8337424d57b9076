from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Outcome, PollRecord, Reason, Receipt, SourceTrouble
from monitor.planning import make_receipt
from monitor.planning.health import span_in_words

END = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
START = END - timedelta(days=1)


@dataclass(frozen=True)
class Source:
    id: str
    outlet: str
    every: float = 900.0


WIRE = Source("wire", "Coastal Wire")


def poll(hours_ago: float, *, source: str = "wire", new: int = 0, reason: Reason = Reason.OK,
         status: int = 200, overrun: bool = False) -> PollRecord:  # fmt: skip
    failed = reason not in {Reason.OK, Reason.UNCHANGED}
    outcome = Outcome.FAILED if failed else Outcome.NEW if new else Outcome.QUIET
    at = END - timedelta(hours=hours_ago)
    return PollRecord(source, at, outcome, reason, status=status, new=new, overrun=overrun)


def receipt(*records: PollRecord, sources: tuple[Source, ...] = (WIRE,)) -> Receipt:
    return make_receipt(records, sources, START, END)


def test_counts_come_from_the_window_alone() -> None:
    found = receipt(poll(30, new=5), poll(24, new=7), poll(23, new=2), poll(1), poll(-1, new=9))
    assert (found.sources, found.polled, found.polls, found.items) == (1, 1, 2, 2)
    assert found.failed == found.silent == found.overrun == found.never == ()


def test_polls_of_a_source_that_is_no_longer_configured_are_left_out() -> None:
    assert receipt(poll(2, new=1), poll(3, source="gone", new=4)).items == 1


def test_a_source_failed_when_its_last_poll_did() -> None:
    bad = poll(1, reason=Reason.SERVER_ERROR, status=503)
    worse = poll(2, reason=Reason.TIMEOUT, status=0)
    why = "its server failed (HTTP 503), 2 times in a row"
    assert receipt(poll(3), worse, bad).failed == (SourceTrouble("wire", "Coastal Wire", why),)
    assert "answers again now" in receipt(bad, poll(0.5)).failed[0].why


@pytest.mark.parametrize("reason", [r for r in Reason if r not in {Reason.OK, Reason.UNCHANGED}])
def test_every_reason_is_said_in_plain_words(reason: Reason) -> None:
    (trouble,) = receipt(poll(1, reason=reason, status=0)).failed
    assert trouble.why.startswith(("it ", "its ", "this service "))


def test_a_source_is_silent_when_it_falls_far_out_of_its_own_rhythm() -> None:
    finds = [poll(hours, new=1) for hours in (72, 66, 60, 54, 50, 49)]
    (silent,) = receipt(*finds, poll(1)).silent
    assert silent.why == "nothing new for 2 days; its longest pause before was 6 hours"


@pytest.mark.parametrize(
    "finds",
    [
        (72, 66, 60, 54, 49),  # too few to know a rhythm
        (72, 66, 60, 54, 50, 20),  # less than a day
        (300, 250, 200, 150, 100, 60),  # slow by nature
    ],
)
def test_a_source_that_is_slow_or_little_known_is_not_called_silent(finds: tuple[int, ...]) -> None:
    assert receipt(*[poll(hours, new=1) for hours in finds], poll(1)).silent == ()


def test_a_failing_source_is_not_called_silent_as_well() -> None:
    finds = [poll(hours, new=1) for hours in (72, 66, 60, 54, 50, 49)]
    found = receipt(*finds, poll(1, reason=Reason.DNS))
    assert found.silent == ()
    assert len(found.failed) == 1


def test_an_overrun_in_the_window_is_told() -> None:
    assert receipt(poll(30, overrun=True), poll(1)).overrun == ()
    (trouble,) = receipt(poll(2, new=9, overrun=True), poll(1)).overrun
    assert "once" in trouble.why


def test_sources_that_were_not_polled_are_told_and_why() -> None:
    daily = Source("slow", "Delta Review", every=3 * 86_400.0)
    late = Source("late", "Late Post")
    found = receipt(
        poll(1), poll(50, source="late"), sources=(WIRE, Source("new", "New One"), daily, late)
    )
    assert found.polled == 1
    assert {t.name: t.why for t in found.never} == {
        "New One": "not polled yet",
        "Delta Review": "not polled yet",
        "Late Post": "last polled 2 days ago",
    }
    slow = receipt(poll(50, source="slow"), sources=(daily,)).never
    assert slow[0].why == "polled every 3 days, not due in this time"


def test_a_source_that_is_gone_is_told_as_failed_and_not_as_neglected() -> None:
    found = receipt(poll(50, reason=Reason.GONE, status=410))
    assert found.never == ()
    assert found.failed[0].why == "it is gone for good and no longer polled (HTTP 410)"


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.001, "less than a minute"), (1 / 60, "1 minute"), (0.5, "30 minutes"), (1, "60 minutes"),
     (5, "5 hours"), (47, "47 hours"), (48, "2 days"), (100, "4 days")],
)  # fmt: skip
def test_a_length_of_time_is_said_the_way_one_says_it(hours: float, words: str) -> None:
    assert span_in_words(timedelta(hours=hours)) == words


def test_a_source_that_failed_for_a_while_is_told_though_it_answers_again() -> None:
    records = [poll(5), poll(4, reason=Reason.SERVER_ERROR, status=503), poll(3)]
    [trouble] = receipt(*records).failed
    assert trouble.why == "1 of 3 polls failed (its server failed); it answers again now"


def test_one_failure_among_many_polls_is_made_up_for() -> None:
    records = [poll(hours) for hours in range(1, 12)]
    failed = poll(12, reason=Reason.TIMEOUT)
    assert receipt(*records, failed).failed == ()
    assert receipt(*records, failed, poll(13, reason=Reason.TIMEOUT)).failed != ()
