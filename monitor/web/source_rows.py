"""The health of each source in words that a person understands; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.model import SourceState
from monitor.planning.health import span_in_words
from monitor.sources.base import Source

STATES: Final = ("failing", "gone", "waiting", "fine", "off")
"""Every state a source can be in, those that need a look first."""

STATE_WORDS: Final = {
    "failing": "failing",
    "gone": "gone for good",
    "waiting": "not polled yet",
    "fine": "fine",
    "off": "switched off",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of the table of sources."""

    id: str
    name: str
    url: str
    state: str
    """One word of `STATES`."""
    reason: str
    """Why it is in that state; empty when there is nothing to say."""
    last_poll: datetime | None = None
    next_poll: datetime | None = None
    last_new: datetime | None = None

    @property
    def words(self) -> str:
        """Return the state as it is shown."""
        return STATE_WORDS[self.state]


def condition(state: SourceState) -> str:
    """Return the state of a source that is switched on, one word of `STATES`."""
    if state.gone:
        return "gone"
    if state.failures:
        return "failing"
    return "waiting" if state.last_poll is None else "fine"


def source_rows(
    sources: Mapping[str, Source],
    states: Iterable[SourceState],
    now: datetime,
    mask: Callable[[str], str],
) -> list[SourceRow]:
    """Return one row for each configured source, those that need a look first, then by name.

    ``mask`` hides the secrets that a message could carry.
    """
    known = {state.source: state for state in states}
    rows = [
        _row(source, known.get(source.id, SourceState(source.id)), now, mask)
        for source in sources.values()
    ]
    return sorted(rows, key=lambda row: (STATES.index(row.state), row.name.casefold(), row.id))


def _row(
    source: Source, state: SourceState, now: datetime, mask: Callable[[str], str]
) -> SourceRow:
    word = condition(state) if source.enabled else "off"
    return SourceRow(
        id=source.id,
        name=source.outlet,
        url=source.url,
        state=word,
        reason=mask(_reason(word, state, now)),
        last_poll=state.last_poll,
        next_poll=state.next_poll if word in {"failing", "fine", "waiting"} else None,
        last_new=state.last_new,
    )


def _reason(word: str, state: SourceState, now: datetime) -> str:
    if word == "gone":
        return state.last_message or "The server says that it will not come back (HTTP 410)."
    if word == "failing":
        said = state.last_message or state.last_reason or "no reason was noted"
        times = f", {state.failures} times in a row" if state.failures > 1 else ""
        return f"{said.rstrip('.')}{times}; {_last_ok(state, now)}."
    if word == "fine" and state.moved_to:
        return f"It has moved to {state.moved_to}."
    return ""


def _last_ok(state: SourceState, now: datetime) -> str:
    if state.last_ok is None:
        return "it has never worked"
    return f"it last worked {span_in_words(now - state.last_ok)} ago"
