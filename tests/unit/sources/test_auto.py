"""A site given by its address alone, from poll to poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Reason, SourceState, Validators
from monitor.sources._memory import recall
from monitor.sources.auto import PATIENCE, Auto
from tests.servers import Reply
from tests.unit.sources.newsrooms import (
    ARTICLES,
    FEED,
    SHAPES,
    feed_in_head,
    home,
    news_sitemap_in_robots,
    only_a_section_page,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Poller:
    """Polls a site as the pipeline does: what one poll leaves, the next one gets."""

    def __init__(self, net, server):
        self.source = Auto(id="s", url=server.url("/"), publisher="The Courier", full_text="always")
        self.state = SourceState("s", url=server.url("/"))
        self._net = net

    async def poll(self) -> tuple[Fetched, Document | None]:
        try:
            fetched = await self.source.fetch(self._net, self.state)
            document = None if fetched.unchanged else self.source.parse(fetched)
        except (FetchError, ParseError) as error:
            failures = self.state.failures + 1
            self.state = replace(self.state, failures=failures, last_reason=error.reason)
            raise
        memory = document.memory if document and document.memory is not None else None
        self.state = replace(
            self.state,
            failures=0,
            validators=fetched.validators,
            first_poll_done=True,
            last_ok=NOW,
            memory=self.state.memory if memory is None else memory,
        )
        return fetched, document

    @property
    def choice(self) -> tuple[str, str]:
        values = recall(self.state.memory, "auto")
        return values["as"], values["url"]


@pytest.fixture
def poller(net, server):
    return Poller(net, server)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_the_first_poll_finds_the_best_place_and_the_next_asks_it_alone(
    server, poller, shape
):
    kind, path = shape(server)

    _, document = await poller.poll()
    server.requests.clear()
    again, _ = await poller.poll()

    assert document.entries
    assert poller.choice == (kind, server.url(path))
    assert server.paths[0] == path
    assert len(server.paths) <= 2
    assert again.unchanged


async def test_what_is_asked_goes_with_the_validators_of_the_place(server, poller):
    feed_in_head(server)
    server.on("/feeds/all", Reply(body=FEED, headers={"ETag": '"1"'}), Reply(304))

    await poller.poll()
    again, _ = await poller.poll()

    assert again.unchanged
    assert server.requests[-1].headers["if-none-match"] == '"1"'


async def test_a_place_that_moved_does_not_move_the_site(server, poller):
    feed_in_head(server)
    await poller.poll()
    server.on("/feeds/all", Reply(301, headers={"Location": "/new"}))
    server.on("/new", Reply(body=FEED.replace(b"Ferry", b"Barge")))

    fetched, document = await poller.poll()

    assert fetched.moved_to == ""
    assert document.entries[0].title.startswith("Barge")


async def test_a_place_that_is_gone_is_looked_for_anew_at_once(server, poller):
    feed_in_head(server)
    await poller.poll()
    server.on("/feeds/all", Reply(410)).on("/comments", Reply(410)).on("/", home(body=ARTICLES))

    fetched, document = await poller.poll()

    assert poller.choice == ("section", server.url("/"))
    assert fetched.partial
    assert [entry.baseline for entry in document.entries] == [True] * 5
    assert "counts as known" in document.problems[-1]
    assert all(not entry.baseline for entry in poller.source.parse(await again(poller)).entries)


async def again(poller: Poller) -> Fetched:
    """Return the answer of a further poll as if the page had changed."""
    poller.state = replace(poller.state, validators=Validators())
    fetched, _ = await poller.poll()
    return fetched


async def test_what_a_place_found_anew_published_since_the_last_good_poll_is_news(server, poller):
    feed_in_head(server)
    await poller.poll()
    young = FEED.replace(b"20 Nov 2026 10:00", b"20 Nov 2026 13:00")
    server.on("/feeds/all", Reply(410)).on("/comments", Reply(body=young))

    _, document = await poller.poll()

    assert [entry.baseline for entry in document.entries] == [False]


async def test_a_place_that_gives_no_feed_any_more_is_looked_for_anew_after_some_patience(
    server, poller
):
    feed_in_head(server)
    await poller.poll()
    server.on("/feeds/all", home()).on("/comments", home())

    for _ in range(PATIENCE):
        with pytest.raises(ParseError):
            await poller.poll()
    await poller.poll()

    assert poller.choice == ("section", server.url("/"))


async def test_a_server_that_fails_is_waited_for(server, poller):
    feed_in_head(server)
    await poller.poll()
    server.on("/feeds/all", Reply(503))

    for _ in range(PATIENCE + 2):
        with pytest.raises(FetchError) as caught:
            await poller.poll()

    assert caught.value.reason == Reason.SERVER_ERROR
    assert poller.choice == ("feed", server.url("/feeds/all"))


async def test_a_site_without_any_place_says_what_to_do(server, poller):
    server.on("/", home(body="<p>Under construction</p>"))

    with pytest.raises(FetchError, match="kind: section") as caught:
        await poller.poll()

    assert caught.value.reason == Reason.NOT_A_FEED


async def test_a_sitemap_found_is_remembered_with_its_own_memory(server, poller):
    news_sitemap_in_robots(server)

    _, document = await poller.poll()

    assert document.kind == "news-sitemap"
    assert recall(recall(poller.state.memory, "auto")["memory"], "sitemap") == {}


async def test_what_is_said_of_the_site_holds_for_the_place(server, poller):
    only_a_section_page(server)
    await poller.poll()

    chosen, _ = poller.source._chosen(poller.state.memory)

    assert (chosen.id, chosen.outlet, chosen.full_text) == ("s", "The Courier", "always")


async def test_a_memory_that_makes_no_sense_is_looked_past(server, poller):
    feed_in_head(server)
    for memory in (
        "{",
        '{"kind":"auto"}',
        '{"kind":"auto","as":"page","url":"x"}',
        '{"kind":"page"}',
    ):
        poller.state = SourceState("s", memory=memory)
        await poller.poll()
        assert poller.choice == ("feed", server.url("/feeds/all"))
