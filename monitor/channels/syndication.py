"""Hits as a feed: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1, from what was told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from monitor.channels.payload import Payload, StoryPart
from monitor.channels.text import one_line

ATOM: Final = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One story in a feed."""

    id: str
    title: str
    url: str
    outlet: str
    text: str
    """Why it was told, and where else it stands."""
    watches: tuple[str, ...]
    language: str
    published: datetime
    updated: datetime
    """When it was told."""


@dataclass(frozen=True, slots=True)
class HitFeed:
    """A feed of a subscription: its entries, what was told last first."""

    id: str
    title: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


def hit_feed(
    name: str, title: str, payloads: Iterable[Payload], most: int, now: datetime
) -> HitFeed:
    """Return the feed of a subscription from its messages, the newest first, each story once.

    A message without stories is an entry of its own only when it is a test or speaks of the
    monitor itself: readers of a feed see for themselves that nothing came.
    """
    entries: dict[str, FeedEntry] = {}
    for payload in payloads:
        for entry in _entries(name, payload):
            entries.setdefault(entry.id, entry)
    found = tuple(entries.values())[:most]
    updated = max((entry.updated for entry in found), default=now)
    return HitFeed(f"urn:coverage-monitor:{name}", one_line(title, 120), updated, found)


def _entries(name: str, payload: Payload) -> Iterable[FeedEntry]:
    for story in payload.data.stories:
        yield FeedEntry(
            id=f"urn:coverage-monitor:{name}:{story.id}",
            title=story.title or "(without a title)",
            url=story.url,
            outlet=story.outlet,
            text=_text(story),
            watches=tuple(dict.fromkeys(watch.watch for watch in story.watches)),
            language=story.language,
            published=story.published or story.first_seen or payload.timestamp,
            updated=payload.timestamp,
        )
    if not payload.data.stories and payload.type in {"test", "monitor.notice"}:
        moment = payload.timestamp
        own = f"urn:coverage-monitor:{name}:{moment.isoformat()}"
        words = payload.data.warnings[0] if payload.data.warnings else ""
        yield FeedEntry(own, payload.data.summary, "", "", words, (), "", moment, moment)


def _text(story: StoryPart) -> str:
    words = [
        f"{story.outlet}." if story.outlet else "",
        *(watch.why for watch in story.watches[:1]),
    ]
    if story.copies:
        names = dict.fromkeys(copy.outlet for copy in story.copies if copy.outlet)
        words.append(f"Also in {', '.join(names)}.")
    return " ".join(filter(None, words))


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
        for watch in entry.watches:
            add(element, "category", term=watch)
        add(element, "summary", entry.text or entry.title)
    return _xml(root)


def set_rss(feed: HitFeed) -> bytes:
    """Return ``feed`` in RSS 2.0 (https://www.rssboard.org/rss-specification)."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")

    def add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
        ET.SubElement(parent, tag, attributes).text = text

    add(channel, "title", feed.title)
    add(channel, "link", feed.id)
    add(channel, "description", "What the coverage monitor found.")
    add(channel, "lastBuildDate", format_datetime(feed.updated))
    for entry in feed.entries:
        item = ET.SubElement(channel, "item")
        add(item, "title", entry.title)
        if entry.url:
            add(item, "link", entry.url)
        add(item, "guid", entry.id, isPermaLink="false")
        add(item, "pubDate", format_datetime(entry.published))
        for watch in entry.watches:
            add(item, "category", watch)
        add(item, "description", entry.text or entry.title)
    return _xml(root)


def set_json(feed: HitFeed) -> bytes:
    """Return ``feed`` as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    items = []
    for entry in feed.entries:
        item: dict[str, Any] = {"id": entry.id, "title": entry.title}
        item |= {"url": entry.url} if entry.url else {}
        item |= {"authors": [{"name": entry.outlet}]} if entry.outlet else {}
        item |= {"language": entry.language} if entry.language else {}
        item |= {"tags": list(entry.watches), "content_text": entry.text or entry.title}
        item |= {"date_published": entry.published.isoformat()}
        items.append(item | {"date_modified": entry.updated.isoformat()})
    document = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "items": items}
    return json.dumps(document, ensure_ascii=False).encode()


def _xml(root: ET.Element) -> bytes:
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


FORMS: Final[dict[str, tuple[str, Callable[[HitFeed], bytes]]]] = {
    "atom": ("application/atom+xml; charset=utf-8", set_atom),
    "rss": ("application/rss+xml; charset=utf-8", set_rss),
    "json": ("application/feed+json", set_json),
}
"""How a feed is written, by the end of its address: media type and writer."""
