"""The coverage receipt: what was polled, failed, fell silent, overran or was never asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from monitor.model import Outcome, PollRecord, Receipt, SourceState, SourceTrouble
from monitor.planning.health import (
    FAILED,
    Condition,
    Health,
    health_of,
    reason_in_words,
    span_in_words,
)
from monitor.planning.pacing import Paced

POLLS_THAT_EXCUSE_ONE: Final = 10


class Polled(Paced, Protocol):
    """What the receipt needs to know of a source."""

    @property
    def outlet(self) -> str:
        """The name that readers see."""


def make_receipt(
    records: Iterable[PollRecord],
    sources: Sequence[Polled],
    states: Iterable[SourceState],
    start: datetime,
    end: datetime,
) -> Receipt:
    """Return the receipt of the window after ``start`` up to ``end`` for enabled ``sources``.

    ``records`` are the polls of the window, ``states`` what is remembered of the sources. A source
    *failed* when its last poll did, or when some poll of the window did and it has recovered;
    *silent* is as `health_of` says.
    """
    known = {state.source: state for state in states}
    window: dict[str, list[PollRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.at):
        if start < record.at <= end:
            window[record.source].append(record)
    polls = {source.id: window[source.id] for source in sources}
    health = {s.id: health_of(s, known.get(s.id, SourceState(s.id)), end) for s in sources}
    everything = [record for of_one in polls.values() for record in of_one]
    return Receipt(
        start=start,
        end=end,
        sources=len(sources),
        polled=sum(bool(of_one) for of_one in polls.values()),
        polls=len(everything),
        items=sum(record.new for record in everything),
        failed=_troubles(sources, lambda s: _failed(health[s.id]) or recovery(polls[s.id])),
        silent=_troubles(sources, lambda s: _in(health[s.id], Health.SILENT)),
        overrun=_troubles(sources, lambda s: overrun(polls[s.id])),
        never=_troubles(
            sources, lambda s: "" if polls[s.id] else neglect(s, known.get(s.id), start, end)
        ),
    )


def _failed(found: Condition) -> str:
    return found.reason if found.state in FAILED else ""


def _in(found: Condition, state: Health) -> str:
    return found.reason if found.state is state else ""


def recovery(records: Sequence[PollRecord]) -> str:
    """Return how often a source failed before it answered again; empty when it never did.

    One failure among many polls is left out: the next poll made up for it.
    """
    failed = [record for record in records if record.outcome is Outcome.FAILED]
    if not failed or (len(failed) == 1 and len(records) >= POLLS_THAT_EXCUSE_ONE):
        return ""
    words = reason_in_words(failed[-1].reason)
    return f"{len(failed)} of {len(records)} polls failed ({words}); it answers again now"


def overrun(records: Sequence[PollRecord]) -> str:
    """Return that items may have rolled past between polls; empty when none can have."""
    count = sum(record.overrun for record in records)
    if not count:
        return ""
    times = "once" if count == 1 else f"{count} times"
    return f"all its entries were new {times}: some may have come and gone between two polls"


def neglect(source: Polled, state: SourceState | None, start: datetime, end: datetime) -> str:
    """Return why a source was not polled in the window."""
    if state is None or state.last_poll is None:
        return "not polled yet"
    if state.gone:
        return ""
    every = source.max_interval if source.every == "auto" else source.every
    if every > (end - start).total_seconds():
        return f"polled every {span_in_words(timedelta(seconds=every))}, not due in this time"
    return f"last polled {span_in_words(end - state.last_poll)} ago"


def _troubles(sources: Sequence[Polled], why: Callable[[Polled], str]) -> tuple[SourceTrouble, ...]:
    told = ((source, why(source)) for source in sources)
    return tuple(SourceTrouble(source.id, source.outlet, words) for source, words in told if words)
