"""Subscriptions: who gets what, when, where."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from pydantic import Field

from monitor.fields import Duration, Identifier, TimeZone
from monitor.planning.quiet import Quiet
from monitor.planning.schedule import When
from monitor.registry import Options

ZONE_MARK = "--"
"""Between the id of a subscription and the time zone of some of its recipients."""
Priority = Literal["low", "normal", "high", "critical"]


class Recipient(Options):
    """One destination of a subscription."""

    channel: Identifier
    """Id of a channel in ``monitor.yaml``."""
    recipient: str = ""
    """Who receives it there, such as a mail address; some channels take none."""
    time_zone: TimeZone | None = None
    """Time zone of this recipient's slots and times, when it is not the subscription's."""


class Budget(Options):
    """Most alerts that one destination gets; what exceeds them waits and comes in one message."""

    per_hour: int = Field(default=0, ge=0)
    """Alerts in any 60 minutes; 0 sets no limit."""
    per_day: int = Field(default=0, ge=0)
    """Alerts in any 24 hours; 0 sets no limit."""


class Subscription(Options):
    """Who gets which hits, when and how."""

    id: Identifier
    """Stable name of the subscription."""
    title: str = ""
    """Heading of its messages; the id when left out."""
    watchlists: tuple[Identifier, ...] = ()
    """Watchlists it wants; all when both this and ``watches`` are empty."""
    watches: tuple[Identifier, ...] = ()
    """Single watches it wants, beside those of ``watchlists``."""
    priorities: tuple[Priority, ...] = ()
    """Only watches of these priorities; all when empty."""
    languages: tuple[str, ...] = ()
    """Only coverage in these languages (``zh`` means ``zh-Hant`` too); all when empty."""
    sources: tuple[Identifier, ...] = ()
    """Only what these sources found; all when both this and ``tags`` are empty."""
    tags: tuple[str, ...] = ()
    """Only what sources with one of these tags found, beside those of ``sources``."""
    minimum_score: float = Field(default=0.0, ge=0.0, le=1.0)
    """Only hits of this score or more; each watch has a threshold of its own besides."""
    only: Literal["everything", "stories", "developments"] = "everything"
    """``stories``: each story once, and nothing that follows; ``developments``: only what adds
    something to a story that ran before."""
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """Language of the readers: a title in it leads its story, and the first title that the story
    had in another language stands beside it. Nothing is translated."""
    discreet: bool = False
    """Keeps what shows outside the message neutral: subject, sender's name, notifications of chat
    and push. ``ntfy`` and ``apprise`` then tell numbers alone, for all of theirs is shown."""
    when: When
    """``instant``, or a schedule such as ``daily at 07:30``."""
    time_zone: TimeZone = "UTC"
    """Time zone of the schedule and of the times that readers see."""
    escalate: tuple[Priority | Literal["spike"], ...] = ()
    """What is told at once although the rest waits for its slot: priorities, and ``spike`` for a
    watch that is spoken of far more than is usual for it today."""
    wait: Duration = Field(default=0.0, ge=0, le=86_400)
    """How long an alert waits for company, such as ``60s``: a burst becomes one message."""
    quiet_hours: Quiet = None
    """Local time without alerts, such as ``22:00-07:00``; only critical watches are told then."""
    budget: Budget | None = None
    """Most alerts for each destination."""
    when_nothing: Literal["skip", "weekly", "tell"] = "skip"
    """Whether a digest with nothing new is skipped, or sent for its receipt alone: once a week
    without news, or at every slot."""
    to: tuple[Recipient, ...] = Field(min_length=1)
    """Where messages go."""

    def without(self, left: Collection[tuple[str, str, str]]) -> Subscription:
        """Return it without the destinations that opted out: (subscription, channel, recipient)."""
        to = tuple(one for one in self.to if (self.id, one.channel, one.recipient) not in left)
        return self if len(to) == len(self.to) else self.model_copy(update={"to": to})

    @property
    def names(self) -> tuple[str, ...]:
        """Return its id, and for one that `by_zone` made also that of the subscription it is of."""
        return (self.id, self.id.partition(ZONE_MARK)[0])

    def by_zone(self) -> tuple[Subscription, ...]:
        """Return a subscription for each time zone of its recipients, this one's own first.

        Those of other zones carry the zone in their id, for each has slots of its own; readers see
        the same title.
        """
        zones = dict.fromkeys([self.time_zone, *(to.time_zone or self.time_zone for to in self.to)])
        found = []
        for zone in zones:
            to = tuple(one for one in self.to if (one.time_zone or self.time_zone) == zone)
            name = self.id if zone == self.time_zone else f"{self.id}{ZONE_MARK}{_slug(zone)}"
            if to:
                title = self.title or ("" if name == self.id else self.id)
                own = {"id": name, "time_zone": zone, "to": to, "title": title}
                found.append(self.model_copy(update=own))
        return tuple(found)


def _slug(zone: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", zone.lower()).strip("-")
