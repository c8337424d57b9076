"""Messages that are planned but have no form yet: who gets which notice, under which id.

Planning knows no channel. The pipeline has the channel render ``notice`` and puts the bytes into
`Planned.delivery`; the id is settled here, before any byte exists, so that planning the same thing
twice makes the same row of the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model import (
    Delivery,
    Hit,
    Item,
    Message,
    Notice,
    Receipt,
    StoryLink,
    Trend,
    digest,
)
from monitor.planning.notices import Coverage, alert, digest_of, test_of
from monitor.planning.routing import Watched
from monitor.planning.schedule import slot_name
from monitor.planning.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Planned:
    """One message to one destination, still without bytes."""

    id: str
    """Digest of subscription, channel, recipient, kind, and the slot or else the sorted hit ids.

    With the ids of their edits where hits are told again.
    """
    subscription: str
    kind: str
    channel: str
    recipient: str
    notice: Notice
    hits: tuple[str, ...]
    """Every hit that this message settles, those of folded copies too."""
    slot: str = ""

    def parted(self, notices: Sequence[Notice]) -> tuple[Planned, ...]:
        """Return a message for each of ``notices``, which are the parts of this one's.

        Each settles the hits it names, the first also those of folded copies that none names.
        """
        if len(notices) == 1:
            return (self,)
        named = [
            {hit.id for group in notice.groups for story in group.stories for hit in story.hits}
            for notice in notices
        ]
        later = set().union(*named[1:])
        return tuple(
            replace(
                self,
                id=digest(self.id, str(index)) if index else self.id,
                notice=notice,
                hits=tuple(
                    hit for hit in self.hits if (hit in named[index] if index else hit not in later)
                ),
                slot=f"{self.slot} part {index + 1}" if index and self.slot else self.slot,
            )
            for index, notice in enumerate(notices)
        )

    def delivery(self, message: Message) -> Delivery:
        """Return the row of the outbox that carries ``message``, due at once."""
        return Delivery(
            id=self.id,
            subscription=self.subscription,
            kind=self.kind,
            channel=self.channel,
            recipient=self.recipient,
            message=message,
            hits=self.hits,
            created=self.notice.created,
            due=self.notice.created,
            slot=self.slot,
        )


def plan_alert(
    subscription: Subscription,
    hits: Collection[Hit],
    items: Mapping[str, Item],
    links: Mapping[str, StoryLink],
    watches: Mapping[str, Watched],
    now: datetime,
    *,
    warnings: tuple[str, ...] = (),
    edits: Collection[str] = (),
) -> tuple[Planned, ...]:
    """Return the message about ``hits`` that are told at once, one for each destination.

    ``edits`` tell a message about hits that were told before, and edited since, from the first.
    """
    coverage = Coverage(tuple(hits), items, links, watches)
    notice = alert(subscription, coverage, now, warnings)
    return _to_each(subscription, notice, coverage.hits, edits=edits)


def plan_digest(
    subscription: Subscription,
    hits: Collection[Hit],
    items: Mapping[str, Item],
    links: Mapping[str, StoryLink],
    watches: Mapping[str, Watched],
    *,
    start: datetime,
    slot: datetime,
    receipt: Receipt | None = None,
    trends: Mapping[str, Trend] | None = None,
    warnings: tuple[str, ...] = (),
) -> tuple[Planned, ...]:
    """Return the digest of ``slot`` for each destination, about the time since ``start``.

    A digest without hits is planned too: its receipt says that nothing was there.
    """
    coverage = Coverage(tuple(hits), items, links, watches, trends or {})
    notice = digest_of(subscription, coverage, (start, slot), receipt, warnings)
    name = slot_name(slot, subscription.time_zone)
    return _to_each(subscription, notice, coverage.hits, name)


def plan_test(subscription: Subscription, now: datetime) -> tuple[Planned, ...]:
    """Return a test message for each destination."""
    name = slot_name(now, subscription.time_zone)
    return _to_each(subscription, test_of(subscription, now), (), name)


def _to_each(
    subscription: Subscription,
    notice: Notice,
    hits: Collection[Hit],
    slot: str = "",
    edits: Collection[str] = (),
) -> tuple[Planned, ...]:
    ids = tuple(sorted(hit.id for hit in hits))
    told = [slot] if slot else [*ids, *sorted(edits)]
    return tuple(
        Planned(
            id=digest(subscription.id, to.channel, to.recipient, notice.kind, *told),
            subscription=subscription.id,
            kind=notice.kind,
            channel=to.channel,
            recipient=to.recipient,
            notice=notice,
            hits=ids,
            slot=slot,
        )
        for to in dict.fromkeys(subscription.to)
    )
