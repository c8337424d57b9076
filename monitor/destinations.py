"""What becomes of a destination with each attempt: held back, turned off, or well again.

A destination is a channel and a recipient. The decisions are in `monitor.planning.breaker`; here they
meet the store, in the transaction that keeps the attempt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from pydantic import SecretStr

from monitor import planning
from monitor.channels.base import Channel
from monitor.config import Settings
from monitor.errors import DestinationGone, PermanentFailure, StoreError, TemporaryFailure
from monitor.model import Attempt, Delivery, Destination, digest
from monitor.planning import Result, Subscription
from monitor.store import Tx
from monitor.tools import Tools, render

log = structlog.get_logger()

PATIENCE = 120.0
"""Seconds that noting what came of a message is tried for: less than the lease, after which another
process would send it again."""
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an attempt said about its destination, and how long that asked to be left alone."""

    result: Result
    retry_after: float | None = None


def verdict_of(error: Exception) -> Verdict:
    """Return what an error of a channel says; one of this service says nothing."""
    if isinstance(error, DestinationGone):
        return Verdict(Result.GONE)
    if isinstance(error, PermanentFailure):
        return Verdict(Result.REFUSED)
    if isinstance(error, TemporaryFailure):
        return Verdict(Result.UNREACHED, error.retry_after)
    return Verdict(Result.UNTRIED)


def failed_attempt(delivery: Delivery, error: Exception, now: datetime) -> Attempt:
    """Return the attempt that failed: the last one, or with its next try."""
    if isinstance(error, PermanentFailure):
        return Attempt(delivery.id, now, ok=False, detail=str(error), final=True)
    detail, wish = f"this service failed on it: {type(error).__name__}", None
    if isinstance(error, TemporaryFailure):
        detail, wish = str(error), error.retry_after
    wait = planning.backoff(delivery.attempts + 1, delivery.id, wish)
    if wait is None:
        return Attempt(delivery.id, now, ok=False, detail=f"given up: {detail}", final=True)
    next_due = now + timedelta(seconds=wait)
    return Attempt(delivery.id, now, ok=False, detail=detail, next_due=next_due)


async def open_channel(tools: Tools, delivery: Delivery) -> Channel:
    """Return the channel that ``delivery`` takes.

    Raises `PermanentFailure` when its destination is turned off, and `TemporaryFailure` when the
    channel left the configuration: it may come back, so its messages wait.
    """
    name = delivery.channel
    channel = tools.settings.channels.get(name)
    if channel is None:
        message = f"channel {name!r} is no longer configured"
        raise TemporaryFailure(message)
    known = await tools.store.read(lambda tx: tx.destination(name, delivery.recipient))
    if known is not None and planning.is_off(known, fingerprint(channel)):
        message = (
            f"not tried: channel {name!r} is off since {known.off_since:%Y-%m-%d %H:%M} UTC "
            f"({known.reason}); edit it or use 'monitor deliveries retry'"
        )
        raise PermanentFailure(message)
    return channel


async def note_down(tools: Tools, delivery: Delivery, attempt: Attempt, verdict: Verdict) -> None:
    """Keep what came of a message, at the first try or a later one; raises StoreError in the end.

    A message that is out and not noted goes out again: a database that is locked, full or being
    restarted at that very moment shall not cost readers a second copy.
    """
    deadline = time.monotonic() + PATIENCE
    settle = partial(settle_attempt, tools, delivery, attempt, verdict)
    wait = 0.1
    while True:
        try:
            return await tools.store.write(settle)
        except StoreError as error:
            if time.monotonic() > deadline:
                raise
            log.error("not noted, will be tried again", delivery=delivery.id, error=str(error))
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


def settle_attempt(
    tools: Tools, delivery: Delivery, attempt: Attempt, verdict: Verdict, tx: Tx
) -> None:
    """Keep an attempt and what it means for its destination; tell the owner of one turned off."""
    tx.record_attempt(attempt)
    where = (delivery.channel, delivery.recipient)
    known, channel = tx.destination(*where), tools.settings.channels.get(delivery.channel)
    after = planning.after_result(
        known,
        where,
        verdict.result,
        attempt.at,
        reason=attempt.detail,
        retry_after=verdict.retry_after,
        gives_up=channel is not None and channel.gives_up,
        options=fingerprint(channel) if channel else "",
    )
    if after is None:
        if known is not None:
            tx.forget_destination(*where)
        return
    if after != known:
        tx.keep_destination(after)
    if after.off_since == attempt.at:
        _tell_owner(tools, after, tx)


def _tell_owner(tools: Tools, off: Destination, tx: Tx) -> None:
    options = tools.settings.monitor
    log.error("a destination is turned off", channel=off.channel, reason=off.reason)
    if options.owner is None:
        return
    planned = planning.plan_turned_off(options.owner, off, options.title, options.time_zone)
    tx.add_delivery(render(tools, planned))


def words_of_dead_letters(
    settings: Settings, subscription: Subscription, given_up: Mapping[str, int]
) -> tuple[str, ...]:
    """Return what a digest says of messages that were given up, by channel: to the owner alone."""
    owner = settings.monitor.owner
    mine = {(to.channel, to.recipient) for to in subscription.to}
    if not given_up or owner is None or (owner.channel, owner.recipient) not in mine:
        return ()
    number = sum(given_up.values())
    places = ", ".join(f"{count} by {channel}" for channel, count in sorted(given_up.items()))
    messages = "message was" if number == 1 else "messages were"
    return (f"{number} {messages} given up ({places}): 'monitor deliveries list --status dead'.",)


def fingerprint(channel: Channel) -> str:
    """Return what tells a channel from an edited one, in 16 bits.

    Secrets count, for a wrong one is what an edit most often mends; so few digits of the digest
    betray nothing of them, and miss one edit in 65,536.
    """
    return digest(*_parts(channel), length=4)


def _parts(channel: Channel) -> Iterator[str]:
    for name in type(channel).model_fields:
        yield f"{name}={_plain(getattr(channel, name))}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return "\x1e".join(map(_plain, value))
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
