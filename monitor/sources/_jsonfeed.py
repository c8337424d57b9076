"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not know."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import urljoin

from monitor.errors import ParseError
from monitor.model import Document, Entry, Reason, digest
from monitor.sources._dates import iso_date
from monitor.sources._limits import ADDRESS, AUTHORS, ENTRIES, GUID, MARKUP, NAME, TITLE
from monitor.sources._links import links_of_json

_VERSIONS = {"1": "jsonfeed10", "1.0": "jsonfeed10", "1.1": "jsonfeed11"}
_BOM = b"\xef\xbb\xbf"
_NO_TEXT = b"\0\xef\xbb\xbf\xff\xfe \t\r\n"
"""Byte order marks, padding of wide encodings, white space."""


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Tell by the first character, or by a JSON media type on something that is no markup."""
    start = body[:64].lstrip(_NO_TEXT)[:1]
    return start == b"{" or ("json" in content_type.lower() and start != b"<")


def parse_json_feed(body: bytes, url: str) -> Document:
    """Read a JSON Feed; relative links are resolved against ``url``.

    Items without any content are kept when they have a title or a link; items that are no
    objects are dropped and ``problems`` counts them. Raises ParseError when it is none.
    """
    feed = _load(body)
    version = feed.get("version")
    if not (isinstance(version, str) and "jsonfeed.org/version/" in version):
        message = "the answer is JSON, but no JSON Feed: it names no jsonfeed.org version"
        raise ParseError(Reason.NOT_A_FEED, message)
    found = feed.get("items")
    items = found if isinstance(found, list) else []
    links = links_of_json(feed, url)
    objects = [item for item in items[:ENTRIES] if isinstance(item, dict)]
    return Document(
        kind=_VERSIONS.get(version.rstrip("/").rpartition("/")[2], "jsonfeed"),
        title=escape(_text(feed, "title")[:TITLE], quote=False),
        language=_text(feed, "language")[:NAME],
        entries=tuple(_entry(item, url) for item in objects),
        problems=_problems(found, len(items), len(objects)),
        hub=links.hub,
        topic=links.topic,
        older=links.older,
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        feed = json.loads(body.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        message = f"the document is no whole JSON: {str(error)[:200]}"
        raise ParseError(Reason.MALFORMED, message) from None
    if not isinstance(feed, dict):
        raise ParseError(Reason.NOT_A_FEED, "the answer is JSON, but no JSON Feed")
    return feed


def _problems(found: object, items: int, objects: int) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ("the feed has no list of items",)
    if items > ENTRIES:
        return (f"only the first {ENTRIES:,} of {items:,} entries were read",)
    if items > objects:
        return (f"entries that are no JSON objects and were left out: {items - objects}",)
    return ()


def _entry(item: dict[str, Any], base: str) -> Entry:
    guid = _text(item, "id")
    # Plain text is escaped, so that markup is what every entry carries.
    plain = escape(_text(item, "content_text")[:MARKUP], quote=False)
    return Entry(
        guid=guid if len(guid) <= GUID else digest(guid),
        url=_link(item, base),
        title=escape(_text(item, "title")[:TITLE], quote=False),
        summary=escape(_text(item, "summary")[:MARKUP], quote=False),
        content=_text(item, "content_html")[:MARKUP] or plain,
        published=iso_date(_text(item, "date_published")),
        updated=iso_date(_text(item, "date_modified")),
        authors=_authors(item),
        language=_text(item, "language")[:NAME],
    )


def _link(item: dict[str, Any], base: str) -> str:
    link = (_text(item, "url") or _text(item, "external_url")).strip()
    try:
        return urljoin(base, link) if link and len(link) <= ADDRESS else ""
    except ValueError:
        return ""


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of ``authors`` (1.1), else that of ``author`` (1.0)."""
    many = item.get("authors")
    people = many if isinstance(many, list) else [item.get("author")]
    names = [_text(person, "name")[:NAME] for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for name in names if name))[:AUTHORS]


def _text(values: dict[str, Any], key: str) -> str:
    """Return a text, or a number as text: publishers write ids as numbers."""
    value = values.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
