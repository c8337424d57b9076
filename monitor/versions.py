"""What hit items said when: a version is kept with every hit, of exactly the text that made it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.model import Exchange, Fetched, Hit, Item, Version, version_of
from monitor.net import Answer
from monitor.store import Tx
from monitor.tools import Tools
from monitor.work.tasks import Finds


def as_listed(
    items: Iterable[Item], fetched: Fetched, older: Collection[str], now: datetime
) -> dict[str, Version]:
    """Return how each of ``items`` read in the document that ``fetched`` brought, by item.

    ``older`` are ids of those from older pages, of which the answer is not known any more.
    """
    answer = Exchange(fetched.url, fetched.status, fetched.headers)
    return {
        item.id: version_of(item, now, Exchange() if item.id in older else answer) for item in items
    }


def exchange_of(answer: Answer) -> Exchange:
    """Return what is kept of an answer that was the page of an item."""
    return Exchange(answer.url, answer.status, tuple(answer.headers.items()), answer.body)


def dated(finds: Finds, versions: Mapping[str, Version]) -> Finds:
    """Return ``finds`` with hits that name the version of their item which made them."""
    hits = (replace(hit, version=versions[hit.item].digest) for hit in finds.hits)
    return replace(finds, hits=tuple(hits))


def revise(tools: Tools, versions: Sequence[Version], finds: Finds, now: datetime, tx: Tx) -> Finds:
    """Store how an item reads in the last of ``versions``, with what ``finds`` found in it.

    Returns what is to be decided about: hits that are new, and those that are sure only now.
    """
    item = versions[-1].item
    known = {name: each.hit for name, each in tx.hits_of_items([item.id]).items()}
    tx.rewrite_item(item)
    if known or finds.hits:
        tx.add_versions(versions)
        tx.add_rules(tools.crew.matcher.versions((hit.watch for hit in finds.hits), now))
    tx.revise_hits(revised(known, finds.hits))
    fresh = [hit for hit in finds.hits if hit.id not in known]
    tx.add_hits(fresh, now)
    surer = [
        hit for hit in finds.hits if hit.id in known and known[hit.id].possible and not hit.possible
    ]
    tx.drop_skips(hit.id for hit in surer)
    return replace(finds, hits=(*fresh, *surer))


def revised(known: Mapping[str, Hit], found: Iterable[Hit]) -> list[Hit]:
    """Return the known hits as they read now.

    A hit that is sure was told: when the new text would not make it, it stays what it was, with
    the version that made it.
    """
    new = {hit.id: hit for hit in found}
    return [
        new[name]
        for name, hit in known.items()
        if name in new and (hit.possible or not new[name].possible)
    ]
