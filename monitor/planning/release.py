"""Which of the hits that wait to be told at once may go now, and when the others are looked at again.

Three things hold a hit back, each of them for a time and none for good: quiet hours, the wait in
which a burst gathers into one message, and a budget that is used up. What was held back then comes in
one message, which says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.planning.quiet import quiet_until
from monitor.planning.subscription import Budget, Subscription

_SPANS: Final = {"an hour": timedelta(hours=1), "a day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hit that is to be told at once, since when it is known, and whether nothing may hold it."""

    hit: str
    since: datetime
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The hits that go now, in one message; ``again`` is when the rest is looked at."""

    hits: tuple[str, ...] = ()
    again: datetime | None = None
    note: str = ""
    """What the reader should know: that some of them were held back, and why."""


def release(
    subscription: Subscription, waiting: Sequence[Waiting], sent: Sequence[datetime], now: datetime
) -> Release:
    """Return which of ``waiting`` go now.

    ``sent`` are the times of the alerts that went to the same destination, of the last day at
    least. Critical hits are kept back by the budget alone.
    """
    free = _budget_free(subscription.budget, sent, now)
    if not waiting or free > now:
        return Release(again=free if waiting else None)
    ready, again = _ready(subscription, waiting, now)
    return Release(tuple(one.hit for one in ready), again, _note(subscription.budget, ready, sent))


def _ready(
    subscription: Subscription, waiting: Sequence[Waiting], now: datetime
) -> tuple[list[Waiting], datetime | None]:
    """Return what neither quiet hours nor the wait for company keep back, and when they end."""
    critical = [one for one in waiting if one.critical]
    others = [one for one in waiting if not one.critical]
    if not others:
        return critical, None
    gathered = min(one.since for one in others) + timedelta(seconds=subscription.wait)
    end = max(
        gathered, quiet_until(subscription.quiet_hours, subscription.time_zone, now) or gathered
    )
    return (list(waiting), None) if end <= now else (critical, end)


def _budget_free(budget: Budget | None, sent: Sequence[datetime], at: datetime) -> datetime:
    """Return when the budget lets the next alert go, ``at`` or earlier when it does already."""
    free = at
    for name, span in _SPANS.items():
        most = _most(budget, name)
        inside = sorted(moment for moment in sent if at - span < moment <= at)
        if most and len(inside) >= most:
            free = max(free, inside[-most] + span)
    return free


def _most(budget: Budget | None, span: str) -> int:
    if budget is None:
        return 0
    return budget.per_hour if span == "an hour" else budget.per_day


def _note(budget: Budget | None, ready: Sequence[Waiting], sent: Sequence[datetime]) -> str:
    """Return that some hits had to wait for the budget; empty when none had."""
    held = [one for one in ready if _budget_free(budget, sent, one.since) > one.since]
    if not held or budget is None:
        return ""
    limits = " and ".join(f"{_most(budget, name)} {name}" for name in _SPANS if _most(budget, name))
    count = "One of these" if len(held) == 1 else f"{len(held)} of these"
    return f"{count} had to wait: you asked for at most {limits}, so they come together here"
