"""How many messages a set of hits would have made: subscriptions played over stored polls. Pure.

The same decisions as in the service (`monitor.planning.route`), over the same batches: the items of
one poll share the moment they were first seen. A subscription that speaks at once sends one message
for each poll with news; a scheduled one sends what waits at each slot. Copies of a story that was told
are skipped, copies that come together count once. Nothing counts as told when the window begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import planning
from monitor.model import Hit, Item, Mode, StoryLink
from monitor.planning import Instant, Subscription, Watched

_FORGET = timedelta(days=9)
"""Copies of a story are looked for in the last 7 days, and may be dated up to one day ahead: a story
that was silent for longer gets no more."""
_MANY = 5_000
"""Stories told that are kept without looking which of them are over."""


@dataclass(frozen=True, slots=True)
class Mails:
    """What one subscription would have sent."""

    subscription: str
    when: str
    messages: int
    """Messages to all its destinations together."""
    entries: int
    """Stories told, each once a message, however many copies it has."""
    busiest_day: date | None
    busiest: int
    """Messages of the busiest day, by the subscription's own time zone."""


@dataclass(slots=True)
class _Post:
    """One subscription on its way through time."""

    subscription: Subscription
    slot: datetime | None
    told: dict[str, datetime] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    messages: Counter[date] = field(default_factory=Counter)
    entries: int = 0
    look_at: int = _MANY

    def send(self, at: datetime, stories: Collection[str]) -> None:
        """Count one message about ``stories`` to each destination."""
        subscription = self.subscription
        day = at.astimezone(ZoneInfo(subscription.time_zone)).date()
        self.messages[day] += len(dict.fromkeys(subscription.to))
        self.entries += len(stories)
        self.told |= dict.fromkeys(stories, at)

    def remember(self, at: datetime, stories: Collection[str]) -> None:
        """Keep what still goes on, forget what is over."""
        for story in stories:
            if story in self.told:
                self.told[story] = at
        if len(self.told) > self.look_at:
            self.told = {name: seen for name, seen in self.told.items() if seen >= at - _FORGET}
            self.look_at = max(_MANY, 2 * len(self.told))


class Mailroom:
    """Plays polls in the order of their time; `close` says what was sent."""

    def __init__(
        self,
        watches: Mapping[str, Watched],
        subscriptions: Collection[Subscription],
        start: datetime,
    ) -> None:
        self._watches = watches
        self._posts = {each.id: _Post(each, self._next(each, start)) for each in subscriptions}

    def take(
        self,
        at: datetime,
        items: Mapping[str, Item],
        hits: Sequence[Hit],
        links: Mapping[str, StoryLink],
    ) -> None:
        """Play one poll: its hits, and by item id the items and the story links around them."""
        self._digests_until(at)
        routes = planning.route(
            hits,
            items,
            links,
            self._watches,
            [post.subscription for post in self._posts.values()],
            {name: post.told.keys() for name, post in self._posts.items()},
        )
        item_of = {hit.id: hit.item for hit in hits}
        instant: dict[str, set[str]] = {}
        for route in routes:
            item = item_of[route.hit]
            story = links[item].story if item in links else item
            if route.mode is Mode.INSTANT:
                instant.setdefault(route.subscription, set()).add(story)
            elif route.mode is Mode.DIGEST:
                self._posts[route.subscription].waiting.add(story)
        for name, stories in instant.items():
            self._posts[name].send(at, stories)
        stories = {link.story for link in links.values()}
        for post in self._posts.values():
            post.remember(at, stories)

    def close(self, end: datetime) -> tuple[Mails, ...]:
        """Send the digests up to ``end`` and return what every subscription sent, by id."""
        self._digests_until(end)
        return tuple(_sum_up(post) for _, post in sorted(self._posts.items()))

    def _digests_until(self, at: datetime) -> None:
        for post in self._posts.values():
            while post.slot is not None and post.slot <= at:
                if post.waiting or post.subscription.when_nothing == "tell":
                    post.send(post.slot, post.waiting)
                    post.waiting = set()
                idle = not post.waiting and post.subscription.when_nothing == "skip"
                post.slot = self._next(post.subscription, at if idle else post.slot)

    @staticmethod
    def _next(subscription: Subscription, after: datetime) -> datetime | None:
        when = subscription.when
        if isinstance(when, Instant):
            return None
        return planning.next_slot(when, subscription.time_zone, after)


def _sum_up(post: _Post) -> Mails:
    busiest = min(post.messages.items(), key=lambda day: (-day[1], day[0]), default=(None, 0))
    return Mails(
        subscription=post.subscription.id,
        when=str(post.subscription.when),
        messages=post.messages.total(),
        entries=post.entries,
        busiest_day=busiest[0],
        busiest=busiest[1],
    )
