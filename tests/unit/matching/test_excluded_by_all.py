"""What a watchlist excludes counts for none of its watches, terms of groups included."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.matching import Matcher, Watchlist, watchlists_of
from monitor.matching.portrait import portrait
from monitor.model import Item

DESK: dict[str, Any] = {
    "watchlist": "desk",
    "exclude": ["喀什米尔", "@prisons"],
    "groups": {"prisons": ["Sincan Cezaev*"], "region": ["喀什", "Sincan"], "held": ["拘押", "tutuk*"]},
    "watches": [
        {"id": "region-first", "kind": "topic", "name": "A",
         "together": [{"all": ["region", "held"], "within": "item"}]},
        {"id": "held-first", "kind": "topic", "name": "B",
         "together": [{"all": ["held", "region"], "within": "item"}]},
        {"id": "named", "kind": "topic", "name": "C", "phrases": ["@region"]},
    ],
}  # fmt: skip


def matcher(**changed: Any) -> Matcher:
    return Matcher([Watchlist.model_validate(DESK | changed)])


def hits(text: str, **changed: Any) -> set[str]:
    found = matcher(**changed).match(Item(id="i", source="s", title="", text=text))
    return {hit.watch for hit in found}


@pytest.mark.parametrize("text", ["喀什米爾有人被拘押。", "Sincan Cezaevi’nde tutuklular."])
def test_nothing_counts_inside_wherever_its_term_stands_in_a_rule(text: str) -> None:
    assert hits(text, exclude=[]) == {"region-first", "held-first", "named"}
    assert hits(text) == set()


@pytest.mark.parametrize(
    "text", ["喀什米尔和喀什有人被拘押。", "Sincan’da tutuklular, Sincan Cezaevi dolu."]
)
def test_the_same_term_counts_where_it_stands_outside(text: str) -> None:
    assert hits(text) == {"region-first", "held-first", "named"}


def test_it_says_why_a_place_does_not_count() -> None:
    said = matcher().explain(Item(id="i", source="s", title="喀什米尔", text=""), "named")
    assert any("part of an excluded phrase" in line for line in said)


def test_it_is_shown_with_each_watch() -> None:
    shown = dict(portrait(matcher().rules["named"]).terms)
    assert shown["excluded in the whole watchlist: nothing counts inside"] == (
        "喀什米尔",
        "Sincan Cezaev*",
    )


def test_it_is_kept_with_the_rule_and_a_list_without_it_keeps_its_digest() -> None:
    rule = matcher().rules["held-first"]
    made_anew = Matcher(watchlists_of(rule.definition))
    item = Item(id="i", source="s", title="", text="喀什米尔有人被拘押。")
    assert made_anew.match(item) == ()
    assert (
        '"exclude"' not in matcher(exclude=[]).rules["held-first"].definition.split('"watches"')[0]
    )
    assert matcher(exclude=[]).rules["held-first"].digest != rule.digest
