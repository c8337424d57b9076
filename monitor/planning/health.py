"""The coverage receipt: what was polled, failed, fell silent, overran or was never asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from monitor.model import DAY, Outcome, PollRecord, Reason, Receipt, SourceTrouble

FINDS_TO_KNOW_A_RHYTHM: Final = 6
POLLS_THAT_EXCUSE_ONE: Final = 10
HISTORY: Final = 14 * DAY
"""How far back the records given to `make_receipt` should reach, so that rhythms are known."""

_WORDS: Final = {
    Reason.REFUSED_ADDRESS: "its address is private or not allowed",
    Reason.DNS: "its host name was not found",
    Reason.REFUSED: "it refused the connection",
    Reason.RESET: "it broke the connection off",
    Reason.TLS: "its certificate was not accepted",
    Reason.TIMEOUT: "it did not answer in time",
    Reason.TOO_LARGE: "its answer was too large",
    Reason.REDIRECTS: "it redirected too often",
    Reason.ENCODING: "its answer could not be unpacked",
    Reason.BLOCKED: "it blocked us",
    Reason.GONE: "it is gone for good and no longer polled",
    Reason.RATE_LIMITED: "it asked us to slow down",
    Reason.SERVER_ERROR: "its server failed",
    Reason.CLIENT_ERROR: "it refused the request",
    Reason.NOT_A_FEED: "it answered with something that is no feed",
    Reason.MALFORMED: "its answer could not be read",
    Reason.INTERNAL: "this service failed on it",
}


class Polled(Protocol):
    """What the receipt needs to know of a source."""

    @property
    def id(self) -> str:
        """Its stable name."""

    @property
    def outlet(self) -> str:
        """The name that readers see."""

    @property
    def every(self) -> float:
        """Seconds between polls."""


def make_receipt(
    records: Iterable[PollRecord], sources: Sequence[Polled], start: datetime, end: datetime
) -> Receipt:
    """Return the receipt of the window after ``start`` up to ``end`` for enabled ``sources``.

    ``records`` may and should reach further back, by `HISTORY`: counts come from the window alone,
    rhythms from all of them. A source *failed* when its last poll did, or when some poll of the
    window did and it has recovered. It is *silent* when it found
    something at least six times and has now found nothing for more than a day and for more than
    twice the longest pause between those finds.
    """
    by_source: dict[str, list[PollRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.at):
        if record.at <= end:
            by_source[record.source].append(record)
    window = {s.id: [r for r in by_source[s.id] if r.at > start] for s in sources}
    everything = [record for of_one in window.values() for record in of_one]
    return Receipt(
        start=start,
        end=end,
        sources=len(sources),
        polled=sum(bool(of_one) for of_one in window.values()),
        polls=len(everything),
        items=sum(record.new for record in everything),
        failed=_troubles(sources, lambda s: failure(by_source[s.id]) or recovery(window[s.id])),
        silent=_troubles(sources, lambda s: silence(by_source[s.id], end)),
        overrun=_troubles(sources, lambda s: overrun(window[s.id])),
        never=_troubles(sources, lambda s: neglect(s, by_source[s.id], window[s.id], start, end)),
    )


def failure(records: Sequence[PollRecord]) -> str:
    """Return why the last of ``records`` failed, in plain words; empty when it did not."""
    if not records or records[-1].outcome is not Outcome.FAILED:
        return ""
    last = records[-1]
    words = _WORDS.get(last.reason, last.reason.value)
    if last.status >= 400:  # noqa: PLR2004 - RFC 9110 section 15: from here on, errors
        words += f" (HTTP {last.status})"
    good = [index for index, record in enumerate(records) if record.outcome is not Outcome.FAILED]
    in_a_row = len(records) - (good[-1] + 1 if good else 0)
    return f"{words}, {in_a_row} times in a row" if in_a_row > 1 else words


def recovery(records: Sequence[PollRecord]) -> str:
    """Return how often a source failed before it answered again; empty when it never did.

    One failure among many polls is left out: the next poll made up for it.
    """
    failed = [record for record in records if record.outcome is Outcome.FAILED]
    if not failed or (len(failed) == 1 and len(records) >= POLLS_THAT_EXCUSE_ONE):
        return ""
    words = _WORDS.get(failed[-1].reason, failed[-1].reason.value)
    return f"{len(failed)} of {len(records)} polls failed ({words}); it answers again now"


def silence(records: Sequence[PollRecord], now: datetime) -> str:
    """Return how far a source has fallen out of its own rhythm; empty when it has not."""
    if not records or records[-1].outcome is Outcome.FAILED:
        return ""
    finds = [record.at for record in records if record.new]
    if len(finds) < FINDS_TO_KNOW_A_RHYTHM:
        return ""
    longest = max(later - earlier for earlier, later in pairwise(finds))
    quiet = now - finds[-1]
    if quiet <= max(DAY, 2 * longest):
        return ""
    return f"nothing new for {span_in_words(quiet)}; its longest pause before was {span_in_words(longest)}"


def overrun(records: Sequence[PollRecord]) -> str:
    """Return that items may have rolled past between polls; empty when none can have."""
    count = sum(record.overrun for record in records)
    if not count:
        return ""
    times = "once" if count == 1 else f"{count} times"
    return f"all its entries were new {times}: some may have come and gone between two polls"


def neglect(
    source: Polled,
    known: Sequence[PollRecord],
    window: Sequence[PollRecord],
    start: datetime,
    end: datetime,
) -> str:
    """Return why a source was not polled in the window; empty when it was."""
    if window or (known and known[-1].reason is Reason.GONE):
        return ""
    if not known:
        return "not polled yet"
    if source.every > (end - start).total_seconds():
        return (
            f"polled every {span_in_words(timedelta(seconds=source.every))}, not due in this time"
        )
    return f"last polled {span_in_words(end - known[-1].at)} ago"


def span_in_words(span: timedelta) -> str:
    """Return a length of time the way one says it: ``3 days``, ``9 hours``, ``20 minutes``."""
    seconds = max(0.0, span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (unit == "minute" and seconds >= size):
            return f"{count} {unit}s" if (count := round(seconds / size)) > 1 else f"1 {unit}"
    return "less than a minute"


def _troubles(sources: Sequence[Polled], why: Callable[[Polled], str]) -> tuple[SourceTrouble, ...]:
    told = ((source, why(source)) for source in sources)
    return tuple(SourceTrouble(source.id, source.outlet, words) for source, words in told if words)
