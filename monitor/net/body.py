"""Reading a body within its cap, packed or not.

Only gzip is asked for. Unpacking goes in small steps with a limit on what each may give, so a
few kilobytes that unpack to gigabytes cost no more memory than the cap.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from monitor.errors import FetchError
from monitor.model import Reason

GZIP_OR_ZLIB = 47
"""zlib's window bits for "either format, told apart by its header"."""
_STEP = 262_144
_UNPACKABLE = frozenset({"gzip", "x-gzip", "deflate"})
_MAGIC = (b"\x1f\x8b", b"\x78")


def _looks_packed(start: bytes) -> bool:
    return start.startswith(_MAGIC) or _MAGIC[0].startswith(start)


class Unpacker:
    """Unpacks gzip and zlib, several members too, never to more than ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._room = limit
        self._zlib = zlib.decompressobj(GZIP_OR_ZLIB)
        self._started = False
        self._plain = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return what ``data`` unpacks to; raises `OverflowError`, `zlib.error`."""
        if not data:
            return []
        if not self._started:
            # Servers exist that say gzip and send plain text; the text is what was meant.
            self._started, self._plain = True, not _looks_packed(data)
        if self._plain:
            return [self._count(data)]
        pieces = []
        while data:
            pieces.append(self._count(self._zlib.decompress(data, min(_STEP, self._room + 1))))
            data = self._zlib.unconsumed_tail
            if self._zlib.eof:
                data = self._next_member()
        return pieces

    def _next_member(self) -> bytes:
        rest = self._zlib.unused_data
        if not rest.startswith(_MAGIC[0]):
            return b""  # padding behind the last member
        self._zlib = zlib.decompressobj(GZIP_OR_ZLIB)
        return rest

    def _count(self, piece: bytes) -> bytes:
        self._room -= len(piece)
        if self._room < 0:
            raise OverflowError
        return piece

    @property
    def complete(self) -> bool:
        """Say whether everything that was begun has ended."""
        return self._plain or not self._started or self._zlib.eof


async def read_body(chunks: AsyncIterable[bytes], encoding: str, limit: int, host: str) -> bytes:
    """Return the unpacked body that ``host`` sends; raises `FetchError` (too-large, encoding)."""
    codings = [part for part in (encoding.lower().replace(" ", "").split(",")) if part]
    codings = [coding for coding in codings if coding != "identity"]
    if not codings:
        return await _plain(chunks, limit, host)
    if len(codings) > 1 or codings[0] not in _UNPACKABLE:
        message = f"{host} answered in {encoding[:40]!r}, which was not asked for"
        raise FetchError(Reason.ENCODING, message)
    unpacker, pieces = Unpacker(limit), list[bytes]()
    try:
        async for chunk in chunks:
            pieces += unpacker.feed(chunk)
    except OverflowError:
        raise _too_large(limit, host) from None
    except zlib.error as error:
        raise FetchError(Reason.ENCODING, f"{host}: the {codings[0]} body is damaged") from error
    if not unpacker.complete:
        raise FetchError(Reason.ENCODING, f"{host}: the {codings[0]} body ends too early")
    return b"".join(pieces)


async def _plain(chunks: AsyncIterable[bytes], limit: int, host: str) -> bytes:
    pieces, size = list[bytes](), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit, host)
        pieces.append(chunk)
    return b"".join(pieces)


async def read_start(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Return as much of a body as fits and can be read: for pages that explain an error."""
    unpacker = Unpacker(limit) if encoding.strip().lower() in _UNPACKABLE else None
    pieces, size = list[bytes](), 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            pieces += unpacker.feed(chunk) if unpacker else [chunk]
            if size > limit:
                break
    except (OverflowError, zlib.error):
        pass
    return b"".join(pieces)[:limit]


def _too_large(limit: int, host: str) -> FetchError:
    return FetchError(Reason.TOO_LARGE, f"{host}: the body is larger than {limit:,} bytes")
