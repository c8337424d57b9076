"""A webhook that fails in every way that takes days, against a real receiver and a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.app import App, build
from monitor.config import load
from monitor.model import Attempt, Delivery, DeliveryStatus, Message
from monitor.queues import DELIVERIES_AT_ONCE
from monitor.store import Tx
from monitor.store.tables import DELIVERY
from monitor.trial import send_test
from tests.acceptance.practice import SECRET, SECRET_NAME, write_config
from tests.servers import Handler, HttpServer, Reply, Request

ENVIRON = {SECRET_NAME: SECRET.get_secret_value(), "OTHER": "whsec_" + "b2xk" * 8}
OWNER = {"channel": "box", "recipient": "owner@example.org"}
START = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Week:
    """A service, its receiver, and a clock that only the test moves."""

    def __init__(self, folder: Path, server: HttpServer) -> None:
        self.folder = folder
        self.server = server
        self.time = START
        self.made = 0

    def now(self) -> datetime:
        return self.time

    def later(self, **time: float) -> None:
        self.time += timedelta(**time)

    def settings(self, secret: str = SECRET_NAME, other: str = ""):
        hook = {"id": "hook", "kind": "webhook", "url": self.server.url("/hook")}
        other = {"id": "other", "kind": "webhook", "url": other or self.server.url("/other")}
        box = {"id": "box", "kind": "mailbox", "folder": "box"}
        daily = {"id": "daily", "when": "daily at 07:30", "to": [OWNER]}
        folder = write_config(
            self.folder / "config",
            sources=[],
            subscriptions=[daily],
            channels=[*({**one, "secret": f"${{{secret}}}"} for one in (hook, other)), box],
            owner=OWNER,
        )
        return load(folder, ENVIRON)

    @asynccontextmanager
    async def service(self) -> AsyncIterator[App]:
        async with build(self.settings(), clock=self.now) as app:
            yield app

    async def put(self, app: App, number: int = 1, channel: str = "hook") -> list[str]:
        """Put messages for a webhook into the outbox and return their ids."""
        names = []
        for _ in range(number):
            self.made += 1
            names.append(f"d{self.made:03}")
            message = Message(b"{}", "application/json", names[-1], "A subject")
            delivery = Delivery(
                names[-1], "urgent", "alert", channel, "", message, (), self.time, self.time
            )
            await app.tools.store.write(lambda tx, one=delivery: tx.add_delivery(one))
        return names

    async def send(self, app: App, answer: Handler) -> list[Attempt]:
        """Send what is due to a receiver that answers like this; return the webhook's attempts."""
        self.server.on("/hook", answer)
        attempts = await app.deliver_due()
        return [one for one in attempts if one.delivery.startswith("d") and len(one.delivery) == 4]


@pytest.fixture
async def week(tmp_path: Path) -> AsyncIterator[Week]:
    async with HttpServer() as server:
        yield Week(tmp_path, server)


async def state(app: App, name: str) -> DeliveryStatus:
    found = await app.tools.store.read(lambda tx: tx.delivery(name))
    return found.status


async def destination(app: App):
    return await app.tools.store.read(lambda tx: tx.destination("hook", ""))


def owners_mail(week: Week) -> list[str]:
    return [mail.read_text() for mail in sorted((week.folder / "box").glob("*.eml"))]


async def test_a_failing_receiver_is_not_hammered_with_all_that_waits(week: Week) -> None:
    async with week.service() as app:
        await week.put(app)
        await week.send(app, Reply(503))
        assert len(week.server.requests) == 1
        await week.put(app, 30)
        assert await week.send(app, Reply(503)) == []
        week.later(minutes=2)
        assert len(await week.send(app, Reply(503))) == 1, "one message tries"
        assert len(week.server.requests) == 2
        week.later(minutes=2)
        sent = await week.send(app, Reply(204))
        assert len(sent) + len(await week.send(app, Reply(204))) >= 30, "then all follow"
        assert await destination(app) is None


async def test_a_wish_to_be_left_alone_holds_the_others_back_as_well(week: Week) -> None:
    async with week.service() as app:
        await week.put(app, 2)
        await week.send(app, Reply(429, headers={"Retry-After": "3600"}))
        week.later(minutes=50)
        await week.put(app)
        assert await week.send(app, Reply(204)) == []
        failing = await destination(app)
        assert failing.held_until >= START + timedelta(minutes=59)


async def test_410_turns_it_off_tells_the_owner_and_what_comes_is_a_dead_letter(week: Week) -> None:
    async with week.service() as app:
        (first,) = await week.put(app)
        await week.send(app, Reply(410))
        (second,) = await week.put(app)
        (attempt,) = await week.send(app, Reply(204))
        assert attempt.detail.startswith("not tried: channel 'hook' is off since 2026-03-04 12:00")
        assert len(week.server.requests) == 1
        assert await state(app, first) is await state(app, second) is DeliveryStatus.DEAD
        (mail,) = owners_mail(week)
        assert "To: owner@example.org" in mail
        assert "Channel hook is turned off after 1 failure" in mail
        assert SECRET.get_secret_value() not in mail


async def test_five_failing_days_turn_it_off_and_the_owner_is_told_once(week: Week) -> None:
    async with week.service() as app:
        for _ in range(5 * 24 + 1):
            await week.put(app)
            await week.send(app, Reply(500))
            week.later(hours=1)
        off = await destination(app)
        assert off.off_since is not None
        assert off.off_since - off.failing_since >= timedelta(days=5)
        calls = len(week.server.requests)
        await week.put(app, 3)
        week.later(days=1)
        await week.send(app, Reply(204))
        await week.send(app, Reply(204))
        assert len(week.server.requests) == calls, "nothing more is sent there"
        assert len(owners_mail(week)) == 1
        waiting = await app.tools.store.read(
            lambda tx: [one for one in tx.deliveries(500) if one.status == DeliveryStatus.PENDING]
        )
        assert waiting == []


async def test_an_outage_of_three_days_loses_nothing(week: Week) -> None:
    async with week.service() as app:
        for _ in range(70):
            await week.put(app)
            await week.send(app, Reply(500))
            week.later(hours=1)
        calls = len(week.server.requests)
        assert calls < 120, "about one an hour, however many wait"
        for _ in range(30):
            await week.send(app, Reply(204))
            week.later(hours=1)
        found = await app.tools.store.read(lambda tx: tx.deliveries(100))
        assert {one.status for one in found} == {DeliveryStatus.SENT}


async def test_an_edit_of_the_channel_turns_it_on_again(week: Week) -> None:
    async with week.service() as app:
        await week.put(app)
        await week.send(app, Reply(410))
        await app.adopt(week.settings())
        (name,) = await week.put(app)
        await week.send(app, Reply(204))
        assert await state(app, name) is DeliveryStatus.DEAD, "the same options"
        await app.adopt(week.settings(secret="OTHER"))
        (name,) = await week.put(app)
        await week.send(app, Reply(204))
        assert await state(app, name) is DeliveryStatus.SENT
        assert await destination(app) is None


async def test_a_dead_letter_is_replayed_with_the_same_id_and_bytes(week: Week) -> None:
    async with week.service() as app:
        (name,) = await week.put(app)
        await week.send(app, Reply(410))

        def retry(tx: Any) -> None:
            tx.forget_destination("hook")
            assert tx.revive_delivery(name, week.time)

        await app.tools.store.write(retry)
        await week.send(app, Reply(204))
        assert await state(app, name) is DeliveryStatus.SENT
        first, second = week.server.requests
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"] == name


async def test_the_owners_next_digest_counts_what_was_given_up(week: Week) -> None:
    async with week.service() as app:
        await app.plan_digests()
        await week.put(app)
        await week.send(app, Reply(404))
        week.later(days=1)
        (digest,) = await app.plan_digests()
        assert b"1 message was given up (1 by hook)" in digest.message.content.replace(
            b"=\r\n", b""
        )
        week.later(days=1)
        assert await app.plan_digests() == [], "told once"


async def test_a_refused_message_holds_no_other_back(week: Week) -> None:
    async with week.service() as app:
        bad, good = await week.put(app, 2)
        week.server.on("/hook", Reply(400), Reply(204))
        await app.deliver_due()
        states = {await state(app, bad), await state(app, good)}
        assert states == {DeliveryStatus.DEAD, DeliveryStatus.SENT}


async def test_a_channel_that_left_the_configuration_keeps_its_messages_waiting(
    week: Week,
) -> None:
    async with week.service() as app:
        message = Message(b"{}", "application/json", "d1")
        gone = Delivery("dgone", "urgent", "alert", "former", "", message, (), START, START)
        await app.tools.store.write(lambda tx: tx.add_delivery(gone))
        (attempt,) = await app.deliver_due()
        assert attempt.detail == "channel 'former' is no longer configured"
        assert attempt.next_due is not None
        assert await app.tools.store.read(lambda tx: tx.destinations()) == []


async def test_a_test_message_tries_a_destination_that_is_off_and_turns_it_on(week: Week) -> None:
    async with week.service() as app:
        await week.put(app)
        await week.send(app, Reply(410))
        week.server.on("/hook", Reply(204))
        attempt = await send_test(app.tools, "hook", "", week.now)
        assert attempt.ok
        assert b'"type":"test"' in week.server.requests[-1].body
        assert await destination(app) is None
        week.later(seconds=1)
        assert (await send_test(app.tools, "hook", "", week.now)).delivery != attempt.delivery


async def test_a_channel_that_hangs_holds_up_its_own_messages_and_nobody_elses(week: Week) -> None:
    hanging: set[str] = set()
    arrived = asyncio.Event()

    async def hang(request: Request, _writer: asyncio.StreamWriter) -> None:
        hanging.add(request.headers["webhook-id"])
        await asyncio.Event().wait()

    async def take(request: Request, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await Reply(204)(request, writer)

    async with HttpServer() as well, week.service() as app:
        week.server.on("/hook", hang)
        well.on("/other", take)
        await app.adopt(week.settings(other=well.url("/other")))
        await week.put(app, 3 * DELIVERIES_AT_ONCE)
        (last,) = await week.put(app, channel="other")
        round_ = asyncio.create_task(app.deliver_due(keep=False))
        await asyncio.wait_for(arrived.wait(), 120)
        assert hanging, "the first one still has its messages"
        assert not round_.done()
        leased = await app.tools.store.read(leases)
        assert len(leased - {last}) == DELIVERIES_AT_ONCE, "and is given no more of them"
        round_.cancel()
        await asyncio.wait([round_])
        assert await app.tools.store.read(leases) == set(), "what was under way is free again"


def leases(tx: Tx) -> set[str]:
    """Return the messages that somebody works on."""
    rows = tx._run(select(DELIVERY.c.id).where(DELIVERY.c.lease_until.is_not(None)))
    return set(rows.scalars())
