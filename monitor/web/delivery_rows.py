"""The outbox as a table: what each message was, where it went, what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.channels.text import one_line
from monitor.matching import Watch
from monitor.model import Attempt, Delivery, DeliveryStatus, Destination
from monitor.planning.subscription import Subscription
from monitor.store import Tx

PAGE = 50
"""Deliveries on a page."""
DEAD_SHOWN = 20
"""Dead letters that stand above the others."""
MUTES_NAMED = 50
"""Muted stories that are named by their title."""
SHOWN_ID = 12
"""Digits by which a message can be named on the command line."""

STATUS_WORDS = {
    DeliveryStatus.PENDING: "waiting",
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DEAD: "failed for good",
    DeliveryStatus.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the table."""

    id: str
    cursor: str
    kind: str
    title: str
    """The message's subject, or the subscription's title."""
    subscription: str
    channel: str
    recipient: str
    status: str
    words: str
    created: datetime
    due: datetime | None
    """When it is sent or tried again; None when that is over."""
    attempts: int
    hits: int
    said: str
    """What the other side, or the network, said last; empty when nothing was tried."""
    retry: str
    """The command that sends it again; of dead letters alone."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """What the page of deliveries reads at one moment."""

    recent: tuple[tuple[Delivery, int], ...]
    """One more than a page holds, newest first, each with how many hits it tells of."""
    dead: tuple[tuple[Delivery, int], ...]
    last: Mapping[str, Attempt]
    """What was tried last, by delivery."""
    destinations: tuple[Destination, ...]
    opted_out: tuple[tuple[str, str, str], ...]
    mutes: Mapping[str, datetime]
    headlines: Mapping[str, str]
    """Titles of the stories that are muted, by id."""


def read_outbox(tx: Tx, status: DeliveryStatus | None, before: str, now: datetime) -> Outbox:
    """Return a page of deliveries; on the first of all of them, also what needs a look."""
    recent = tuple(tx.bare_deliveries(PAGE + 1, status, before))
    whole = status is None and not before
    dead = tuple(tx.bare_deliveries(DEAD_SHOWN + 1, DeliveryStatus.DEAD)) if whole else ()
    mutes = tx.mutes(now) if whole else {}
    stories = [name.removeprefix("story:") for name in mutes if name.startswith("story:")]
    firsts = {name: tx.story(name, 1) for name in stories[:MUTES_NAMED]}
    return Outbox(
        recent=recent,
        dead=dead,
        last=tx.last_attempts({delivery.id for delivery, _ in (*recent, *dead)}),
        destinations=tuple(tx.destinations()),
        opted_out=tuple(sorted(tx.opted_out())) if whole else (),
        mutes=mutes,
        headlines={name: first[0][1].title for name, first in firsts.items() if first},
    )


def delivery_rows(
    found: Sequence[tuple[Delivery, int]],
    last: Mapping[str, Attempt],
    subscriptions: Mapping[str, Subscription],
    mask: Callable[[str], str],
) -> list[DeliveryRow]:
    """Return rows of deliveries; ``mask`` hides the secrets that an answer could carry."""
    return [_row(one, hits, last.get(one.id), subscriptions, mask) for one, hits in found]


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A destination that is held back or turned off."""

    place: str
    off: bool
    since: datetime
    said: str
    resume: str
    """The command that turns it on again; empty while it is only held back."""


def failing_rows(
    destinations: Sequence[Destination], mask: Callable[[str], str]
) -> list[FailingRow]:
    """Return the destinations that fail, those that are turned off first."""
    rows = [
        FailingRow(
            place=" ".join(filter(None, (one.channel, mask(one.recipient)))),
            off=one.off_since is not None,
            since=one.off_since or one.failing_since,
            said=one_line(mask(one.reason), 300),
            resume=f"monitor deliveries retry --channel {one.channel}" if one.off_since else "",
        )
        for one in destinations
    ]
    return sorted(rows, key=lambda row: not row.off)


@dataclass(frozen=True, slots=True)
class MuteRow:
    """A watch or a story of which nothing is told for a time."""

    kind: str
    name: str
    path: str
    """Where on this page it is shown; empty when it is not."""
    until: datetime
    end: str
    """The command that ends it."""


def mute_rows(box: Outbox, watches: Mapping[str, Watch]) -> list[MuteRow]:
    """Return the mutes in force, the one that ends first first."""
    names = {f"story:{name}": title for name, title in box.headlines.items()}
    names |= {f"watch:{name}": watch.name for name, watch in watches.items()}
    rows = [_mute(*one, names) for one in box.mutes.items()]
    return sorted(rows, key=lambda row: row.until)


def _mute(target: str, until: datetime, names: Mapping[str, str]) -> MuteRow:
    kind, _, name = target.partition(":")
    folder = {"story": "stories", "watch": "watches"}.get(kind, "")
    path = f"/{folder}/{name}" if folder and target in names else ""
    words = one_line(names.get(target, name), 120)
    return MuteRow(kind, words, path, until, f"monitor mute {name} --off")


@dataclass(frozen=True, slots=True)
class OptOutRow:
    """A destination that gets no more of a subscription, by its own wish."""

    subscription: str
    place: str
    resume: str
    """The command that takes it back."""


def opt_out_rows(
    opted_out: Sequence[tuple[str, str, str]],
    subscriptions: Mapping[str, Subscription],
    mask: Callable[[str], str],
) -> list[OptOutRow]:
    """Return who unsubscribed from what."""
    return [
        OptOutRow(
            subscription=subscriptions[name].title if name in subscriptions else name,
            place=" ".join(filter(None, (channel, mask(recipient)))),
            resume=_resume(name, recipient, mask),
        )
        for name, channel, recipient in opted_out
    ]


def _resume(name: str, recipient: str, mask: Callable[[str], str]) -> str:
    """Return the command for this recipient alone; for all of them where the recipient is a secret."""
    words = ["monitor", "unsubscribed", name, "--resume"]
    if recipient and mask(recipient) == recipient:
        words += ["--recipient", recipient]
    return shlex.join(words)


def _row(
    delivery: Delivery,
    hits: int,
    last: Attempt | None,
    subscriptions: Mapping[str, Subscription],
    mask: Callable[[str], str],
) -> DeliveryRow:
    subscription = subscriptions.get(delivery.subscription)
    title = subscription.title if subscription else ""
    pending = delivery.status is DeliveryStatus.PENDING
    dead = delivery.status is DeliveryStatus.DEAD
    return DeliveryRow(
        id=delivery.id,
        cursor=f"{delivery.created.isoformat()}|{delivery.id}",
        kind=delivery.kind,
        title=one_line(delivery.message.subject or title or delivery.subscription, 160),
        subscription=title or delivery.subscription,
        channel=delivery.channel,
        recipient=mask(delivery.recipient),
        status=str(delivery.status),
        words=STATUS_WORDS[delivery.status],
        created=delivery.created,
        due=delivery.due if pending else None,
        attempts=delivery.attempts,
        hits=hits,
        said=one_line(mask(last.detail), 300) if last else "",
        retry=f"monitor deliveries retry {delivery.id[:SHOWN_ID]}" if dead else "",
    )
