"""One sample of each kind of source: how it is configured, and a document it reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor import sources
from monitor.registry import discover
from monitor.sources.base import Source
from tests.servers import HttpServer

KINDS = discover(sources, Source)
PATH = "/news/"
TITLES = ("Ferry waits for its engine", "Lamps for the outer mole", "Choir & pilots on the quay")
LONG_AGO = 1_700_000_000


def feed() -> bytes:
    items = "".join(
        f"<item><title>{title.replace('&', '&amp;')}</title><link>/2026/11/20/{n}</link></item>"
        for n, title in enumerate(TITLES)
    )
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def sitemap() -> bytes:
    entries = "".join(
        f"<url><loc>https://courier.example/2026/11/20/{n}</loc><n:news><n:title>"
        f"{title.replace('&', '&amp;')}</n:title></n:news></url>"
        for n, title in enumerate(TITLES)
    )
    names = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f"<urlset {names}>{entries}</urlset>".encode()


def section() -> bytes:
    links = "".join(
        f'<h2><a href="/2026/11/20/{n}">{title.replace("&", "&amp;")}</a></h2>'
        for n, title in enumerate(TITLES)
    )
    return f"<html><body><main>{links}</main></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Sample:
    """How a kind is tried. ``document`` holds an entry for each of `TITLES`, unless said otherwise."""

    document: bytes
    options: Callable[[HttpServer, Path], Mapping[str, Any]]
    whole: bool = False
    """True when the document is one entry that holds all titles."""
    robots: bool = False
    """Whether robots.txt is asked first: for what nobody listed by hand."""
    web: bool = True
    """Whether it is polled over HTTP."""
    always_reads: bool = False
    """True where an answer is never taken for unchanged: its turn has other questions."""


def _search(server: HttpServer, _folder: Path) -> Mapping[str, Any]:
    endpoint = server.url(PATH)
    return {"provider": "bing-news", "queries": ["harbour"], "endpoint": endpoint, "gap": 0.0}


def _folder(_server: HttpServer, folder: Path) -> Mapping[str, Any]:
    return {"folder": str(folder)}


def _at_path(server: HttpServer, _folder: Path) -> Mapping[str, Any]:
    return {"url": server.url(PATH)}


SAMPLES: dict[str, Sample] = {
    "auto": Sample(feed(), _at_path, robots=True),
    "feed": Sample(feed(), _at_path),
    "folder": Sample(feed(), _folder, web=False),
    "page": Sample(section(), _at_path, robots=True, whole=True),
    "search": Sample(feed(), _search, always_reads=True),
    "section": Sample(section(), _at_path, robots=True),
    "sitemap": Sample(sitemap(), _at_path, robots=True),
}


def drop(folder: Path, body: bytes, hour: int) -> None:
    """Put a document into the folder that a `folder` source looks into, written at that hour."""
    path = folder / "dropped.xml"
    path.write_bytes(body)
    os.utime(path, (LONG_AGO + 3_600 * hour,) * 2)
