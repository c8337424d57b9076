"""Dropping what has been kept for as long as was asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from monitor.store import Tx
from monitor.tools import Tools


async def keep_house(tools: Tools, now: datetime) -> int:
    """Drop hits, then what nothing matched, then pages, each after its time; return how many rows."""
    options = tools.settings.monitor
    kept = (
        (options.keep_hits, Tx.prune_hits),
        (options.keep, Tx.prune),
        (options.keep_pages, Tx.prune_pages),
    )
    dropped = 0
    for seconds, prune in kept:
        if seconds is None:
            continue
        drop = partial(prune, before=now - timedelta(seconds=seconds))
        while gone := await tools.store.write(drop):
            dropped += gone
    return dropped
