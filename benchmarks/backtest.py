"""How long a backtest takes over a stored stock of items, and whether its memory stays constant.

    python benchmarks/backtest.py [--items 1000000] [--length 1500] [--rules 1000] [--workers 2]

Fills a SQLite store with invented items of ninety days, one in forty about somebody watched, with the hits
and stories that a service would have stored under the older rules; then replays it against edited
ones. The database is filled once; the smaller sizes are the newer part of it. ``seconds`` pass by the clock, with
whatever else the machine does; ``CPU s`` is the processor time of all processes together. Memory is that
of all processes together, sampled while it runs: it must not grow with the number of items.
The table is written to ``results/backtest.txt`` beside this file as well.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

from monitor.backtest import backtest
from monitor.backtest.workers import cores
from monitor.config import Settings, load
from monitor.matching import Matcher
from monitor.model import Hit, Item, StoryLink, digest
from monitor.store import Sketch, Store, Tx
from monitor.stories import WINDOW, StoryIndex, group

SEED = 20261123
DAYS = 90
END = datetime(2026, 11, 23, tzinfo=UTC)
POLL = 20
BATCH = 2_000
SIZES = (50_000, 200_000, 1_000_000)
SYLLABLES = ("ba", "cer", "di", "fon", "gu", "ha", "jes", "ki", "lo", "mun", "na", "pe", "ri", "so")
ABOUT = 1 / 40
RESULTS = Path(__file__).with_name("results") / "backtest.txt"
COLUMNS = {
    "items": ("items", ",.0f"), "seconds": ("seconds", ".1f"), "items/s": ("items/s", ",.0f"), "CPU s": ("busy", ".1f"),
    "peak MB": ("memory", ".0f"), "gained": ("gained", "d"), "lost": ("lost", "d"), "kept": ("kept", "d"),
}  # fmt: skip
SAID: list[str] = []
"""What was printed."""


def make_words(dice: random.Random, count: int) -> list[str]:
    """Return invented words, each once."""
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4)))] = None
    return list(words)


def make_names(dice: random.Random, words: list[str], count: int) -> list[str]:
    """Return names of two words that occur in the texts, hardly ever beside each other."""
    return [" ".join(dice.sample(words[200:], 2)).title() for _ in range(count)]


def make_items(count: int, length: int, names: list[str]) -> Iterator[Item]:
    """Yield items oldest first, in polls of twenty that share their moment and their source."""
    dice = random.Random(SEED)
    words = make_words(dice, 8_000)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    step = timedelta(days=DAYS) * POLL / count
    pool: list[str] = []
    for number in range(count):
        if len(pool) < length:
            pool = dice.choices(words, weights, k=200_000)
        body = [pool.pop() for _ in range(length // 8)]
        if dice.random() < ABOUT:
            body[dice.randrange(len(body))] = dice.choice(names)
        poll = number // POLL
        name = digest("item", str(number))
        yield Item(
            id=name,
            source=f"s{poll % 200}",
            title=" ".join(body[:8]).capitalize(),
            url=f"https://s{poll % 200}.example/{number}",
            text=". ".join(
                " ".join(body[at : at + 12]).capitalize() for at in range(8, len(body), 12)
            ),
            outlet=f"Outlet {poll % 200}",
            first_seen=END - timedelta(days=DAYS) + step * poll,
            keys=(name,),
        )


def write_config(folder: Path, names: list[str], *, edited: bool) -> Settings:
    """Write rules of three names each; edited ones have an exclusion or another name in each tenth."""
    watches: list[dict[str, Any]] = []
    for number in range(0, len(names) - 3, 4):
        watch: dict[str, Any] = {"id": f"w{number}", "kind": "topic", "name": names[number]}
        watch["phrases"] = names[number : number + 3]
        if edited and number % 40 == 0:
            watch["phrases"] = names[number + 1 : number + 4]
        watches.append(watch)
    to = [{"channel": "mailbox", "recipient": "desk@desk.example"}]
    files = {
        "monitor.yaml": {"database": "sqlite:///data/bench.db"},
        "sources.yaml": {"sources": []},
        "subscriptions.yaml": {
            "subscriptions": [
                {"id": "urgent", "when": "instant", "to": to},
                {"id": "morning", "when": "daily at 07:30", "to": to},
            ]
        },
        "watchlists/bench.yaml": {"watchlist": "bench", "watches": watches},
    }
    for name, value in files.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return load(folder / "config", {})


def fill(settings: Settings, items: Iterator[Item]) -> None:
    """Store items with the hits and stories that they had when they came."""
    store = Store.open(settings.database_url)
    store.migrate()
    matcher = Matcher(tuple(settings.watchlists.values()))
    index = StoryIndex()
    while batch := list(islice(items, BATCH)):
        hits = [hit for item in batch for hit in matcher.match(item)]
        about = {hit.item for hit in hits}
        now = batch[-1].first_seen or END
        index.drop_before(now - WINDOW)
        links = group([item for item in batch if item.id in about], index, now)
        for _, sketch in links:
            index.add(sketch)
        store.write_now(partial(save, batch, hits, links))
    store.close()


def save(
    items: Sequence[Item], hits: Sequence[Hit], links: Sequence[tuple[StoryLink, Sketch]], tx: Tx
) -> None:
    """Store what came together, as a poll does."""
    tx.add_items(items)
    tx.add_hits(hits)
    tx.add_links(links)


def sample(memory: list[int], busy: dict[int, float], stop: threading.Event) -> None:
    """Note memory and processor time of this process and all below it, ten times a second, until told to stop."""
    me = psutil.Process()
    while not stop.wait(0.1):
        total = 0
        for process in [me, *me.children(recursive=True)]:
            try:
                total += process.memory_info().rss
                busy[process.pid] = sum(process.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
        memory.append(total)


def measure(folder: Path, days: float, workers: int) -> dict[str, float]:
    """Replay the items of the newest ``days`` and return what it took."""
    settings = load(folder / "config", {})
    store = Store.open(settings.database_url)
    memory: list[int] = []
    busy: dict[int, float] = {}
    stop = threading.Event()
    sampler = threading.Thread(target=sample, args=(memory, busy, stop))
    sampler.start()
    begin = time.perf_counter()
    report = backtest(store, settings, start=END - timedelta(days=days), end=END, workers=workers)
    seconds = time.perf_counter() - begin
    stop.set()
    sampler.join()
    store.close()
    return {
        "items": report.items,
        "seconds": seconds,
        "busy": sum(busy.values()),
        "memory": max(memory, default=0) / 2**20,
        "gained": report.gained,
        "lost": report.lost,
        "kept": report.kept,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--length", type=int, default=1_500, help="characters of a text")
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "DAYS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        found = measure(Path(options.measure[0]), float(options.measure[1]), options.workers)
        print(json.dumps(found))
        return
    say(f"$ python {' '.join(sys.argv)}")
    with tempfile.TemporaryDirectory(prefix="bench-backtest-") as scratch:
        compare(Path(scratch), options)
    RESULTS.write_text("\n".join(SAID) + "\n", "utf-8")


def say(line: str) -> None:
    """Print a line and keep it for the file of results."""
    SAID.append(line)
    print(line, flush=True)


def compare(folder: Path, options: argparse.Namespace) -> None:
    """Fill a store in ``folder`` and say what replaying ever more of it takes."""
    words = make_words(random.Random(SEED), 8_000)
    names = make_names(random.Random(SEED), words, options.rules * 4)
    begin = time.perf_counter()
    older = write_config(folder, names, edited=False)
    fill(older, make_items(options.items, options.length, names))
    size = (folder / "data/bench.db").stat().st_size / 2**20
    say(
        f"{options.items:,} items of {options.length:,} characters ({size:,.0f} MB), "
        f"filled in {time.perf_counter() - begin:.0f} s; {options.rules:,} rules, "
        f"{options.workers} workers"
    )
    write_config(folder, names, edited=True)
    say("".join(name.rjust(10) for name in COLUMNS))
    for wanted in [size for size in SIZES if size < options.items] + [options.items]:
        days = DAYS * wanted / options.items
        run = [sys.executable, __file__, "--measure", str(folder), str(days)]
        run += ["--workers", str(options.workers)]
        # A process of its own, so that one run's memory is not another's.
        done = subprocess.run(run, check=True, capture_output=True, text=True)
        row = json.loads(done.stdout)
        row["items/s"] = row["items"] / row["seconds"]
        say("".join(format(row[key], form).rjust(10) for key, form in COLUMNS.values()))


if __name__ == "__main__":
    main()
