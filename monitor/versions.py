"""What hit items said when: a version is kept with every hit, of exactly the text that made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.archives import Window
from monitor.model import Exchange, Fetched, Item, Version, version_of
from monitor.net import Answer
from monitor.work.tasks import Finds


def as_listed(
    items: Iterable[Item], window: Window, fetched: Fetched, now: datetime
) -> dict[str, Version]:
    """Return how each of ``items`` read in the document that ``window`` shows, by item.

    Of those from older pages the answer is not known any more.
    """
    answer = Exchange(fetched.url, fetched.status, fetched.headers)
    older = {item.id for item in window.items[len(window.items) - window.older :]}
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
