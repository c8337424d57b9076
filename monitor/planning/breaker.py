"""When a destination that fails is left alone, and when it is turned off.

Nothing is drawn at random and nothing is counted that several senders at once would count twice:
the pause grows with the time for which a destination has been failing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from monitor.model import Destination, Notice, digest
from monitor.planning.deliveries import Planned
from monitor.planning.retry import LONGEST_WISH, jitter
from monitor.planning.subscription import Recipient

MONITOR: Final = "monitor"
"""Stands for a subscription where the monitor speaks of itself."""

SHORTEST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 3600.0
SHARE: Final = 0.25
"""A destination is tried again after a quarter of the time for which it has been failing: after an
outage of an hour it is noticed within a quarter of an hour that it is over."""
FAILING: Final = timedelta(days=5)
"""Failing that long turns an endpoint off (Standard Webhooks, "Deliverability and reliability")."""
FEWEST: Final = 5
"""Failures that it takes beside: one message on Monday and one on Sunday say nothing of the days between."""


class Result(StrEnum):
    """What an attempt says about its destination."""

    TAKEN = "taken"
    REFUSED = "refused"
    """It answers, but not this message."""
    UNREACHED = "unreached"
    """It does not answer, or asks for patience."""
    GONE = "gone"
    """It asked never to be called again (HTTP 410)."""
    UNTRIED = "untried"
    """Nothing was sent: the attempt says nothing about it."""


def after_result(
    known: Destination | None,
    where: tuple[str, str],
    result: Result,
    now: datetime,
    *,
    reason: str = "",
    retry_after: float | None = None,
    gives_up: bool = False,
    options: str = "",
) -> Destination | None:
    """Return what to remember of a destination after an attempt; None when it does well.

    ``known`` is what was remembered, ``where`` channel and recipient. A refusal shows that someone
    is there, so it holds nobody back; it counts as failing all the same. ``gives_up`` says that
    the channel may be turned off, ``options`` tells its configuration from an edited one.
    """
    if result is Result.UNTRIED:
        return known
    if result is Result.TAKEN:
        return None
    if known and known.off_since:
        known = None  # its channel was edited, or this would not have been tried
    since = known.failing_since if known else now
    failures = (known.failures if known else 0) + 1
    pause = 0.0
    if result is Result.UNREACHED:
        pause = pause_after(now - since, "\x1f".join(where), retry_after)
    failing = Destination(*where, since, failures, now + timedelta(seconds=pause), reason=reason)
    over = gives_up and failures >= FEWEST and now - since >= FAILING
    if result is Result.GONE or over:
        return replace(failing, off_since=now, options=options)
    return failing


def plan_turned_off(owner: Recipient, off: Destination, title: str, zone: str) -> Planned:
    """Return the message that tells the owner of a destination that has been turned off."""
    now = off.off_since or off.held_until
    place = f"{off.channel} ({off.recipient})" if off.recipient else off.channel
    word = (
        f"Channel {place} is turned off after {off.failures} {'failure' if off.failures == 1 else 'failures'}: {off.reason}. What is for it becomes a "
        f"dead letter. Mend or edit the channel, then 'monitor deliveries retry --channel "
        f"{off.channel}' sends what was not sent."
    )
    notice = Notice(
        kind="notice",
        subscription=MONITOR,
        title=title,
        created=now,
        time_zone=owner.time_zone or zone,
        warnings=(word,),
    )
    return Planned(
        id=digest(MONITOR, "off", off.channel, off.recipient, now.isoformat()),
        subscription=MONITOR,
        kind=notice.kind,
        channel=owner.channel,
        recipient=owner.recipient,
        notice=notice,
        hits=(),
    )


def pause_after(failing: timedelta, key: str, retry_after: float | None = None) -> float:
    """Return the seconds for which a destination is left alone that has been ``failing`` so long.

    Its own wish can only lengthen them, up to a day.
    """
    own = min(max(failing.total_seconds() * SHARE, SHORTEST_PAUSE), LONGEST_PAUSE)
    return max(own * jitter(key), min(max(retry_after or 0.0, 0.0), LONGEST_WISH))


def is_off(known: Destination | None, options: str) -> bool:
    """Return whether a destination is turned off; an edit of its channel turns it on again."""
    return known is not None and known.off_since is not None and known.options == options
