"""WARC/1.1 (ISO 28500): pages as they answered, texts as they were matched, hits as they were found.

Of each version of an item, in this order:

    response     the page, where the text was read from one and its body is still kept
    conversion   the text that was matched, of a page; a text known only from a feed is a resource
    metadata     all of the item that was matched, its digest, and where it came from
    metadata     for each hit of this version: what was found, and by which rule

Bodies are kept unpacked. As the web archives do it, the headers that speak of the packed one
(Content-Encoding, Transfer-Encoding, Content-Length) are renamed to X-Archive-Orig-….
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import BinaryIO, ClassVar, Final, Literal
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from monitor import __version__
from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from monitor.evidence.formats.jsonl import as_line, hit_as_json, version_as_json
from monitor.model import Exchange, Item, Version, version_of
from monitor.store import StoredHit

_OF_THE_WIRE: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_RENAMED: Final = "X-Archive-Orig-"
_ADDRESS: Final = "!#$&'()*+,/:;=?@[]~%"
"""Signs that an address holds as they are (RFC 3986, sections 2.1 to 2.2)."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
_TEXT: Final = "text/plain; charset=utf-8"
_JSON: Final = "application/json"
Headers = dict[str, str]


class Warc(Format):
    """A web archive; each record is packed for itself when the file's name ends in ``.gz``."""

    binary: ClassVar[bool] = True
    kind: Literal["warc"] = "warc"

    def write(
        self, exhibits: Iterable[Exhibit], out: BinaryIO, made: datetime, name: str = ""
    ) -> None:
        """Write a record that says what this is, then those of each item."""
        writer = WARCWriter(out, gzip=name.endswith(".gz"), warc_version="1.1")
        _write_info(writer, made, _line(name))
        for exhibit in exhibits:
            versions = exhibit.versions or (_as_known(exhibit.item),)
            kept = {version.digest for version in versions}
            for version in versions:
                # A hit that is older than the archive of texts stands behind the newest of them.
                named = {version.digest} if version is not versions[-1] else {version.digest, ""}
                hits = [
                    one
                    for one in exhibit.hits
                    if (one.hit.version if one.hit.version in kept else "") in named
                ]
                _Records(writer, version).write(hits, exhibit)


def _write_info(writer: WARCWriter, made: datetime, name: str) -> None:
    fields = {
        "software": f"coverage-monitor/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": "hits with the texts and rules that made them",
    }
    content = "".join(f"{field}: {value}\r\n" for field, value in fields.items()).encode()
    headers = {"WARC-Record-ID": _id(f"export of {made.isoformat()}"), "WARC-Date": _date(made)}
    headers |= {"WARC-Filename": name} if name else {}
    record = writer.create_warc_record(
        "", "warcinfo", BytesIO(content), len(content), warc_headers_dict=headers
    )
    writer.write_record(record)


def _as_known(item: Item) -> Version:
    """Return what is known of an item whose hits are older than the archive of texts."""
    return version_of(item, item.first_seen or datetime.now(UTC), Exchange())


class _Records:
    """Writes the records of one version; their ids are made of what they hold, the same every time."""

    def __init__(self, writer: WARCWriter, version: Version) -> None:
        self._writer = writer
        self._version = version
        self._date = _date(version.at)
        own = f"urn:coverage-monitor:item:{version.item.id}"
        page = version.source.url or version.item.url
        self._address = address_of(page) if version.body_digest else own

    def write(self, hits: Iterable[StoredHit], exhibit: Exhibit) -> None:
        """Write the page, the text, the metadata, and ``hits`` of this version."""
        version = self._version
        if version.source.body:
            self._write_page(version.source)
        self._write_text()
        self._add(
            "metadata", "item", as_line(version_as_json(version)), _JSON, self._refers("text")
        )
        for stored in hits:
            self._write_hit(stored, exhibit)

    def _write_page(self, source: Exchange) -> None:
        headers = [*_headers_of(source), ("Content-Length", str(len(source.body)))]
        status = f"{source.status} {_PHRASES.get(source.status, '')}".strip()
        record = self._writer.create_warc_record(
            self._address,
            "response",
            payload=BytesIO(source.body),
            length=len(source.body),
            http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
            warc_headers_dict=self._headers("page", {}),
        )
        self._writer.write_record(record)

    def _write_text(self) -> None:
        version = self._version
        kind = "conversion" if version.body_digest else "resource"
        about = self._refers("page") if version.source.body else {}
        self._add(kind, "text", version.item.body.encode("utf-8", "replace"), _TEXT, about)

    def _write_hit(self, stored: StoredHit, exhibit: Exhibit) -> None:
        found = {"WARC-Date": _date(stored.found)}
        shown = hit_as_json(stored, exhibit)
        del shown["item"]  # it stands in the record before, as it was matched
        about = self._refers("text") | found
        self._add("metadata", f"hit {stored.hit.id}", as_line(shown), _JSON, about)

    def _add(
        self, kind: str, what: str, content: bytes, content_type: str, about: Mapping[str, str]
    ) -> None:
        record = self._writer.create_warc_record(
            self._address,
            kind,
            payload=BytesIO(content),
            length=len(content),
            warc_content_type=content_type,
            warc_headers_dict=self._headers(what, about),
        )
        self._writer.write_record(record)

    def _headers(self, what: str, about: Mapping[str, str]) -> Headers:
        return {"WARC-Record-ID": self._id(what), "WARC-Date": self._date, **about}

    def _refers(self, what: str) -> Headers:
        return {"WARC-Refers-To": self._id(what)}

    def _id(self, what: str) -> str:
        return _id(f"{what} of {self._version.digest} of {self._version.item.id}")


def _id(name: str) -> str:
    """Return the id of a record, the same for the same ``name``."""
    return f"<{uuid.uuid5(uuid.NAMESPACE_OID, name).urn}>"


def address_of(url: str) -> str:
    """Return an address in ASCII, fit for a header."""
    return quote(url, safe=_ADDRESS, errors="replace")


def _headers_of(source: Exchange) -> Iterator[tuple[str, str]]:
    """Yield the headers of an answer; what speaks of its packed body under another name."""
    for name, value in source.headers:
        if _TOKEN.fullmatch(name):
            yield (f"{_RENAMED}{name}" if name.lower() in _OF_THE_WIRE else name, _line(value))


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).strip()


def _date(moment: datetime) -> str:
    """Return a time as a WARC-Date; WARC/1.1 knows fractions of a second."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    made: str = datetime_to_iso_date(naive, use_micros=bool(naive.microsecond))
    return made
