"""The health of each source in words that a person understands; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Lease, SourceState
from monitor.planning import Health, health_of, span_in_words
from monitor.sources.base import Source

OFF: Final = "off"
STATES: Final = (*Health, OFF)
"""Every state a source can be in, those that need a look first."""
STATE_WORDS: Final[dict[str, str]] = {
    **{state.value: state.words for state in Health},
    Health.GONE.value: "gone for good",
    Health.NEW.value: "not polled yet",
    OFF: "switched off",
}
TONES: Final[dict[str, str]] = {
    Health.GONE: "trouble",
    Health.BLOCKED: "trouble",
    Health.NOT_A_FEED: "trouble",
    Health.FAILING: "trouble",
    Health.SILENT: "trouble",
    Health.OVERRUN: "look",
    Health.MOVED: "look",
    Health.PAYWALLED: "look",
    Health.NEW: "look",
    Health.QUIET: "well",
    Health.OK: "well",
    OFF: OFF,
}
"""How a state is coloured, on the page and on a terminal."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of the table of sources."""

    id: str
    name: str
    url: str
    state: str
    """One word of `STATES`."""
    reason: str
    """Why it is in that state; empty when it is switched off."""
    detail: str = ""
    """What the last poll said beside, word for word."""
    since: datetime | None = None
    every: str = "auto"
    last_poll: datetime | None = None
    next_poll: datetime | None = None
    last_new: datetime | None = None
    hub_until: datetime | None = None
    """Until when a hub tells of its news at once (WebSub); None where none does."""

    @property
    def words(self) -> str:
        """Return the state as it is shown."""
        return STATE_WORDS[self.state]

    @property
    def tone(self) -> str:
        """Return ``trouble``, ``look``, ``well`` or ``off``."""
        return TONES[self.state]


def source_rows(
    sources: Mapping[str, Source],
    states: Iterable[SourceState],
    now: datetime,
    mask: Callable[[str], str],
    leases: Iterable[Lease] = (),
) -> list[SourceRow]:
    """Return one row for each configured source, those that need a look first, then by name.

    ``leases`` are their subscriptions at hubs. ``mask`` hides the secrets that a message could carry.
    """
    known = {state.source: state for state in states}
    told = {lease.source: lease.expires for lease in leases if tells(lease, now)}
    rows = [
        replace(
            _row(source, known.get(source.id, SourceState(source.id)), now, mask),
            hub_until=told.get(source.id) if source.enabled else None,
        )
        for source in sources.values()
    ]
    return sorted(rows, key=lambda row: (STATES.index(row.state), row.name.casefold(), row.id))


def tells(lease: Lease, now: datetime) -> bool:
    """Tell whether a hub tells of the news of its source now."""
    return not lease.leaving and lease.expires is not None and lease.expires > now


def _row(
    source: Source, state: SourceState, now: datetime, mask: Callable[[str], str]
) -> SourceRow:
    found = health_of(source, state, now)
    planned = source.enabled and not state.gone
    return SourceRow(
        id=source.id,
        name=source.outlet,
        url=mask(source.address),
        state=found.state.value if source.enabled else OFF,
        reason=mask(found.reason) if source.enabled else "",
        detail=mask(state.last_message),
        since=found.since if source.enabled else None,
        every=_interval(source),
        last_poll=state.last_poll,
        next_poll=state.next_poll if planned else None,
        last_new=state.last_new,
    )


def _interval(source: Source) -> str:
    if source.every == "auto":
        return "auto"
    return span_in_words(timedelta(seconds=source.every))


def count_by_state(
    sources: Mapping[str, Source], states: Iterable[SourceState], now: datetime
) -> dict[str, int]:
    """Return how many of ``sources`` are in each state, those that are switched off left out."""
    numbers = dict.fromkeys((state.value for state in Health), 0)
    for state in states:
        source = sources.get(state.source)
        if source is not None and source.enabled:
            numbers[health_of(source, state, now).state] += 1
    return numbers
