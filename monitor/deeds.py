"""What a reader's click on a link of a message does, once it was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.model import DAY, Deed
from monitor.store import Mark, Tx

SNOOZE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks before a deed, and says after it."""

    question: str
    button: str
    done: str


def ask(tx: Tx, deed: Deed) -> Asked | None:
    """Return how to put ``deed`` to its reader, None when what it speaks of is gone."""
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
    delivery = tx.delivery(deed.delivery)
    if asked is None or delivery is None:
        return None
    if deed.kind == "unsubscribe":
        tx.opt_out(delivery.subscription, delivery.channel, delivery.recipient, now)
    elif deed.kind == "mute":
        tx.mute(f"watch:{deed.target}", now + SNOOZE)
    elif deed.kind == "snooze":
        link = tx.links([deed.target]).get(deed.target)
        tx.mute(f"story:{link.story if link else deed.target}", now + SNOOZE)
    else:
        tx.mark(Mark(deed.target, deed.kind == "relevant", now, "from a message"))
    return asked
