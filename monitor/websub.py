"""The way of news that nobody asked for: hubs send what feeds publish (W3C WebSub).

    ask             ask a hub for a subscription, for its renewal or its end
    confirm         the hub verifies what we asked, by a challenge at the callback
    receive         the hub sends a document: it takes the very path of a polled one

What a hub sends counts only with the signature of a secret that it alone got. Whatever goes wrong,
polls go on: a hub makes news come sooner, and is never trusted to bring all of it.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from urllib.parse import urlencode, urljoin

import structlog

from monitor import planning
from monitor.errors import FetchError, ParseError
from monitor.model import Fetched, Intent, Lease, Push, Reason
from monitor.net import Answer
from monitor.pipeline import take_in
from monitor.sources.feed import topic_in
from monitor.store import Tx
from monitor.tools import Tools

log = structlog.get_logger()

REDIRECTS = frozenset({307, 308})
HOPS = 3
FORM = {"content-type": "application/x-www-form-urlencoded"}
OK, REDIRECTION = 200, 300


# --------------------------------------------------------------------------- ask


async def ask(tools: Tools, lease: Lease, now: datetime) -> bool:
    """Ask the hub of a claimed ``lease`` for what is due; return whether it took the request."""
    if planning.is_over(lease, now) or not lease.callback:
        await tools.store.write(lambda tx: tx.drop_lease(lease.token))
        return False
    open_now = planning.asked(lease, now)
    # Stored first: a hub may verify before it answers.
    await tools.store.write(lambda tx: tx.save_leases([open_now]))
    try:
        answer = await _post(tools, open_now)
    except FetchError as error:
        return await _note_refusal(tools, lease.token, str(error), error.retry_after, now)
    if OK <= answer.status < REDIRECTION:
        log.info("hub asked", source=lease.source, mode=open_now.pending, hub=lease.hub)
        return True
    problem = f"{answer.url} answered {answer.status}"
    return await _note_refusal(tools, lease.token, problem, answer.retry_after(now), now)


async def _post(tools: Tools, lease: Lease) -> Answer:
    """Send a subscription request (section 5.1); 307 and 308 are followed."""
    form = {
        "hub.mode": lease.pending,
        "hub.topic": lease.topic,
        "hub.callback": lease.callback,
    }
    if lease.pending == "subscribe":
        form |= {"hub.secret": lease.secret, "hub.lease_seconds": str(planning.WANTED_SECONDS)}
    content, hub = urlencode(form).encode(), lease.hub
    answer = await tools.net.post(hub, content=content, headers=FORM)
    for _ in range(HOPS):
        if answer.status not in REDIRECTS or "location" not in answer.headers:
            break
        hub = urljoin(hub, answer.headers["location"])
        answer = await tools.net.post(hub, content=content, headers=FORM)
    return answer


async def _note_refusal(
    tools: Tools, token: str, problem: str, wish: float | None, now: datetime
) -> bool:
    def note(tx: Tx) -> None:
        lease = tx.lease(token)
        if lease is not None and lease.pending:  # it may have been verified all the same
            log.warning("hub did not take it", source=lease.source, problem=problem)
            tx.save_leases([planning.refused(lease, problem, wish, now)])

    await tools.store.write(note)
    return False


# --------------------------------------------------------------------------- confirm


async def confirm(tools: Tools, token: str, intent: Intent, now: datetime) -> str | None:
    """Answer a hub that wants to know whether we asked for this: the challenge, else None.

    A denial is answered with an empty text. Only a request of ours that is open, for that very
    topic, is confirmed, and no request twice.
    """

    def settle(tx: Tx) -> str | None:
        lease = tx.lease(token)
        if lease is None:
            return None
        if denied := planning.denied(lease, intent, now):
            log.warning("hub denied", source=lease.source, hub=lease.hub, problem=denied.problem)
            tx.save_leases([denied])
            tx.poll_soon(lease.source, now)
            return ""
        changed = planning.verified(lease, intent, now)
        if changed is None or not intent.challenge:
            return None
        tx.save_leases([changed])
        log.info("hub verified", source=lease.source, mode=intent.mode, hub=lease.hub)
        return intent.challenge

    return await tools.store.write(settle)


# --------------------------------------------------------------------------- receive


class Reception(Enum):
    """What became of what a hub sent."""

    TAKEN = "taken in"
    IGNORED = "ignored"
    UNKNOWN = "not for us"


async def expected(tools: Tools, token: str) -> Lease | None:
    """Return the lease whose hub may send to the callback of ``token``."""
    lease = await tools.store.read(lambda tx: tx.lease(token))
    wanted = lease is not None and not lease.leaving and lease.source in tools.settings.sources
    return lease if wanted else None


async def receive(tools: Tools, token: str, push: Push, now: datetime) -> Reception:
    """Take in what a hub sent; raises StoreError, so that the hub tries again.

    Section 8: without the right signature it is acknowledged and ignored, so that who guesses
    learns nothing. A lease that has ended meanwhile makes news no less true: what is signed
    counts. What cannot be read has its source polled at once.
    """
    lease = await expected(tools, token)
    if lease is None:
        return Reception.UNKNOWN
    if not planning.is_signed(push.body, push.signature, lease.secret):
        log.warning("ignored what came without the hub's signature", source=lease.source)
        return Reception.IGNORED
    topic = topic_in(push.link, lease.topic)
    if topic and topic != lease.topic:
        log.warning("ignored what a hub sent of another topic", source=lease.source)
        return Reception.IGNORED
    return await _take_in(tools, lease, push, now)


async def _take_in(tools: Tools, lease: Lease, push: Push, now: datetime) -> Reception:
    source = tools.settings.sources[lease.source]
    state = await tools.store.read(lambda tx: tx.source_state(lease.source))
    if state is None:
        return Reception.UNKNOWN
    fetched = Fetched(lease.topic, OK, push.body, push.content_type, partial=True, pushed=True)
    try:
        record = await take_in(tools, source, state, fetched, now)
    except ParseError as error:
        if error.reason == Reason.INTERNAL:
            log.error("push failed inside this service", source=source.id, error=str(error))
        log.info("a hub sent what cannot be read; polled instead", source=source.id)
        await tools.store.write(lambda tx: tx.poll_soon(source.id, now))
        return Reception.IGNORED
    log.debug("pushed", source=source.id, new=record.new)
    return Reception.TAKEN
