"""A loopback server of generated feeds, run in a process of its own.

    python benchmarks/feed_server.py            prints its port, serves until its stdin closes

``/v/N`` is feed N with an ETag, ``/n/N`` the same without validators. ``/edition/E`` changes what
is current: from edition 1 on, every twentieth feed has one entry more an edition. ``/made/H`` changes
nothing but the hour at which those without validators say that they were made.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from functools import lru_cache

FEEDS = 1_000
ENTRIES = 25
WORDS = (
    "council river harvest station budget museum storm letter bridge market pilot teacher garden "
    "signal winter report committee region festival engine village library harbour treaty sample "
    "minister court hospital summer railway forest election border island paper science victory"
).split()
NAMES = ("Chen Quanguo", "Uyghur campaigners", "Mahmoud Abbas", "Human Rights Watch")
EDITION, MADE = [0], [0]


def sentence(dice: random.Random) -> str:
    """Return a sentence of twelve words."""
    return " ".join(dice.choices(WORDS, k=12)).capitalize() + "."


def entry(feed: int, number: int) -> str:
    """Return one RSS item of about 1.9 kB; one in forty speaks of somebody watched."""
    dice = random.Random(f"{feed}/{number}")
    home = f"http://outlet-{feed}.example"
    title = " ".join(dice.choices(WORDS, k=8)).capitalize()
    lead = " ".join(sentence(dice) for _ in range(3))
    if dice.random() < 0.025:
        lead += f" {dice.choice(NAMES)} said so."
    paragraphs = "".join(
        f"<p>{sentence(dice)} <a href='{home}/tag/{dice.choice(WORDS)}'>{dice.choice(WORDS)}</a> "
        f"<em>{sentence(dice)}</em></p>"
        for _ in range(5)
    )
    hour, minute = dice.randrange(24), dice.randrange(60)
    return (
        f"<item><title>{title}</title><link>{home}/story/{number}</link>"
        f'<guid isPermaLink="false">{feed}-{number}</guid>'
        f"<dc:creator><![CDATA[Desk {feed % 7}]]></dc:creator>"
        f"<pubDate>Mon, 23 Nov 2026 {hour:02}:{minute:02}:00 GMT</pubDate>"
        f"<category><![CDATA[{dice.choice(WORDS)}]]></category><category>World</category>"
        f"<description><![CDATA[<p>{lead}</p>]]></description>"
        f"<content:encoded><![CDATA[<p>{lead}</p>{paragraphs}]]></content:encoded></item>"
    )


@lru_cache(maxsize=4 * FEEDS)
def document(feed: int, extra: int) -> tuple[bytes, bytes]:
    """Return (body, ETag) of feed ``feed`` with ``extra`` entries beyond its first ones."""
    entries = "".join(entry(feed, n) for n in range(ENTRIES + extra - 1, extra - 1, -1))
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Outlet {feed}</title><link>http://outlet-{feed}.example/</link>"
        f"<description>Generated</description>{entries}</channel></rss>"
    ).encode()
    return body, b'"' + hashlib.sha256(body).hexdigest()[:16].encode() + b'"'


def respond(path: str, head: bytes) -> bytes:
    """Return the whole HTTP answer for ``path``."""
    _, kind, number = path.split("/")
    if kind in {"edition", "made"}:
        (EDITION if kind == "edition" else MADE)[0] = int(number)
        return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    feed = int(number)
    body, etag = document(feed, EDITION[0] if feed % 20 == 0 else 0)
    if kind == "n":
        made = b"<lastBuildDate>Mon, 23 Nov 2026 %02d:00:00 GMT</lastBuildDate>" % MADE[0]
        body = body.replace(b"<description>", made + b"<description>", 1)
    validators = b"ETag: " + etag + b"\r\n" if kind == "v" else b""
    if kind == "v" and etag in head:
        return b"HTTP/1.1 304 Not Modified\r\n" + validators + b"Connection: close\r\n\r\n"
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
        + validators
        + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        + body
    )


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request and close."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(respond(head.split(b" ", 2)[1].decode(), head))
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until standard input closes."""
    for feed in range(FEEDS):
        for extra in (0, 1) if feed % 20 == 0 else (0,):
            document(feed, extra)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
