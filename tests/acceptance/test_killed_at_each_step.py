"""The service killed at each step on the way of a message: around every commit, and at every word
of the conversation with the mail server."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from functools import partial
from pathlib import Path

from monitor.model import Delivery, DeliveryStatus
from monitor.store import Store
from tests.acceptance.fire import POINTS
from tests.acceptance.practice import (
    ALERTS,
    DIGESTS,
    Feed,
    open_feeds,
    publish_about,
    source,
    until,
    write_config,
)
from tests.acceptance.test_service_killed import number, start, starter
from tests.servers import HttpServer, Request
from tests.smtp_servers import SmtpServer

COMMITS = [f"{when}:{point}" for point in POINTS for when in ("before", "after")]
WORDS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "END", "QUIT")
OUT = ("END", "QUIT", "before:settle", "after:settle")
"""Steps at which the server may have a whole message of which its sender has not noted that."""


def config(folder: Path, server: HttpServer, smtp: SmtpServer) -> Path:
    mail = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "sender": "m@desk.example"}
    return write_config(
        folder / "config",
        sources=[source(server, "gazette", on_first_poll="alert")],
        channels=[{"id": "mail", "kind": "email", **mail}],
        subscriptions=[
            {"id": name, "when": when, "to": [{"channel": "mail", "recipient": recipient}]}
            for name, when, recipient in (
                ("urgent", "instant", ALERTS),
                ("digest", "every 10 seconds", DIGESTS),
            )
        ],
    )


class Held:
    """A feed that answers at a word: before it has, a life does not get to what comes after its poll."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.go = asyncio.Event()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer once it may."""
        await self.go.wait()
        await self.feed(request, writer)


async def test_a_kill_at_any_step_loses_nothing_and_repeats_only_what_was_already_out(
    tmp_path: Path,
) -> None:
    chance = random.Random(9)
    arrivals: list[str] = []
    async with HttpServer() as server, SmtpServer() as smtp:
        feed = open_feeds(server, "gazette")["gazette"]
        held = Held(feed)
        server.on("/gazette.xml", held)
        with starter(config(tmp_path, server, smtp)) as lives:
            for turn, moment in enumerate([*COMMITS, *WORDS]):
                publish_about(feed, "maria-exemplar", chance)
                word = "" if moment in WORDS else f"{moment} "
                held.go.clear()
                life = await start(lives, f"{word}{2 * turn}")
                if not word:
                    smtp.step = partial(kill_at, moment, life)
                held.go.set()
                assert await number(lives) == -signal.SIGKILL, moment
                smtp.step = lambda _: None
                await until(lambda: smtp.idle, "the end of what the killed one had begun")
                arrivals += [moment] * (len(smtp.messages) - len(arrivals))
            await start(lives, f"finish {2 * turn + 2}")
            assert await number(lives) == 0
            arrivals += ["finish"] * (len(smtp.messages) - len(arrivals))
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'monitor.db'}")
    deliveries = store.read_now(lambda tx: tx.deliveries(1000))
    hits = store.read_now(lambda tx: tx.hits(1000))
    assert store.read_now(lambda tx: tx.integrity_check()) == []
    store.close()
    assert sorted(found.item.url for found in hits) == sorted(entry.url for entry in feed.entries)
    for recipient in (ALERTS, DIGESTS):
        mine = [each for each in deliveries if each.recipient == recipient]
        told = Counter(hit for each in mine for hit in each.hits)
        assert told == {found.hit.id: 1 for found in hits}
    assert {each.status for each in deliveries} == {DeliveryStatus.SENT}
    check_arrivals(deliveries, [content for _, _, content in smtp.messages], arrivals)


def kill_at(word: str, life: int, step: str) -> None:
    if step == word:
        os.kill(life, signal.SIGKILL)


def check_arrivals(deliveries: list[Delivery], contents: list[bytes], moments: list[str]) -> None:
    """See that every message arrived with its bytes, again only where its sender could not know."""
    stored = {each.message.content.rstrip(b"\r\n") for each in deliveries}
    arrived = [content.rstrip(b"\r\n") for content in contents]
    assert set(arrived) == stored
    for content, times in Counter(arrived).items():
        first = moments[arrived.index(content)]
        assert times == 1 or first in OUT, f"a message that was first killed at {first}"
