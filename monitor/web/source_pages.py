"""One source in full: how it is, how it is polled and why so, who tells of its news; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.channels.text import count, one_line
from monitor.model import Lease, Outcome, PollRecord, SourceState
from monitor.planning import span_in_words
from monitor.sources.base import Source
from monitor.web.source_rows import tells

POLLS_SHOWN = 50
_MINUTE = 60.0
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class PollRow:
    """One poll."""

    at: datetime
    tone: str
    """``trouble`` for a failure, ``well`` where there was news, else ``off``."""
    words: str
    said: str
    status: str
    entries: int
    new: int
    hits: int
    overrun: bool
    seconds: str


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A subscription at the source's hub (WebSub)."""

    hub: str
    words: str
    until: datetime | None
    problem: str


def poll_rows(records: Iterable[PollRecord], mask: Callable[[str], str]) -> list[PollRow]:
    """Return the rows of the last polls; ``mask`` hides the secrets that an answer could carry."""
    return [_poll(record, mask) for record in records]


def _poll(record: PollRecord, mask: Callable[[str], str]) -> PollRow:
    failed = record.outcome is Outcome.FAILED
    return PollRow(
        at=record.at,
        tone="trouble" if failed else "well" if record.new else "off",
        words=record.reason.value.replace("-", " "),
        said=one_line(mask(record.message), 300),
        status=str(record.status) if record.status else "",
        entries=record.entries,
        new=record.new,
        hits=record.hits,
        overrun=record.overrun,
        seconds=f"{record.seconds:.1f} s" if record.seconds else "",
    )


def lease_rows(
    leases: Sequence[Lease], mask: Callable[[str], str], now: datetime
) -> list[LeaseRow]:
    """Return the hubs of a source; addresses and keys by which they reach us are no one's to see."""
    return [
        LeaseRow(
            hub=one_line(mask(lease.hub), 200),
            words=_lease_words(lease, now),
            until=lease.expires if lease.expires and lease.expires > now else None,
            problem=one_line(mask(lease.problem), 300),
        )
        for lease in leases
    ]


def _lease_words(lease: Lease, now: datetime) -> str:
    if not lease.callback:
        return "known, and not asked: the page has no public address"
    if lease.leaving:
        return "no longer wanted"
    if tells(lease, now):
        return "tells of news"
    if lease.pending:
        return "asked, has not verified yet"
    return "does not tell of news now"


def rhythm_words(
    source: Source, state: SourceState, leases: Sequence[Lease], now: datetime
) -> list[str]:
    """Return in sentences how often a source is polled, and why."""
    if not source.enabled:
        return ["Not polled: it is switched off in sources.yaml."]
    if state.gone:
        return ["Not polled any more: it said that it is gone for good."]
    words = [_interval(source)]
    if state.failures > 1:
        words.append(
            f"It failed {count(state.failures, 'time')} in a row: each failure doubles the interval, "
            "up to six hours."
        )
    if any(tells(lease, now) for lease in leases):
        words.append("A hub tells of its news at once; polls only make sure of that and are rarer.")
    return words + _hints(state)


def _interval(source: Source) -> str:
    if source.every != "auto":
        return f"Every {_span(source.every)}, as configured."
    low, high = _span(source.min_interval), _span(source.max_interval)
    return f"Automatic: the interval follows its own rhythm, between {low} and {high}."


def _hints(state: SourceState) -> list[str]:
    words = []
    if state.hints.ttl:
        words.append(f"It asks for {_span(state.hints.ttl)} between polls.")
    if state.hints.skip_hours:
        hours = ", ".join(f"{hour:02}" for hour in state.hints.skip_hours)
        words.append(f"It asks not to be polled in the hours {hours} UTC.")
    if state.hints.skip_days:
        names = ", ".join(_WEEKDAYS[day] for day in state.hints.skip_days)
        words.append(f"It asks not to be polled on {names}.")
    return words


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return count(round(seconds), "second")
    return span_in_words(timedelta(seconds=seconds)).removeprefix("1 ")
