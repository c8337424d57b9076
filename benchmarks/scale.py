"""Run the service with 100,000 sources for a minute: memory, time of a tick, share of the CPU.

    python benchmarks/scale.py [--sources 100000] [--seconds 60]

The service is the whole one, scheduler, store, planning and network included, with ``every: auto``;
only the page is missing. Its sources are the 1,000 feeds of `feed_server.py` under many ids, known
and unchanged, so that each answers 304, as most polls do. Their next polls are spread over the
next half hour, the interval of a source that is hardly known: the steady state of a service that
has run for a while. A tick is the claim of what is due (one ``UPDATE … RETURNING``), timed inside
the thread that writes; beside it stands how late the event loop was for a task that only sleeps.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from feed_server import FEEDS, document
from poll import feed_server, tree_memory
from poll_common import cpu_seconds

SPREAD = 1_800.0
MONITOR = """
database: sqlite:///data/monitor.db
net:
  allow_private: [127.0.0.1]
  connections: 64
  per_host: 64
"""


def write_config(folder: Path, base: str, sources: int) -> Path:
    """Write a configuration with so many sources and one watch."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "monitor.yaml").write_text(MONITOR)
    (config / "subscriptions.yaml").write_text("subscriptions: []\n")
    watch = "{id: chen, kind: person, name: Chen Quanguo}"
    (config / "watchlists" / "one.yaml").write_text(f"watchlist: one\nwatches: [{watch}]\n")
    # As short as they can be: a configuration file has at most 5 MB.
    lines = "".join(f"- {{id: {n:x}, url: {base}/v/{n % FEEDS}}}\n" for n in range(sources))
    (config / "sources.yaml").write_text("sources:\n" + lines)
    return config


def make_known(app: Any, base: str, sources: int) -> None:
    """Give every source the state it has after its first poll, its next one within half an hour."""
    from monitor.model import Rhythm, SourceState, Validators
    from monitor.planning.rhythm import observe

    now, dice = app.clock(), random.Random(3)
    tags = [document(feed, 0)[1].decode() for feed in range(FEEDS)]
    rhythm = observe(Rhythm(), [], now, entries=25)

    def save(first: int, tx: Any) -> None:
        for number in range(first, min(first + 5_000, sources)):
            feed = number % FEEDS
            tx.save_state(
                SourceState(
                    f"{number:x}",
                    url=f"{base}/v/{feed}",
                    validators=Validators(etag=tags[feed]),
                    first_poll_done=True,
                    next_poll=now + timedelta(seconds=dice.uniform(0, SPREAD)),
                    last_poll=now,
                    last_ok=now,
                    rhythm=rhythm,
                )
            )

    for first in range(0, sources, 5_000):
        app.tools.store.write_now(lambda tx, first=first: save(first, tx))


def time_claims() -> list[float]:
    """Have every claim timed; return the list that the seconds go into."""
    from monitor.store.source_queries import SourceQueries

    seconds: list[float] = []
    claim = SourceQueries.claim_sources

    def timed(self: Any, *args: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return claim(self, *args, **options)
        finally:
            seconds.append(time.perf_counter() - started)

    SourceQueries.claim_sources = timed
    return seconds


async def lateness(into: list[float]) -> None:
    """Note again and again how late the event loop is."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        into.append(time.perf_counter() - started - 0.01)


async def run(base: str, folder: Path, sources: int, seconds: float) -> None:
    """Start the service, let it work, print what it took."""
    # Imported here, since worker processes import this file and do without the service.
    import structlog

    from monitor.app import build
    from monitor.config import load
    from monitor.schedule import Service

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    started = time.monotonic()
    settings = load(write_config(folder, base, sources))
    async with build(settings) as app:
        print(f"{'configuration and database, s':40}{time.monotonic() - started:>10.1f}")
        await asyncio.to_thread(make_known, app, base, sources)
        claims, late = time_claims(), list[float]()
        service = Service(app)
        cpu, begun = cpu_seconds(), app.clock()
        watching = asyncio.create_task(lateness(late))
        asyncio.get_running_loop().call_later(seconds + 0.3, service.stop)
        await service.run()
        spent, took = cpu_seconds() - cpu, (app.clock() - begun).total_seconds()
        watching.cancel()
        records = await app.tools.store.read(lambda tx: tx.records(begun, app.clock()))
        due = sources * took / SPREAD
        report(claims, late, spent / took)
        answered = sum(record.status == 304 for record in records)
        print(f"{'polls (due, done, unchanged)':40}{due:>10,.0f}{len(records):>10,}{answered:>10,}")


def report(claims: list[float], late: list[float], share: float) -> None:
    """Print the figures."""
    own = psutil.Process()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(
        f"{'memory of the service, MB (now, peak)':40}{own.memory_info().rss / 1e6:>10.0f}{peak:>10.0f}"
    )
    print(f"{'memory with its workers, MB':40}{tree_memory(own.pid) / 1e6:>10.0f}")
    for name, values in (("tick", claims), ("event loop late", late)):
        values.sort()
        figures = [values[int(share * (len(values) - 1))] * 1e3 for share in (0.5, 0.99, 1.0)]
        cells = "".join(f"{figure:>10.2f}" for figure in figures)
        print(f"{name + ', ms (p50, p99, max)':40}{cells}   of {len(values):,}")
    print(f"{'CPU, share of one core':40}{share:>10.1%}")


def main() -> None:
    """Run the server and the service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with feed_server() as base, tempfile.TemporaryDirectory() as folder:
        print(f"{options.sources:,} sources, {options.seconds:g} s")
        asyncio.run(run(base, Path(folder), options.sources, options.seconds))


if __name__ == "__main__":
    main()
