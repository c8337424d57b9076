from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from monitor.model import Outcome, PollRecord, Reason, Receipt, Rhythm, SourceState, SourceTrouble
from monitor.planning import make_receipt

END = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
START = END - timedelta(days=1)


@dataclass(frozen=True)
class Source:
    id: str
    outlet: str
    every: float | Literal["auto"] = "auto"
    min_interval: float = 300.0
    max_interval: float = 7_200.0
    address: str = "https://outlet.example/feed"


WIRE = Source("wire", "Coastal Wire")


def ago(hours: float) -> datetime:
    return END - timedelta(hours=hours)


def poll(hours_ago: float, *, source: str = "wire", new: int = 0, reason: Reason = Reason.OK,
         status: int = 200, overrun: bool = False) -> PollRecord:  # fmt: skip
    failed = reason not in {Reason.OK, Reason.UNCHANGED}
    outcome = Outcome.FAILED if failed else Outcome.NEW if new else Outcome.QUIET
    return PollRecord(
        source, ago(hours_ago), outcome, reason, status=status, new=new, overrun=overrun
    )


def state(source: str = "wire", hours_ago: float = 1, **more: Any) -> SourceState:
    return SourceState(source, last_poll=ago(hours_ago), **more)


def receipt(
    *records: PollRecord,
    sources: tuple[Source, ...] = (WIRE,),
    states: tuple[SourceState, ...] = (),
) -> Receipt:
    return make_receipt(records, sources, states or [state()], START, END)


def test_counts_come_from_the_window_alone() -> None:
    found = receipt(poll(30, new=5), poll(24, new=7), poll(23, new=2), poll(1), poll(-1, new=9))
    assert (found.sources, found.polled, found.polls, found.items) == (1, 1, 2, 2)
    assert found.failed == found.silent == found.overrun == found.never == ()


def test_polls_of_a_source_that_is_no_longer_configured_are_left_out() -> None:
    assert receipt(poll(2, new=1), poll(3, source="gone", new=4)).items == 1


def test_a_source_failed_when_its_last_poll_did() -> None:
    failing = state(failures=2, last_reason="server-error", last_status=503, last_ok=ago(3))
    why = "its server failed (HTTP 503), 2 times in a row; it last worked 3 hours ago"
    found = receipt(poll(1, reason=Reason.SERVER_ERROR, status=503), states=(failing,))
    assert found.failed == (SourceTrouble("wire", "Coastal Wire", why),)


def test_a_source_that_failed_for_a_while_is_told_though_it_answers_again() -> None:
    records = [poll(5), poll(4, reason=Reason.SERVER_ERROR, status=503), poll(3)]
    [trouble] = receipt(*records).failed
    assert trouble.why == "1 of 3 polls failed (its server failed); it answers again now"


def test_one_failure_among_many_polls_is_made_up_for() -> None:
    records = [poll(hours) for hours in range(1, 12)]
    failed = poll(12, reason=Reason.TIMEOUT)
    assert receipt(*records, failed).failed == ()
    assert receipt(*records, failed, poll(13, reason=Reason.TIMEOUT)).failed != ()


SILENT = Rhythm(at=END, newest=ago(72), finds=9, pause=3_600.0, hours_watched=(9.0,) * 24)


def test_a_silent_source_is_told_and_one_that_fails_as_well_only_once() -> None:
    (silent,) = receipt(poll(1), states=(state(rhythm=SILENT),)).silent
    assert silent.why == "nothing new for 3 days; its longest pause before was 60 minutes"
    failing = state(rhythm=SILENT, failures=1, last_reason="dns")
    found = receipt(poll(1, reason=Reason.DNS, status=0), states=(failing,))
    assert found.silent == ()
    assert len(found.failed) == 1


def test_an_overrun_in_the_window_is_told() -> None:
    assert receipt(poll(30, overrun=True), poll(1)).overrun == ()
    (trouble,) = receipt(poll(2, new=9, overrun=True), poll(1)).overrun
    assert "once" in trouble.why


def test_sources_that_were_not_polled_are_told_and_why() -> None:
    daily = Source("slow", "Delta Review", every=3 * 86_400.0)
    late = Source("late", "Late Post")
    sources = (WIRE, Source("new", "New One"), daily, late)
    states = (state(), SourceState("new"), state("slow", 50), state("late", 50))
    found = receipt(poll(1), sources=sources, states=states)
    assert found.polled == 1
    assert {trouble.name: trouble.why for trouble in found.never} == {
        "New One": "not polled yet",
        "Delta Review": "polled every 3 days, not due in this time",
        "Late Post": "last polled 2 days ago",
    }


def test_a_source_nothing_is_known_of_was_not_polled() -> None:
    (trouble,) = receipt(sources=(WIRE,), states=(state("other"),)).never
    assert trouble.why == "not polled yet"


def test_a_source_that_is_gone_is_told_as_failed_and_not_as_neglected() -> None:
    found = receipt(states=(state(hours_ago=50, gone=True, failures=1, last_status=410),))
    assert found.never == ()
    assert found.failed[0].why == "it is gone for good and no longer polled (HTTP 410)"
