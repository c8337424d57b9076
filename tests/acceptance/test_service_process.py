"""``monitor run`` as people run it: a process, its page, its signals, its edited files."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import psutil

from monitor.demo.mail_sink import MailSink, ReceivedMail
from monitor.demo.receiver import WebhookReceiver
from monitor.schedule import SHUTDOWN_SECONDS
from monitor.store import Store
from tests.acceptance.conftest import Running
from tests.acceptance.practice import (
    DIGESTS,
    WATCHES,
    Feed,
    channels,
    ended,
    open_feeds,
    publish_about,
    save,
    source,
    subscriptions,
    until,
    write_config,
)
from tests.servers import HttpServer, Request

Run = Callable[..., Running]


async def get(address: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.get(address)


async def hang(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, for ever."""
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.2)


async def health(address: str) -> dict[str, Any]:
    return dict((await get(f"{address}/healthz")).json())


async def test_a_stop_under_load_is_clean_quick_and_leaves_no_lease(
    tmp_path: Path,
    run: Run,
    server: HttpServer,
    receiver: WebhookReceiver,
    sink: MailSink,
) -> None:
    chance = random.Random(1)

    def publish(feed: Feed) -> None:
        publish_about(feed, "maria-exemplar", chance)

    names = [f"busy-{number}" for number in range(12)]
    for feed in open_feeds(server, *names).values():
        feed.before = publish
    stuck = [f"stuck-{number}" for number in range(20)]
    for name in stuck:
        server.on(f"/{name}.xml", hang)
    server.on("/hook", hang)
    hook = {**channels(receiver, sink)[0], "id": "slow", "url": server.url("/hook")}
    board = {"id": "board", "when": "instant", "watches": ["sample-board"]}
    config = write_config(
        tmp_path / "config",
        sources=[source(server, name, every="0.2s") for name in names + stuck],
        channels=[*channels(receiver, sink), hook],
        subscriptions=[*subscriptions("every 2 seconds"), board | {"to": [{"channel": "slow"}]}],
        net={"allow_private": ["127.0.0.1"], "deadline": "10m", "per_host": 50},
    )
    service = run(config)
    address = await service.address()
    assert (await health(address))["status"] == "ok"
    paths = {f"/{name}.xml" for name in stuck}
    await until(lambda: paths <= set(server.paths), "all stuck sources are being asked")
    await until(lambda: len(receiver.received) > len(names), "alerts arrive")
    publish_about(feed, "sample-board", chance)
    await until(lambda: "/hook" in server.paths, "a message is being handed over")
    assert SHUTDOWN_SECONDS <= 5, "ten seconds are what it may take in all, page and workers too"
    assert await service.stop() == 0, "though what is stuck is so for ten minutes"
    assert service.process.stdout
    assert service.process.stdout.read() == b""
    assert service.lines("service stopped")
    assert not [line for line in service.lines() if line["level"] in {"error", "critical"}]
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'monitor.db'}")
    now = datetime.now(UTC)
    free = store.write_now(lambda tx: tx.claim_sources(now, limit=100, lease_seconds=1))
    assert {state.source for state in free} >= set(stuck)
    pending = store.read_now(lambda tx: tx.counts())["deliveries_pending"]
    assert len(store.write_now(lambda tx: tx.claim_deliveries(now, 1000, 1))) == pending
    assert store.read_now(lambda tx: tx.integrity_check()) == []
    store.close()


async def test_a_killed_service_takes_its_workers_with_it(
    tmp_path: Path, run: Run, server: HttpServer
) -> None:
    feed = open_feeds(server, "gazette")["gazette"]
    publish_about(feed, "maria-exemplar", random.Random(2))
    config = write_config(
        tmp_path / "config", sources=[source(server, "gazette")], subscriptions=[]
    )
    service = run(config, "--no-page", "--verbose")
    assert (await service.said("polled"))["new"] == 1
    workers = psutil.Process(service.process.pid).children(recursive=True)
    assert workers
    assert await service.stop(signal.SIGKILL) == -signal.SIGKILL
    await until(lambda: all(map(ended, workers)), "the workers' end")


async def test_an_interrupt_from_the_keyboard_ends_it_cleanly_too(
    tmp_path: Path, run: Run, server: HttpServer
) -> None:
    config = write_config(tmp_path / "config", sources=[], subscriptions=[])
    service = run(config)
    await service.address()
    await service.said("service started")
    assert await service.stop(signal.SIGINT) == 0


async def test_edits_are_adopted_and_a_broken_one_is_told_everywhere_until_it_is_mended(
    tmp_path: Path,
    run: Run,
    server: HttpServer,
    receiver: WebhookReceiver,
    sink: MailSink,
) -> None:
    chance = random.Random(3)
    feed = open_feeds(server, "gazette")["gazette"]
    publish_about(feed, "sample-board", chance)
    config = write_config(
        tmp_path / "config",
        sources=[source(server, "gazette", every="0.3s")],
        channels=channels(receiver, sink),
        subscriptions=subscriptions("every 2 seconds"),
        watches=WATCHES[:1],
    )
    watchlist = config / "watchlists" / "practice.yaml"
    service = run(config, "--verbose")
    address = await service.address()
    await service.said("polled", times=2)
    assert (await get(f"{address}/?watch=sample-board")).status_code == 404

    save(watchlist, {"watchlist": "practice", "watches": WATCHES})
    await service.said("configuration adopted")
    assert (await get(f"{address}/?watch=sample-board")).status_code == 200
    new = publish_about(feed, "sample-board", chance)
    await until(lambda: receiver.received, "an alert of the new watch")
    (story,) = receiver.received[0].payload["data"]["stories"]
    assert (story["url"], story["watches"][0]["watch"]) == (new.url, "sample-board")

    save(watchlist, {"watchlist": "practice", "watchez": []})
    told = await service.said("configuration is broken, the last good one stays in force")
    assert "practice.yaml:2:1" in told["error"]
    sick = await health(address)
    assert sick["status"] == "warning"
    assert "practice.yaml:2:1" in sick["warnings"][0]
    assert "watchez" in (await get(address)).text
    warned = await until(lambda: digests_that_say(sink, "watchez"), "a digest with the warning")
    assert "last good" in text_of(warned[0])
    publish_about(feed, "sample-board", chance)
    await until(lambda: len(receiver.received) == 2, "the last good configuration at work")

    save(watchlist, {"watchlist": "practice", "watches": WATCHES[1:]})
    await service.said("configuration adopted", times=2)
    assert (await health(address))["status"] == "ok"
    assert (await get(f"{address}/?watch=maria-exemplar")).status_code == 404
    publish_about(feed, "sample-board", chance)
    await until(lambda: "watchez" not in text_of(digests(sink)[-1]), "a digest without the warning")
    assert await service.stop() == 0


def digests(sink: MailSink) -> list[ReceivedMail]:
    return [mail for mail in sink.received if DIGESTS in mail.recipients]


def text_of(mail: ReceivedMail) -> str:
    body = message_from_bytes(mail.content, policy=default).get_body(("plain",))
    return str(body.get_content()) if body else ""


def digests_that_say(sink: MailSink, word: str) -> list[ReceivedMail]:
    return [mail for mail in digests(sink) if word in text_of(mail)]
