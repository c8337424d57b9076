"""Searches over real HTTP on loopback: what is asked, what comes of it, what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Reason, SourceState
from monitor.net import Net, NetOptions
from monitor.sources.search import PROVIDERS, Search
from tests.servers import HttpServer, Reply

ANSWERS = Path(__file__).parents[2] / "golden" / "search"
WATCHES = {"harbour": (("Maria Exemplar", "Мария Экземплар"), ("Harbour Authority",))}


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with Net(NetOptions(allow_private=("127.0.0.1",), deadline=5.0)) as running:
        yield running


def answer(provider: str) -> Reply:
    name = f"{provider}.json" if provider in {"gdelt", "hacker-news"} else f"{provider}.xml"
    return Reply(body=(ANSWERS / name).read_bytes())


def search(server: HttpServer, provider: str = "google-news", **options: Any) -> Search:
    given = {"id": "s", "watchlist": "harbour", "gap": 0.0, **options}
    source = Search(provider=provider, endpoint=server.url("/search"), **given)
    return source.for_watchlists(WATCHES)


async def poll(
    net: Net, source: Search, state: SourceState | None = None
) -> tuple[Document, SourceState]:
    state = state or SourceState(source.id)
    document = source.parse(await source.fetch(net, state))
    return document, replace(
        state, memory=document.memory or "", first_poll_done=True, last_ok=datetime.now(UTC)
    )


def queries(server: HttpServer, key: str = "q") -> list[str]:
    return [parse_qs(urlsplit(path).query)[key][0] for path in server.paths]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_each_provider_is_asked_for_the_names_of_the_watchlist(
    net: Net, server: HttpServer, provider: str
) -> None:
    server.on("/search", answer(provider))

    document, _ = await poll(net, search(server, provider))

    keys = {"gdelt": "query", "hacker-news": "query"}
    asked = " ".join(queries(server, keys.get(provider, "q")))
    assert '"Maria Exemplar"' in asked
    assert '"Harbour Authority"' in asked
    assert document.kind == provider
    first = document.entries[0]
    assert first.title == "Maria Exemplar answers the quay wall inquiry"
    assert urlsplit(first.url).hostname == "www.tidewater-courier.example"
    assert document.problems == ()


async def test_names_that_fit_one_request_make_one(net: Net, server: HttpServer) -> None:
    server.on("/search", answer("google-news"))

    await poll(net, search(server))

    (asked,) = queries(server)
    assert asked == '"Maria Exemplar" OR "Мария Экземплар" OR "Harbour Authority" when:2d'


async def test_an_edited_watchlist_changes_the_search_and_its_new_name_is_baseline(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", answer("google-news"))
    source = search(server)
    first, state = await poll(net, source)
    edited = source.for_watchlists({"harbour": (*WATCHES["harbour"], ("Quay Wall",))})

    second, state = await poll(net, edited, state)
    third, _ = await poll(net, edited, state)

    assert queries(server)[1].startswith('"Quay Wall" when:')
    assert [entry.baseline for entry in first.entries] == [True] * 3
    assert [entry.baseline for entry in second.entries] == [True] * 3 + [False] * 3
    assert not any(entry.baseline for entry in third.entries)
    assert edited.address == source.address


async def test_with_alert_on_the_first_poll_nothing_is_baseline(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", answer("google-news"))

    document, _ = await poll(net, search(server, on_first_poll="alert"))

    assert not any(entry.baseline for entry in document.entries)


async def test_what_does_not_fit_one_poll_has_its_turn_at_the_next(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", answer("hacker-news"))
    source = search(server, "hacker-news", requests=2)

    _, state = await poll(net, source)
    _, state = await poll(net, source, state)

    assert queries(server, "query") == [
        '"Maria Exemplar"',
        '"Мария Экземплар"',
        '"Harbour Authority"',
        '"Maria Exemplar"',
    ]


async def test_results_reach_back_over_a_downtime(net: Net, server: HttpServer) -> None:
    server.on("/search", answer("google-news"))
    source = search(server)
    state = SourceState("s", last_ok=datetime.now(UTC) - timedelta(days=5))

    await poll(net, source, state)

    assert queries(server)[0].endswith("when:6d")


async def test_a_request_that_fails_ends_the_poll_and_keeps_its_turn(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", answer("hacker-news"), Reply(429, headers={"Retry-After": "60"}))
    source = search(server, "hacker-news")

    document, state = await poll(net, source)

    assert len(server.paths) == 2
    assert len(document.entries) == 3
    assert document.problems == (
        "hacker-news answered 429: too many requests; it asks to wait 60 s",
    )
    async with Net(NetOptions(allow_private=("127.0.0.1",))) as fresh:
        server.on("/search", answer("hacker-news"))
        await poll(fresh, source, state)
    assert queries(server, "query")[2] == '"Мария Экземплар"'


async def test_a_first_request_that_fails_is_a_failed_poll_with_a_short_reason(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", Reply(503))

    with pytest.raises(FetchError) as caught:
        await poll(net, search(server))

    assert caught.value.reason == Reason.SERVER_ERROR
    assert str(caught.value).startswith("google-news answered 503: ")


async def test_an_answer_that_cannot_be_read_keeps_its_turn_and_the_others_count(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", Reply(body=b"Please slow down."), answer("hacker-news"))
    source = search(server, "hacker-news", requests=2)

    document, state = await poll(net, source)
    server.on("/search", answer("hacker-news"))
    await poll(net, source, state)

    assert "Please slow down." in document.problems[0]
    assert len(document.entries) == 3
    assert queries(server, "query")[2] == '"Maria Exemplar"'


async def test_a_poll_of_which_nothing_can_be_read_is_a_failed_poll(
    net: Net, server: HttpServer
) -> None:
    server.on("/search", Reply(body=b"<html><title>Before you continue</title></html>"))

    with pytest.raises(ParseError, match="web page"):
        await poll(net, search(server))


async def test_an_answer_that_holds_its_most_says_that_there_may_be_more(
    net: Net, server: HttpServer
) -> None:
    rows = ",".join(f'{{"objectID":"{n}","title":"T{n}"}}' for n in range(100))
    server.on("/search", Reply(body=f'{{"hits":[{rows}]}}'.encode()))

    document, _ = await poll(net, search(server, "hacker-news", watchlist="", queries=["silt"]))

    assert document.problems == ("an answer held its most, 100: there may be more",)


async def test_requests_keep_the_distance_that_was_asked_for(net: Net, server: HttpServer) -> None:
    server.on("/search", answer("hacker-news"))
    source = search(server, "hacker-news", gap=500.0)

    document, _ = await poll(net, source)

    assert len(server.paths) == 1
    assert "no turn for us" in document.problems[0]


async def test_a_watchlist_without_names_is_quiet_and_says_so(net: Net, server: HttpServer) -> None:
    source = search(server).for_watchlists({"harbour": ((),)})

    document, _ = await poll(net, source)

    assert server.paths == []
    assert document.problems == ("there is nothing to search for",)
    assert source.remarks == ("nothing to search for: harbour has no names for google-news",)


def test_only_so_many_names_of_a_watch_in_the_script_of_the_language_are_searched_for() -> None:
    watches = {"w": (("Maria Exemplar", "Мария", "M. Exemplar", "Maria E."), ("Silt",))}
    source = Search(id="s", provider="google-news", watchlist="w", language="en", names=2)

    asked = [ask.text for ask in source.for_watchlists(watches).asks]

    assert asked == ["Maria Exemplar", "M. Exemplar", "Silt"]


def test_gdelt_is_asked_in_latin_letters_for_whatever_language() -> None:
    watches = {"w": (("Maria Exemplar", "玛丽亚"), ("疏浚合同",))}
    source = Search(id="s", provider="gdelt", watchlist="w", language="zh")

    asked = [ask.text for ask in source.for_watchlists(watches).asks]

    assert asked == ["Maria Exemplar"]


def test_names_that_the_provider_cannot_find_and_long_turns_are_remarked() -> None:
    many = tuple((f"Name{number} of the harbour",) for number in range(300))
    source = Search(id="s", provider="hacker-news", watchlist="w").for_watchlists(
        {"w": (*many, ("word " * 11,))}
    )

    turns, unknown = source.remarks

    assert turns.startswith("300 names take turns, each is asked for every ")
    assert unknown.startswith("hacker-news cannot search for 1 names, such as word word")


def test_another_edition_is_another_place_and_other_queries_are_not() -> None:
    source = Search(id="s", provider="google-news", queries=["a"])
    german = Search(id="s", provider="google-news", queries=["a"], language="de")

    assert german.address != source.address
    assert Search(id="s", provider="google-news", queries=["b"]).address == source.address


def test_articles_behind_links_of_google_are_left_unread_unless_asked_for() -> None:
    assert Search(id="s", provider="google-news", queries=["a"]).full_text == "never"
    asked = Search(id="s", provider="google-news", queries=["a"], full_text="auto")
    assert asked.full_text == "auto"
    assert Search(id="s", provider="gdelt", queries=["a"]).full_text == "auto"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs a watchlist or queries"),
        ({"queries": ["x" * 300], "provider": "gdelt"}, "at most 220 characters"),
        ({"queries": ["a\nb"]}, "match pattern"),
    ],
)
def test_a_search_that_cannot_be_asked_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Search(**{"id": "s", "provider": "google-news", **options})
