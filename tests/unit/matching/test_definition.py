"""A rule is kept with its hits: it changes with all that it rests on, and can be made anew."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching import Matcher, Watchlist, watchlists_of
from monitor.model import Hit, Item, digest

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DESK: dict[str, Any] = {
    "watchlist": "desk",
    "title": "The desk",
    "groups": {
        "goods": ["cotton", "@crops"],
        "crops": ["tomato*"],
        "force": ["forced labour", "强迫劳动"],
        "boats": ["ferry"],
    },
    "watches": [
        {"id": "ada", "kind": "person", "name": "Ada Muster", "short": ["Muster"], "context": ["@force"]},
        {"id": "board", "kind": "organisation", "name": "Sample Harbour Board", "aliases": ["ميناء"]},
        {"id": "trade", "kind": "topic", "name": "Trade",
         "together": [{"all": ["goods", "force"], "within": "sentence"}]},
        {"id": "both", "kind": "topic", "name": "Both", "match": "@pair AND NOT lang:tr"},
        {"id": "shadow", "kind": "topic", "name": "Shadow", "groups": {"crops": ["barley"]},
         "phrases": ["@goods"]},
    ],
}  # fmt: skip
PAIRS: dict[str, Any] = {
    "watchlist": "pairs",
    "groups": {"goods": ["steel"]},
    "watches": [
        {"id": "pair", "kind": "topic", "name": "Pair", "match": "@ada NEAR/20 (@board OR pier)"}
    ],
}


def matcher(*lists: dict[str, Any]) -> Matcher:
    return Matcher([Watchlist.model_validate(each) for each in lists or (DESK, PAIRS)])


def digests(*lists: dict[str, Any]) -> dict[str, str]:
    return {name: rule.digest for name, rule in matcher(*lists).rules.items()}


def changed(path: tuple[str | int, ...], value: Any) -> set[str]:
    """Return the watches whose rule is another one once what stands at ``path`` is ``value``."""
    lists = deepcopy([DESK, PAIRS])
    place: Any = lists
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    before, after = digests(), digests(*lists)
    return {name for name in before if before[name] != after[name]}


def test_an_edit_changes_the_rule_of_its_watch_and_of_those_whose_query_leads_there() -> None:
    assert changed((0, "watches", 0, "aliases"), ["A. Muster"]) == {"ada", "pair", "both"}
    assert changed((1, "watches", 0, "match"), "@ada NEAR/5 pier") == {"pair", "both"}
    assert changed((0, "watches", 2, "threshold"), 0.4) == {"trade"}


def test_an_edit_of_a_group_changes_the_rules_that_use_it_through_whatever_other_group() -> None:
    assert changed((0, "groups", "crops"), ["rice"]) == {"trade"}
    assert changed((0, "groups", "goods"), ["@crops"]) == {"trade", "shadow"}
    assert changed((0, "groups", "force"), ["bonded labour"]) == {"ada", "trade", "pair", "both"}
    assert changed((0, "groups", "boats"), ["barge"]) == set()


def test_the_order_of_watches_and_groups_and_the_heading_change_no_rule() -> None:
    turned = deepcopy(DESK)
    turned["watches"].reverse()
    turned["groups"] = dict(reversed(turned["groups"].items()))
    turned["title"] = "Another heading"
    assert digests(PAIRS, turned) == digests()


def test_a_kept_rule_names_itself_by_the_digest_of_its_definition() -> None:
    (kept,) = matcher().versions(["both", "both"], NOW)
    assert (kept.watch, kept.since) == ("both", NOW)
    assert kept.digest == digest(kept.definition)
    assert kept.definition.isascii()


WORDS = (
    "Ada Muster", "Muster", "Sample Harbour Board", "ميناء", "pier", "cotton", "tomatoes", "barley",
    "forced labour", "强迫劳动", ". ", "steel", "rain", "\n",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@given(title=TEXTS, text=TEXTS, language=st.sampled_from(["", "en", "tr"]))
def test_a_rule_made_anew_from_its_definition_alone_finds_what_it_found(
    title: str, text: str, language: str
) -> None:
    item = Item("i", "gazette", title, text=text, language=language)
    found = {hit.watch: hit for hit in matcher().match(item)}
    for watch, kept in MADE_ANEW.items():
        assert hits_of(kept, item).get(watch) == found.get(watch)


def hits_of(kept: Matcher, item: Item) -> dict[str, Hit]:
    return {hit.watch: hit for hit in kept.match(item)}


MADE_ANEW = {
    one.watch: Matcher(watchlists_of(one.definition))
    for one in matcher().versions([each["id"] for each in (*DESK["watches"], *PAIRS["watches"])], NOW)
}  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"watchlists": [{}]}', '{"watchlists": 3}'])
def test_a_definition_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        watchlists_of(text)
