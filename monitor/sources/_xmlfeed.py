"""RSS 0.9x, 1.0, 2.0, Atom and CDF through feedparser, the one parser that is the truth."""

from __future__ import annotations

import io
import re
from datetime import datetime
from time import struct_time
from typing import Any
from xml.sax import SAXParseException

import feedparser

from monitor.errors import ParseError
from monitor.model import Document, Entry, Reason
from monitor.sources import _fastfeed
from monitor.sources._dates import entry_date
from monitor.sources._encoding import to_utf8
from monitor.sources._entries import Said, entry_of, feed_ttl
from monitor.sources._limits import ENTRIES, NAME, TITLE
from monitor.sources._repair import refuse_bombs, repair, tame_head

_ELEMENT = re.compile(rb"<([A-Za-z][\w:.-]*)")


def parse_xml_feed(body: bytes, content_type: str, url: str, *, fast: bool = True) -> Document:
    """Read a feed in XML; links are resolved against ``xml:base``, else against ``url``.

    Plain documents take a fast path that says the same as feedparser; ``fast=False`` closes it.
    Raises ParseError when the document is no feed or is an attack; a damaged feed keeps the
    entries that can be read, and ``problems`` says what was wrong.
    """
    data, problems = to_utf8(body, content_type)
    element = _ELEMENT.search(data)
    root = element[1].decode("ascii", "ignore").lower() if element else ""
    if root == "html":
        raise ParseError(Reason.NOT_A_FEED, "the answer is a web page, not a feed")
    data, repairs, cut = repair(tame_head(data))
    refuse_bombs(data)
    said = (*problems, *repairs)
    plain = _fastfeed.read_plain_feed(data, url, said) if fast and not cut else None
    if plain is not None:
        return plain
    parsed = _feedparser(data, url)
    entries = tuple(_entry(entry, parsed["version"]) for entry in parsed["entries"][:ENTRIES])
    if not entries and not parsed["version"]:
        what = f"a document of <{root}>" if root else "neither XML nor JSON"
        raise ParseError(Reason.NOT_A_FEED, f"the answer is {what}, not a feed")
    damage = _damage(parsed.get("bozo_exception"))
    if damage and not entries:
        raise ParseError(Reason.MALFORMED, f"no entry could be read: {damage[0]}")
    problems += repairs if cut else repairs + damage
    return _document(parsed, entries, problems)


def _feedparser(data: bytes, url: str) -> Any:
    # A stream, because feedparser opens bytes that happen to be a path as a file.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - on hostile input many kinds escape its two parsers
        message = f"the document cannot be read: {type(error).__name__}: {str(error)[:200]}"
        raise ParseError(Reason.MALFORMED, message) from None


def _damage(error: object) -> list[str]:
    """Say where a document stopped being well-formed XML, as plain text."""
    if isinstance(error, SAXParseException):
        where = f"at line {error.getLineNumber()}"
        return [f"not well-formed XML {where}: {error.getMessage()}; read leniently"]
    return [f"not well-formed XML: {str(error)[:200]}; read leniently"] if error else []


def _document(parsed: Any, entries: tuple[Entry, ...], problems: list[str]) -> Document:
    feed = parsed["feed"]
    return Document(
        kind=parsed["version"] or "unknown",
        title=_text(feed, "title")[:TITLE],
        language=_text(feed, "language")[:NAME],
        entries=entries,
        problems=tuple(problems),
        ttl=feed_ttl(
            _text(feed, "ttl"), _text(feed, "sy_updateperiod"), _text(feed, "sy_updatefrequency")
        ),
    )


def _entry(entry: dict[str, Any], version: str) -> Entry:
    said = Said(
        id=_text(entry, "id"),
        link=_text(entry, "link"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        caption=_text(entry, "media_caption"),
        contents=[_text(part, "value") for part in _all(entry, "content")],
        published=_date(entry, "published"),
        created=_date(entry, "created"),
        updated=_date(entry, "updated"),
        names=[_text(part, "name") for part in _all(entry, "authors")],
        author=_text(entry, "author"),
        language=_text(entry, "language") or _text(_map(entry, "title_detail"), "language"),
    )
    return entry_of(said, version)


# FeedParserDict answers for missing keys with others, so these ask the plain dict beneath it.


def _text(values: dict[str, Any], key: str) -> str:
    value = dict.get(values, key)
    return value if isinstance(value, str) else ""


def _all(values: dict[str, Any], key: str) -> list[Any]:
    found = dict.get(values, key)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _map(values: dict[str, Any], key: str) -> dict[str, Any]:
    found = dict.get(values, key)
    return found if isinstance(found, dict) else {}


def _date(entry: dict[str, Any], key: str) -> datetime | None:
    text = _text(entry, key)
    parsed: struct_time | None = dict.get(entry, f"{key}_parsed")
    return entry_date(text, parsed) if text else None
