"""The whole path of an item in one process, with real HTTP, SMTP and worker processes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import psutil
import pytest

from monitor.app import App, build, make_crew, utc_now
from monitor.config import load
from monitor.demo.mail_sink import MailSink, ReceivedMail
from monitor.demo.receiver import WebhookReceiver
from monitor.model import DeliveryStatus, Document, Fetched, Outcome, Reason, SourceState
from monitor.sources.feed import Feed as FeedSource
from monitor.store import Tx
from monitor.work.crew import Crew
from tests.acceptance.practice import (
    DIGESTS,
    SECRET,
    SECRET_NAME,
    Entry,
    Feed,
    channels,
    ended,
    open_feeds,
    prose,
    publish_about,
    source,
    subscriptions,
    until,
    write_config,
)
from tests.servers import HttpServer, Reply

ENVIRON = {SECRET_NAME: SECRET.get_secret_value()}


class World:
    """A press, a desk, and the service between them under a clock that can be moved."""

    def __init__(self, folder: Path, server: HttpServer, sink: MailSink) -> None:
        self.folder = folder
        self.server = server
        self.sink = sink
        self.chance = random.Random(7)
        self.moved = timedelta(0)

    @asynccontextmanager
    async def service(
        self, sources: Sequence[dict[str, Any]], receiver: WebhookReceiver, **options: Any
    ) -> AsyncIterator[App]:
        config = write_config(
            self.folder / "config",
            sources=sources,
            channels=channels(receiver, self.sink),
            subscriptions=subscriptions("daily at 07:30"),
            **options,
        )
        async with build(load(config, ENVIRON), clock=self.now) as app:
            await app.plan_digests()
            yield app

    def now(self) -> Any:
        return utc_now() + self.moved

    async def round(self, app: App, *, hours: float = 0.1) -> None:
        """Poll and deliver what is due, then let some time go by."""
        await app.poll_due()
        await app.deliver_due()
        self.moved += timedelta(hours=hours)

    async def digest(self, app: App) -> str:
        """Let a day go by and return the text of the digest that then came, or nothing."""
        before = len(self.digests)
        self.moved += timedelta(days=1)
        await app.plan_digests()
        await app.deliver_due()
        return text_of(self.digests[-1]) if len(self.digests) > before else ""

    @property
    def digests(self) -> list[ReceivedMail]:
        return [mail for mail in self.sink.received if DIGESTS in mail.recipients]


def text_of(mail: ReceivedMail) -> str:
    """Return the text part, its lines joined: where they break is not the subject here."""
    body = message_from_bytes(mail.content, policy=default).get_body(("plain",))
    return " ".join(str(body.get_content()).split()) if body else ""


def words_of(entry: Entry) -> str:
    """Return what stands in a title behind the name, which a digest marks."""
    return entry.title.partition(" on ")[2]


def told(receiver: WebhookReceiver) -> list[str]:
    return [story["url"] for hook in receiver.received for story in hook.payload["data"]["stories"]]


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as server:
        yield server


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver(SECRET) as receiver:
        yield receiver


@pytest.fixture
async def world(tmp_path: Path, server: HttpServer) -> AsyncIterator[World]:
    async with MailSink() as sink:
        yield World(tmp_path, server, sink)


async def test_a_first_poll_is_stored_and_matched_but_told_to_nobody(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    quiet, loud = open_feeds(server, "quiet", "loud").values()
    old = [publish_about(feed, "maria-exemplar", world.chance) for feed in (quiet, loud)]
    sources = [source(server, "quiet"), source(server, "loud", on_first_poll="alert")]
    async with world.service(sources, receiver) as app:
        await world.round(app)
        hits = await app.tools.store.read(lambda tx: tx.hits(10))
        assert {found.item.url: found.item.baseline for found in hits} == {
            old[0].url: True,
            old[1].url: False,
        }
        assert told(receiver) == [old[1].url]
        new = publish_about(quiet, "maria-exemplar", world.chance)
        await world.round(app)
        assert told(receiver) == [old[1].url, new.url]
        text = await world.digest(app)
        assert words_of(old[0]) not in text
        assert words_of(old[1]) in text
        assert words_of(new) in text


async def test_a_copy_in_a_second_outlet_alerts_nobody_again_and_is_folded_in_the_digest(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    first, second = open_feeds(server, "first", "second").values()
    sources = [source(server, name, publisher=name.title()) for name in ("first", "second")]
    async with world.service(sources, receiver) as app:
        for feed in (first, second):
            publish_about(feed, "", world.chance)
        await world.round(app)
        original = first.publish(f"Maria Exemplar on {prose(world.chance, 6)}", prose(world.chance))
        await world.round(app)
        copy = second.publish(original.title, f"{original.text} (agency)")
        await world.round(app)
        assert told(receiver) == [original.url]
        hits = await app.tools.store.read(lambda tx: tx.hits(10))
        assert len({found.link.story for found in hits if found.link}) == 1
        routes = await app.tools.store.read(lambda tx: tx.routes([found.hit.id for found in hits]))
        assert "skipped: copy of a story already told" in {route.reason for route in routes}
        text = await world.digest(app)
        assert text.count(words_of(original)) == 1
        assert copy.url in text or "Second" in text


async def test_a_digest_tells_each_hit_once_and_the_next_one_only_what_is_new(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    (feed,) = open_feeds(server, "gazette").values()
    async with world.service([source(server, "gazette")], receiver) as app:
        publish_about(feed, "", world.chance)
        await world.round(app)
        one = publish_about(feed, "maria-exemplar", world.chance)
        await world.round(app)
        first = await world.digest(app)
        assert words_of(one) in first
        two = publish_about(feed, "sample-board", world.chance)
        await world.round(app)
        second = await world.digest(app)
        assert words_of(two) in second
        assert words_of(one) not in second
        assert await world.digest(app) == ""
        assert await app.plan_digests() == []


async def test_a_refused_webhook_is_tried_again_with_the_same_id_and_bytes(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    server.on("/hook", Reply(503), Reply(500), Reply(204))
    receiver.url = server.url("/hook")
    (feed,) = open_feeds(server, "gazette").values()
    async with world.service([source(server, "gazette", on_first_poll="alert")], receiver) as app:
        publish_about(feed, "maria-exemplar", world.chance)
        for _ in range(3):
            await world.round(app, hours=1)
        calls = [request for request in server.requests if request.path == "/hook"]
        assert len(calls) == 3
        assert len({(call.headers["webhook-id"], call.body) for call in calls}) == 1
        (sent,) = await app.tools.store.read(
            lambda tx: [d for d in tx.deliveries(10) if d.channel == "hook"]
        )
        attempts = await app.tools.store.read(lambda tx: tx.attempts(sent.id))
        assert [attempt.ok for attempt in attempts] == [False, False, True]
        assert sent.status is DeliveryStatus.SENT


async def test_a_webhook_that_is_refused_for_good_is_a_dead_letter_and_the_mail_still_goes(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    server.on("/hook", Reply(410))
    receiver.url = server.url("/hook")
    (feed,) = open_feeds(server, "gazette").values()
    async with world.service([source(server, "gazette", on_first_poll="alert")], receiver) as app:
        publish_about(feed, "maria-exemplar", world.chance)
        await world.round(app, hours=1)
        await world.round(app, hours=100)
        found = await app.tools.store.read(lambda tx: tx.deliveries(10))
        assert {each.channel: each.status for each in found} == {
            "hook": DeliveryStatus.DEAD,
            "mail": DeliveryStatus.SENT,
        }
        assert server.paths.count("/hook") == 1


async def test_a_failing_source_stands_in_the_receipt_with_its_reason(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    (feed,) = open_feeds(server, "gazette").values()
    server.on("/broken.xml", Reply(500)).on("/page.xml", Reply(200, b"<html><p>Hello"))
    sources = [
        source(server, "gazette", on_first_poll="alert"),
        source(server, "broken", publisher="The Broken Times"),
        source(server, "page", publisher="The Page"),
    ]
    async with world.service(sources, receiver) as app:
        publish_about(feed, "maria-exemplar", world.chance)
        await world.round(app)
        text = await world.digest(app)
        assert "The Broken Times" in text
        assert "its server failed (HTTP 500)" in text
        assert "The Page" in text
        assert "no feed" in text
        health = await app.tools.store.read(lambda tx: tx.source_states())
        assert {state.source: state.last_reason for state in health} == {
            "gazette": "ok",
            "broken": "server-error",
            "page": "not-a-feed",
        }


NESTED = b"<rss version='2.0'><channel>" + b"<a>" * 100_000


async def test_a_hostile_document_costs_only_its_own_source(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    (feed,) = open_feeds(server, "gazette").values()
    server.on("/nested.xml", Reply(200, NESTED))
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )
    bomb += b"]><rss version='2.0'><channel><title>&j;</title></channel></rss>"
    server.on("/bomb.xml", Reply(200, bomb))
    sources = [
        source(server, name, on_first_poll="alert") for name in ("nested", "bomb", "gazette")
    ]
    async with world.service(sources, receiver) as app:
        entry = publish_about(feed, "maria-exemplar", world.chance)
        records = {record.source: record for record in await app.poll_due()}
        await app.deliver_due()
        assert told(receiver) == [entry.url]
        assert records["gazette"].outcome is Outcome.NEW
        assert records["nested"].outcome is Outcome.FAILED
        assert records["bomb"].outcome is Outcome.FAILED
        items = await app.tools.store.read(lambda tx: list(tx.stored_items()))
        assert {item.source for item in items} == {"gazette"}


class Stuck(FeedSource):
    """A source whose parser never comes back."""

    def parse(self, fetched: Fetched) -> Document:
        while True:
            pass


class Deadly(FeedSource):
    """A source whose parser kills its process."""

    def parse(self, fetched: Fetched) -> Document:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().parse(fetched)


def with_source(app: App, kind: type[FeedSource], name: str, crew: Crew) -> None:
    """Put another kind of source in the place of one, and another crew to work."""
    settings = app.tools.settings
    changed = kind.model_validate(settings.sources[name].model_dump())
    sources = {**settings.sources, name: changed}
    app.tools = replace(app.tools, settings=replace(settings, sources=sources), crew=crew)


@pytest.mark.parametrize(("kind", "words"), [(Stuck, "took longer"), (Deadly, "memory")])
async def test_a_parser_that_hangs_or_dies_costs_only_its_own_source(
    world: World,
    server: HttpServer,
    receiver: WebhookReceiver,
    kind: type[FeedSource],
    words: str,
) -> None:
    names = ["bad", *(f"good-{number}" for number in range(6))]
    feeds = open_feeds(server, *names)
    sources = [source(server, name, on_first_poll="alert") for name in names]
    async with world.service(sources, receiver) as app:
        first = app.tools.crew
        crew = Crew(tuple(app.settings.watchlists.values()), workers=2, task_seconds=10.0)
        with_source(app, kind, "bad", crew)
        entries = [publish_about(feed, "maria-exemplar", world.chance) for feed in feeds.values()]
        for _ in range(2):
            await world.round(app)
            publish_about(feeds["bad"], "maria-exemplar", world.chance)
        first.close()
        records = await app.tools.store.read(lambda tx: tx.records(app.started, world.now(), "bad"))
        assert {record.reason for record in records} == {Reason.MALFORMED}
        assert words in records[0].message
        assert len(records) == 2
        assert sorted(told(receiver)) == sorted(entry.url for entry in entries[1:])


async def test_items_of_a_source_that_left_the_configuration_do_not_stop_the_others(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    feeds = open_feeds(server, "gazette", "herald")
    sources = [source(server, name, on_first_poll="alert") for name in feeds]
    async with world.service(sources, receiver) as app:
        entry = publish_about(feeds["herald"], "maria-exemplar", world.chance)
        left = {"herald": app.settings.sources["herald"]}
        app.tools = replace(app.tools, settings=replace(app.settings, sources=left))
        await world.round(app)
        assert told(receiver) == [entry.url]
        assert server.paths.count("/gazette.xml") == 0


async def test_a_source_that_hangs_keeps_no_other_waiting(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    """The others are polled again and again while one answer does not come."""
    release = asyncio.Event()

    async def hang(request: Any, writer: Any) -> None:
        await release.wait()
        await Reply(503)(request, writer)

    (_feed,) = open_feeds(server, "gazette").values()
    server.on("/stuck.xml", hang)
    sources = [source(server, "gazette", every="0.1s"), source(server, "stuck")]
    async with world.service(sources, receiver) as app:
        polling = asyncio.create_task(app.poll_due(keep=False))
        await until(lambda: server.paths.count("/gazette.xml") >= 5, "five polls of the other")
        app.stopping = True
        release.set()
        assert await polling == []
    assert server.paths.count("/stuck.xml") == 1


async def test_what_a_cancelled_round_had_claimed_is_free_at_once(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    async def hang(_: Any, __: Any) -> None:
        await asyncio.Event().wait()

    server.on("/stuck.xml", hang)
    async with world.service([source(server, "stuck")], receiver) as app:
        polling = asyncio.create_task(app.poll_due())
        await until(lambda: server.paths, "the poll is under way")
        polling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await polling

        def claim(tx: Tx) -> list[SourceState]:
            return tx.claim_sources(world.now(), limit=10, lease_seconds=60)

        assert [one.source for one in await app.tools.store.write(claim)] == ["stuck"]


async def test_the_parts_that_an_edit_replaced_end_once_nobody_uses_them(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    (feed,) = open_feeds(server, "gazette").values()
    publish_about(feed, "", world.chance)
    before = psutil.Process().children(recursive=True)  # of tests before, some on their way out
    async with world.service([source(server, "gazette")], receiver) as app:
        await world.round(app)
        workers = set(psutil.Process().children(recursive=True)).difference(before)
        assert workers
        old = app.tools.crew
        await app.adopt(app.settings)
        assert not any(map(ended, workers))
        await app.clear_away()
        assert app.tools.crew is not old
        assert app._retired == []
        await until(lambda: any(map(ended, workers)), "the old workers' end")
        publish_about(feed, "maria-exemplar", world.chance)
        await world.round(app)
        assert len(told(receiver)) == 1


async def test_a_fault_of_ours_in_one_message_does_not_keep_the_others_from_going_out(
    world: World, server: HttpServer, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    (feed,) = open_feeds(server, "gazette").values()
    async with world.service([source(server, "gazette", on_first_poll="alert")], receiver) as app:

        def fault(*_: Any) -> Any:
            message = "a fault"
            raise LookupError(message)

        monkeypatch.setattr(type(app.settings.channels["hook"]), "call", fault)
        publish_about(feed, "maria-exemplar", world.chance)
        await world.round(app)
        found = await app.tools.store.read(lambda tx: tx.deliveries(10))
        assert {each.channel: each.status for each in found} == {
            "hook": DeliveryStatus.PENDING,
            "mail": DeliveryStatus.SENT,
        }
        monkeypatch.undo()
        await world.round(app)
        assert len(told(receiver)) == 1


async def test_a_digest_warns_of_a_broken_edit_in_words_and_without_secrets(
    world: World, server: HttpServer, receiver: WebhookReceiver
) -> None:
    async with world.service([], receiver) as app:
        app.config_error = f"config/monitor.yaml:3:1: bad {SECRET.get_secret_value()}\n   ^"
        text = await world.digest(app)
        assert "An edit of the configuration is broken" in text
        assert "monitor.yaml:3:1" in text
        assert SECRET.get_secret_value() not in text


async def test_closing_takes_the_workers_down(tmp_path: Path) -> None:
    config = write_config(tmp_path / "config", sources=[], subscriptions=[], workers=2)
    crew = make_crew(load(config, {}))
    before = psutil.Process().children(recursive=True)
    fetched = Fetched(url="https://a.example/", status=200, body=Feed("a").render())
    await crew.read(
        FeedSource(id="a", url="https://a.example/"), fetched, utc_now(), baseline=False
    )
    ours = psutil.Process()
    helpers = ours.children()  # what forks workers and keeps track of them stays
    workers = set(ours.children(recursive=True)).difference(before, helpers)
    assert workers
    crew.close(seconds=5)
    await until(lambda: all(map(ended, workers)), "the workers' end")
