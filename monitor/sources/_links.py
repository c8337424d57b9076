"""Links by which a feed speaks of itself: its hub, its own address, where its older entries are.

They stand beside the entries: as ``link`` elements of Atom, which RSS borrows (RFC 4287 section
4.2.7), in the HTTP header Link (RFC 8288), or as members of a JSON Feed. They are read from the
bytes, so that they are the same whichever parser reads the entries.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from monitor.sources._limits import ADDRESS

_HEAD: Final = 20_000
"""Bytes before the first entry, and after the last, in which links are looked for."""
_ENTRY = re.compile(rb"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENDS: Final = (b"</item>", b"</entry>")
_LINK = re.compile(rb"<(?:[\w-]+:)?link\s([^<>]{1,8000})>", re.IGNORECASE)
_BASE = re.compile(rb"<(?:rss|feed|(?:[\w-]+:)?RDF)\b[^<>]*?\bxml:base\s*=\s*[\"']([^\"'<>]*)[\"']")
_ATTRIBUTE = re.compile(r"(?:^|\s)([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_VALUE = re.compile(r"<([^<>]*)>((?:[^\",<]|\"(?:[^\"\\]|\\.)*\")*)")
_PARAMETER = re.compile(r";\s*([\w!*-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*))")


class Links(NamedTuple):
    """Absolute addresses of http or https; empty where the feed names none."""

    hub: str = ""
    """The hub that tells of news (WebSub section 4)."""
    topic: str = ""
    """The feed's own address, by which its hub knows it (``self``)."""
    older: str = ""
    """The page of the entries before these (RFC 5005 sections 3 and 4)."""


def links_in_xml(body: bytes, url: str) -> Links:
    """Return the links that a feed in XML has beside its entries."""
    first = _ENTRY.search(body)
    head = body[: min(first.start(), _HEAD) if first else _HEAD]
    last = max(body.rfind(end) for end in _ENDS)
    tail = body[last : last + _HEAD] if last > 0 else b""
    found = [*_LINK.findall(head), *_LINK.findall(tail)]
    declared = _BASE.search(head) if found else None
    base = _joined(url, _text(declared[1])) if declared else url
    return _links((pair for attributes in found for pair in _relations(attributes)), base or url)


def _relations(attributes: bytes) -> Iterator[tuple[str, str]]:
    said = {name.lower(): one or two for name, one, two in _ATTRIBUTE.findall(_text(attributes))}
    for relation in said.get("rel", "").lower().split():
        yield relation, html.unescape(said.get("href", ""))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def links_in_header(value: str, url: str) -> Links:
    """Return the links of an HTTP header Link, several values joined by commas (RFC 8288)."""
    pairs = (
        (relation, target)
        for target, parameters in _VALUE.findall(value[:_HEAD])
        for relation in _relation(parameters).lower().split()
    )
    return _links(pairs, url)


def _relation(parameters: str) -> str:
    """Return the first parameter ``rel``: section 3.3 says to ignore the others."""
    for name, quoted, token in _PARAMETER.findall(parameters):
        if name.lower() == "rel":
            return str(quoted or token)
    return ""


def links_of_json(feed: dict[str, object], url: str) -> Links:
    """Return the links of a JSON Feed: ``hubs``, ``feed_url`` and ``next_url``."""
    hubs = feed.get("hubs")
    pairs = [
        ("hub", hub.get("url"))
        for hub in (hubs if isinstance(hubs, list) else [])
        if isinstance(hub, dict) and str(hub.get("type")).lower() in {"websub", "pubsubhubbub"}
    ]
    pairs += [("self", feed.get("feed_url")), ("next", feed.get("next_url"))]
    return _links(((name, value) for name, value in pairs if isinstance(value, str)), url)


def either(first: Links, second: Links) -> Links:
    """Return the first's hub and own address where it names a hub, else the second's.

    The header goes before the document (WebSub section 4).
    """
    told = first if first.hub else second
    return Links(told.hub, told.topic or second.topic, first.older or second.older)


def _links(pairs: Iterable[tuple[str, str]], base: str) -> Links:
    """Return the first of each kind; an archive goes before a page, whose entries may move on."""
    found: dict[str, str] = {}
    for relation, target in pairs:
        if relation not in found and (address := _joined(base, target)):
            found[relation] = address
    older = found.get("prev-archive") or found.get("next", "")
    return Links(found.get("hub", ""), found.get("self", ""), older)


def _joined(base: str, target: str) -> str:
    """Return ``target`` made absolute, nothing when that is no web address."""
    try:
        address = urljoin(base, target.strip())
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and parts.hostname and len(address) <= ADDRESS
    except ValueError:
        return ""
    return address if sound and target.strip() else ""
