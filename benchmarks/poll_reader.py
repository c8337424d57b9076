"""The poll benchmark's other contender: ``reader`` with eight workers, as its guide advises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from poll_common import report, set_edition, set_made
from reader import Reader, make_reader

FEEDS = 1_000


def open_reader(folder: Path, base: str, kind: str) -> Reader:
    """Return a reader that is subscribed to every feed."""
    reader = make_reader(str(folder / f"{kind}.sqlite"))
    for number in range(FEEDS):
        reader.add_feed(f"{base}/{kind}/{number}")
    return reader


def update(reader: Reader) -> Callable[[], int]:
    """Return a round that updates everything and counts what is new."""

    def run() -> int:
        before = reader.get_entry_counts().total or 0
        reader.update_feeds(workers=8, scheduled=False)
        return (reader.get_entry_counts().total or 0) - before

    return run


def main() -> None:
    """Run the rounds."""
    base, folder, kind = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    reader = open_reader(folder, base, kind)
    if kind == "v":
        report("cold", update(reader))
        report("all 304", update(reader))
        set_edition(base, 1)
        report("5 % changed", update(reader))
    else:
        report("no validators, cold", update(reader))
        report("no validators, unchanged", update(reader))
        set_made(base, 1)
        report("no validators, made anew", update(reader))
    reader.close()


if __name__ == "__main__":
    main()
