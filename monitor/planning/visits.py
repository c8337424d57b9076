"""Which items are worth a visit to their own page, and when it is tried or made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from monitor.model import Item, Visit
from monitor.planning.retry import LONGEST_WISH, jitter

FullText = Literal["auto", "always", "never"]

SHORT_TEXT: Final = 1_000
"""Characters below which a text is a teaser; two thirds of the feeds we ship carry only those."""
_DELAYS: Final = (120.0, 1_800.0, 14_400.0)
"""Seconds after the first, second … failed visit; news is not worth asking for much longer."""


def first_visits(items: Iterable[Item], full_text: FullText, now: datetime) -> tuple[Visit, ...]:
    """Return the visits that fresh ``items`` of a source with this ``full_text`` are worth.

    ``auto`` visits where the text is short, ``always`` everywhere, ``never`` nowhere. What a first
    poll finds is not news, and an item without a page of its own cannot be visited.
    """
    if full_text == "never":
        return ()
    return tuple(
        Visit(item.id, item.source, item.url, now)
        for item in items
        if item.url and not item.baseline and (full_text == "always" or len(item.body) < SHORT_TEXT)
    )


def look_again(
    item: Item, full_text: FullText, after: Sequence[float], now: datetime, stage: int = 0
) -> Visit | None:
    """Return when the page of an ``item`` that is a hit is looked at next, to see what was edited.

    ``after`` counts the seconds from when it was first seen to each look; ``stage`` numbers the
    last one made, 0 when there was none. Looks that were missed are not made up for. None when
    there is none left, and for items of which no page is fetched or that are no news.
    """
    if full_text == "never" or item.baseline or not item.url:
        return None
    seen = item.first_seen or now
    for number, seconds in enumerate(sorted(after), 1):
        due = seen + timedelta(seconds=seconds)
        if number > stage and due > now:
            return Visit(item.id, item.source, item.url, due, stage=number)
    return None


def next_visit(visit: Visit, wish: float | None, now: datetime) -> Visit | None:
    """Return ``visit`` as it is tried again after a failure, None when it was the last try.

    ``wish`` is the server's Retry-After in seconds; it can only lengthen the wait, up to a day.
    """
    if visit.attempts >= len(_DELAYS):
        return None
    own = _DELAYS[visit.attempts] * jitter(visit.item, str(visit.attempts))
    wait = max(own, min(max(wish or 0.0, 0.0), LONGEST_WISH))
    return replace(visit, due=now + timedelta(seconds=wait), attempts=visit.attempts + 1)


def later(visit: Visit, seconds: float, now: datetime) -> Visit:
    """Return ``visit`` put off because its host has no turn for us yet: that is no failure."""
    return replace(visit, due=now + timedelta(seconds=min(max(seconds, 1.0), LONGEST_WISH)))
