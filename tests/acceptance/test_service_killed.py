"""The service killed with SIGKILL again and again while it works, then left to finish."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from monitor.demo.mail_sink import MailSink
from monitor.demo.receiver import WebhookReceiver
from monitor.model import DeliveryStatus
from monitor.store import Store, Tx
from tests.acceptance.practice import (
    ALERTS,
    DIGESTS,
    SECRET,
    SECRET_NAME,
    Feed,
    channels,
    open_feeds,
    publish_about,
    source,
    subscriptions,
    until,
    write_config,
)
from tests.servers import HttpServer

KILLS = int(os.environ.get("KILLS", "24"))
"""More of them find rarer moments: ``KILLS=200 make test``."""
START = "import sys; from tests.acceptance.fire import main; main(sys.argv[1])"
OUTLETS = ("gazette", "courier", "herald", "ledger", "tribune", "post")
MOST_ENTRIES = 2 * KILLS
ABOUT = ("maria-exemplar", "", "sample-board", "", "")


@contextmanager
def starter(config: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the process that starts lives; the lives it started end with it."""
    with subprocess.Popen(
        [sys.executable, "-c", START, str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {SECRET_NAME: SECRET.get_secret_value()},
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


async def start(lives: subprocess.Popen[str], line: str) -> int:
    """Start a life and return its process id."""
    assert lives.stdin
    lives.stdin.write(f"{line}\n")
    lives.stdin.flush()
    return await number(lives)


async def number(lives: subprocess.Popen[str]) -> int:
    """Return the next number that the starter says."""
    assert lives.stdout
    return int(await asyncio.wait_for(asyncio.to_thread(lives.stdout.readline), 600))


def keep_publishing(feed: Feed, chance: random.Random) -> None:
    """Publish something between most of the polls."""
    if len(feed.entries) < MOST_ENTRIES and chance.random() < 0.5:
        publish_about(feed, chance.choice(ABOUT), chance)


def seen(things: Sized, number: int) -> bool:
    """Tell whether there are so many."""
    return len(things) >= number


def stored(tx: Tx) -> tuple[list[str], list[tuple[str, str]], dict[str, str]]:
    """Return the addresses of all items, (address, watch) of all hits, hit ids to addresses."""
    items = [item.url for item in tx.stored_items()]
    hits = tx.hits(100_000)
    pairs = [(found.item.url, found.hit.watch) for found in hits]
    return items, pairs, {found.hit.id: found.item.url for found in hits}


async def test_a_service_killed_again_and_again_loses_nothing_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("KILL_SEED", time.time_ns() % 2**32))
    print(f"replay with KILL_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    async with HttpServer() as server, MailSink() as sink, WebhookReceiver(SECRET) as receiver:
        feeds = open_feeds(server, *OUTLETS)
        for feed in feeds.values():
            publish_about(feed, "maria-exemplar", chance)
            feed.before = lambda feed: keep_publishing(feed, chance)
        config = write_config(
            tmp_path / "config",
            sources=[source(server, name, on_first_poll="alert") for name in OUTLETS],
            channels=channels(receiver, sink),
            subscriptions=subscriptions("every 10 seconds"),
        )
        with starter(config) as lives:
            for kill in range(KILLS):
                polls = len(server.requests) + chance.choice((0, 1, 6, 12))
                told = len(sink.received) + chance.choice((0, 0, 1))
                life = await start(lives, f"{2 * kill}")
                await until(partial(seen, server.requests, polls), "some polls")
                await until(partial(seen, sink.received, told), "some mails")
                # The moment of the kill is the input of this test, not something to wait for.
                await asyncio.sleep(chance.uniform(0.0, 0.05))
                os.kill(life, signal.SIGKILL)
                assert await number(lives) == -signal.SIGKILL
            for feed in feeds.values():
                feed.before = lambda _: None
            await start(lives, f"finish {2 * KILLS}")
            assert await number(lives) == 0
            # What stays is what forks lives, and multiprocessing's tracker: no orphaned workers.
            family = psutil.Process(lives.pid)
            await until(lambda: len(family.children(recursive=True)) <= 2, "no orphans")
        check(tmp_path, feeds, receiver, sink)


def check(folder: Path, feeds: dict[str, Feed], receiver: WebhookReceiver, sink: MailSink) -> None:
    published = [entry for feed in feeds.values() for entry in feed.entries]
    wanted = {
        (entry.url, watch)
        for entry in published
        for watch, name in (
            ("maria-exemplar", "Maria Exemplar"),
            ("sample-board", "Sample Harbour"),
        )
        if entry.title.startswith(name)
    }
    store = Store.open(f"sqlite:///{folder / 'data' / 'monitor.db'}")
    items, hits, addresses = store.read_now(stored)
    deliveries = store.read_now(lambda tx: tx.deliveries(100_000))
    assert store.read_now(lambda tx: tx.integrity_check()) == []
    store.write_now(lambda tx: tx.release_source("gazette"))
    store.close()
    assert sorted(items) == sorted(entry.url for entry in published)
    assert sorted(hits) == sorted(wanted)
    assert {each.status for each in deliveries} == {DeliveryStatus.SENT}
    for channel, recipient in (("hook", ""), ("mail", ALERTS), ("mail", DIGESTS)):
        mine = [d for d in deliveries if (d.channel, d.recipient) == (channel, recipient)]
        told = Counter(hit for delivery in mine for hit in delivery.hits)
        assert told == dict.fromkeys(addresses, 1), f"{channel} {recipient}"
    hooks = {hook.id: hook.body for hook in receiver.received}
    mails = {mail.message_id: mail.content for mail in sink.received}
    assert all(hooks[hook.id] == hook.body for hook in receiver.received)
    assert all(mails[mail.message_id] == mail.content for mail in sink.received)
    assert receiver.refused == []
    sent = {each.id: each.message for each in deliveries}
    assert hooks == {
        each.id: sent[each.id].content for each in deliveries if each.channel == "hook"
    }
    assert sorted(mails) == sorted(
        each.message.message_id for each in deliveries if each.channel == "mail"
    )
    stories = [
        story["url"]
        for hook in {hook.id: hook for hook in receiver.received}.values()
        for story in hook.payload["data"]["stories"]
    ]
    assert sorted(stories) == sorted(url for url, _ in wanted)
    repeats = len(receiver.received) - len(hooks) + len(sink.received) - len(mails)
    print(f"{len(items)} items, {len(hits)} hits, {len(deliveries)} messages, {repeats} repeats")  # noqa: T201 - with -s
