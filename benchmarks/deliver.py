"""10,000 planned hits to 500 recipients by mail, to a real SMTP server in a process of its own.

    python benchmarks/deliver.py [--recipients 500] [--hits 20] [--rounds 3] [--only alerts|digest]

``alerts``: hits are found one by one, and each goes at once to every recipient in a message of its own:
20 hits to 500 recipients are 10,000 messages. ``digest``: one digest of 10,000 hits to each of the 500.
All of it is the service's own: articles are taken in from a feed's bytes, matched, grouped and routed,
messages are rendered and stored in the same transaction, claimed from the outbox, handed over one by
one, and what came of each is noted. The store is SQLite. The server must have got each message once.
CPU seconds are those of the service and its worker, the mail server's apart.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import logging
import pstats
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from poll_common import cpu_seconds

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONITOR = """
database: sqlite:///data/monitor.db
net: {{allow_private: [127.0.0.1]}}
web: {{public_url: "https://monitor.example"}}
channels:
  - {{id: mail, kind: email, host: 127.0.0.1, port: {port}, security: none, sender: m@desk.example}}
"""
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
STEPS = ("find", "plan", "deliver")
A_DOCUMENT = 500
"""Articles in one answer of the feed."""


@contextmanager
def mail_server(told: dict[str, int]) -> Iterator[int]:
    """Run the server, yield its port, and put what it got into ``told`` at the end."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "mail_server.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline())
        process.stdin.close()
        told |= json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def write_config(folder: Path, port: int, kind: str, recipients: int) -> Path:
    """Write a configuration with one watch and one subscription of so many recipients."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "monitor.yaml").write_text(MONITOR.format(port=port))
    when = "instant" if kind == "alerts" else "daily at 13:00"
    to = "".join(
        f"      - {{channel: mail, recipient: reader{n}@desk.example}}\n" for n in range(recipients)
    )
    (config / "subscriptions.yaml").write_text(
        f"subscriptions:\n  - id: everything\n    when: {when}\n    to:\n{to}"
    )
    watch = "{id: board, kind: organisation, name: Sample Harbour Board}"
    (config / "watchlists" / "one.yaml").write_text(f"watchlist: one\nwatches: [{watch}]\n")
    (config / "sources.yaml").write_text(
        "sources:\n  - {id: gazette, url: 'https://gazette.example/feed', full_text: never}\n"
    )
    return config


def document(numbers: range, now: datetime) -> bytes:
    """Return a feed of articles that each speak of the watch, in words of their own."""
    dice = random.Random(numbers.start)

    def prose(words: int) -> str:
        syllables = ("".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(words))
        return " ".join(syllables)

    items = "".join(
        f"<item><guid>{n}</guid><link>https://gazette.example/{n}</link>"
        f"<title>Sample Harbour Board {prose(6)}</title>"
        f"<pubDate>{format_datetime(now)}</pubDate>"
        f"<description>{prose(60)}</description></item>"
        for n in numbers
    )
    head = "<title>Gazette</title><language>en</language>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


async def find(app: Any, numbers: range) -> None:
    """Have the service take in an answer of the feed with the articles of these numbers."""
    from monitor.model import Fetched, SourceState
    from monitor.pipeline import take_in

    source, now = app.settings.sources["gazette"], app.clock()
    answer = Fetched(source.address, 200, document(numbers, now))
    await take_in(app.tools, source, SourceState("gazette", first_poll_done=True), answer, now)


async def one_round(folder: Path, port: int, options: argparse.Namespace) -> dict[str, float]:
    """Plan and deliver once, with a new database; return seconds and messages."""
    from monitor.app import build
    from monitor.config import load

    kind, now = options.kind, [NOON]
    hits, at_once = options.hits, 1
    if kind == "digest":
        hits, at_once = options.hits * options.recipients, A_DOCUMENT
    settings = load(write_config(folder, port, kind, options.recipients), {})
    async with build(settings, clock=lambda: now[0]) as app:
        await find(app, range(0))  # the worker is there when the clock starts
        marks = [(time.perf_counter(), cpu_seconds())]
        for first in range(0, hits, at_once):
            await find(app, range(first, min(first + at_once, hits)))
        marks.append((time.perf_counter(), cpu_seconds()))
        now[0] += timedelta(hours=2)
        await app.plan_digests()
        marks.append((time.perf_counter(), cpu_seconds()))
        attempts = await app.deliver_due()
        marks.append((time.perf_counter(), cpu_seconds()))
    wanted = options.recipients * (hits if kind == "alerts" else 1)
    if len(attempts) != wanted:
        sys.exit(f"{len(attempts):,} messages instead of {wanted:,}: some hits were left out")
    failed = [attempt for attempt in attempts if not attempt.ok]
    if failed:
        sys.exit(f"{len(failed)} of {len(attempts)} attempts failed: {failed[0].detail}")
    figures: dict[str, float] = {"messages": len(attempts)}
    for step, (before, after) in zip(STEPS, pairwise(marks), strict=True):
        figures |= {f"{step}, s": after[0] - before[0], f"{step}, CPU s": after[1] - before[1]}
    return figures


def measure(options: argparse.Namespace) -> None:
    """Run some rounds of one kind and print the table."""
    rounds, told = [], {}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder, mail_server(told) as port:
            rounds.append(asyncio.run(one_round(Path(folder), port, options)))
        if not told["messages"] == told["different"] == rounds[-1]["messages"]:
            sys.exit(f"the server got other messages than were sent: {told}")
    messages = int(rounds[0]["messages"])
    print(f"{options.kind}: {messages:,} messages, {told['connections']:,} connections")
    print(f"{'':26}{'best':>10}{'median':>10}")
    for name in (f"{step}, {unit}" for step in STEPS for unit in ("s", "CPU s")):
        seconds = [each[name] for each in rounds]
        print(f"{name:26}{min(seconds):>10.2f}{statistics.median(seconds):>10.2f}")
    rates = [messages / each["deliver, s"] for each in rounds]
    print(f"{'delivered, messages/s':26}{max(rates):>10.0f}{statistics.median(rates):>10.0f}")


def main() -> None:
    """Measure."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=500)
    parser.add_argument("--hits", type=int, default=20, help="for each recipient")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["alerts", "digest"])
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    for kind in [options.only] if options.only else ["alerts", "digest"]:
        options.kind = kind
        if options.profile:
            with cProfile.Profile() as profile:
                measure(options)
            pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        else:
            measure(options)


if __name__ == "__main__":
    main()
