from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.body import Unpacker, read_body, read_start

LIMIT = 1_000_000


async def chunks(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(data: bytes, encoding: str = "", limit: int = LIMIT, size: int = 1000) -> bytes:
    return await read_body(chunks(data, size), encoding, limit, "news.example:443")


@given(st.binary(max_size=3000), st.integers(1, 700))
async def test_packed_bodies_come_out_as_they_went_in(data: bytes, size: int) -> None:
    for packed in (gzip.compress(data), zlib.compress(data)):
        assert await read(packed, "gzip", size=size) == data


async def test_gzip_members_in_a_row_are_one_body() -> None:
    assert await read(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", size=7) == b"one two"


async def test_padding_behind_gzip_is_ignored() -> None:
    assert await read(gzip.compress(b"news") + bytes(100), "gzip", size=5000) == b"news"


async def test_plain_text_that_claims_to_be_gzip_is_kept() -> None:
    assert await read(b"<rss/>", "gzip") == b"<rss/>"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "rubbish"])
async def test_an_encoding_nobody_asked_for_is_an_error(encoding: str) -> None:
    with pytest.raises(FetchError, match="was not asked for") as caught:
        await read(b"x", encoding)
    assert caught.value.reason == Reason.ENCODING


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
async def test_plain_bodies_stay_as_they_are(encoding: str) -> None:
    assert await read(b"news", encoding) == b"news"


async def test_damaged_and_truncated_gzip_are_errors() -> None:
    packed = gzip.compress(bytes(range(256)) * 50)
    for broken in (packed[:-10], packed[:40] + b"\xff\xff\xff" + packed[43:]):
        with pytest.raises(FetchError) as caught:
            await read(broken, "gzip")
        assert caught.value.reason == Reason.ENCODING


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not(encoding: str) -> None:
    for extra, passes in ((0, True), (1, False)):
        body = b"x" * (LIMIT + extra)
        sent = gzip.compress(body) if encoding else body
        if passes:
            assert await read(sent, encoding) == body
        else:
            with pytest.raises(FetchError, match="larger than 1,000,000 bytes"):
                await read(sent, encoding)


async def test_a_bomb_is_stopped_at_the_cap_with_bounded_memory() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 300_000
    tracemalloc.start()
    try:
        with pytest.raises(FetchError) as caught:
            await read(bomb, "gzip", size=65_536)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.reason == Reason.TOO_LARGE
    assert peak < 4 * LIMIT


@given(st.binary(max_size=500))
def test_no_bytes_crash_the_unpacker(data: bytes) -> None:
    with suppress(zlib.error, OverflowError):
        assert sum(map(len, Unpacker(1000).feed(b"\x1f\x8b\x08\x00" + data))) <= 1000


async def test_the_start_of_an_error_page_is_kept_whatever_its_state() -> None:
    page = b"<html>" + b"x" * 5000
    assert await read_start(chunks(page), "", 100) == page[:100]
    assert await read_start(chunks(gzip.compress(page)), "gzip", 10_000) == page
    assert await read_start(chunks(b"\x1f\x8brubbish"), "gzip", 100) == b""
    assert await read_start(chunks(b"\x0b\x02\x80"), "br", 100) == b"\x0b\x02\x80"
