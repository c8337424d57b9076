"""What is read from article pages, beside their gold: text, title, date, authors; and the time it takes.

    PAGE_CORPUS=folder python benchmarks/extract.py [--worst]

The folder holds gzipped pages and an ``index.json``: a list of ``{"file", "url", "with_", "without",
"title", "author", "date"}``, where ``with_`` and ``without`` are snippets that the text must and must
not hold. Without a folder the pages of the tests are read, which says little about the web.
``--worst`` names what was missed. The table also goes to benchmarks/results/extract.txt.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from resiliparse.extract.html2text import extract_plain_text

from monitor.model import Article
from monitor.reading import read_article
from monitor.reading.encoding import page_text

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "extract.txt"
OWN_PAGES = HERE.parent / "tests" / "golden" / "articles"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPACE = re.compile(r"\s+")
NAME = re.compile(r"\b[^\W\d_]\w+ [^\W\d_]\w+\b|[\u4e00-\u9fff]{4}")
NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Page:
    """A page with its gold."""

    name: str
    body: bytes
    gold: dict[str, Any]

    @property
    def url(self) -> str:
        """Its address, empty when the gold has none that is one."""
        url = str(self.gold["url"]).strip()
        return url if url.startswith("http") else ""


def corpus(folder: Path) -> list[Page]:
    """Return the pages of a folder with an index, or of one with expected values beside them."""
    index = folder / "index.json"
    if not index.exists():
        return [own_page(path) for path in sorted(folder.glob("*.html"))]
    rows = json.loads(index.read_text("utf-8"))
    return [Page(row["file"], unpacked((folder / row["file"]).read_bytes()), row) for row in rows]


def own_page(path: Path) -> Page:
    told = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    gold = {"url": told["url"], "title": told["title"], "date": (told["published"] or "")[:10]}
    gold |= {"with_": told["text"], "without": [], "author": (*told["authors"], "")[0]}
    return Page(path.name, path.read_bytes(), gold)


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def plain(text: str) -> str:
    return SPACE.sub(" ", text.replace("\u00ad", "")).strip()


def key(text: str) -> str:
    return NOT_LETTERS.sub("", text.replace("\u00ad", "")).casefold()


def timed(work: Callable[[Page], Any], pages: Sequence[Page]) -> tuple[list[Any], float]:
    """Return the results and the milliseconds of CPU a page took."""
    work(pages[0])
    start = time.process_time()
    results = [work(page) for page in pages]
    return results, (time.process_time() - start) * 1_000 / len(pages)


WAYS: dict[str, Callable[[Page], str]] = {
    "trafilatura, balanced": lambda page: by_trafilatura(page, fast=False),
    "trafilatura, precision": lambda page: by_trafilatura(page, favor_precision=True),
    "trafilatura, fast": lambda page: by_trafilatura(page, fast=True),
    "trafilatura, recall": lambda page: by_trafilatura(page, favor_recall=True),
    "resiliparse, main content": lambda page: by_resiliparse(page, main=True),
    "resiliparse, all": lambda page: by_resiliparse(page, main=False),
    "ours": lambda page: read_article(page.body, "", page.url, NOW).text,
    "ours, where nothing is watched": lambda page: roughly(page).text,
}


def roughly(page: Page) -> Article:
    """Return a page's article as ``careful_text: matched`` reads it where no term of a watch stands."""
    return read_article(page.body, "", page.url, NOW, worth_care=lambda _: False)


def by_trafilatura(page: Page, **how: bool) -> str:
    return trafilatura.extract(page_text(page.body, "")[0], include_comments=False, **how) or ""


def by_resiliparse(page: Page, *, main: bool) -> str:
    return extract_plain_text(page_text(page.body, "")[0], main_content=main, alt_texts=False)


def text_table(pages: Sequence[Page]) -> list[str]:
    """Return a line for each way: snippets held that must be, snippets held that must not be."""
    lines = [f"{'text':28}{'must, held':>16}{'must not, held':>16}{'F1':>8}{'ms a page':>12}"]
    for name, way in WAYS.items():
        texts, ms = timed(way, pages)
        lines.append(f"  {name:26}{score(pages, texts)}{ms:12.1f}")
    return lines


def score(pages: Sequence[Page], texts: Sequence[str]) -> str:
    wanted = unwanted = hits = slips = 0
    for page, text in zip(pages, map(plain, texts), strict=True):
        wanted += len(page.gold["with_"])
        unwanted += len(page.gold["without"])
        hits += sum(plain(snippet) in text for snippet in page.gold["with_"])
        slips += sum(plain(snippet) in text for snippet in page.gold["without"])
    f1 = 2 * hits / (wanted + hits + slips) if wanted else 0.0
    return f"{hits:8} of {wanted:4}{slips:8} of {unwanted:4}{f1:8.3f}"


def field_table(pages: Sequence[Page]) -> list[str]:
    """Return a line for each other field."""
    articles, ms = timed(lambda page: read_article(page.body, "", page.url, NOW), pages)
    pairs = list(zip(pages, articles, strict=True))
    lines = [f"{'fields':28}{'right':>16}"]
    for name, right in FIELDS.items():
        judged = [right(page.gold, article) for page, article in pairs]
        known = [one for one in judged if one is not None]
        lines.append(f"  {name:26}{sum(known):8} of {len(known):4}")
    clocks = sum(
        bool(one.published and one.published.time().isoformat() != "00:00:00") for one in articles
    )
    lines.append(f"  {'dated with a time of day':26}{clocks:8} of {len(articles):4}")
    _, quick = timed(roughly, pages)
    lines.append(f"  whole article{ms:50.1f} ms a page")
    return [*lines, f"  whole article, where nothing is watched{quick:24.1f} ms a page"]


def look_table(pages: Sequence[Page]) -> list[str]:
    """Return how many of the names in articles the look at the whole page would miss.

    Two words with capitals, or a run of four characters of a script without spaces, stand for names.
    """
    names = missed = 0
    for page in pages:
        looks: list[str] = []
        lines = read_article(page.body, "", page.url, NOW).text.split("\n")
        read_article(
            page.body, "", page.url, NOW, worth_care=lambda s, to=looks: bool(to.append(s))
        )
        found = {name for line in lines for name in NAME.findall(line) if name == name.title()}
        whole = plain(looks[0]) if looks else plain(" ".join(lines))
        names, missed = names + len(found), missed + sum(plain(name) not in whole for name in found)
    return [
        f"of {names:,} names in the articles, the look at all text of their pages missed {missed}"
    ]


def title_is_right(gold: dict[str, Any], article: Article) -> bool | None:
    return key(article.title) == key(gold["title"]) if gold["title"] else None


def date_is_right(gold: dict[str, Any], article: Article) -> bool | None:
    if not gold["date"]:
        return None
    return bool(article.published) and f"{article.published:%Y-%m-%d}" == gold["date"]


def authors_are_right(gold: dict[str, Any], article: Article) -> bool | None:
    return key(gold["author"]) in map(key, article.authors) if gold["author"] else None


def no_author_is_right(gold: dict[str, Any], article: Article) -> bool | None:
    return not article.authors if gold["author"] == "" else None


FIELDS: dict[str, Callable[[dict[str, Any], Article], bool | None]] = {
    "title": title_is_right,
    "date of publication": date_is_right,
    "author": authors_are_right,
    "no author where there is none": no_author_is_right,
}


def worst(pages: Sequence[Page]) -> list[str]:
    """Return what was missed, page by page."""
    lines = []
    for page in pages:
        article = read_article(page.body, "", page.url, NOW)
        text, gold = plain(article.text), page.gold
        faults = [f"misses {each!r}" for each in gold["with_"] if plain(each) not in text]
        faults += [f"holds {each!r}" for each in gold["without"] if plain(each) in text]
        told = {"title": article.title, "author": article.authors, "date": str(article.published)}
        rules = {"title": title_is_right, "author": authors_are_right, "date": date_is_right}
        faults += [
            f"{name} {told[name]!r}, not {gold[name]!r}"
            for name, right in rules.items()
            if right(gold, article) is False
        ]
        faults += [
            f"author {article.authors}" for _ in [0] if no_author_is_right(gold, article) is False
        ]
        lines += [f"{page.name}: {fault}" for fault in (*faults, *article.problems)]
    return lines


def main() -> None:
    """Print the tables and keep them."""
    options = argparse.ArgumentParser()
    options.add_argument("--worst", action="store_true")
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    folder = os.environ.get("PAGE_CORPUS", "")
    pages = corpus(Path(folder) if folder else OWN_PAGES)
    command = f"{'PAGE_CORPUS=… ' if folder else ''}python {sys.argv[0]}"
    size = sum(len(page.body) for page in pages) / len(pages) / 1_000
    head = [
        f"$ {command}",
        f"Python {platform.python_version()}, trafilatura {trafilatura.__version__}; CPU time",
        f"{len(pages)} pages of {size:.0f} kB on average",
    ]
    text = (
        "\n".join([*head, "", *text_table(pages), "", *field_table(pages), "", *look_table(pages)])
        + "\n"
    )
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    if chosen.worst:
        print("\n".join(worst(pages)))


if __name__ == "__main__":
    main()
