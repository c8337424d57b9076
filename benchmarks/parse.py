"""Time a feed takes from bytes to entries, and on to items: plain feedparser, ours without and with the fast path.

    python benchmarks/parse.py [--feeds 20] [--rounds 5]
    FEED_CORPUS=folder python benchmarks/parse.py       also over a folder of feeds (.gz or plain)

CPU time, the best of some rounds. Parity counts the feeds whose items are those that feedparser's
reading of the whole document gives, over the generated corpus of the contract tests (RSS 0.91
to 2.0, RSS 1.0, Atom 0.3 and 1.0; as publishers write them and worse) as well.
The table also goes to benchmarks/results/parse.txt.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
from feed_server import WORDS, sentence

from monitor.errors import ParseError
from monitor.model import Document, Item
from monitor.reading import read
from monitor.sources import _fastfeed
from monitor.sources._xmlfeed import parse_xml_feed

ADDRESS = "https://news.example/feeds/all.xml"
RESULTS = Path(__file__).parent / "results" / "parse.txt"
ENTRIES = 25
SEEDS = 400
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entry(feed: int, number: int) -> str:
    """Return an item as the news systems in use write them, of about 4 kB."""
    dice = random.Random(f"{feed}/{number}")
    home = f"https://outlet-{feed}.example"
    lead = " ".join(sentence(dice) for _ in range(2))
    paragraphs = "\n".join(
        f'<p class="text">{sentence(dice)} <a href="{home}/topic/{dice.choice(WORDS)}">'
        f"{dice.choice(WORDS)}</a> {sentence(dice)} <em>{sentence(dice)}</em></p>"
        for _ in range(7)
    )
    topics = "".join(f"<category><![CDATA[{dice.choice(WORDS)}]]></category>" for _ in range(3))
    return (
        f"<item>\n<title>{' '.join(dice.choices(WORDS, k=9)).capitalize()}</title>\n"
        f"<link>{home}/2026/11/23/{'-'.join(dice.choices(WORDS, k=5))}-{number}.html</link>\n"
        f'<guid isPermaLink="false">{home}/?p={feed * 1_000 + number}</guid>\n'
        f"<pubDate>Mon, 23 Nov 2026 {dice.randrange(24):02}:{dice.randrange(60):02}:00 +0000</pubDate>\n"
        f"<dc:creator><![CDATA[{dice.choice(WORDS).title()} Desk]]></dc:creator>\n{topics}\n"
        f"<description><![CDATA[<p>{lead}</p>]]></description>\n"
        f"<content:encoded><![CDATA[<p>{lead}</p>\n{paragraphs}]]></content:encoded>\n"
        f'<media:content url="{home}/i/{number}.jpg" medium="image" width="800" height="533"/>\n</item>'
    )


def news_feed(feed: int) -> bytes:
    """Return a whole feed of ``ENTRIES`` items."""
    items = "\n".join(entry(feed, number) for number in range(ENTRIES))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/">\n<channel>\n'
        f"<title>Outlet {feed}</title>\n<link>https://outlet-{feed}.example/</link>\n"
        "<description>Generated</description>\n<language>en-US</language>\n"
        f"<atom:link href='https://outlet-{feed}.example/feed' rel='self'/>\n{items}\n</channel></rss>"
    ).encode()


def corpus(folder: str) -> list[bytes]:
    """Return the feeds in XML of a folder."""
    bodies = []
    for path in sorted(path for path in Path(folder).iterdir() if ".feed" in path.name):
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        bodies += [] if body.lstrip()[:1] == b"{" else [body]
    return bodies


def plain(body: bytes) -> object:
    """Parse as a user of feedparser does who leaves its switches alone."""
    return feedparser.parse(io.BytesIO(body), response_headers={"content-location": ADDRESS})


def ours(body: bytes, *, fast: bool) -> Document | None:
    """Parse as the monitor does."""
    try:
        return parse_xml_feed(body, "", ADDRESS, fast=fast)
    except ParseError:
        return None


def to_items(document: Document) -> tuple[Item, ...]:
    """Read as the monitor does."""
    return read(
        document, source="s", outlet="S", language="en", address=ADDRESS, now=NOW, baseline=False
    )


def best(work: Callable[[Any], object], values: Sequence[Any], rounds: int) -> float:
    """Return the milliseconds of CPU a value takes, in the best round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for value in values:
            work(value)
        times.append(time.process_time() - start)
    return min(times) * 1_000 / len(values)


def share(bodies: list[bytes]) -> int:
    """Return how many of the feeds take the fast path."""
    taken = []
    whole = _fastfeed.read_plain_feed

    def counted(data: bytes, url: str, problems: tuple[str, ...]) -> Document | None:
        taken.append(document := whole(data, url, problems))
        return document

    _fastfeed.read_plain_feed = counted
    try:
        for body in bodies:
            ours(body, fast=True)
    finally:
        _fastfeed.read_plain_feed = whole
    return sum(document is not None for document in taken)


def parity(bodies: list[bytes]) -> str:
    """Return how many feeds give the items that feedparser gives on the whole document."""
    pairs = [[ours(body, fast=fast) for fast in (True, False)] for body in bodies]
    equal = sum(
        quick == thorough and (quick is None or to_items(quick) == to_items(thorough))
        for quick, thorough in pairs
    )
    items = sum(len(to_items(quick)) for quick, _ in pairs if quick)
    return f"{equal} of {len(bodies)} feeds ({items:,} items)"


def made() -> list[bytes]:
    """Return the corpus of the contract tests: documents made by dice."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.contract.sources.generated import Feed

    return [Feed(seed).document() for seed in range(SEEDS)]


def table(title: str, bodies: list[bytes], rounds: int) -> str:
    """Return the figures of some feeds."""
    documents = [document for body in bodies if (document := ours(body, fast=True))]
    rows = {
        "feedparser, as it comes": best(plain, bodies, rounds),
        "ours, fast path closed": best(lambda body: ours(body, fast=False), bodies, rounds),
        "ours": best(lambda body: ours(body, fast=True), bodies, rounds),
        "reading the entries": best(to_items, documents, rounds),
    }
    entries = sum(len(document.entries) for document in documents) / len(bodies)
    size = sum(map(len, bodies)) / len(bodies) / 1_000
    lines = [f"{title}: {len(bodies)} feeds, {entries:.0f} entries and {size:.0f} kB on average"]
    lines += [f"  {name:26} {value:8.2f} ms a feed" for name, value in rows.items()]
    lines += [f"  {'on the fast path':26} {share(bodies):5} of {len(bodies)}"]
    return "\n".join([*lines, f"  {'parity with feedparser':26} {parity(bodies):>5}"])


def main() -> None:
    """Print the table and keep it."""
    options = argparse.ArgumentParser()
    options.add_argument("--feeds", type=int, default=20)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    folder = os.environ.get("FEED_CORPUS", "")
    command = f"{'FEED_CORPUS=… ' if folder else ''}python {' '.join(sys.argv)}"
    versions = f"Python {platform.python_version()}, feedparser {feedparser.__version__}"
    tables = [
        f"$ {command}\n{versions}, {os.cpu_count()} cores; CPU time, best of {chosen.rounds}",
        table("Generated news", [news_feed(n) for n in range(chosen.feeds)], chosen.rounds),
    ]
    tables.append(table("Contract corpus", made(), chosen.rounds))
    if folder:
        tables.append(table("Folder", corpus(folder), chosen.rounds))
    text = "\n\n".join(tables) + "\n"
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
