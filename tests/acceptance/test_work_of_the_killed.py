"""What a killed service had in hand is left alone while its lease runs, and then done by another."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.queues import DELIVERY_LEASE, POLL_LEASE
from tests.acceptance.practice import open_feeds, publish_about, until
from tests.acceptance.test_killed_at_each_step import Held, config, kill_at
from tests.acceptance.test_service_killed import number, start, starter
from tests.servers import HttpServer, Request
from tests.smtp_servers import SmtpServer


@asynccontextmanager
async def another(folder: Path, hours: float) -> AsyncIterator[tuple[App, list[timedelta]]]:
    """Run a second service whose clock is so many hours ahead, and can be put further."""
    ahead = [timedelta(hours=hours)]

    def clock() -> datetime:
        return utc_now() + sum(ahead, timedelta(0))

    async with build(load(folder, {}), clock=clock) as app:
        yield app, ahead


async def hang(_: Request, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_another_service_takes_over_when_the_lease_of_a_killed_one_ends(
    tmp_path: Path,
) -> None:
    async with HttpServer() as server, SmtpServer() as smtp:
        feed = open_feeds(server, "gazette")["gazette"]
        publish_about(feed, "maria-exemplar", random.Random(4))
        folder = config(tmp_path, server, smtp)
        with starter(folder) as lives:
            server.on("/gazette.xml", hang)
            life = await start(lives, "0")
            await until(lambda: server.paths, "the poll is under way")
            os.kill(life, signal.SIGKILL)
            assert await number(lives) == -signal.SIGKILL
            server.on("/gazette.xml", feed)
            async with another(folder, 0) as (app, ahead):
                assert await app.poll_due() == []
                ahead.append(timedelta(seconds=POLL_LEASE))
                assert [record.new for record in await app.poll_due()] == [1]

            held = Held(feed)
            server.on("/gazette.xml", held)
            life = await start(lives, "1")
            smtp.step = partial(kill_at, "DATA", life)
            held.go.set()
            assert await number(lives) == -signal.SIGKILL
            smtp.step = lambda _: None
            async with another(folder, 1) as (app, ahead):
                pending = await app.tools.store.read(lambda tx: tx.deliveries(10))
                assert await app.deliver_due() == []
                assert smtp.messages == []
                ahead.append(timedelta(seconds=DELIVERY_LEASE))
                attempts = await app.deliver_due()
    assert {each.delivery for each in attempts} == {each.id for each in pending}
    assert all(each.ok for each in attempts)
    assert len(smtp.messages) == len(pending) > 0
