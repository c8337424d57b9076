"""What is to be told at once becomes messages, as soon as nothing holds it back.

A hit that is routed at once waits in its route. The poll that found it settles its subscription in
the same transaction, so that without quiet hours, a wait or a budget it is told in that very moment;
what is held back is settled by a tick when its time has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from monitor import planning
from monitor.model import DAY
from monitor.planning import Subscription, Waiting
from monitor.store import StoredHit, Tx
from monitor.tools import Tools, messages


async def settle_each(tools: Tools, names: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Settle the subscriptions of these ids; return when each is looked at again, if ever."""
    again: dict[str, datetime] = {}
    for name in sorted(names):
        subscription = tools.settings.subscriptions.get(name)
        if subscription is not None:  # one that left the configuration tells nobody
            held = await tools.store.write(partial(settle, tools, subscription, now))
            again |= {name: held} if held else {}
    return again


def settle(tools: Tools, subscription: Subscription, now: datetime, tx: Tx) -> datetime | None:
    """Put what may be told now into the outbox; return when the rest is looked at again, if any."""
    subscription = subscription.without(tx.opted_out())
    if not subscription.to:  # everybody left; what waits is there when somebody comes back
        return now + DAY
    waiting = {stored.hit.id: stored for stored in tx.alert_hits(subscription.id)}
    destinations = [(to.channel, to.recipient) for to in subscription.to]
    sent = tx.alert_times(destinations, now - DAY) if subscription.budget else []
    found = planning.release(
        subscription, [_waiting(tools, stored) for stored in waiting.values()], sent, now
    )
    chosen = [waiting[name] for name in found.hits]
    if chosen:
        told = planning.plan_alert(
            subscription,
            [stored.hit for stored in chosen],
            {stored.item.id: stored.item for stored in chosen},
            {stored.item.id: stored.link for stored in chosen if stored.link},
            tools.settings.watches,
            now,
            warnings=(found.note,) if found.note else (),
        )
        tx.add_deliveries([each for one in told for each in messages(tools, one)])
    return found.again


def _waiting(tools: Tools, stored: StoredHit) -> Waiting:
    watch = tools.settings.watches.get(stored.hit.watch)
    critical = watch is not None and watch.priority == "critical"
    return Waiting(stored.hit.id, stored.found, critical=critical)
