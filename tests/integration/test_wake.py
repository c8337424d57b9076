from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.app import App, build
from monitor.config import load
from monitor.schedule import Service
from tests.acceptance.practice import open_feeds, publish_about, source, until, write_config
from tests.servers import HttpServer


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with HttpServer() as server:
        feed = open_feeds(server, "gazette")["gazette"]
        publish_about(feed, "sample-board", random.Random(1))
        config = write_config(
            tmp_path / "config",
            sources=[source(server, "gazette", on_first_poll="alert", every="1h")],
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/box"}],
            subscriptions=[{"id": "desk", "when": "instant", "to": [{"channel": "box"}]}],
        )
        async with build(load(config, {})) as app:
            yield app


async def test_an_alert_is_delivered_at_its_commit_without_waiting_for_the_tick(
    app: App, tmp_path: Path
) -> None:
    service = Service(app)
    looked = asyncio.Event()
    deliver = service.ticks["deliver"].round

    async def deliver_and_say() -> None:
        await deliver()
        looked.set()

    service.ticks["deliver"].round = deliver_and_say
    service.ticks["deliver"].seconds = 3600.0
    poll = service.ticks["poll"].round

    async def poll_later() -> None:
        await looked.wait()  # the first tick of all is over, the next one an hour away
        await poll()

    service.ticks["poll"].round = poll_later
    running = asyncio.create_task(service.run())
    await until(lambda: list((tmp_path / "data" / "box").glob("*.eml")), "a mail")
    service.stop()
    await running


async def test_a_stop_in_the_moment_of_a_tick_is_no_error(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(app)
    running = asyncio.create_task(service.run())
    await until(lambda: all(tick.last for tick in service.ticks.values()), "every first round")
    with caplog.at_level(logging.WARNING):
        service.stop()
        for job in service.scheduler.get_jobs():  # due while the stop is under way
            job.modify(next_run_time=app.clock())
        await running
        for _ in range(5):  # what the end has put off to the next turns of the loop
            await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records] == []
