"""Overrun windows over real HTTP: older pages are read until a known item appears (RFC 5005)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import App, build, utc_now
from monitor.archives import PAGES
from monitor.config import load
from monitor.model import PollRecord
from tests.acceptance.practice import source, subscriptions, write_config
from tests.servers import HttpServer, Reply

DIGEST = [{**subscriptions("daily at 07:30")[1], "to": [{"channel": "mailbox"}]}]


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


def page(numbers: Sequence[int], older: str = "", relation: str = "next") -> Reply:
    """Return a page of a feed with the entries of these numbers, the newest first."""
    entries = "".join(
        f"<entry><id>urn:n:{number}</id><title>Entry {number}</title>"
        f"<link href='https://gazette.example/{number}'/></entry>"
        for number in numbers
    )
    link = f"<link rel='{relation}' href='{older}'/>" if older else ""
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>G</title>{link}{entries}</feed>"
    return Reply(200, body.encode(), {"Content-Type": "application/atom+xml"})


async def poll(tmp_path: Path, server: HttpServer, times: int = 2) -> list[PollRecord]:
    """Poll the feed so many times and return the records."""
    config = write_config(
        tmp_path / "config", sources=[source(server, "gazette")], subscriptions=DIGEST
    )
    moved = [timedelta(0)]
    records = []
    async with build(load(config, {}), clock=lambda: utc_now() + moved[0]) as app:
        for _ in range(times):
            records += await app.poll_due()
            moved[0] += timedelta(days=1)
        records[-1:] = [await stored(app)]
    return records


async def stored(app: App) -> PollRecord:
    """Return the last record as the receipt will find it."""
    end = app.clock()
    return (await app.tools.store.read(lambda tx: tx.records(app.started, end)))[-1]


async def test_an_overrun_window_is_mended_by_the_pages_before_it(
    tmp_path: Path, server: HttpServer
) -> None:
    server.on("/gazette.xml", page([2, 1]), page([9, 8, 7], "/p2"))
    server.on("/p2", page([7, 6, 5], "/p3")).on("/p3", page([4, 3, 2, 1], "/p4"))

    _, record = await poll(tmp_path, server)

    assert (record.new, record.entries, record.overrun) == (7, 3, False)
    assert "2 older pages closed the gap" in record.message
    assert server.paths == ["/gazette.xml", "/gazette.xml", "/p2", "/p3"]


async def test_archives_are_followed_like_pages(tmp_path: Path, server: HttpServer) -> None:
    server.on("/gazette.xml", page([1]), page([3], "/2026/10", "prev-archive"))
    server.on("/2026/10", page([2, 1]))

    _, record = await poll(tmp_path, server)

    assert (record.new, record.overrun) == (2, False)


async def test_a_first_poll_and_a_window_that_overlaps_ask_for_no_older_page(
    tmp_path: Path, server: HttpServer
) -> None:
    server.on("/gazette.xml", page([2, 1], "/p2"), page([4, 3, 2], "/p2"))

    await poll(tmp_path, server)

    assert server.paths == ["/gazette.xml"] * 2


async def test_pages_that_never_meet_what_is_known_are_bounded_and_the_overrun_stays(
    tmp_path: Path, server: HttpServer
) -> None:
    server.on("/gazette.xml", page([1]), page([99], "/p0"))
    for number in range(20):
        server.on(f"/p{number}", page([90 - number], f"/p{number + 1}"))

    _, record = await poll(tmp_path, server)

    assert (record.new, record.overrun) == (1 + PAGES, True)
    assert "did not close the gap" in record.message
    assert len(server.paths) == 2 + PAGES


@pytest.mark.parametrize("older", ["/gazette.xml", "http://127.0.0.2:1/p2", "/self"])
async def test_loops_and_other_hosts_are_not_followed(
    tmp_path: Path, server: HttpServer, older: str
) -> None:
    server.on("/gazette.xml", page([1]), page([3, 2], older)).on("/self", page([2], "/self"))

    _, record = await poll(tmp_path, server)

    assert (record.new, record.overrun) == (2, True)
    assert len(server.paths) <= 3


async def test_a_page_that_cannot_be_had_keeps_what_was_found_and_says_why(
    tmp_path: Path, server: HttpServer
) -> None:
    server.on("/gazette.xml", page([1]), page([9, 8], "/p2")).on("/p2", page([7], "/p3"))
    server.on("/p3", Reply(404))

    _, record = await poll(tmp_path, server)

    assert (record.new, record.overrun, str(record.outcome)) == (3, True, "new")
    assert "/p3 answered 404" in record.message


async def test_an_answer_of_the_changes_alone_is_merged_and_is_no_overrun(
    tmp_path: Path, server: HttpServer
) -> None:
    whole, changes = page([2, 1], "/p2"), page([4, 3], "/p2")
    server.on(
        "/gazette.xml",
        Reply(200, whole.body, {"ETag": '"1"'}),
        Reply(226, changes.body, {"ETag": '"2"', "IM": "feed"}),
        Reply(304),
    )

    records = await poll(tmp_path, server, times=3)

    assert [(record.new, record.overrun) for record in records] == [
        (2, False),
        (2, False),
        (0, False),
    ]
    asked = [request.headers.get("if-none-match") for request in server.requests]
    assert asked == [None, '"1"', '"2"']
