"""Servers and feeds that misbehave, polled by the whole service: what the page then says of each source,
what is stored, and that the others go on."""

from __future__ import annotations

import asyncio
import gzip
import random
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import format_datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import Delivery, PollRecord, Reason, SourceState
from tests.acceptance.practice import prose, source, until, write_config
from tests.servers import (
    Authority,
    Handler,
    HttpServer,
    Raw,
    Reply,
    Request,
    authority,
    pass_time,
    quiet_port,
    redirect,
)

START = utc_now().replace(microsecond=0)
ITEM = "<item><guid>{0}</guid><link>https://a.example/{0}</link><title>Maria Exemplar {0}</title></item>"
FEED = '<rss version="2.0"><channel><title>A</title>{}</channel></rss>'


def feed(*items: str) -> bytes:
    """Return a feed; an item of one word stands for one with that word in guid, link and title."""
    return FEED.format("".join(i if "<" in i else ITEM.format(i) for i in items)).encode()


class Desk:
    """A service under a clock that only the test moves, and the sources that it polls."""

    def __init__(self, folder: Path, server: HttpServer) -> None:
        self.folder = folder
        self.server = server
        self.time = START
        self.more: dict[str, Any] = {}

    @asynccontextmanager
    async def service(self, *sources: dict[str, Any] | str) -> AsyncIterator[App]:
        """Run over sources; a word stands for a feed of the server with that name."""
        entries = [
            source(self.server, one, on_first_poll="alert") if isinstance(one, str) else one
            for one in sources
        ]
        config = write_config(
            self.folder / "config",
            sources=entries,
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/box"}],
            subscriptions=[{"id": "desk", "when": "instant", "to": [{"channel": "box"}]}],
            net={"allow_private": ["127.0.0.1", "localhost"], "deadline": "60s"} | self.more,
        )
        async with build(load(config, {}), clock=lambda: self.time) as app:
            yield app

    async def poll(self, app: App, **later: float) -> dict[str, PollRecord]:
        """Poll what is due, then let time go by."""
        records = {record.source: record for record in await app.poll_due()}
        self.time += timedelta(**later)
        return records


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with HttpServer() as server:
        yield Desk(tmp_path, server)


async def titles(app: App) -> list[str]:
    return await app.tools.store.read(lambda tx: sorted(item.title for item in tx.stored_items()))


async def state(app: App, name: str) -> SourceState:
    found = await app.tools.store.read(lambda tx: tx.source_state(name))
    assert found is not None
    return found


# ------------------------------------------------------------------ connections that fail


async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.2)


BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>"
PACKED = gzip.compress(bytes(200_000_000), 9)
ANSWERS: dict[str, tuple[Handler, Reason, str]] = {
    "reset": (Raw(BODY, reset=True), Reason.RESET, "connection"),
    "short": (Raw(BODY), Reason.MALFORMED, "received 5 bytes, expected 900"),
    "drip": (drip, Reason.TIMEOUT, "within 60 s"),
    "bomb": (Reply(200, PACKED, {"Content-Encoding": "gzip"}), Reason.TOO_LARGE, "bytes"),
    "brotli": (Reply(200, b"\x0b\x02", {"Content-Encoding": "br"}), Reason.ENCODING, "br"),
    "zstd": (Reply(200, b"\x28\xb5", {"Content-Encoding": "zstd"}), Reason.ENCODING, "zstd"),
    "loop": (redirect("/loop.xml"), Reason.REDIRECTS, "loop"),
    "page": (Reply(200, b"<!doctype html><html><p>Oops"), Reason.NOT_A_FEED, "web page"),
    "blocked": (
        Reply(403, b"", {"cf-mitigated": "challenge"}),
        Reason.BLOCKED,
        "an access check for humans",
    ),
    "gone": (Reply(410), Reason.GONE, "410"),
    "late": (Reply(503, b"", {"Retry-After": "120"}), Reason.SERVER_ERROR, "503"),
}


async def test_every_way_to_fail_has_its_own_readable_reason_and_the_others_go_on(
    desk: Desk,
) -> None:
    ours = authority()
    desk.more = {"ca_file": "ca.pem", "deadline": "60s", "per_host": 20}
    (desk.folder / "config").mkdir()
    for place in (desk.folder, desk.folder / "config"):
        ours.ca.cert_pem.write_to_path(str(place / "ca.pem"))
    for name, (answer, _, _) in ANSWERS.items():
        desk.server.on(f"/{name}.xml", answer)
    desk.server.on("/good.xml", Reply(200, feed("one")))
    async with AsyncExitStack() as stack:
        wrong = await stack.enter_async_context(secure(ours, "other.example"))
        past = await stack.enter_async_context(secure(ours, "localhost", old=True))
        hosts = {
            "refused": f"http://127.0.0.1:{stack.enter_context(quiet_port())}/",
            "nowhere": "http://no-such-name.invalid/",
            "wrong-name": wrong.url(host="localhost"),
            "expired": past.url(host="localhost"),
        }
        entries = [{"id": name, "url": url, "every": "1s"} for name, url in hosts.items()]
        async with desk.service(*ANSWERS, *entries, "good") as app:
            polling = asyncio.create_task(desk.poll(app))
            others = len(ANSWERS) + len(hosts)  # with the good one, without the one that drips
            await until(partial(polled, app, others), "the polls of all but one")
            pass_time(60)
            records = await polling
            kept = {name: await state(app, name) for name in records}
            stored = await titles(app)
    expected = {name: (reason, words) for name, (_, reason, words) in ANSWERS.items()}
    expected |= {
        "refused": (Reason.REFUSED, "nothing listens there"),
        "nowhere": (Reason.DNS, "no address found"),
        "wrong-name": (Reason.TLS, "ostname mismatch"),
        "expired": (Reason.TLS, "expired"),
    }
    assert records.keys() == {*expected, "good"}
    for name, (reason, words) in expected.items():
        assert kept[name].last_reason == reason, f"{name}: {kept[name].last_message}"
        assert words in kept[name].last_message
        assert len(kept[name].last_message.splitlines()) == 1
    assert len({record.message for record in records.values()}) == len(records)
    assert stored == ["Maria Exemplar one"]


async def polled(app: App, number: int) -> bool:
    """Tell whether so many polls are over."""
    records = await app.tools.store.read(lambda tx: tx.records(START, START + timedelta(hours=1)))
    return len(records) >= number


@asynccontextmanager
async def secure(ours: Authority, name: str, *, old: bool = False) -> AsyncIterator[HttpServer]:
    end = {"not_after": datetime(2020, 1, 1, tzinfo=UTC)} if old else {}
    async with HttpServer(ours.server(name, **end)) as server:
        yield server


def wishes() -> dict[str, tuple[int, int]]:
    """Return what a Retry-After may say, and the seconds that are then waited, at least and at most."""
    later = datetime.now(UTC) + timedelta(
        hours=2
    )  # the network reads dates by the clock on the wall
    return {
        "1800": (1800, 2700),
        format_datetime(later, usegmt=True): (7000, 9000),
        "315360000": (86_400, 100_000),
        "-5": (0, 700),
        "rubbish": (0, 700),
    }


async def test_a_wish_to_be_left_alone_holds_for_the_whole_host_and_rubbish_for_nothing(
    desk: Desk,
) -> None:
    expected = wishes()
    async with AsyncExitStack() as hosts:
        servers: dict[tuple[int, str], HttpServer] = {}
        for status, wish in product((429, 503), expected):
            server = servers[status, wish] = await hosts.enter_async_context(HttpServer())
            server.on("/busy.xml", Reply(status, b"", {"Retry-After": wish}))
            server.on("/other.xml", Reply(200, feed("one")))
        sources = [
            {"id": f"{name}-{server.port}", "url": server.url(f"/{name}.xml"), "every": "10m"}
            for name in ("busy", "other")
            for server in servers.values()
        ]
        async with desk.service(*sources) as app:
            await desk.poll(app)
            busy = {each: await state(app, f"busy-{one.port}") for each, one in servers.items()}
            before = {each: one.paths.count("/other.xml") for each, one in servers.items()}
            await desk.poll(app, minutes=12)
            await desk.poll(app)
    for (status, wish), server in servers.items():
        first, last = expected[wish]
        until = busy[status, wish].next_poll
        assert until is not None
        assert first <= (until - START).total_seconds() <= last, (status, wish)
        asked = server.paths.count("/other.xml") - before[status, wish]
        assert bool(asked) == (first == 0), "the other source of a host that wants to be left alone"


async def test_permanent_hops_before_a_temporary_one_move_the_address_when_seen_repeatedly(
    desk: Desk,
) -> None:
    desk.server.on("/old.xml", redirect("/a.xml", 301)).on("/a.xml", redirect("/b.xml", 308))
    desk.server.on("/b.xml", redirect("/c.xml", 302)).on("/c.xml", Reply(200, feed("one")))
    async with desk.service("old") as app:
        addresses = []
        for _ in range(4):
            await desk.poll(app, hours=1)
            addresses.append((await state(app, "old")).url.rpartition("/")[2])
    assert addresses == ["old.xml", "old.xml", "b.xml", "b.xml"]
    assert desk.server.paths.count("/old.xml") == 3


async def test_a_cookie_of_a_feed_never_comes_back(desk: Desk) -> None:
    desk.server.on("/one.xml", Reply(200, feed("one"), {"Set-Cookie": "id=7; Path=/"}))
    async with desk.service("one") as app:
        for _ in range(2):
            await desk.poll(app, hours=1)
    assert len(desk.server.requests) == 2
    assert not any("cookie" in request.headers for request in desk.server.requests)


# ------------------------------------------------------------------ documents that are broken


BROKEN: dict[str, tuple[bytes, str]] = {
    "truncated": (feed("truncated", "left out")[:-60], "breaks off"),
    "nul": (feed("n\0ul"), "control characters"),
    "mark": (b"\xef\xbb\xbf" + feed("mark"), ""),
    "prologs": (b'<?xml version="1.0"?><?xml version="1.0"?>' + feed("prologs"), "not well-formed"),
    "старые липы городского сада": (
        feed("старые липы городского сада").decode().encode("windows-1251"),
        "encoding is missing or wrong",
    ),
}
"""What is sent under a title, by the title that is read, with what health then notes."""


async def test_of_a_broken_document_what_can_be_read_is_kept_and_health_says_so(desk: Desk) -> None:
    for number, (body, _) in enumerate(BROKEN.values()):
        reply = Reply(200, body, {"Content-Type": "application/xml"})
        desk.server.on(f"/bad-{number}.xml", reply)
    async with desk.service(*(f"bad-{number}" for number in range(len(BROKEN)))) as app:
        await desk.poll(app)
        assert await titles(app) == sorted(f"Maria Exemplar {title}" for title in BROKEN)
        for number, (_, note) in enumerate(BROKEN.values()):
            assert note in (await state(app, f"bad-{number}")).last_message


CHARSETS = ("x-klingon-9", "utf-7", "zlib", "undefined", '"', "\xe9")


async def test_a_charset_nobody_knows_costs_no_entry(desk: Desk) -> None:
    names = [f"odd-{number}" for number in range(len(CHARSETS))]
    for name, charset in zip(names, CHARSETS, strict=True):
        kind = f"application/rss+xml; charset={charset}"
        desk.server.on(f"/{name}.xml", Reply(200, feed(name), {"Content-Type": kind}))
    async with desk.service(*names) as app:
        await desk.poll(app)
        assert await titles(app) == [f"Maria Exemplar {name}" for name in names]


# ------------------------------------------------------------------ identity and dates


def entry(title: str, *, guid: str = "", link: str = "", date: str = "") -> str:
    parts = {"guid": guid, "link": link, "title": title, "pubDate": date}
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in parts.items() if v) + "</item>"


def about(subject: str) -> str:
    """Return a title whose words no other title has: none is taken for the copy of another."""
    return f"Maria Exemplar on {prose(random.Random(subject), 8)}"


def guids(kind: str, poll: int) -> list[str]:
    """Return the entries of a feed whose guids are of no use, as they are at the given poll."""
    found = []
    for number in range(4):
        title, link = about(f"{kind} {number}"), f"https://{kind}.example/{number}"
        date = format_datetime(START - timedelta(hours=number), usegmt=True)
        made = {
            "shared": entry(title, guid="same", link=link, date=date),
            "changing": entry(title, guid=f"{poll}-{number}", link=link, date=date),
            "none": entry(title, link=link),
        }
        found.append(made[kind])
    return found


async def test_each_story_is_stored_and_told_once_whatever_the_guids_are(desk: Desk) -> None:
    kinds = ("shared", "changing", "none")
    async with desk.service(*kinds) as app:
        for poll in range(3):
            for kind in kinds:
                desk.server.on(f"/{kind}.xml", Reply(200, feed(*guids(kind, poll))))
            await desk.poll(app, hours=1)
        stored = await titles(app)
        deliveries = await app.tools.store.read(lambda tx: tx.deliveries(100))
    assert stored == sorted(about(f"{kind} {n}") for kind in kinds for n in range(4))
    told = [hit for each in deliveries for hit in each.hits]
    assert len(told) == len(set(told)) == len(stored)


def words_of(alert: Delivery) -> str:
    """Return the headers and parts of a mail as they are read."""
    mail = message_from_bytes(alert.message.content, policy=default)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*map(str, mail.values()), *parts])


async def test_an_entry_of_another_age_is_told_as_of_when_it_was_first_seen(desk: Desk) -> None:
    years = {"past": 1970, "future": 2090}
    for name in years:
        desk.server.on(f"/{name}.xml", Reply(200, feed()))
    sources = [source(desk.server, name) for name in years]
    async with desk.service(*sources) as app:
        await desk.poll(app, hours=1)
        for name, year in years.items():
            date = format_datetime(datetime(year, 6, 1, tzinfo=UTC), usegmt=True)
            new = entry(about(name), guid=name, date=date)
            desk.server.on(f"/{name}.xml", Reply(200, feed(new)))
        records = await desk.poll(app)
        assert [record.new for record in records.values()] == [1, 1], records
        await app.deliver_due()
        hits = await app.tools.store.read(lambda tx: tx.hits(10))
        alerts = await app.tools.store.read(lambda tx: tx.deliveries(10))
    assert sorted(one for each in alerts for one in each.hits) == sorted(hit.hit.id for hit in hits)
    assert len(hits) == len(years)
    for hit in hits:
        assert hit.time == hit.item.first_seen == START + timedelta(hours=1)
    for alert, year in product(alerts, years.values()):
        assert not re.search(rf"\b{year}\b", words_of(alert))  # ids may hold these digits
