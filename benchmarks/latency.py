"""How long a hit takes to its webhook while the service polls 50 times a second.

    python benchmarks/latency.py [--polls 50] [--matching 0.2] [--seconds 60]

``monitor run`` works in a process of its own, with a page, a database and everything else that it has.
Feeds and the receiver of the webhooks are in this one: so many feeds, each polled once a second, each
with a new article at every poll. Of these a fifth speak of the watch; each becomes a hit, an alert and a
webhook. A delay counts from the moment the feed's answer was handed to the socket until the webhook was
received: the way from the stored hit to the webhook, and reading, matching, grouping and the commit too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

ROOT = Path(__file__).parent.parent
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
LISTED = 5
"""Articles that a feed shows."""
MONITOR = """
database: sqlite:///data/monitor.db
net: {{allow_private: [127.0.0.1], per_host: 64, connections: 64}}
web: {{host: 127.0.0.1, port: 0}}
channels:
  - {{id: hook, kind: webhook, url: "http://127.0.0.1:{port}/hook", secret: whsec_{secret}}}
"""


@dataclass(slots=True)
class Loopback:
    """Feeds that publish at every poll, and a receiver of webhooks."""

    matching: float
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    shown: dict[str, list[str]] = field(default_factory=dict)
    published: dict[str, float] = field(default_factory=dict)
    """When the answer with an article of the watch was handed to the socket, by its address."""
    received: dict[str, float] = field(default_factory=dict)
    repeats: int = 0
    polls: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            if method == "POST":
                await self._receive(head, reader)
                writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            else:
                self._publish(path, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the service has ended, or this has
        finally:
            writer.close()

    def _publish(self, path: str, writer: asyncio.StreamWriter) -> None:
        self.polls += 1
        listed = self.shown.setdefault(path, [])
        address = f"http://outlet.example{path}/{self.polls}"
        who = "Sample Harbour Board" if self.dice.random() < self.matching else "Another board"
        title = f"{who} {self._prose(6)}"
        listed.insert(
            0,
            f"<item><guid>{address}</guid><link>{address}</link><title>{title}</title>"
            f"<pubDate>{formatdate(usegmt=True)}</pubDate>"
            f"<description>{self._prose(50)}</description></item>",
        )
        del listed[LISTED:]
        body = (
            '<rss version="2.0"><channel><title>Outlet</title><language>en</language>'
            f"{''.join(listed)}</channel></rss>"
        ).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        if who.startswith("Sample"):
            self.published[address] = time.time()

    def _prose(self, words: int) -> str:
        """Return words of no language: no article is taken for a retelling of another."""
        lengths = (self.dice.randint(2, 4) for _ in range(words))
        return " ".join("".join(self.dice.choices(SYLLABLES, k=length)) for length in lengths)

    async def _receive(self, head: str, reader: asyncio.StreamReader) -> None:
        length = next(
            int(line.split(":")[1])
            for line in head.split("\r\n")
            if line.lower().startswith("content-length:")
        )
        body, now = json.loads(await reader.readexactly(length)), time.time()
        for story in body["data"]["stories"]:
            self.repeats += story["url"] in self.received
            self.received.setdefault(story["url"], now)


@contextmanager
def service(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service on a configuration and end it as a supervisor does."""
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", str(folder / "config")],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def write_config(folder: Path, port: int, polls: int) -> None:
    """Write a configuration with so many feeds, one watch and one webhook."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    secret = "bGF0ZW5jeS1sYXRlbmN5LWxhdGVuY3ktbGF0ZW5jeQ=="
    (config / "monitor.yaml").write_text(MONITOR.format(port=port, secret=secret))
    (config / "subscriptions.yaml").write_text(
        "subscriptions:\n  - {id: urgent, when: instant, to: [{channel: hook}]}\n"
    )
    watch = "{id: board, kind: organisation, name: Sample Harbour Board}"
    (config / "watchlists" / "one.yaml").write_text(f"watchlist: one\nwatches: [{watch}]\n")
    (config / "sources.yaml").write_text(
        "sources:\n"
        + "".join(
            f"  - {{id: feed-{n}, url: 'http://127.0.0.1:{port}/{n}', every: 1s, language: en, "
            "full_text: never, on_first_poll: alert}\n"
            for n in range(polls)
        )
    )


async def measure(options: argparse.Namespace) -> None:
    """Let the service run and print the table."""
    loopback = Loopback(options.matching)
    server = await asyncio.start_server(loopback.serve, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_config(folder, port, options.polls)
        with service(folder) as process:
            while loopback.polls < 5 * options.polls:  # until it is in its stride
                if process.poll() is not None:
                    sys.exit((folder / "log.txt").read_text()[-2000:])
                await asyncio.sleep(0.1)
            began, before = time.time(), loopback.polls
            await asyncio.sleep(options.seconds)
            ended, polls = time.time(), loopback.polls - before
            await asyncio.sleep(5)  # for what is under way
    mine = {url: at for url, at in loopback.published.items() if began <= at < ended}
    delays = sorted(
        loopback.received[url] - at for url, at in mine.items() if url in loopback.received
    )
    print(f"{options.polls} feeds, each once a second, for {options.seconds:g} s")
    print(f"{'polls a second':32}{polls / (ended - began):>10.1f}")
    print(f"{'articles of the watch':32}{len(mine):>10,}")
    print(f"{'webhooks lost, repeated':32}{len(mine) - len(delays):>10}{loopback.repeats:>10}")
    for share in (0.5, 0.9, 0.99, 1.0):
        value = delays[int(share * (len(delays) - 1))]
        name = "longest" if share == 1 else f"p{share * 100:g}"
        print(f"{'feed to webhook, ms, ' + name:32}{value * 1e3:>10.0f}")
    server.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=50, help="a second")
    parser.add_argument("--matching", type=float, default=0.2, help="share of articles")
    parser.add_argument("--seconds", type=float, default=60.0)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
