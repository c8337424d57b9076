"""`monitor parse`: files to items, alone, without a database or a network.

Feeds and sitemaps are told apart by their content. A web page may be read as a section, for its
links, or as a page, for its text: that takes a word.
"""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args

from monitor.errors import InputError, ParseError
from monitor.model import Document, Fetched, Item
from monitor.reading import clean_text, one_line, read
from monitor.sources.base import WebSource
from monitor.sources.feed import Feed
from monitor.sources.page import Page
from monitor.sources.section import Section
from monitor.sources.sitemap import Sitemap, is_sitemap

LARGEST_FILE = 50_000_000
"""Bytes, after unpacking."""
_NOWHERE = "https://localhost.invalid/"
"""Resolves relative links of a file whose address is unknown; RFC 2606 reserves the name."""
_SOURCE = "file"
_KINDS: Final[dict[str, type[WebSource]]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind
    for kind in (Feed, Sitemap, Section, Page)
}
"""The kinds of source that read one document from one address."""
_GZIP = b"\x1f\x8b"


def parse_file(
    path: Path, url: str = "", *, kind: str = "", now: datetime | None = None
) -> dict[str, Any]:
    """Return what the document at ``path`` holds, or ``{"file", "error"}``; never raises for it.

    It is read as by a source of ``kind``, which is found by content when left out; what is gzipped
    is unpacked. ``url`` is the address that the document came from. The result is ready for JSON:
    times are RFC 3339 in UTC or None. Raises InputError for a kind that reads no such documents.
    """
    address = url or _NOWHERE
    if kind and kind not in _KINDS:
        message = f"--kind {kind}: files are read as {', '.join(_KINDS)}"
        raise InputError(message)
    try:
        document = document_in(read_file(path), address, kind)
    except ParseError as error:
        return {"file": str(path), "error": str(error)}
    except (OSError, EOFError, zlib.error) as error:
        return {"file": str(path), "error": f"cannot be read: {why(error)}"}
    items = read(
        document,
        source=_SOURCE,
        outlet="",
        language="",
        address=address,
        now=now or datetime.now(UTC),
        baseline=False,
    )
    return _as_json(path, document, items, known=bool(url))


def document_in(body: bytes, address: str, kind: str = "") -> Document:
    """Return what a source of ``kind`` reads in ``body``; raises `monitor.errors.ParseError`."""
    chosen = kind or ("sitemap" if is_sitemap(body) else "feed")
    source = _KINDS[chosen].model_construct(id=_SOURCE, kind=chosen, url=address)
    return source.parse(Fetched(url=address, status=200, body=body))


def why(error: Exception) -> str:
    """Return the reason an error gives, without its number."""
    return getattr(error, "strerror", None) or str(error)


def read_file(path: Path) -> bytes:
    """Return the bytes of a file, unpacked; raises OSError when it is too large."""
    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if packed else file
        body = stream.read(LARGEST_FILE + 1)
    if len(body) > LARGEST_FILE:
        message = f"larger than {LARGEST_FILE // 1_000_000} MB"
        raise OSError(message)
    return bytes(body)


def _as_json(
    path: Path, document: Document, items: tuple[Item, ...], *, known: bool
) -> dict[str, Any]:
    return {
        "file": str(path),
        "kind": document.kind,
        "title": one_line(clean_text(document.title)),
        "items": [_item(item, known=known) for item in items],
        "problems": list(document.problems),
    }


def _item(item: Item, *, known: bool) -> dict[str, Any]:
    relative = not known and item.url.startswith(_NOWHERE)
    return {
        "id": item.id,
        "url": "" if relative else item.url,
        "title": item.title,
        "published": time_as_text(item.published),
        "updated": time_as_text(item.updated),
        "authors": list(item.authors),
        "summary": item.summary,
        "text": item.text,
        "language": item.language,
    }


def time_as_text(time: datetime | None) -> str | None:
    """Return a time as RFC 3339, with ``Z`` for UTC."""
    return time.isoformat().replace("+00:00", "Z") if time else None
