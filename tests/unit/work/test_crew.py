"""Worker processes: what they give back, and what is left when one fails or is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import psutil
import pytest

from monitor.errors import ParseError
from monitor.matching import Watchlist
from monitor.model import Document, Fetched, Item, Reason
from monitor.sources.feed import Feed
from monitor.work.crew import INLINE_CHARACTERS, Crew

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
RSS = b"<rss version='2.0'><channel><item><title>Title</title><link>https://a.example/1</link></item></channel></rss>"
WATCHLIST = Watchlist.model_validate(
    {"watchlist": "list", "watches": [{"id": "maria", "kind": "person", "name": "Maria Exemplar"}]}
)


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    crew = Crew([WATCHLIST], workers=1, task_seconds=20)
    yield crew
    crew.close()


async def titles(crew: Crew, body: bytes = RSS, kind: type[Feed] = Feed) -> list[str]:
    source = kind(id="a", url="https://a.example/")
    fetched = Fetched(url="https://a.example/", status=200, body=body)
    _, items = await crew.read(source, fetched, NOW, baseline=False)
    return [item.title for item in items]


def workers() -> list[psutil.Process]:
    """Return the pool's workers: forked, so children of a child."""
    ours = psutil.Process()
    return list(set(ours.children(recursive=True)).difference(ours.children()))


async def test_one_page_that_is_no_feed_leaves_the_workers_able_to_read_the_next(
    crew: Crew,
) -> None:
    for _ in range(3):
        with pytest.raises(ParseError, match="not a feed") as caught:
            await titles(crew, b"<html><p>Hello")
        assert caught.value.reason == Reason.NOT_A_FEED
    assert await titles(crew) == ["Title"]


class UnpicklableError(Exception):
    """An exception that cannot be rebuilt from its arguments, as many cannot."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


class Faulty(Feed):
    """A source with a fault of ours in it."""

    def parse(self, fetched: Fetched) -> Document:
        raise UnpicklableError(one="a", two="b")


async def test_a_fault_of_ours_in_a_worker_is_named_as_ours(crew: Crew) -> None:
    with pytest.raises(ParseError, match="this service failed on it: UnpicklableError") as caught:
        await titles(crew, kind=Faulty)
    assert caught.value.reason == Reason.INTERNAL
    assert await titles(crew) == ["Title"]


async def test_an_idle_worker_that_is_killed_is_replaced(crew: Crew) -> None:
    assert await titles(crew) == ["Title"]
    for _ in range(2):
        for worker in workers():
            with suppress(psutil.NoSuchProcess):  # one that was killed before, and is gone just now
                worker.kill()
        assert await titles(crew) == ["Title"]


class Deadly(Feed):
    """A source that kills whoever reads it."""

    def parse(self, fetched: Fetched) -> Document:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().parse(fetched)


async def test_a_worker_killed_in_the_middle_of_its_task_is_replaced(crew: Crew) -> None:
    for _ in range(2):
        with pytest.raises(ParseError):
            await titles(crew, kind=Deadly)
        assert await titles(crew) == ["Title"]


async def test_long_and_short_texts_are_matched_alike(crew: Crew) -> None:
    short = Item("s", "a", "Maria Exemplar", text="x", first_seen=NOW)
    long = Item("l", "a", "Maria Exemplar", text="word " * INLINE_CHARACTERS, first_seen=NOW)
    here, there = await crew.find([short]), await crew.find([short, long])
    assert [hit.item for hit in here.hits] == ["s"]
    assert [hit.item for hit in there.hits] == ["s", "l"]
    assert here.gists["s"] == there.gists["s"]


async def test_a_document_is_read_and_looked_through_in_one_trip_as_in_two(crew: Crew) -> None:
    source = Feed(id="a", url="https://a.example/")
    fetched = Fetched(source.url, 200, RSS.replace(b"Title", b"Maria Exemplar resigns"))
    document, items, finds = await crew.read_and_find(source, fetched, NOW, baseline=True)
    assert (document, items) == await crew.read(source, fetched, NOW, baseline=True)
    assert finds == await crew.find(items)
    assert [hit.item for hit in finds.hits] == list(finds.gists) == [items[0].id]


async def test_a_closed_crew_says_so_instead_of_opening_workers_again() -> None:
    crew = Crew([WATCHLIST], workers=1)
    assert await titles(crew) == ["Title"]
    crew.close()
    crew.close()
    with pytest.raises(RuntimeError):
        await titles(crew)
