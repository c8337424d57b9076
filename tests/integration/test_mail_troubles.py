"""Mail servers that refuse, put off and hang up, as the whole service meets them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import DeliveryStatus
from monitor.schedule import Service
from monitor.web import serve
from tests.acceptance.practice import ALERTS, open_feeds, publish_about, source, write_config
from tests.servers import HttpServer
from tests.smtp_servers import ScriptedSmtp


class Clock:
    """A clock that the test puts forward."""

    def __init__(self) -> None:
        self.moved = timedelta(0)

    def __call__(self):
        return utc_now() + self.moved


@asynccontextmanager
async def told(folder: Path, smtp: ScriptedSmtp, clock: Clock) -> AsyncIterator[App]:
    """Run a service that has one alert to send to ``smtp``."""
    mail = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "sender": "m@desk.example"}
    to = [{"channel": "mail", "recipient": ALERTS}]
    async with HttpServer() as server:
        publish_about(open_feeds(server, "gazette")["gazette"], "maria-exemplar", random.Random(1))
        config = write_config(
            folder / "config",
            sources=[source(server, "gazette", on_first_poll="alert")],
            channels=[{"id": "mail", "kind": "email", **mail}],
            subscriptions=[{"id": "urgent", "when": "instant", "to": to}],
        )
        async with build(load(config, {}), clock=clock) as app:
            await app.poll_due()
            yield app


async def status(app: App) -> DeliveryStatus:
    (delivery,) = await app.tools.store.read(lambda tx: tx.deliveries(10))
    return delivery.status


@pytest.mark.parametrize(
    ("word", "reply"),
    [
        ("RCPT", "451 greylisted, come back later"),
        ("MAIL", "421 too busy"),
        ("END", "452 no room"),
        ("END", None),
    ],
)
async def test_a_mail_that_is_put_off_comes_again_with_the_same_bytes(
    tmp_path: Path, word: str, reply: str | None
) -> None:
    clock = Clock()
    async with ScriptedSmtp(**{word: reply}) as smtp, told(tmp_path, smtp, clock) as app:
        (failed,) = await app.deliver_due()
        assert not failed.ok
        assert await status(app) is DeliveryStatus.PENDING
        del smtp.replies[word]
        clock.moved += timedelta(hours=1)
        (taken,) = await app.deliver_due()
        assert taken.ok
        assert await status(app) is DeliveryStatus.SENT
        (delivery,) = await app.tools.store.read(lambda tx: tx.deliveries(10))
    assert len(smtp.messages) == (2 if word == "END" else 1)
    assert len(set(smtp.messages)) == 1
    assert smtp.messages[0].count(delivery.message.message_id.encode()) >= 1


@pytest.mark.parametrize(
    ("word", "reply"), [("RCPT", "550 no such user"), ("END", "554 refused as spam")]
)
async def test_a_mail_that_is_refused_is_a_dead_letter_that_the_page_shows(
    tmp_path: Path, word: str, reply: str
) -> None:
    clock = Clock()
    async with ScriptedSmtp(**{word: reply}) as smtp, told(tmp_path, smtp, clock) as app:
        await app.deliver_due()
        clock.moved += timedelta(days=4)
        assert await app.deliver_due() == []
        assert await status(app) is DeliveryStatus.DEAD
        async with serve(Service(app)) as address, httpx.AsyncClient(timeout=60) as client:
            page = (await client.get(f"{address}/deliveries")).text
            numbers = (await client.get(f"{address}/metrics")).text
    assert reply[4:] in page
    assert 'monitor_deliveries{status="dead"} 1.0' in numbers
