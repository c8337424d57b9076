"""The poll benchmark's first contender: this monitor, its whole pipeline, one process and workers."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from poll_common import cpu_seconds, set_edition, set_made

if TYPE_CHECKING:
    from monitor.app import App

FEEDS = 1_000
ROUNDS = {
    "v": ["cold", "all 304", "5 % changed"],
    "n": ["no validators, cold", "no validators, unchanged", "no validators, made anew"],
}
CONFIG = Path(__file__).parent.parent / "config"

MONITOR = """
database: sqlite:///data/monitor.db
net:
  contact: bench@example.org
  allow_private: [127.0.0.1]
  connections: 64
  per_host: 64
"""
SUBSCRIPTIONS = """
subscriptions:
  - id: everything
    when: daily at 07:30
    to: [{channel: mailbox}]
"""


def write_config(folder: Path, base: str, kind: str) -> Path:
    """Write a configuration of every feed and the shipped watchlist."""
    config = folder / kind / "config"
    shutil.copytree(CONFIG / "watchlists", config / "watchlists")
    shutil.copytree(CONFIG.parent / "seeds", folder / kind / "seeds")
    (config / "monitor.yaml").write_text(MONITOR)
    (config / "subscriptions.yaml").write_text(SUBSCRIPTIONS)
    language = "" if "--undeclared" in sys.argv else ", language: en"
    entries = "".join(
        f"  - {{id: feed-{n}, url: '{base}/{kind}/{n}'{language}}}\n" for n in range(FEEDS)
    )
    (config / "sources.yaml").write_text("sources:\n" + entries)
    return config


async def rounds(base: str, folder: Path, kind: str, labels: list[str]) -> None:
    """Poll everything once for each label; the clock moves on two hours in between."""
    # Imported here, since worker processes import this file and do without the service.
    import structlog

    from monitor.app import build, utc_now
    from monitor.config import load

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    passed = [timedelta(0)]
    settings = load(write_config(folder, base, kind))
    async with build(settings, clock=lambda: utc_now() + passed[0]) as app:
        await warm(app)
        for label in labels:
            if label == "5 % changed":
                set_edition(base, 1)
            elif label == "no validators, made anew":
                set_made(base, 1)
            await report(label, app)
            passed[0] += timedelta(hours=2)


async def warm(app: App) -> None:
    """Have the worker loaded before the clock starts, as the other contender is when it does."""
    from monitor.model import Fetched

    source = next(iter(app.settings.sources.values()))
    feed = b"<rss version='2.0'><channel><title>Warm</title></channel></rss>"
    await app.tools.crew.read(
        source, Fetched(source.address, 200, feed), app.clock(), baseline=True
    )


async def report(label: str, app: App) -> None:
    """Run one round and print its figures."""
    cpu, wall = cpu_seconds(), time.monotonic()
    records = await app.poll_due()
    figures = {
        "wall": time.monotonic() - wall,
        "cpu": cpu_seconds() - cpu,
        "new": sum(record.new for record in records),
    }
    failed = [record for record in records if record.outcome == "failed"]
    if len(records) != FEEDS or failed:
        sys.exit(f"{label}: {len(records)} polls, {len(failed)} failed: {failed[:1]}")
    print(json.dumps({label: figures}), flush=True)


def main() -> None:
    """Run the rounds."""
    base, folder, kind = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    asyncio.run(rounds(base, folder, kind, ROUNDS[kind]))


if __name__ == "__main__":
    main()
