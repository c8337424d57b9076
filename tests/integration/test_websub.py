"""News that nobody asked for, over real HTTP: a feed, its hub, the service and its callbacks."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import DAY, Lease, PollRecord, Reason
from monitor.schedule import Service
from monitor.web import serve
from tests.acceptance.practice import (
    Entry,
    Feed,
    publish_about,
    source,
    subscriptions,
    write_config,
)
from tests.servers import HttpServer, Reply, Request, quiet_port, redirect
from tests.websub_hub import Hub

DIGEST = {**subscriptions("daily at 07:30")[1], "to": [{"channel": "mailbox"}]}
URGENT = {"id": "urgent", "when": "instant", "to": [{"channel": "mailbox"}]}
EVERY = timedelta(minutes=15)


class HubFeed(Feed):
    """A feed whose header names a hub, or none once ``hub`` is empty."""

    hub = ""
    topic = ""

    async def __call__(self, request: Request, writer: Any) -> None:
        link = f'<{self.hub}>; rel="hub", <{self.topic}>; rel="self"' if self.hub else ""
        await Reply(200, self.render(), {"Link": link} if link else {})(request, writer)


class World:
    """A gazette with a hub, and the service under a clock that can be moved."""

    def __init__(self, folder: Path, press: HttpServer, hub: Hub, port: int) -> None:
        self.folder = folder
        self.press = press
        self.hub = hub
        self.feed = HubFeed("gazette")
        self.feed.hub, self.feed.topic = hub.address, press.url("/gazette.xml")
        press.on("/gazette.xml", self.feed)
        self.chance = random.Random(5)
        self.moved = timedelta(0)
        self.app: App
        self.port = port
        self.page = f"http://127.0.0.1:{self.port}"

    def now(self) -> datetime:
        return utc_now() + self.moved

    @asynccontextmanager
    async def service(
        self, *, public: bool = True, names: Sequence[str] = ("gazette",), **options: Any
    ) -> AsyncIterator[App]:
        public_url = {"public_url": self.page} if public else {}
        web = {"host": "127.0.0.1", "port": self.port, **public_url, **options.pop("web", {})}
        config = write_config(
            self.folder / "config",
            sources=[source(self.press, name, every="15m") for name in names],
            subscriptions=[URGENT, DIGEST],
            web=web,
            **options,
        )
        settings = load(config, {"PAGE_PASSWORD": "open sesame"})
        async with build(settings, clock=self.now) as app:
            self.app = app
            async with serve(Service(app)):
                yield app

    async def subscribe(self) -> None:
        """Let the first poll find the hub, and the hub verify."""
        publish_about(self.feed, "", self.chance)
        await self.app.poll_due()
        await self.app.ask_hubs()
        await self.hub.settled()

    async def push(self, entry: Entry | None = None, **how: Any) -> list[int]:
        """Publish about a watched person and have the hub tell of it."""
        if entry is None:
            publish_about(self.feed, "maria-exemplar", self.chance)
        return await self.hub.publish(self.feed.topic, self.feed.render(), **how)

    async def records(self) -> list[PollRecord]:
        end = self.now() + DAY
        return await self.app.tools.store.read(lambda tx: tx.records(self.app.started, end))

    async def leases(self) -> list[Lease]:
        return await self.app.tools.store.read(lambda tx: tx.leases())

    async def news(self) -> int:
        """Return how many items are stored beyond those of the baseline."""
        items = await self.app.tools.store.read(lambda tx: list(tx.stored_items()))
        return sum(not item.baseline for item in items)

    async def next_poll(self) -> datetime:
        (state,) = await self.app.tools.store.read(lambda tx: tx.source_states())
        assert state.next_poll is not None
        return state.next_poll


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with quiet_port() as port:  # the address must be known before it is served
        async with HttpServer() as press, Hub() as hub:
            yield World(tmp_path, press, hub, port)


# ------------------------------------------------------------------------ the usual way


async def test_what_a_hub_sends_is_found_and_told_at_once(world: World) -> None:
    async with world.service() as app:
        await world.subscribe()
        polled = len(world.press.requests)

        assert await world.push() == [202]

        hits = await app.tools.store.read(lambda tx: tx.hits(10))
        assert [found.hit.watch for found in hits] == ["maria-exemplar"]
        assert [
            delivery.kind for delivery in await app.tools.store.read(lambda tx: tx.deliveries(9))
        ]
        assert len(world.press.requests) == polled
        record = (await world.records())[-1]
        assert (record.reason, record.new, record.hits) == (Reason.PUSHED, 1, 1)
        assert 'reason="pushed"' in (await world.hub.client.get(f"{world.page}/metrics")).text


async def test_a_subscription_says_what_the_recommendation_asks_for(world: World) -> None:
    async with world.service():
        await world.subscribe()

        (form,) = world.hub.asked
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", world.feed.topic)
        assert form["hub.callback"].startswith(f"{world.page}/websub/")
        assert len(form["hub.callback"].rpartition("/")[2]) >= 40
        assert 40 <= len(form["hub.secret"]) < 200
        assert form["hub.secret"] not in form["hub.callback"]
        assert int(form["hub.lease_seconds"]) == 864_000
        (lease,) = await world.leases()
        assert lease.expires is not None
        assert abs(lease.expires - world.now() - 10 * DAY) < timedelta(minutes=1)


async def test_the_item_that_was_pushed_is_known_to_the_next_poll(world: World) -> None:
    async with world.service() as app:
        await world.subscribe()
        await world.push()
        world.moved += DAY

        (record,) = await app.poll_due()

        assert (record.new, record.overrun) == (0, False)


async def test_polls_are_a_back_up_while_the_lease_runs_and_the_usual_again_after(
    world: World,
) -> None:
    async with world.service() as app:
        await world.subscribe()
        world.moved += 2 * EVERY
        await app.poll_due()
        assert await world.next_poll() - world.now() > 3 * EVERY
        world.hub.answers, world.hub.verifies = Reply(503), False

        world.moved += 11 * DAY
        await app.poll_due()

        assert await world.next_poll() - world.now() < 1.2 * EVERY


async def test_a_lease_is_renewed_before_it_ends(world: World) -> None:
    async with world.service() as app:
        await world.subscribe()
        world.moved += 9 * DAY

        await app.ask_hubs()
        await world.hub.settled()

        assert [form["hub.mode"] for form in world.hub.asked] == ["subscribe"] * 2
        assert world.hub.asked[0] == world.hub.asked[1]
        (lease,) = await world.leases()
        assert lease.expires is not None
        assert lease.expires - world.now() > 9 * DAY


async def test_a_restart_keeps_the_subscription(world: World) -> None:
    async with world.service():
        await world.subscribe()
    async with world.service() as app:
        assert await app.ask_hubs() == []

        assert await world.push() == [202]

        assert await world.news() == 1


async def test_without_an_address_of_ours_hubs_are_remembered_and_asked_once_there_is_one(
    world: World,
) -> None:
    async with world.service(public=False):
        await world.subscribe()
        assert world.hub.asked == []
        assert [lease.hub for lease in await world.leases()] == [world.hub.address]
    async with world.service() as app:
        await app.ask_hubs()
        await world.hub.settled()

        assert len(world.hub.subscribers) == 1
        assert len(await world.leases()) == 1


# ------------------------------------------------------------------------ the end of it


async def test_a_source_that_leaves_the_configuration_is_unsubscribed(world: World) -> None:
    async with world.service() as app:
        await world.subscribe()
        (held,) = world.hub.subscribers.values()
        app.tools = replace(app.tools, settings=replace(app.settings, sources={}))
        await app.sync()

        await app.ask_hubs()
        await world.hub.settled()

        assert world.hub.asked[-1]["hub.mode"] == "unsubscribe"
        assert world.hub.subscribers == {}
        world.hub.subscribers = {held.callback: held}
        assert await world.push() == [410]
        await app.ask_hubs()
        assert await world.leases() == []


async def test_a_feed_that_names_another_hub_gets_a_new_lease_and_leaves_the_old(
    world: World,
) -> None:
    async with world.service() as app, Hub() as other:
        await world.subscribe()
        world.feed.hub = other.address
        publish_about(world.feed, "", world.chance)
        world.moved += DAY
        await app.poll_due()

        await app.ask_hubs()
        await world.hub.settled()
        await other.settled()

        assert world.hub.subscribers == {}
        assert [one.topic for one in other.subscribers.values()] == [world.feed.topic]


async def test_a_hub_that_denies_has_its_source_polled_at_once_and_is_asked_again_a_day_later(
    world: World,
) -> None:
    async with world.service() as app:
        await world.subscribe()

        answer = await world.hub.deny(world.hub.asked[0], "overloaded")

        assert answer.status_code == 200
        assert await world.next_poll() <= world.now()
        (lease,) = await world.leases()
        assert lease.problem == "the hub denied it: overloaded"
        world.moved += 1.01 * DAY
        await app.ask_hubs()
        assert len(world.hub.asked) == 2


# ------------------------------------------------------------------------ hubs that misbehave


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": "https://other.example/feed"},
        {"mode": "unsubscribe"},
        {"lease_seconds": "forever"},
        {"challenge": ""},
    ],
)
async def test_what_we_did_not_ask_for_is_not_verified(
    world: World, changes: dict[str, str]
) -> None:
    world.hub.verifies = False
    async with world.service():
        await world.subscribe()

        answer = await world.hub.verify(world.hub.asked[0], **changes)

        assert answer.status_code == 404
        assert [lease.expires for lease in await world.leases()] == [None]


async def test_nothing_is_verified_twice_nor_at_a_path_that_was_guessed(world: World) -> None:
    async with world.service():
        await world.subscribe()
        (form,) = world.hub.asked
        guessed = {**form, "hub.callback": f"{world.page}/websub/guess"}

        assert (await world.hub.verify(form)).status_code == 404
        assert (await world.hub.verify({**form, "hub.mode": "unsubscribe"})).status_code == 404
        assert (await world.hub.verify(guessed)).status_code == 404
        assert (await world.hub.client.post(guessed["hub.callback"])).status_code == 410


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another secret"},
        {"signature": ""},
        {"signature": "sha256="},
        {"signature": "md5=0"},
        {"named": "https://other.example/feed"},
    ],
)
async def test_what_is_not_signed_or_of_another_topic_is_acknowledged_and_ignored(
    world: World, how: dict[str, str]
) -> None:
    async with world.service():
        await world.subscribe()

        assert await world.push(**how) == [202]

        assert await world.news() == 0
        assert len(await world.records()) == 1


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_each_of_the_four_signatures_counts(world: World, method: str) -> None:
    async with world.service():
        await world.subscribe()

        await world.push(method=method)

        assert await world.news() == 1


async def test_what_is_replayed_brings_nothing_twice_and_puts_no_poll_off(world: World) -> None:
    async with world.service() as app:
        await world.subscribe()
        due = await world.next_poll()
        entry = publish_about(world.feed, "maria-exemplar", world.chance)
        for _ in range(3):
            assert await world.push(entry) == [202]

        assert await world.news() == 1
        assert len(await app.tools.store.read(lambda tx: tx.deliveries(9))) == 1
        assert await world.next_poll() == due


async def test_a_body_beyond_all_bounds_is_refused(world: World) -> None:
    net = {"allow_private": ["127.0.0.1"], "max_bytes": 20_000}
    async with world.service(net=net):
        await world.subscribe()
        world.feed.publish("Maria Exemplar", "x" * 30_000)

        assert await world.push(world.feed.entries[0]) == [413]

        assert await world.news() == 0


async def test_what_is_signed_counts_though_the_lease_has_ended(world: World) -> None:
    async with world.service():
        await world.subscribe()
        world.moved += 30 * DAY

        assert await world.push() == [202]

        assert await world.news() == 1


@pytest.mark.parametrize("body", [b"", b"<html>no feed</html>"])
async def test_what_cannot_be_read_has_its_source_polled_at_once(world: World, body: bytes) -> None:
    async with world.service() as app:
        await world.subscribe()
        publish_about(world.feed, "maria-exemplar", world.chance)

        assert await world.hub.publish(world.feed.topic, body) == [202]

        (record,) = await app.poll_due()
        assert (record.reason, record.new) == (Reason.OK, 1)


async def test_a_hub_that_refuses_is_asked_again_later_with_its_reason_kept(world: World) -> None:
    world.hub.answers, world.hub.verifies = Reply(500), False
    async with world.service() as app:
        await world.subscribe()

        (lease,) = await world.leases()
        assert "answered 500" in lease.problem
        world.moved += timedelta(minutes=2)
        assert await app.ask_hubs() == []
        world.hub.answers, world.hub.verifies = Reply(202), True
        world.moved += timedelta(hours=2)
        await app.ask_hubs()
        await world.hub.settled()
        (lease,) = await world.leases()
        assert (lease.problem, lease.failures) == ("", 0)


async def test_a_hub_that_moved_is_followed(world: World) -> None:
    world.press.on("/old-hub", redirect(world.hub.address, 307))
    world.feed.hub = world.press.url("/old-hub")
    async with world.service():
        await world.subscribe()

        assert len(world.hub.subscribers) == 1


async def test_a_hub_at_a_private_address_is_never_asked(world: World) -> None:
    world.feed.hub = "http://10.0.0.1/hub"
    async with world.service():
        await world.subscribe()

        (lease,) = await world.leases()
        assert "not allowed" in lease.problem or "private" in lease.problem


# ------------------------------------------------------------------------ the door


async def test_hubs_pass_without_the_password_at_their_path_only(world: World) -> None:
    async with world.service(web={"password": "${PAGE_PASSWORD}"}):
        await world.subscribe()

        assert await world.push() == [202]

        assert await world.news() == 1
        for path in ("/", "/websub", "/sources", "/metrics", "/websub/../metrics"):
            assert (await world.hub.client.get(world.page + path)).status_code in {401, 404}, path


async def test_a_hub_may_call_under_a_name_that_the_page_does_not_answer_to(world: World) -> None:
    async with world.service():
        await world.subscribe()
        (form,) = world.hub.asked
        elsewhere = {"host": "monitor.example", "origin": "https://hub.example"}

        page = await world.hub.client.get(world.page, headers=elsewhere)
        callback = await world.hub.client.post(form["hub.callback"], headers=elsewhere)

        assert (page.status_code, callback.status_code) == (400, 202)


@pytest.fixture
def logged() -> AsyncIterator[Callable[[], str]]:
    lines: list[str] = []

    def keep(_logger: Any, _name: str, event: Any) -> Any:
        lines.append(repr(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[keep])
    yield lambda: "\n".join(lines)
    structlog.configure(**before)


async def test_neither_secret_nor_path_is_ever_logged(
    world: World, logged: Callable[[], str]
) -> None:
    async with world.service() as app:
        await world.subscribe()
        await world.push(secret="wrong")
        await world.push()
        await world.hub.deny(world.hub.asked[0], "over")
        world.moved += 2 * DAY
        world.hub.answers = Reply(500)
        await app.ask_hubs()
        (lease,) = await world.leases()

        assert "hub verified" in logged()
        assert lease.secret not in logged() + repr(lease)
        assert lease.token not in logged() + repr(lease)
