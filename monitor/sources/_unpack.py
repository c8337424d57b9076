"""Files that are packed themselves, such as ``sitemap.xml.gz``; packed transport is undone in net."""

from __future__ import annotations

import zlib
from typing import Final

from monitor.errors import ParseError
from monitor.model import Reason

LARGEST: Final = 52_428_800
"""Bytes of one sitemap after unpacking, which its protocol allows (sitemaps.org, 50 MB)."""
_GZIP = b"\x1f\x8b"
_GZIP_HEADER = 31
"""zlib's window bits for gzip and nothing else."""


def unpacked(body: bytes, limit: int = LARGEST) -> bytes:
    """Return ``body``, unpacked where its content says that it is gzip (RFC 1952).

    Several members follow each other; one that breaks off gives what it has. Raises ParseError,
    with reason ``too-large`` as soon as ``limit`` bytes are passed.
    """
    pieces, room = list[bytes](), limit
    rest = body
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(_GZIP_HEADER)
        try:
            piece = member.decompress(rest, room + 1)
        except zlib.error as error:
            message = f"the gzip file is damaged: {str(error)[:100]}"
            raise ParseError(Reason.ENCODING, message) from None
        room -= len(piece)
        if room < 0:
            message = f"it unpacks to more than {limit:,} bytes; it was left unread"
            raise ParseError(Reason.TOO_LARGE, message)
        pieces.append(piece)
        rest = member.unused_data
    return b"".join(pieces) if pieces else body


def start_of(body: bytes, size: int = 100_000) -> bytes:
    """Return the first bytes of ``body`` as `unpacked` would give them, whatever follows."""
    if not body.startswith(_GZIP):
        return body[:size]
    try:
        return zlib.decompressobj(_GZIP_HEADER).decompress(body, size)
    except zlib.error:
        return b""
