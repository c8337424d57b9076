"""Finding where a site publishes: feeds, news sitemaps, or links on the page itself.

    the address itself   it may be a feed or a sitemap already
    links to feeds       in the head of the page, then in its text
    usual places         where no feed is linked: /feed, /rss.xml …
    news sitemaps        those that robots.txt names, then the usual places
    the page             when it links to articles
    other sitemaps       they say neither titles nor dates

robots.txt is asked before each address, and the distance between two pages is kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from monitor.errors import FetchError, ParseError
from monitor.model import Fetched, Reason, SourceState
from monitor.sources._articles import MOST_LINKS, article_links
from monitor.sources._html import joined, read_page, words_of
from monitor.sources._http import fetch_conditionally
from monitor.sources._unpack import start_of

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml,"
    " application/feed+json, application/xml;q=0.8, */*;q=0.5"
)
FEED_TYPES: Final = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
)
LOOSE_TYPES: Final = frozenset(("application/json", "application/xml", "text/xml"))
"""Media types of feeds, and of much else besides."""
USUAL_FEEDS: Final = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
USUAL_SITEMAPS: Final = ("sitemap_news.xml", "news-sitemap.xml", "sitemap-news.xml")
MOST_LINKED: Final = 5
MOST_NAMED: Final = 4
MOST_SECONDS: Final = 75.0
"""Seconds after which no further address is tried; the lease on a source is longer."""
ARTICLES: Final = 3
"""Links to articles from which a page counts as one that lists them."""
LASTING: Final = frozenset(
    (Reason.DNS, Reason.REFUSED, Reason.TLS, Reason.TIMEOUT, Reason.REFUSED_ADDRESS)
)
"""Failures that other addresses of the same site would meet as well."""
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_ROOTS: Final = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
}
_NEWS = re.compile(rb"schemas/sitemap-news|<news:news>|<loc>[^<]*news[^<]*</loc>", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"(?:^|[/._?=-])(?:rss2?|atom|feeds?)(?:$|[/._?&=-])|\.(?:rss|rdf|atom)$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|repl(?:y|ies)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Find:
    """A place where a site publishes, with the answer it gave."""

    kind: str
    """The kind of source that polls it: ``feed``, ``sitemap`` or ``section``."""
    url: str
    why: str
    """How it was found, in plain words."""
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link of a page to what may be a feed."""

    url: str
    why: str
    title: str = ""


async def finds(net: Net, url: str) -> AsyncGenerator[Find, None]:
    """Yield where the site at ``url`` publishes, the best place first.

    Raises FetchError when the address cannot be had and nothing else is found; what fails besides
    is passed over.
    """
    search = Search(net)
    home, fault = await search.home(url)
    base = home.url if home else url
    kind = kind_of(home) if home else ""
    if home and kind:
        yield Find(kind, base, "it is what the address gives", home)
        return
    feeds, articles = await asyncio.to_thread(look, home) if home else ((), 0)
    found = 0
    async for find in search.feeds(base, feeds):
        found += 1
        yield find
    late: list[Find] = []
    async for find in search.sitemaps(base):
        found += 1
        if is_of_news(find.fetched):
            yield find
        else:
            late.append(find)
    if home and articles >= ARTICLES:
        found += 1
        yield Find("section", base, f"the page links to {articles} articles", home)
    for find in late:
        yield find
    if fault and not found:
        raise fault


def kind_of(fetched: Fetched) -> str:
    """Return ``feed`` or ``sitemap`` by how a document begins, empty when it is neither."""
    start = start_of(fetched.body).replace(b"\0", b"")
    if start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{"):
        return "feed" if b"jsonfeed.org/version" in start else ""
    root = _ROOT.search(start)
    return _ROOTS.get(root[1].rpartition(b":")[2].lower(), "") if root else ""


def is_of_news(fetched: Fetched) -> bool:
    """Tell whether a sitemap is one of news, or an index that names one."""
    return bool(_NEWS.search(start_of(fetched.body)))


def look(home: Fetched) -> tuple[tuple[FeedLink, ...], int]:
    """Return the feeds that a page links to, and how many articles; pure."""
    try:
        page = read_page(home.body, home.content_type, home.url)
    except ParseError:
        return (), 0
    links: dict[str, FeedLink] = {}
    for link in (*_in_head(page.root, page.base), *_in_text(page.root, page.base)):
        if link.url and link.url != home.url:
            links.setdefault(link.url, link)
    feeds = sorted(links.values(), key=lambda link: bool(_COMMENTS.search(link.url + link.title)))
    return tuple(feeds), len(article_links(page.root, page.base, home.url))


def _in_head(root: Any, base: str) -> Iterator[FeedLink]:
    """Yield the feeds that a page declares (HTML standard, section 4.6.7.1, "alternate")."""
    loose = []
    for link in islice(root.iter("link"), MOST_LINKS):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if not {"alternate", "feed"} & set(relations) or not link.get("href"):
            continue
        title = link.get("title") or ""
        found = FeedLink(joined(base, link.get("href")), "the page names it as its feed", title)
        if kind in FEED_TYPES or "feed" in relations:
            yield found
        elif kind in LOOSE_TYPES and "hreflang" not in link.attrib:
            loose.append(found)
    yield from loose


def _in_text(root: Any, base: str) -> Iterator[FeedLink]:
    for link in islice(root.iter("a"), MOST_LINKS):
        address = joined(base, link.get("href") or "")
        parts = urlsplit(address)
        if _FEED_LINK.search(f"{parts.path}?{parts.query}" if parts.query else parts.path):
            yield FeedLink(address, "the page links to it", words_of(link))


class Search:
    """One search: no address is tried twice, and none when time is up."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._until = monotonic() + MOST_SECONDS
        self._tried: set[str] = set()

    async def home(self, url: str) -> tuple[Fetched | None, FetchError | None]:
        """Return the page, or why it cannot be had; raises what is true of the whole site."""
        self._tried.add(url)
        try:
            return await self._fetch(url), None
        except FetchError as error:
            if error.reason in LASTING:
                raise
            return None, error

    async def feeds(self, base: str, links: Iterable[FeedLink]) -> AsyncIterator[Find]:
        """Yield the feeds among ``links``; only without any, those in the usual places."""
        found = 0
        for link in [*links][:MOST_LINKED]:
            if find := await self._try(link.url, link.why, "feed"):
                found += 1
                yield find
        for address in around(base, USUAL_FEEDS):
            if found:
                return
            if find := await self._try(address, "it is a usual place of feeds", "feed"):
                found += 1
                yield find

    async def sitemaps(self, base: str) -> AsyncIterator[Find]:
        """Yield the sitemaps that robots.txt names; without any, those in the usual places."""
        named = (await self._net.robots.rules(base)).sitemaps
        news_first = sorted(named, key=lambda address: "news" not in address.lower())
        found = 0
        for address in news_first[:MOST_NAMED]:
            if find := await self._try(address, "robots.txt names it", "sitemap"):
                found += 1
                yield find
        for address in around(base, USUAL_SITEMAPS):
            if found:
                return
            if find := await self._try(address, "it is a usual place of news sitemaps", "sitemap"):
                found += 1
                yield find

    async def _try(self, url: str, why: str, kind: str) -> Find | None:
        if url in self._tried or monotonic() > self._until:
            return None
        self._tried.add(url)
        try:
            fetched = await self._fetch(url)
        except FetchError:
            return None
        if kind_of(fetched) != kind or (fetched.url != url and fetched.url in self._tried):
            return None
        self._tried.add(fetched.url)
        return Find(kind, fetched.url, why, fetched)

    async def _fetch(self, url: str) -> Fetched:
        return await fetch_conditionally(
            self._net, url, SourceState(""), accept=ACCEPT, robots=True
        )


def around(base: str, names: Iterable[str]) -> list[str]:
    """Return ``names`` beside the page at ``base`` and at the root of its site."""
    beside = [urljoin(base, name) for name in names]
    return list(dict.fromkeys([*beside, *(urljoin(base, f"/{name}") for name in names)]))
