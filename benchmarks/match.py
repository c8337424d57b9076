"""How long matching takes a text, from 100 to 100,000 rules, beside what else one could do.

    python benchmarks/match.py [--sizes 100,1000] [--results benchmarks/results]

prints a table and writes it, with a picture, to ``match.txt`` and ``match.png`` in the folder of results.

One core. The engine is measured whole: fields, folding, the automaton, rules, score, and spans in the
original text. All texts are matched seven times over, one behind the other; of each text the least processor time
counts, so that other work on the machine shows less.

**Texts.** 300 items of 3 to 6 KB: a title, a lead and paragraphs, made of ordinary English words
(``words.txt`` and their forms) that follow a Zipf distribution, with a name for one word in sixteen. Every second
text has typographic quotes, apostrophes and dashes.

**Rules.** Each has four names of two words. Half of the names are of invented words that stand in no text; the
other half are put together from words that do occur in the texts, each word as likely as any other, so that both
words are about, but seldom side by side. Half of the rules are plain; a quarter ask for a context word
(one of the 50th to the 400th commonest) anywhere in the item; 15 % ask for it within ten words of the name;
10 % are turned away by it (``unless``).

The *dense* rows differ in one thing: one in fifty of the names made of the texts' words is a pair of neighbours in
some text, so that hits are many. The *queries* rows are those of *sparse*, each rule written in the query language.
``hits`` is how many hits a text has, *possible* ones included.

**Columns.** ``ms``: a text. ``build``: seconds to make the rules ready; queries were parsed when they were read, which
takes a tenth of a millisecond each. ``MB``: what they take in memory once ready,
beside the watchlist as read; ``process``: the whole process with everything in it. ``re loop``: a `re` search for each
rule, its names joined by ``|``. ``re2 Set``: google-re2's set of all names at once, which says what matched, but neither
where, nor whether the rule holds; both in ms a text.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

import psutil
import re2
from match_texts import SEED, Texts, as_query, make_rules

from monitor.matching import Matcher, Topic, Watchlist

TEXTS = 300
SIZES = "100,1000,10000,25000,100000"
GOAL = 25_000
LOOP_LIMIT = 10_000
SET_LIMIT = 25_000
NEIGHBOURS = {"sparse": 0.0, "dense": 0.02, "queries": 0.0}
"""Kinds of rows, and how many of the names stand side by side in a text."""
ROUNDS = 7
FEW = 5
"""Texts that the slow loop is measured on."""
T = TypeVar("T")
Row = dict[str, float]


def fastest(run: Callable[[T], object], texts: Sequence[T], rounds: int) -> float:
    """Return milliseconds of processor time a text, the fastest of ``rounds`` for each."""
    best = [float("inf")] * len(texts)
    for _ in range(rounds):
        for index, text in enumerate(texts):
            start = time.process_time()
            run(text)
            best[index] = min(best[index], time.process_time() - start)
    return sum(best) / len(best) * 1000


def resident() -> float:
    """Return the memory of this process in MB."""
    return float(psutil.Process().memory_info().rss) / 1e6


def measure(size: int, kind: str) -> Row:
    """Return one row of the table."""
    chance = random.Random(SEED)
    texts = Texts(chance, TEXTS)
    watchlist = make_rules(chance, texts, size, NEIGHBOURS[kind])
    if kind == "queries":
        watchlist = queries(watchlist)
    before, start = resident(), time.process_time()
    matcher = Matcher([watchlist])
    build, memory = time.process_time() - start, resident() - before
    row = {
        "rules": size,
        "hits": sum(len(matcher.match(item)) for item in texts.items) / TEXTS,
        "ms": fastest(matcher.match, texts.items, ROUNDS),
        "build": build,
        "MB": memory,
        "process": resident(),
    }
    if kind == "sparse":
        del matcher
        row |= beside(texts, watchlist)
    return row


def queries(watchlist: Watchlist) -> Watchlist:
    """Return a watchlist with its rules in the query language."""
    watches = (
        Topic(id=watch.id, kind="topic", name=watch.name, match=as_query(watch))
        for watch in watchlist.watches
        if isinstance(watch, Topic)
    )
    return Watchlist(watchlist=watchlist.watchlist, watches=tuple(watches))


def beside(texts: Texts, watchlist: Watchlist) -> Row:
    """Return milliseconds a text of the common ways."""
    bodies = [item.text for item in texts.items]
    names = [watch.phrases or watch.groups["names"] for watch in watchlist.watches]
    row: Row = {}
    if len(names) <= LOOP_LIMIT:
        loop = [re.compile(rf"\b(?:{'|'.join(four)})\b", re.IGNORECASE) for four in names]
        row["re loop"] = fastest(lambda text: [one.search(text) for one in loop], bodies[:FEW], 1)
    if len(names) <= SET_LIMIT:
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = 1 << 30
        together = re2.Set.SearchSet(options)
        for name in (name for four in names for name in four):
            together.Add(rf"\b{name}\b")
        together.Compile()
        row["re2 Set"] = fastest(together.Match, bodies, 3)
    return row


def alone(size: int, kind: str) -> Row:
    """Measure a row in a process of its own, so that memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(measure, size, kind).result()


COLUMNS = (
    ("rules", "9,.0f"), ("hits", "8.3f"), ("ms", "8.3f"), ("build", "7.2f"), ("MB", "6.0f"), ("process", "9.0f"),
    ("re loop", "9.1f"), ("re2 Set", "9.3f"),
)  # fmt: skip


def heading() -> str:
    """Return the first line of the table."""
    return "texts   " + "".join(
        name.rjust(int(form.split(".")[0].strip(","))) for name, form in COLUMNS
    )


def line(kind: str, row: Row) -> str:
    """Return one line of the table."""
    cells = (
        format(row[name], form) if name in row else " " * int(form.split(".")[0].strip(","))
        for name, form in COLUMNS
    )
    return f"{kind:<8}" + "".join(cells)


def plot(rows: dict[str, list[Row]], path: Path) -> None:
    """Draw milliseconds a text over the number of rules."""
    import matplotlib as mpl  # type: ignore[import-not-found,unused-ignore]  # of the dev extra

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # type: ignore[import-not-found,unused-ignore]  # as above

    figure, axes = plt.subplots(figsize=(7, 4.5))
    lines = (
        ("re loop, one search a rule", "sparse", "re loop", "#b3541e"),
        ("this engine, many hits", "dense", "ms", "#7fb3d5"),
        ("this engine, query language", "queries", "ms", "#9a7fb3"),
        ("this engine", "sparse", "ms", "#1f5f8b"),
        ("re2 Set (which, not where)", "sparse", "re2 Set", "#6b8e23"),
    )
    for label, kind, key, color in lines:
        points = [(row["rules"], row[key]) for row in rows[kind] if key in row]
        if points:
            axes.loglog(*zip(*points, strict=True), marker="o", label=label, color=color)
    axes.set_xlabel("rules of four names")
    axes.set_ylabel("milliseconds a text of 3 to 6 KB")
    axes.grid(which="major", alpha=0.3)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150, bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("results"))
    options = parser.parse_args()
    said = [
        f"$ python {' '.join(sys.argv)}",
        f"Python {platform.python_version()}, {platform.machine()}, one core; ms a text",
        "",
        heading(),
    ]
    print("\n".join(said), flush=True)
    rows: dict[str, list[Row]] = {kind: [] for kind in NEIGHBOURS}
    for kind, several in rows.items():
        for size in map(int, options.sizes.split(",")):
            row = alone(size, kind)
            several.append(row)
            said.append(line(kind, row))
            print(said[-1], flush=True)
    first, last = (
        rows["sparse"][0],
        next((row for row in rows["sparse"] if row["rules"] == GOAL), None),
    )
    if last:
        said += [
            "",
            f"From {first['rules']:,.0f} to 25,000 rules the time grows {last['ms'] / first['ms']:.2f} times.",
        ]
        print("\n".join(said[-2:]))
    options.results.mkdir(exist_ok=True)
    (options.results / "match.txt").write_text("\n".join(said) + "\n", "utf-8")
    try:
        plot(rows, options.results / "match.png")
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
