"""What a reader's click on a link of a message, or of the page of a hit, does once it was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.model import DAY, Deed
from monitor.store import Mark, Tx

SNOOZE: Final = timedelta(days=7)
MARKS: Final = frozenset({"relevant", "irrelevant"})
"""Kinds of deeds that say something of a hit; the page's own links, which name no delivery, do no other."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks before a deed, and says after it."""

    question: str
    button: str
    done: str


def ask(tx: Tx, deed: Deed) -> Asked | None:
    """Return how to put ``deed`` to its reader, None when what it speaks of is gone."""
    if deed.kind in MARKS and not deed.delivery:
        return _ask_of_hit(tx, deed)
    delivery = tx.delivery(deed.delivery)
    if delivery is None:
        return None
    if deed.kind == "unsubscribe":
        who = delivery.recipient or delivery.channel
        return Asked(
            f"Stop sending “{delivery.subscription}” to {who}?",
            "Unsubscribe",
            f"{who} gets no more of “{delivery.subscription}”.",
        )
    if deed.kind == "mute":
        return Asked(
            f"Say nothing of the watch “{deed.target}” for {SNOOZE // DAY} days, to anybody?",
            "Mute it",
            f"The watch “{deed.target}” is muted for {SNOOZE // DAY} days.",
        )
    return _ask_of_story(tx, deed)


def _ask_of_story(tx: Tx, deed: Deed) -> Asked | None:
    if deed.kind == "snooze":
        item = tx.item(deed.target)
        if item is None:
            return None
        return Asked(
            f"Say nothing more of “{item.title}” and its story for {SNOOZE // DAY} days, to anybody?",
            "Mute the story",
            f"The story is muted for {SNOOZE // DAY} days.",
        )
    return _ask_of_hit(tx, deed)


def _ask_of_hit(tx: Tx, deed: Deed) -> Asked | None:
    found = tx.hits_by_id([deed.target]).get(deed.target)
    if found is None:
        return None
    word = "relevant" if deed.kind == "relevant" else "not relevant"
    return Asked(
        f"Is “{found.item.title}” {word} for the watch “{found.hit.watch}”?",
        f"Mark it {word}",
        f"Thank you: it is marked {word}.",
    )


def do(tx: Tx, deed: Deed, now: datetime) -> Asked | None:
    """Carry ``deed`` out and return what to say; doing it twice changes nothing more."""
    asked = ask(tx, deed)
    if asked is None:
        return None
    if deed.kind in MARKS:
        place = "from a message" if deed.delivery else "from the page"
        tx.mark(Mark(deed.target, deed.kind == "relevant", now, place))
    elif deed.kind == "unsubscribe":
        _opt_out(tx, deed, now)
    elif deed.kind == "mute":
        tx.mute(f"watch:{deed.target}", now + SNOOZE)
    elif deed.kind == "snooze":
        link = tx.links([deed.target]).get(deed.target)
        tx.mute(f"story:{link.story if link else deed.target}", now + SNOOZE)
    return asked


def _opt_out(tx: Tx, deed: Deed, now: datetime) -> None:
    delivery = tx.delivery(deed.delivery)
    if delivery is not None:  # it was there when it was asked for, in this transaction
        tx.opt_out(delivery.subscription, delivery.channel, delivery.recipient, now)
