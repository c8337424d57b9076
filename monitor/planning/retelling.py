"""What is told again: a hit that somebody was told of reads differently where it speaks of its watch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from monitor.model import Hit, Item, Mode, Route, StoryLink
from monitor.planning.routing import PRIORITIES, Watched, urgency, wish_for
from monitor.planning.schedule import Instant
from monitor.planning.subscription import Subscription
from monitor.planning.wishes import Around, is_urgent, unwanted

_AGAIN: Final = "edited since: "


def tell_again(
    hits: Iterable[Hit],
    item: Item,
    link: StoryLink | None,
    watches: Mapping[str, Watched],
    subscriptions: Collection[Subscription],
    told: Mapping[str, Collection[str]],
    around: Around,
    words: str,
) -> tuple[Route, ...]:
    """Return the new decisions about ``hits`` of an ``item`` that was edited where it speaks of them.

    ``told`` holds the hits that each subscription (by id) was told of: nobody hears of an edit of
    what they never saw, but those who want developments alone. ``words`` say what changed.
    """
    return tuple(
        Route(subscription.id, hit.id, _mode(hit, watches, subscription, around), _AGAIN + words)
        for hit in hits
        for subscription in subscriptions
        if wish_for(hit, subscription)
        and not hit.possible
        and not item.baseline
        and _may_hear(hit, link, subscription, told.get(subscription.id, ()))
        and _wants(hit, watches, subscription)
        and not unwanted(hit, item, link, subscription, around)
    )


def is_told_again(route: Route) -> bool:
    """Tell whether a decision is about an edit."""
    return route.reason.startswith(_AGAIN)


def _may_hear(
    hit: Hit, link: StoryLink | None, subscription: Subscription, told: Collection[str]
) -> bool:
    if subscription.only == "developments":
        return not (link and link.copy_of)
    return subscription.only != "stories" and hit.id in told


def _wants(hit: Hit, watches: Mapping[str, Watched], subscription: Subscription) -> bool:
    priority = PRIORITIES[urgency(watches, hit.watch)]
    return not subscription.priorities or priority in subscription.priorities


def _mode(
    hit: Hit, watches: Mapping[str, Watched], subscription: Subscription, around: Around
) -> Mode:
    priority = PRIORITIES[urgency(watches, hit.watch)]
    at_once = isinstance(subscription.when, Instant)
    return (
        Mode.INSTANT if at_once or is_urgent(hit, priority, subscription, around) else Mode.DIGEST
    )
