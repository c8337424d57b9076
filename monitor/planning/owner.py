"""What the owner of the monitor is told of its sources: each change of health once, many in one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Notice, SourceList, SourceState, SourceTrouble, digest
from monitor.planning.deliveries import Planned
from monitor.planning.health import FAILED, Health, health_of
from monitor.planning.receipt import Polled
from monitor.planning.subscription import Recipient

OWNER: Final = "monitor-owner"
"""What messages to the owner bear in the place of a subscription's id."""
APART: Final = timedelta(minutes=15)
"""Shortest time between two messages: when a network fails, its sources do not fail all at once."""
_HEADINGS: Final = {
    Health.GONE.value: "gone for good",
    Health.BLOCKED.value: "blocking us",
    Health.NOT_A_FEED.value: "no longer a feed",
    Health.FAILING.value: "failing",
    Health.SILENT.value: "unusually silent",
    Health.MOVED.value: "moved, and polled at the new address",
    "": "well again",
}
_PASSING: Final = FAILED - {Health.GONE}


def changes_of(
    states: Iterable[SourceState], sources: Mapping[str, Polled], now: datetime
) -> tuple[SourceList, ...]:
    """Return what is news in ``states`` to someone who was told what they say was told.

    From one way of failing to another is no news, and neither is the end of a move.
    """
    found: dict[str, list[SourceTrouble]] = defaultdict(list)
    for state in states:
        source = sources.get(state.source)
        if source is not None and _is_news(state.told, state.trouble):
            why = health_of(source, state, now).reason
            found[state.trouble].append(SourceTrouble(source.id, source.outlet, why))
    return tuple(
        SourceList(word or "ok", f"{len(found[word])} {heading}", tuple(found[word]))
        for word, heading in _HEADINGS.items()
        if found[word]
    )


def _is_news(told: str, trouble: str) -> bool:
    if told == trouble or (told in _PASSING and trouble in _PASSING):
        return False
    return bool(trouble) or told != Health.MOVED


def plan_owner(
    owner: Recipient, changes: Sequence[SourceList], title: str, zone: str, now: datetime
) -> Planned:
    """Return the message to the owner about ``changes``, which are at least one."""
    notice = Notice(
        kind="health",
        subscription=OWNER,
        title=title,
        created=now,
        time_zone=owner.time_zone or zone,
        changes=tuple(changes),
    )
    named = [f"{change.state} {one.source}" for change in changes for one in change.sources]
    return Planned(
        id=digest(OWNER, owner.channel, owner.recipient, now.isoformat(), *named),
        subscription=OWNER,
        kind=notice.kind,
        channel=owner.channel,
        recipient=owner.recipient,
        notice=notice,
        hits=(),
    )
