"""Feeds as documents: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

None names its own address, as all three recommend: it would carry the token that opens the feed, and
documents are passed on more lightly than addresses are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from monitor.channels.feed_entries import HitFeed

DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
ATOM: Final = "http://www.w3.org/2005/Atom"


_ILLEGAL: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold (XML 1.0 section 2.2, production Char)."""


def set_atom(feed: HitFeed) -> bytes:
    """Return ``feed`` in Atom; an entry without an author takes the feed's (section 4.1.2)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")

    def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
        element.text = text or None
        return element

    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "updated", feed.updated.isoformat())
    add(add(root, "author"), "name", "Coverage monitor")
    add(root, "link", rel="alternate", href=feed.home)
    for entry in feed.entries:
        element = add(root, "entry")
        if entry.language:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", entry.language)
        add(element, "id", entry.id)
        add(element, "title", entry.title)
        add(element, "updated", entry.updated.isoformat())
        add(element, "published", entry.published.isoformat())
        if entry.url:
            add(element, "link", rel="alternate", href=entry.url)
        if entry.outlet:
            add(add(element, "author"), "name", entry.outlet)
        for tag in entry.tags:
            add(element, "category", term=tag)
        add(element, "summary", entry.text)
        add(element, "content", entry.html, type="html")
    return _xml(root)


def set_rss(feed: HitFeed) -> bytes:
    """Return ``feed`` in RSS 2.0 (https://www.rssboard.org/rss-specification).

    Readers take a description for HTML, so it is that; RSS knows authors by their mail address
    alone, so outlets are named by Dublin Core.
    """
    ET.register_namespace("dc", DUBLIN_CORE)
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")

    def add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
        ET.SubElement(parent, tag, attributes).text = text

    add(channel, "title", feed.title)
    add(channel, "link", feed.home)
    add(channel, "description", "What the coverage monitor found.")
    add(channel, "lastBuildDate", format_datetime(feed.updated))
    for entry in feed.entries:
        item = ET.SubElement(channel, "item")
        add(item, "title", entry.title)
        if entry.url:
            add(item, "link", entry.url)
        add(item, "guid", entry.id, isPermaLink="false")
        add(item, "pubDate", format_datetime(entry.published))
        if entry.outlet:
            add(item, f"{{{DUBLIN_CORE}}}creator", entry.outlet)
        for tag in entry.tags:
            add(item, "category", tag)
        add(item, "description", entry.html)
    return _xml(root)


def set_json(feed: HitFeed) -> bytes:
    """Return ``feed`` as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    items = []
    for entry in feed.entries:
        item: dict[str, Any] = {"id": entry.id, "title": entry.title}
        item |= {"url": entry.url} if entry.url else {}
        item |= {"authors": [{"name": entry.outlet}]} if entry.outlet else {}
        item |= {"language": entry.language} if entry.language else {}
        item |= {"tags": list(entry.tags), "summary": entry.text}
        item |= {"content_html": entry.html, "content_text": entry.text}
        item |= {"date_published": entry.published.isoformat()}
        items.append(item | {"date_modified": entry.updated.isoformat()})
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _xml(root: ET.Element) -> bytes:
    for element in root.iter():
        element.text = _ILLEGAL.sub("", element.text or "") or None
        for name, value in element.attrib.items():
            element.set(name, _ILLEGAL.sub("", value))
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


FORMS: Final[dict[str, tuple[str, Callable[[HitFeed], bytes]]]] = {
    "atom": ("application/atom+xml; charset=utf-8", set_atom),
    "rss": ("application/rss+xml; charset=utf-8", set_rss),
    "json": ("application/feed+json", set_json),
}
"""How a feed is written, by the end of its address: media type and writer."""
