"""OPML (http://opml.org/spec2.opml), the lists of feeds that readers exchange: in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import listparser
from lxml import etree

from monitor.config.ids import new_id
from monitor.config.rewrite import Entry
from monitor.errors import InputError
from monitor.fields import check_address
from monitor.reading.addresses import canonical_address
from monitor.reading.text import one_line
from monitor.sources._encoding import to_utf8
from monitor.sources.base import Source, WebSource
from monitor.sources.feed import Feed

LARGEST = 5_000_000
"""Bytes of a list; one of ten thousand feeds has two million."""
MOST_OPEN = 2_000
"""Outlines that may be open at once in a list, as a whole."""
_MARK = b"\xef\xbb\xbf"
_TITLE = 120
_TAG = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of a list; ``tags`` are the folders that it lies in."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """What an import would write, and (address, reason) of what it leaves out."""

    entries: tuple[Entry, ...]
    skipped: tuple[tuple[str, str], ...]


def read_opml(data: bytes) -> list[Listed]:
    """Return the feeds of a list, each once, in its order; raises InputError when it is none.

    Entities are not resolved: nothing outside the file is ever read.
    """
    if len(data) > LARGEST:
        message = f"larger than {LARGEST // 1_000_000} MB: no list of feeds is"
        raise InputError(message)
    text, _ = to_utf8(data, "")
    lower = text.lower()
    if b"<opml" not in lower[:10_000]:
        message = "this is no OPML: it has no <opml> at its beginning"
        raise InputError(message)
    closed = lower.count(b"</outline") + lower.count(b"/>")
    if lower.count(b"<outline") - closed > MOST_OPEN:
        message = "its outlines are never closed: it is damaged"
        raise InputError(message)
    # lxml reads it as HTML, which resolves no entities; only a mark tells it the encoding.
    found = listparser.parse(_MARK + text.removeprefix(_MARK))
    feeds = [_listed(feed) for feed in found["feeds"]]
    if not feeds:
        message = "there is no feed in this list: no outline has an xmlUrl"
        raise InputError(message)
    return feeds


def _listed(feed: Mapping[str, object]) -> Listed:
    categories = feed.get("categories")
    folders = [
        one_line(str(folder), _TAG)
        for category in (categories if isinstance(categories, list) else [])
        for folder in category
    ]
    tags = tuple(dict.fromkeys(folder for folder in folders if folder))
    return Listed(str(feed["url"]).strip(), one_line(str(feed["title"]), _TITLE), tags)


def plan_import(feeds: Iterable[Listed], sources: Mapping[str, Source]) -> Import:
    """Return the entries that bring ``feeds`` in beside ``sources``; pure.

    A feed whose address is there already, in whatever form, is left out and named.
    """
    taken = set(sources)
    known = {
        _key(source.url): source.id for source in sources.values() if isinstance(source, WebSource)
    }
    entries: list[Entry] = []
    skipped: list[tuple[str, str]] = []
    for feed in feeds:
        try:
            check_address(feed.url)
        except ValueError as error:
            skipped.append((one_line(feed.url), str(error)))
            continue
        if owner := known.get(_key(feed.url)):
            skipped.append((feed.url, f"{owner} has this address already"))
            continue
        name = new_id(feed.title, feed.url, taken)
        taken.add(name)
        known[_key(feed.url)] = name
        entry: dict[str, str | list[str]] = {
            "id": name,
            "url": feed.url,
            "publisher": feed.title,
            "tags": list(feed.tags),
        }
        entries.append({key: value for key, value in entry.items() if value})
    return Import(tuple(entries), tuple(skipped))


def _key(url: str) -> str:
    return canonical_address(url) or url


def write_opml(sources: Iterable[Source], title: str) -> tuple[bytes, list[str]]:
    """Return the feeds of ``sources`` as OPML 2.0, and the ids of what is no feed.

    A source with several tags lies in a folder for each; readers take those for one.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    left_out = []
    for source in sources:
        if not isinstance(source, Feed):
            left_out.append(source.id)
            continue
        for tag in source.tags or ("",):
            if tag and tag not in folders:
                folders[tag] = etree.SubElement(body, "outline", text=tag, title=tag)
            _outline(folders[tag] if tag else body, source)
    text = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return text, left_out


def _outline(parent: etree._Element, source: Feed) -> None:
    outline = etree.SubElement(
        parent, "outline", type="rss", text=source.outlet, title=source.outlet, xmlUrl=source.url
    )
    if source.language:
        outline.set("language", source.language)
