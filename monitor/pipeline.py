"""The path of an item, on one page: poll → read → match → group → plan → deliver.

    poll_source     fetch what a source has; parse and clean it; match what is fresh
    └─ conclude     in ONE transaction: items, hits, stories, routes and alerts, or nothing
    archives.py     read the older pages of a feed that published more than it shows
    alerts.py       in ONE transaction: what may be told at once goes into the outbox
    visits.py       fetch an item's own page where its text is short; match it anew
    edits.py        what a hit says now that its feed or its page was edited
    digests.py      in ONE transaction: the digest of a slot that has come
    deliver         hand one message of the outbox over and write down what came of it

What costs runs in worker processes; what decides is pure; what is told is stored first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from monitor import planning
from monitor.alerts import settle_now, surroundings
from monitor.archives import Window, look_through, only_new
from monitor.destinations import (
    Verdict,
    failed_attempt,
    note_down,
    open_channel,
    verdict_of,
)
from monitor.edits import Edited, take_over, together, wording_of
from monitor.errors import (
    DeliveryError,
    FetchError,
    ParseError,
    StoreError,
)
from monitor.leases import follow_hub, keep_state
from monitor.model import (
    Attempt,
    Delivery,
    Fetched,
    Item,
    Mode,
    Outcome,
    PollRecord,
    Reason,
    SourceState,
)
from monitor.planning import Result
from monitor.sources.base import Source
from monitor.store import Tx
from monitor.stories import group
from monitor.tools import Tools
from monitor.versions import as_listed, dated
from monitor.work.tasks import Finds

log = structlog.get_logger()


# --------------------------------------------------------------------------- poll


async def poll_source(tools: Tools, state: SourceState, now: datetime) -> PollRecord:
    """Poll one claimed source and save everything that came of it; never raises for a bad source."""
    source = tools.settings.sources[state.source]
    started = time.monotonic()
    try:
        fetched = await source.fetch(tools.net, state)
        if fetched.unchanged:
            return await tools.store.write(
                partial(save_unchanged, tools, source, state, fetched, now)
            )
        return await take_in(tools, source, state, fetched, now)
    except (FetchError, ParseError) as error:
        failed = Failure(source, state, error, now, time.monotonic() - started)
    except StoreError:
        raise
    except Exception as error:
        log.exception("poll failed inside this service", source=source.id)
        fault = FetchError(Reason.INTERNAL, f"this service failed on it: {type(error).__name__}")
        failed = Failure(source, state, fault, now, time.monotonic() - started)
    return await tools.store.write(partial(save_failed, failed))


async def take_in(
    tools: Tools, source: Source, state: SourceState, fetched: Fetched, now: datetime
) -> PollRecord:
    """Read, match and save what a source answered, or what its hub sent unasked.

    Raises ParseError when it cannot be read.
    """
    started = time.monotonic()
    if state.first_poll_done:
        window, finds, edits = await look_through(tools, source, state, fetched, now)
    else:
        baseline = source.on_first_poll == "baseline"
        read = await tools.crew.read_and_find(source, fetched, now, baseline=baseline)
        window, finds, edits = Window(*read[:2]), read[2], ()
    seconds = fetched.seconds + time.monotonic() - started
    poll = Poll(source, state, fetched, window, finds, now, seconds, edits)
    try:
        return await tools.store.write(partial(conclude, tools, poll))
    except StoreError:
        tools.stories.forget()
        raise


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll that brought a readable document, on its way into the store."""

    source: Source
    state: SourceState
    fetched: Fetched
    window: Window
    finds: Finds
    now: datetime
    seconds: float
    edits: tuple[Edited, ...] = ()
    """Hit items of which it says something else than before."""


def conclude(tools: Tools, poll: Poll, tx: Tx) -> PollRecord:
    """Save a poll and decide what it means; runs inside one exclusive transaction.

    Freshness is asked again here: another process may have been quicker.
    """
    document, items = poll.window.document, poll.window.items
    known = tx.known([key for item in items for key in item.keys])
    fresh, sightings = only_new(items, known)
    hit_items, found = keep(tools, poll, fresh, tx)
    tx.add_sightings(sightings, poll.source.id)
    edits = take_over(tools, poll.edits, tx)
    if found.hits or edits.finds.hits:
        decide(tx, tools, {**hit_items, **edits.items}, together(found, edits.finds), poll.now)
    settle_now(tools, edits.instant, poll.now, tx)
    record = PollRecord(
        source=poll.source.id,
        at=poll.now,
        outcome=Outcome.NEW if fresh else Outcome.QUIET,
        reason=Reason.PUSHED if poll.fetched.pushed else Reason.OK,
        message="; ".join(document.problems[:3]),
        status=poll.fetched.status,
        entries=len(items) - poll.window.older,
        new=len(fresh),
        hits=len(found.hits),
        # A document that was empty until now has lost nothing.
        overrun=bool(poll.state.rhythm.window and fresh and not known and not poll.fetched.partial),
        seconds=poll.seconds,
    )
    remember(tools, poll, record, fresh, tx)
    tx.add_record(record)
    return record


def keep(tools: Tools, poll: Poll, fresh: Sequence[Item], tx: Tx) -> tuple[dict[str, Item], Finds]:
    """Store fresh items with what was found in them; return those hit, by id, and what it was."""
    by_id = {item.id: item for item in fresh}
    hits = tuple(hit for hit in poll.finds.hits if hit.item in by_id)
    hit_items = {hit.item: by_id[hit.item] for hit in hits}
    older = (
        {item.id for item in poll.window.items[-poll.window.older :]} if poll.window.older else ()
    )
    versions = as_listed(hit_items.values(), poll.fetched, older, poll.now)
    found = dated(replace(poll.finds, hits=hits), versions)
    tx.add_items(fresh)
    tx.add_versions(versions.values())
    tx.add_rules(tools.crew.matcher.versions((hit.watch for hit in hits), poll.now))
    tx.add_hits(found.hits)
    tx.set_wordings(poll.source.id, {name: wording_of(one) for name, one in hit_items.items()})
    text, after = poll.source.full_text, tools.settings.monitor.edits.look_again
    sure = dict.fromkeys(hit.item for hit in found.hits if not hit.possible)
    looks = (planning.look_again(by_id[name], text, after, poll.now) for name in sure)
    tx.add_visits([*planning.first_visits(fresh, text, poll.now), *filter(None, looks)])
    return hit_items, found


def remember(tools: Tools, poll: Poll, record: PollRecord, fresh: Sequence[Item], tx: Tx) -> None:
    """Keep what an answer leaves in the memory of its source; what a hub sent leaves less."""
    source, fetched, document = poll.source, poll.fetched, poll.window.document
    if fetched.pushed:
        tx.save_push(planning.after_push(poll.state, record, fresh))
        return
    state = planning.after_answer(poll.state, record, fetched, document, source, fresh)
    keep_state(tools, source, state, poll.now, tx)
    follow_hub(tools, poll.state, fetched, document, poll.now, tx)


def decide(tx: Tx, tools: Tools, items: dict[str, Item], finds: Finds, now: datetime) -> None:
    """Group the items that were hit into stories, route the hits, and put alerts in the outbox.

    An item that an earlier hit has put into a story stays there.
    """
    links = tx.links(items)
    alone = [item for name, item in items.items() if name not in links]
    grouped = group(alone, tools.stories.current(tx, now), now, finds.hits, finds.gists)
    tx.add_links(grouped)
    links |= {link.item: link for link, _ in grouped}
    settings = tools.settings
    subscriptions = settings.subscriptions.values()
    news = {links[name].story for name, item in items.items() if not item.baseline}
    told = {
        subscription.id: tx.told_stories(subscription.id, news) for subscription in subscriptions
    }
    around = surroundings(tx, settings, items.values(), now)
    routes = planning.route(finds.hits, items, links, settings.watches, subscriptions, told, around)
    tx.add_routes(routes)
    instant = {route.subscription for route in routes if route.mode is Mode.INSTANT}
    settle_now(tools, instant, now, tx)


def save_unchanged(
    tools: Tools, source: Source, state: SourceState, fetched: Fetched, now: datetime, tx: Tx
) -> PollRecord:
    """Save a poll that brought nothing new: the validators still hold."""
    record = PollRecord(
        source=source.id,
        at=now,
        outcome=Outcome.QUIET,
        reason=Reason.UNCHANGED,
        status=fetched.status,
        seconds=fetched.seconds,
    )
    after = planning.after_answer(state, record, fetched, None, source)
    keep_state(tools, source, after, now, tx)
    tx.add_record(record)
    return record


@dataclass(frozen=True, slots=True)
class Failure:
    """A poll that brought nothing, and why."""

    source: Source
    state: SourceState
    error: FetchError | ParseError
    now: datetime
    seconds: float


def save_failed(failed: Failure, tx: Tx) -> PollRecord:
    """Save a poll that failed, with its reason and when to try again."""
    record = PollRecord(
        source=failed.source.id,
        at=failed.now,
        outcome=Outcome.FAILED,
        reason=Reason(failed.error.reason),
        message=str(failed.error),
        status=getattr(failed.error, "status", 0),
        seconds=failed.seconds,
    )
    wish = getattr(failed.error, "retry_after", None)
    tx.save_state(planning.after_failure(failed.state, record, wish, failed.source))
    tx.add_record(record)
    return record


# --------------------------------------------------------------------------- deliver


async def deliver(tools: Tools, delivery: Delivery, clock: Callable[[], datetime]) -> Attempt:
    """Hand one claimed message over and write down what came of it, of its destination too."""
    channel, verdict = None, Verdict(Result.UNTRIED)
    try:
        channel = await open_channel(tools, delivery)
        detail = await channel.send(delivery, tools.net)
        attempt = Attempt(delivery.id, clock(), ok=True, detail=detail, final=True)
        verdict = Verdict(Result.TAKEN)
    except Exception as error:
        if not isinstance(error, DeliveryError):
            log.exception("delivery failed inside this service", delivery=delivery.id)
        attempt = failed_attempt(delivery, error, clock())
        verdict = verdict_of(error) if channel else verdict
    await note_down(tools, delivery, attempt, verdict)
    note = log.info if attempt.ok else log.warning
    note(
        "delivered" if attempt.ok else "not delivered",
        kind=delivery.kind,
        subscription=delivery.subscription,
        channel=delivery.channel,
        detail=attempt.detail,
    )
    return attempt
