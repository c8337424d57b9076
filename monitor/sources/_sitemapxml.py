"""Sitemaps as documents (https://www.sitemaps.org/protocol.html): addresses, or further sitemaps.

News sitemaps add title, date and language (Google's news extension); extensions for pictures,
videos and other languages are passed over. A text file of addresses is a sitemap as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from lxml import etree

from monitor.errors import ParseError
from monitor.model import Entry, Reason
from monitor.sources._dates import date_of
from monitor.sources._encoding import to_utf8
from monitor.sources._html import joined
from monitor.sources._limits import NAME, TITLE
from monitor.sources._repair import repair
from monitor.sources._unpack import unpacked

LINKS: Final = 50_000
"""Addresses that one sitemap may hold by its protocol; what follows is not read."""
KEYWORDS: Final = 1_000
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""An earlier time is a mistake of the publisher's and says nothing of an age."""
_ROOT = re.compile(
    rb"<(?:[A-Za-z][\w.-]*:)?(sitemapindex|urlset|html|rss|feed|rdf)\b", re.IGNORECASE
)
_ELEMENT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>\s*\Z")
_LAST = re.compile(rb"</(?:[\w.-]+:)?(?:url|sitemap)\s*>")
_HEAD = 100_000
_TAIL = 200


@dataclass(frozen=True, slots=True)
class Link:
    """One address of a sitemap; ``time`` is the latest that is said of it."""

    entry: Entry
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names, with its ``lastmod`` as it is written."""

    url: str
    lastmod: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sitemap holds: links, or the children of an index."""

    kind: str
    """``sitemap``, ``news-sitemap``, ``text-sitemap`` or ``sitemap-index``."""
    title: str = ""
    links: tuple[Link, ...] = ()
    children: tuple[Child, ...] = ()
    problems: tuple[str, ...] = ()


def is_index(data: bytes) -> bool:
    """Tell by its root whether an unpacked document is a sitemap index."""
    return root_of(data) == "sitemapindex"


def root_of(data: bytes) -> str:
    """Return which of the roots that may be met an unpacked document has, empty for none."""
    root = _ROOT.search(data[:_HEAD])
    return root[1].decode().lower() if root else ""


def read_listing(body: bytes, content_type: str, url: str) -> Listing:
    """Return what the sitemap from ``url`` holds, packed or not; pure.

    Raises ParseError when it is no sitemap or an attack. What was damaged but readable is kept,
    and ``problems`` say so.
    """
    data = unpacked(body)
    if not data.strip():
        raise ParseError(Reason.NOT_A_FEED, "the answer is empty")
    if not _ELEMENT.search(data[:_HEAD]):
        return _read_text(data, url)
    data, problems = to_utf8(data, content_type)
    root = _ROOT.search(data[:_HEAD])
    if root is None or root[1].lower() not in {b"sitemapindex", b"urlset"}:
        raise ParseError(Reason.NOT_A_FEED, f"the answer is {_what(data)}, not a sitemap")
    if b"<!ENTITY" in data[:_HEAD]:
        message = "the document declares entities, which no sitemap needs; it was refused unread"
        raise ParseError(Reason.MALFORMED, message)
    data, repairs, _ = repair(data)
    data, cut = _whole_entries(data)
    problems += [*repairs, *cut]
    if is_index(data):
        return _index(data, url, problems)
    return _urlset(data, url, problems)


def _what(data: bytes) -> str:
    element = _ELEMENT.search(data)
    name = element[1].decode("ascii", "ignore").lower() if element else ""
    return (
        "a web page"
        if name == "html" or b"<!doctype html" in data[:500].lower()
        else f"a document of <{name}>"
    )


def _whole_entries(data: bytes) -> tuple[bytes, list[str]]:
    """Cut a document that breaks off behind its last whole entry: half an address leads elsewhere."""
    if _END.search(data[-_TAIL:]):
        return data, []
    end = max((match.end() for match in _LAST.finditer(data)), default=0)
    return data[:end] or data, ["the document breaks off; its whole entries were read"]


def _elements(data: bytes, name: str) -> Iterator[Any]:
    """Yield the elements of that name in any namespace, each emptied after use.

    External entities are never read, and libxml2's own bounds on depth and size are in force.
    """
    context = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=(f"{{*}}{name}",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in context:
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        message = f"the sitemap cannot be read: {str(error)[:200]}"
        raise ParseError(Reason.MALFORMED, message) from None


def _name(element: Any) -> str:
    """Return the local name, also of an element whose prefix was never declared."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _index(data: bytes, url: str, problems: list[str]) -> Listing:
    children: dict[str, Child] = {}
    for element in _elements(data, "sitemap"):
        said = {_name(part): _text(part) for part in element}
        address = joined(url, said.get("loc", "")) if said.get("loc") else ""
        if address:
            children.setdefault(address, Child(address, said.get("lastmod", "")[:NAME]))
        if len(children) == LINKS:
            problems.append(f"only the first {LINKS:,} sitemaps of the index were read")
            break
    return Listing("sitemap-index", children=tuple(children.values()), problems=tuple(problems))


def _urlset(data: bytes, url: str, problems: list[str]) -> Listing:
    links: list[Link] = []
    title, lost, news = "", 0, False
    for element in _elements(data, "url"):
        said = _said(element)
        link = _link(said, url)
        lost += link is None
        links += [link] if link else []
        news = news or "news" in said
        title = title or said.get("news:name", "")
        if len(links) == LINKS:
            problems.append(f"only the first {LINKS:,} addresses were read")
            break
    if lost:
        problems.append(f"entries without a web address that were left out: {lost}")
    kind = "news-sitemap" if news else "sitemap"
    return Listing(kind, escape(title[:TITLE], quote=False), tuple(links), problems=tuple(problems))


def _said(element: Any) -> dict[str, str]:
    """Return what an entry says by name, that of the news extension under ``news:…``."""
    said: dict[str, str] = {}
    for part in element:
        name = _name(part)
        if name == "news":
            said["news"] = ""
            for detail in part.iterdescendants():
                said.setdefault(f"news:{_name(detail)}", _text(detail))
        else:
            said.setdefault(name, _text(part))
    return said


def _link(said: dict[str, str], base: str) -> Link | None:
    """Return the link of an entry.

    ``lastmod`` is when the page last changed, which says nothing of when it was published: it
    decides what is looked at, and is never shown as the date of an article.
    """
    address = joined(base, said["loc"]) if said.get("loc") else ""
    if not address:
        return None
    published = date_of(said.get("news:publication_date", ""))
    changed = date_of(said.get("lastmod", ""))
    entry = Entry(
        url=address,
        title=escape(said.get("news:title", "")[:TITLE], quote=False),
        summary=escape(said.get("news:keywords", "")[:KEYWORDS], quote=False),
        published=published,
        language=said.get("news:language", "")[:NAME],
    )
    times = [time for time in (published, changed) if time and time >= EARLIEST]
    return Link(entry, max(times, default=None))


def _read_text(data: bytes, url: str) -> Listing:
    """Read a text file of addresses, one a line; raises ParseError when most lines are none."""
    lines = [line for line in data.decode("utf-8-sig", "replace").split("\n") if line.strip()]
    addresses = [joined(url, line) for line in lines if line.strip().startswith("http")]
    found = list(dict.fromkeys(address for address in addresses if address))
    if len(found) * 2 < len(lines):
        raise ParseError(Reason.NOT_A_FEED, "the answer is plain text, not a sitemap")
    problems = []
    if len(found) > LINKS:
        problems.append(f"only the first {LINKS:,} addresses were read")
    links = tuple(Link(Entry(url=address)) for address in found[:LINKS])
    return Listing("text-sitemap", links=links, problems=tuple(problems))
