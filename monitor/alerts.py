"""What is to be told at once becomes messages, as soon as nothing holds it back.

A hit that is routed at once waits in its route. The poll that found it settles its subscription in
the same transaction, so that without quiet hours, a wait or a budget it is told in that very moment;
what is held back is settled by a tick when its time has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import planning
from monitor.config import Settings
from monitor.model import DAY, Item, StoryLink
from monitor.planning import Subscription, Waiting
from monitor.store import StoredHit, Tx
from monitor.stories import EditKind
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
        links, edits = links_of(tx, subscription, chosen)
        told = planning.plan_alert(
            subscription,
            [stored.hit for stored in chosen],
            {stored.item.id: stored.item for stored in chosen},
            links,
            tools.settings.watches,
            now,
            warnings=(found.note,) if found.note else (),
            edits=edits,
        )
        tx.add_deliveries([each for one in told for each in messages(tools, one)])
    return found.again


def settle_now(tools: Tools, names: Iterable[str], now: datetime, tx: Tx) -> None:
    """Settle the subscriptions of these ids, which have hits to be told at once."""
    for name in sorted(names):
        settle(tools, tools.settings.subscriptions[name], now, tx)


def links_of(
    tx: Tx, subscription: Subscription, chosen: Sequence[StoredHit]
) -> tuple[dict[str, StoryLink], list[str]]:
    """Return the story of each item, and the ids of the edits that some of them are told again for.

    To the reader an edit is what the item adds to its story now.
    """
    links = {stored.item.id: stored.link for stored in chosen if stored.link}
    routes = tx.routes(stored.hit.id for stored in chosen)
    again = {
        route.hit
        for route in routes
        if route.subscription == subscription.id and planning.is_told_again(route)
    }
    items = dict.fromkeys(stored.item.id for stored in chosen if stored.hit.id in again)
    edits = []
    for item, revisions in tx.revisions(items).items():
        last = [one for one in revisions if one.kind == EditKind.WATCH][-1]
        edits.append(f"{item} {last.at.isoformat()}")
        if item in links:
            why = links[item].why or "told before"
            links[item] = replace(links[item], copy_of="", why=why, development=last.words)
    return links, edits


def _waiting(tools: Tools, stored: StoredHit) -> Waiting:
    watch = tools.settings.watches.get(stored.hit.watch)
    critical = watch is not None and watch.priority == "critical"
    return Waiting(stored.hit.id, stored.found, critical=critical)


def surroundings(
    tx: Tx, settings: Settings, items: Iterable[Item], now: datetime
) -> planning.Around:
    """Return what routing looks at beside the hits: tags, mutes, and spikes where they matter."""
    spiking: set[str] = set()
    if any("spike" in one.escalate for one in settings.subscriptions.values()):
        found = tx.hit_times(now - planning.TREND_HISTORY)
        trends = planning.trends_of(found, 1, settings.monitor.time_zone, now)
        spiking = {watch for watch, trend in trends.items() if trend.spiking}
    names = {item.source for item in items} & settings.sources.keys()
    tags = {name: settings.sources[name].tags for name in names}
    return planning.Around(tags, tx.mutes(now), spiking)
