"""Which hit goes to whom, at once or in a digest, and why; every decision names its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from monitor.model import Hit, Item, Mode, Route, StoryLink
from monitor.planning.schedule import Instant
from monitor.planning.subscription import Subscription
from monitor.planning.wishes import Around, is_urgent, left_out, unwanted

NOTHING_AROUND = Around()
PRIORITIES = ("low", "normal", "high", "critical")
"""From the least to the most urgent."""


class Watched(Protocol):
    """What planning needs to know of a watch."""

    @property
    def name(self) -> str:
        """What readers see."""

    @property
    def priority(self) -> str:
        """One of `PRIORITIES`."""


def route(
    hits: Iterable[Hit],
    items: Mapping[str, Item],
    links: Mapping[str, StoryLink],
    watches: Mapping[str, Watched],
    subscriptions: Collection[Subscription],
    told: Mapping[str, Collection[str]],
    around: Around = NOTHING_AROUND,
) -> tuple[Route, ...]:
    """Return one decision for each hit and each subscription that asks for its watch.

    ``items`` and ``links`` go by item id, ``watches`` by watch id; ``told`` says which stories each
    subscription (by id) has been told of. A subscription that never asked for a watch gets no
    entry: its configuration already says so.
    """
    routes = []
    for hit in hits:
        for subscription in subscriptions:
            if wish := wish_for(hit, subscription):
                mode, reason = _decide(
                    hit,
                    items[hit.item],
                    links.get(hit.item),
                    _priority(watches, hit.watch),
                    subscription,
                    told.get(subscription.id, ()),
                    around,
                )
                routes.append(Route(subscription.id, hit.id, mode, reason or wish))
    return tuple(routes)


def wish_for(hit: Hit, subscription: Subscription) -> str:
    """Return why a subscription asks for the watch of a hit; empty when it does not."""
    if hit.watch in subscription.watches:
        return f"matches watch {hit.watch}"
    if hit.watchlist in subscription.watchlists:
        return f"matches watchlist {hit.watchlist}"
    if not subscription.watches and not subscription.watchlists:
        return "matches: every watchlist is wanted"
    return ""


def _decide(
    hit: Hit,
    item: Item,
    link: StoryLink | None,
    priority: str,
    subscription: Subscription,
    told: Collection[str],
    around: Around,
) -> tuple[Mode, str]:
    """Return the mode, and a reason of its own when the hit is skipped or a development."""
    if item.baseline:
        return Mode.SKIP, "skipped: first poll is the baseline"
    if hit.possible:
        return Mode.SKIP, "skipped: below the threshold (possible)"
    if subscription.priorities and priority not in subscription.priorities:
        return Mode.SKIP, f"skipped: priority {priority} not wanted"
    known = link if link is not None and link.story in told else None
    if reason := unwanted(hit, item, link, subscription, around) or left_out(
        link, known, subscription
    ):
        return Mode.SKIP, reason
    instant = isinstance(subscription.when, Instant) or is_urgent(
        hit, priority, subscription, around
    )
    return _again(known) if instant else (Mode.DIGEST, "")


def _again(link: StoryLink | None) -> tuple[Mode, str]:
    """Return what becomes of an alert whose story has been told, as ``link`` has it, if it has.

    Digests still list what is left out here: that it tells the same story in other words is a
    judgement, and a reader must be able to see that it was wrong.
    """
    if link is None or not link.why:
        return Mode.INSTANT, ""
    if link.development:
        return Mode.INSTANT, f"development of a story already told: {link.development}"
    return Mode.SKIP, "skipped: tells a story already told again"


def _priority(watches: Mapping[str, Watched], watch: str) -> str:
    """Return a watch's priority; one that was removed meanwhile counts as normal."""
    found = watches.get(watch)
    return found.priority if found else "normal"


def urgency(watches: Mapping[str, Watched], watch: str) -> int:
    """Return the rank of a watch's priority: the higher, the more urgent."""
    return PRIORITIES.index(_priority(watches, watch))
