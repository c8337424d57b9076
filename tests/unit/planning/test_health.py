from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from monitor.model import Outcome, PollRecord, Reason, Rhythm, SourceState
from monitor.planning import Health, health_of, span_in_words
from monitor.planning.health import GOOD, failure

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Source:
    id: str = "wire"
    every: float | Literal["auto"] = "auto"
    min_interval: float = 300.0
    max_interval: float = 7_200.0
    address: str = "https://wire.example/feed"


SOURCE = Source()
KNOWN = Rhythm(
    at=NOW, newest=NOW - 2 * HOUR, finds=40, pause=9 * 3_600.0, hours_watched=(20.0,) * 24
)
FINE = SourceState(
    "wire", SOURCE.address, last_poll=NOW, last_ok=NOW, last_new=NOW - HOUR, rhythm=KNOWN
)


def health(state: SourceState = FINE, **changes: Any) -> tuple[str, str]:
    found = health_of(SOURCE, replace(state, **changes), NOW)
    return found.state.value, found.reason


def since(**changes: Any) -> datetime | None:
    return health_of(SOURCE, replace(FINE, **changes), NOW).since


def quiet_for(span: timedelta, **changes: Any) -> SourceState:
    return replace(FINE, rhythm=replace(KNOWN, newest=NOW - span, **changes))


def test_a_source_that_was_never_polled_is_new() -> None:
    assert health(SourceState("wire")) == ("new", "not polled yet")


def test_a_source_that_works_says_when_it_had_something_new() -> None:
    assert health() == ("ok", "last new item 2 hours ago")
    assert since() == NOW - 2 * HOUR


def test_a_source_is_quiet_within_its_rhythm_and_silent_far_outside() -> None:
    weekly = {"pause": 8 * 86_400.0}
    assert health(quiet_for(5 * DAY, **weekly)) == ("quiet", "nothing new for 5 days")
    assert health(quiet_for(15 * DAY, **weekly))[0] == "quiet"
    assert health(quiet_for(17 * DAY, **weekly)) == (
        "silent",
        "nothing new for 17 days; its longest pause before was 8 days",
    )
    assert health(quiet_for(20 * HOUR))[0] == "ok"
    assert health(quiet_for(25 * HOUR))[0] == "silent"


def test_a_source_that_is_little_known_is_not_called_silent() -> None:
    assert health(quiet_for(100 * DAY, finds=5))[0] == "quiet"
    young = {"hours_watched": (3.0,) * 24}
    assert health(quiet_for(2.5 * DAY, **young))[0] == "quiet"
    assert health(quiet_for(3.5 * DAY, **young))[0] == "silent"


def test_a_source_that_never_had_anything_says_so() -> None:
    assert health(rhythm=Rhythm(at=NOW), last_new=None) == ("quiet", "nothing at all so far")


@pytest.mark.parametrize(
    ("reason", "status", "state"),
    [
        (Reason.BLOCKED, 403, "blocked"),
        (Reason.BLOCKED, 503, "blocked"),
        (Reason.ROBOTS, 0, "blocked"),
        (Reason.CLIENT_ERROR, 401, "blocked"),
        (Reason.CLIENT_ERROR, 404, "failing"),
        (Reason.NOT_A_FEED, 200, "not-a-feed"),
        (Reason.DNS, 0, "failing"),
        (Reason.RATE_LIMITED, 429, "failing"),
        (Reason.INTERNAL, 0, "failing"),
    ],
)
def test_a_failure_has_its_kind(reason: Reason, status: int, state: str) -> None:
    assert health(failures=1, last_reason=reason.value, last_status=status)[0] == state


def test_a_failure_says_why_how_often_and_when_it_last_worked() -> None:
    bad = replace(FINE, failures=2, last_reason="server-error", last_status=503)
    assert health(bad, last_ok=NOW - 5 * HOUR) == (
        "failing",
        "its server failed (HTTP 503), 2 times in a row; it last worked 5 hours ago",
    )
    assert health(bad, last_ok=None)[1].endswith("it has never worked")
    assert since(failures=2, failing_since=NOW - 3 * HOUR) == NOW - 3 * HOUR


def test_a_source_that_is_gone_is_so_whatever_else_is_known() -> None:
    state, reason = health(gone=True, failures=4, last_status=410, last_overrun=NOW)
    assert state == "gone"
    assert reason == "it is gone for good and no longer polled (HTTP 410)"


def test_an_overrun_is_told_for_a_day() -> None:
    assert health(last_overrun=NOW - 20 * HOUR)[0] == "overrun"
    assert health(last_overrun=NOW - 25 * HOUR)[0] == "ok"


def test_a_source_that_moved_says_where_it_is_polled_now() -> None:
    state, reason = health(url="https://new.example/feed")
    assert state == "moved"
    assert "https://new.example/feed and is polled there" in reason
    state, reason = health(moved_to="https://new.example/feed", moved_seen=1)
    assert state == "ok"
    assert reason.endswith("it redirects for good to https://new.example/feed")


def test_a_source_behind_a_paywall_says_so() -> None:
    assert health(paywall=0.7)[0] == "paywalled"
    assert health(paywall=0.5)[0] == "ok"


def test_what_matters_most_is_told_first() -> None:
    everything = replace(
        quiet_for(40 * DAY), last_overrun=NOW, url="https://new.example/", paywall=1.0
    )
    order = [health(everything)[0]]
    everything = replace(everything, rhythm=KNOWN)
    order.append(health(everything)[0])
    everything = replace(everything, last_overrun=None)
    order.append(health(everything)[0])
    order.append(health(everything, url=SOURCE.address)[0])
    assert order == ["silent", "overrun", "moved", "paywalled"]
    assert [state.words for state in Health][:3] == ["gone", "blocked", "not a feed"]


@pytest.mark.parametrize("reason", [r for r in Reason if r not in GOOD])
def test_every_reason_is_said_in_plain_words(reason: Reason) -> None:
    words = failure([PollRecord("wire", NOW, Outcome.FAILED, reason)])
    assert words.startswith(("it ", "its ", "this service "))
    assert health(failures=1, last_reason=reason.value)[1].startswith(words)


def test_a_poll_that_went_well_has_no_failure() -> None:
    assert failure([PollRecord("wire", NOW, Outcome.QUIET, Reason.OK)]) == failure([]) == ""


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.001, "less than a minute"), (1 / 60, "1 minute"), (0.5, "30 minutes"), (1, "60 minutes"),
     (5, "5 hours"), (47, "47 hours"), (48, "2 days"), (100, "4 days")],
)  # fmt: skip
def test_a_length_of_time_is_said_the_way_one_says_it(hours: float, words: str) -> None:
    assert span_in_words(timedelta(hours=hours)) == words
