"""What a poll leaves behind about hubs, and what an edited configuration changes of it.

A feed that names a hub gets a lease there, which `monitor.websub` asks for; while the hub tells of
news, polls are only a back-up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import groupby

from monitor import planning
from monitor.model import Document, Fetched, SourceState
from monitor.sources.base import Source
from monitor.store import Tx
from monitor.tools import Tools

draw = partial(secrets.token_urlsafe, 32)


def keep_state(tools: Tools, source: Source, state: SourceState, now: datetime, tx: Tx) -> None:
    """Keep the state that a good answer left, its next poll put off while a hub tells of news."""
    told = bool(tools.settings.monitor.web.public_url)
    until = tx.pushed_until(source.id, now) if told else None
    tx.save_state(planning.as_back_up(state, until, now, source.max_interval))


def follow_hub(
    tools: Tools, state: SourceState, fetched: Fetched, document: Document, now: datetime, tx: Tx
) -> None:
    """Remember the hub that a whole document names, or that it names none any more.

    ``state`` is that before the poll: a first one without a hub has nothing to look up.
    """
    if fetched.partial or not (document.hub or state.first_poll_done):
        return
    known = tx.leases(state.source)
    if not (known or document.hub):
        return
    named = (document.hub, (document.topic or fetched.url) if document.hub else "")
    base = tools.settings.monitor.web.public_url
    tx.save_leases(planning.follow_hub(known, state.source, named, base, now, draw))


def resettle(tools: Tools, polled: Iterable[str], now: datetime, tx: Tx) -> None:
    """Bring all leases in line with the configuration: ``polled`` sources, address of callbacks."""
    base, wanted = tools.settings.monitor.web.public_url, set(polled)
    for source, found in groupby(tx.leases(), key=lambda lease: lease.source):
        known = list(found)
        named = next(((lease.hub, lease.topic) for lease in known if not lease.leaving), ("", ""))
        named = named if source in wanted else ("", "")
        tx.save_leases(planning.follow_hub(known, source, named, base, now, draw))
