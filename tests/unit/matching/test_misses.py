from __future__ import annotations

import pytest

from monitor.matching import Matcher, Watchlist
from monitor.model import Item

OTHER = {"id": "gulls", "kind": "topic", "name": "Gulls", "match": "gull"}


def said(query: str, text: str) -> list[str]:
    """Return what an explanation says of a query that does not hold."""
    watch = {"id": "one", "kind": "topic", "name": "One", "match": query}
    matcher = Matcher([Watchlist.model_validate({"watchlist": "w", "watches": [watch, OTHER]})])
    lines = matcher.explain(Item(id="i", source="s", title="", text=text), "one")
    begin = "Its query does not hold: "
    return [line.removeprefix(begin).rstrip(".") for line in lines if line.startswith(begin)]


@pytest.mark.parametrize(
    ("query", "text", "why"),
    [
        ("pier AND crane AND gull", "The crane.", ["pier does not stand in the item", "gull does not stand in the item"]),
        ("pier NEAR/2 crane", "A pier, and then after a while a crane.", ["pier and crane stand in the item, but never within 2 words"]),
        ("pier BEFORE/2 crane", "A crane, a pier.", ["pier and crane stand in the item, but never within 2 words in this order"]),
        ("pier NEAR/2 crane", "A pier.", ["crane does not stand in the item"]),
        ("pier NOT (crane OR gull)", "A pier with a gull.", ["crane OR gull holds, which NOT rules out"]),
        ("pier AND (crane OR hoist)", "A pier.", ["none of crane, hoist holds"]),
        ("AT LEAST 2 OF (pier, crane, hoist)", "A pier.", ["1 of 3 parts hold: pier; 2 must"]),
        ("pier AND lang:de", "A pier.", ["lang:de does not hold"]),
        ("pier AND @gulls", "A pier.", ["@gulls is no hit in the item"]),
    ],
)  # fmt: skip
def test_the_explanation_names_the_parts_of_a_query_that_are_wanting(
    query: str, text: str, why: list[str]
) -> None:
    assert said(query, text) == why


def test_nothing_is_said_of_a_query_that_holds() -> None:
    assert said("pier AND crane", "A crane on the pier.") == []


def test_long_lists_are_cut() -> None:
    (line,) = said(
        "(" + " OR ".join(f"word{number}" for number in range(40)) + ") AND pier", "pier"
    )
    assert line.endswith("word4 and 35 more holds")
