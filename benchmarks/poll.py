"""Poll 1,000 feeds with 25,000 items: this monitor beside ``reader`` on the same loopback server.

    python benchmarks/poll.py [--only monitor|reader] [--undeclared]

The server runs in a process of its own. Each contender runs in a process of its own as well and
polls six times: cold, everything unchanged behind ETags (304), every twentieth feed changed,
and, with a fresh database, without validators: cold, unchanged, and unchanged but for the time at
which each feed says that it was made. Memory is the peak of the proportional
set size over the contender's whole process tree. This monitor also matches every new item against
the shipped watchlist and groups the hits; the reader only stores. Its sources declare their language,
as the shipped ones do, unless ``--undeclared`` has it find the language of every item.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROUNDS = (
    *("cold", "all 304", "5 % changed"),
    *("no validators, cold", "no validators, unchanged", "no validators, made anew"),
)


@contextmanager
def feed_server() -> Iterator[str]:
    """Run the server and yield its base address."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "feed_server.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


def tree_memory(pid: int) -> int:
    """Return the proportional set size of a process and its children, in bytes."""
    total = 0
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in tree:
        try:
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            total += int(rollup.split("Pss:")[1].split()[0]) * 1024
        except (OSError, IndexError):
            continue
    return total


def contend(name: str, base: str, kind: str, options: list[str]) -> dict[str, dict[str, float]]:
    """Run one contender over feeds with (``v``) or without (``n``) validators, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, str(HERE / f"poll_{name}.py"), base, folder, kind, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        peak = [0]
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.25):
                peak[0] = max(peak[0], tree_memory(process.pid))

        threading.Thread(target=watch, daemon=True).start()
        figures: dict[str, dict[str, float]] = {}
        for line in process.stdout:
            if line.startswith("{"):
                figures |= json.loads(line)
        done.set()
        if process.wait() != 0:
            sys.exit(f"{name} failed")
        figures[f"peak {kind}"] = {"memory": peak[0]}
        return figures


def main() -> None:
    """Run the contenders one after the other and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["monitor", "reader"])
    parser.add_argument("--undeclared", action="store_true")
    arguments = parser.parse_args()
    only, options = arguments.only, ["--undeclared"] * arguments.undeclared
    names = [only] if only else ["monitor", "reader"]
    figures = {}
    for name in names:
        with feed_server() as base:
            figures[name] = contend(name, base, "v", options) | contend(name, base, "n", options)
    print(
        f"{'wall s / CPU s (new items)':28}" + "".join(f"{name:>26}" for name in names) + "   ratio"
    )
    for label in ROUNDS:
        rows = [figures[name][label] for name in names]
        cells = "".join(
            f"{row['wall']:>11.2f} / {row['cpu']:5.2f} ({row['new']:>5})" for row in rows
        )
        ratio = f"{rows[1]['wall'] / rows[0]['wall']:>7.1f}x" if len(rows) == 2 else ""
        print(f"{label:28}{cells} {ratio}")
    peaks = [max(figures[name][f"peak {kind}"]["memory"] for kind in "vn") for name in names]
    print(f"{'peak memory':28}" + "".join(f"{peak / 1e6:>23.0f} MB" for peak in peaks))


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"(whole run {time.monotonic() - started:.0f} s)")
