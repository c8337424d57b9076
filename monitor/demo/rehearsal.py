"""The rehearsal: the very service, its rounds or its ticks, on the practice stage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.app import App, build, utc_now
from monitor.config import SettingsWatcher, load
from monitor.demo.stage import Stage
from monitor.model import Outcome, PollRecord, Reason
from monitor.schedule import Service
from monitor.store import StoredHit, Tx
from monitor.web import serve

BETWEEN_ROUNDS: Final = timedelta(seconds=5)
"""How far the clock of a rehearsal by rounds moves on, so that every source is due again."""
PATIENCE: Final = 90.0
"""Seconds after which a live rehearsal that has not finished has failed."""
LOOK_EVERY: Final = 0.25

Tell = Callable[[str, str], None]
"""Shows one happening: its kind (``poll``, ``hit``, ``alert`` …) and what to say of it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rehearsal came to; counts of messages are those that arrived."""

    sources: int
    polled: int
    items: int
    hits: int
    stories: int
    alerts_sent: int
    digests_sent: int
    webhooks_delivered: int
    chats_delivered: int
    seconds: float
    planned: int
    """Messages that were put in the outbox."""
    arrived: int
    """Messages of those that the other side holds."""

    @property
    def complete(self) -> bool:
        """Whether there was an alert, a digest, a webhook and a chat message, and all arrived."""
        posted = (self.webhooks_delivered, self.chats_delivered)
        return all((self.alerts_sent, self.digests_sent, *posted)) and self.arrived == self.planned


async def rehearse_rounds(stage: Stage) -> Summary:
    """Run one whole cycle: the baseline, each edition in turn, then the digest."""
    started = time.monotonic()
    passed = [timedelta(0)]
    settings = load(stage.config_folder, stage.environ)
    async with (
        build(settings, clock=lambda: utc_now() + passed[0]) as app,
        serve(Service(app)),  # the hub calls there
    ):
        await app.plan_digests()
        while True:
            await stage.newsroom.tell_hub()
            await app.poll_due()
            await app.ask_hubs()
            await stage.newsroom.hub.settled()
            await app.visit_due()
            await app.deliver_due()
            passed[0] += BETWEEN_ROUNDS
            if stage.newsroom.edition == stage.newsroom.last_edition:
                break
            stage.newsroom.advance()
        await app.plan_digests(force=True)
        await app.deliver_due()
        return await summarise(stage, app, time.monotonic() - started)


async def rehearse_live(stage: Stage, tell: Tell) -> Summary:
    """Run the service until the newsroom has published all and everything has arrived."""
    started = time.monotonic()
    settings = load(stage.config_folder, stage.environ)
    async with build(settings) as app:
        service = Service(app, SettingsWatcher(settings, stage.environ))
        async with serve(service) as address:
            tell("page", f"{address}/ while this runs")
            running = asyncio.create_task(service.run())
            try:
                await watch(stage, app, tell, running)
            finally:
                service.stop()
                await running
        return await summarise(stage, app, time.monotonic() - started)


async def watch(stage: Stage, app: App, tell: Tell, running: asyncio.Task[None]) -> None:
    """Tell of what happens until all is done, the service was stopped or patience ends."""
    narrator = Narrator(stage, app, tell, since=app.started)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not running.done():
        await stage.newsroom.tell_hub()
        await narrator.look()
        if await finished(stage, app):
            await narrator.look()
            return
        await asyncio.wait([running], timeout=LOOK_EVERY)


async def finished(stage: Stage, app: App) -> bool:
    """Tell whether the last edition is out, found, told in a digest, and all messages arrived."""
    if stage.newsroom.edition < stage.newsroom.last_edition or not stage.digests:
        return False

    def settled(tx: Tx) -> bool:  # one look at one moment: a digest may be planned any time
        released = stage.newsroom.last_release
        if any(not state.last_ok or state.last_ok < released for state in tx.source_states()):
            return False
        waiting = any(tx.digest_hits(name) for name in app.settings.subscriptions)
        counts = tx.counts()
        return not (waiting or counts["visits"] or counts["deliveries_pending"])

    posted = stage.receiver.received and stage.chat_room.received
    return bool(posted) and await app.tools.store.read(settled)


async def summarise(stage: Stage, app: App, seconds: float) -> Summary:
    """Count on both sides: what the store holds, and what arrived."""

    def look(tx: Tx) -> tuple[dict[str, int], int, set[str]]:
        records = tx.records(app.started - timedelta(days=1), app.clock() + timedelta(days=1))
        good = {record.source for record in records if record.outcome is not Outcome.FAILED}
        return tx.counts(), len(tx.deliveries(10_000)), good

    counts, planned, polled = await app.tools.store.read(look)
    arrived = stage.summary()
    return Summary(
        sources=len(app.settings.sources),
        polled=len(polled),
        items=counts["items"],
        hits=counts["hits"],
        stories=counts["stories"],
        seconds=round(seconds, 1),
        planned=planned,
        arrived=sum(arrived.values()),
        **arrived,
    )


class Narrator:
    """Notices what is new since it last looked, and tells it."""

    def __init__(self, stage: Stage, app: App, tell: Tell, since: datetime) -> None:
        self._stage = stage
        self._app = app
        self._tell = tell
        self._records_since = self._hits_since = since
        self._hooks = self._chats = self._alerts = self._digests = 0

    async def look(self) -> None:
        """Tell what the store and the other side have got since the last look."""
        now = self._app.clock()
        store = self._app.tools.store
        records = await store.read(lambda tx: tx.records(self._records_since, now))
        hits = await store.read(lambda tx: tx.hits_since(self._hits_since))
        self._tell_polls([record for record in records if record.at > self._records_since])
        self._tell_hits([found for found in hits if not found.item.baseline])
        if records:
            self._records_since = max(record.at for record in records)
        if hits:
            self._hits_since = max(found.found for found in hits)
        self._tell_arrivals()

    def _tell_polls(self, records: list[PollRecord]) -> None:
        pushed = [record for record in records if record.reason is Reason.PUSHED]
        polls = [record for record in records if record.reason is not Reason.PUSHED]
        brought = [record for record in polls if record.new]
        for record in records:
            if record.outcome is Outcome.FAILED:
                self._tell("failed", f"{record.source}: {record.message}")
        if brought:
            new = sum(record.new for record in brought)
            self._tell("poll", f"{len(polls)} polls, {new} new items")
        for record in pushed:
            if record.new:
                self._tell("push", f"the hub of {record.source} sent {record.new} new items")

    def _tell_hits(self, hits: list[StoredHit]) -> None:
        by_item: dict[str, list[StoredHit]] = {}
        for found in hits:
            by_item.setdefault(found.item.id, []).append(found)
        for group in by_item.values():
            item = group[0].item
            named = f"{item.title} ({item.outlet or item.source}) → "
            sure = [found.hit.watch for found in group if not found.hit.possible]
            if sure:
                self._tell("hit", named + ", ".join(sure))
            else:  # below the threshold: shown, told to nobody
                self._tell("possible", named + ", ".join(found.hit.watch for found in group))

    def _tell_arrivals(self) -> None:
        hooks = self._stage.receiver.received
        for hook in hooks[self._hooks :]:
            stories = len(hook.payload.get("data", {}).get("stories", []))
            self._tell("webhook", f"{hook.payload.get('type')} arrived, signed, {stories} stories")
        self._hooks = len(hooks)
        chats = self._stage.chat_room.received
        for chat in chats[self._chats :]:
            self._tell("chat", f"{chat.text} ({len(chat.blocks)} blocks)")
        self._chats = len(chats)
        for mail in self._stage.alerts[self._alerts :]:
            self._tell("alert", mail.subject)
        self._alerts = len(self._stage.alerts)
        for mail in self._stage.digests[self._digests :]:
            self._tell("digest", f"{mail.subject} → {mail.html}")
        self._digests = len(self._stage.digests)
