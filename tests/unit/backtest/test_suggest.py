from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.backtest import Marked, suggest
from monitor.backtest.candidates import candidates
from monitor.backtest.suggest import _Bench, _Panel
from monitor.matching import Matcher, Watchlist
from monitor.model import Item

ABBAS = {
    "id": "rushan-abbas",
    "kind": "person",
    "name": "Rushan Abbas",
    "aliases": ["Abbas"],
    "context": ["Uyghur*", "Xinjiang"],
}
WRONG = (
    "Mahmoud Abbas met the envoys in Ramallah. Talks on the budget went on.",
    "The Palestinian leader Mahmoud Abbas spoke in Ramallah about elections.",
    "A letter to Mahmoud Abbas asked for help with the harvest.",
)
RIGHT = (
    "Rushan Abbas told the hearing about her sister.",
    "The campaigner Abbas spoke about Uyghur detainees.",
    "Abbas asked the committee to look at cotton.",
)


def watchlist(*watches: dict[str, Any]) -> Watchlist:
    return Watchlist.model_validate({"watchlist": "test", "watches": watches})


def marks(
    wrong: Iterable[str] = (),
    right: Iterable[str] = (),
    rest: Iterable[str] = (),
    source: str = "s",
) -> list[Marked]:
    found = []
    for name, texts, relevant in (
        ("wrong", wrong, False),
        ("right", right, True),
        ("rest", rest, None),
    ):
        for number, text in enumerate(texts):
            item = Item(id=f"{name}-{number}", source=source, title="", text=text)
            found.append(Marked(f"{name}-{number}", item, relevant))
    return found


def texts_of(found, kind: str) -> list[str]:
    return [one.text for one in found.suggestions if one.kind == kind]


def test_a_namesakes_full_name_is_the_first_exclusion_proposed_for_a_bare_surname() -> None:
    advice = suggest([watchlist(ABBAS)], "rushan-abbas", marks(WRONG, RIGHT))
    best = advice.suggestions[0]
    assert (best.kind, best.text) == ("exclude", "Mahmoud Abbas")
    assert best.removed == ("wrong-0", "wrong-1", "wrong-2")
    assert best.lost == ()
    assert best.line == "exclude: [Mahmoud Abbas]"
    assert best.where == "watch rushan-abbas, a new line"
    assert (advice.wrong, advice.right, advice.settled) == (3, 3, 0)


def test_bare_mentions_after_the_full_name_need_the_namesake() -> None:
    wrong = [f"{text} Abbas added that it was late." for text in WRONG]
    advice = suggest([watchlist(ABBAS)], "rushan-abbas", marks(wrong, RIGHT))
    assert "Mahmoud Abbas" not in texts_of(advice, "exclude")
    assert texts_of(advice, "namesakes")[0] == "Mahmoud Abbas"
    best = next(one for one in advice.suggestions if one.kind == "namesakes")
    assert (len(best.removed), best.lost) == (3, ())


def test_a_name_that_only_begins_like_the_match_is_found_too() -> None:
    indian = {"id": "indian", "kind": "topic", "name": "Indian rivers", "phrases": ["Indian"]}
    wrong = ["Indian Oil raised its dividend.", "Shares of Indian Oil fell on Monday."]
    right = ["Indian rivers flooded again.", "The Indian monsoon is late."]
    advice = suggest([watchlist(indian)], "indian", marks(wrong, right))
    assert (advice.suggestions[0].kind, advice.suggestions[0].text) == ("exclude", "Indian Oil")


def test_characters_around_a_short_form_without_spaces_make_an_exclusion() -> None:
    watch = {"id": "xi", "kind": "topic", "name": "习", "phrases": ["习"]}
    wrong = ["孩子们学习得很好。", "他每天学习英语。"]
    advice = suggest([watchlist(watch)], "xi", marks(wrong, ["习在会上发言。"]))
    assert (advice.suggestions[0].kind, advice.suggestions[0].text) == ("exclude", "学习")


def test_a_word_that_stands_only_in_wrong_items_is_proposed_as_unless() -> None:
    leak = {"id": "leak", "kind": "topic", "name": "Leaks", "phrases": ["leak"]}
    wrong = [
        "The leak soaked the cellar. A plumber came at noon.",
        "Nobody saw the leak. The plumber had left.",
    ]
    right = ["The leak named forty officials.", "Reporters read the leak for a year."]
    advice = suggest([watchlist(leak)], "leak", marks(wrong, right))
    assert "plumber" in texts_of(advice, "unless")


def test_context_that_lets_wrong_short_forms_count_is_proposed_for_removal() -> None:
    watch = {
        "id": "who",
        "kind": "person",
        "name": "Lin Exemplar",
        "short": ["Exemplar"],
        "context": ["report", "harbour"],
    }
    wrong = ["Exemplar wrote a report.", "One report by Exemplar was long."]
    right = ["Exemplar left the harbour at dawn.", "The harbour owes Exemplar a debt."]
    advice = suggest([watchlist(watch)], "who", marks(wrong, right))
    found = next(one for one in advice.suggestions if one.kind == "context")
    assert (found.text, len(found.removed), found.lost) == ("report", 2, ())
    assert yaml.safe_load(found.line) == {"context": ["harbour"]}
    assert found.where == "watch who, in the place of its context"


def test_the_query_of_a_topic_leaves_out_the_source_of_wrong_hits() -> None:
    topic = {"id": "cotton", "kind": "topic", "name": "Cotton", "match": "cotton OR tomato"}
    marked = marks(["cotton a", "cotton b"], source="recipes") + marks(right=["cotton"])
    advice = suggest([watchlist(topic)], "cotton", marked)
    found = next(one for one in advice.suggestions if one.kind == "match")
    assert (len(found.removed), found.lost) == (2, ())
    assert yaml.safe_load(found.line) == {"match": "(cotton OR tomato) AND NOT source:recipes"}


def test_where_no_rule_can_name_a_source_the_source_itself_is_proposed() -> None:
    marked = marks(["Abbas sings.", "Abbas dances."], source="gossip") + marks(right=RIGHT)
    found = next(
        one
        for one in suggest([watchlist(ABBAS)], "rushan-abbas", marked).suggestions
        if one.kind == "source"
    )
    assert (found.line, found.where) == ("enabled: false", "source gossip in sources.yaml")


def test_what_costs_more_right_hits_than_it_helps_is_not_proposed() -> None:
    wrong = ["Abbas of Ramallah spoke.", "Abbas came from Ramallah."]
    right = ["Abbas flew to Ramallah.", "In Ramallah, Abbas read the list."]
    advice = suggest([watchlist(ABBAS)], "rushan-abbas", marks(wrong, right))
    assert "Ramallah" not in texts_of(advice, "unless")
    assert all(one.benefit > 0 for one in advice.suggestions)


def test_hits_nobody_marked_are_counted_beside() -> None:
    rest = ["Mahmoud Abbas went home.", "Abbas wrote about Xinjiang."]
    best = suggest([watchlist(ABBAS)], "rushan-abbas", marks(WRONG, RIGHT, rest)).suggestions[0]
    assert (best.text, best.unmarked) == ("Mahmoud Abbas", 1)


def test_a_wrong_hit_that_the_rule_no_longer_makes_is_settled() -> None:
    advice = suggest(
        [watchlist(ABBAS | {"exclude": ["Mahmoud Abbas"]})], "rushan-abbas", marks(WRONG, RIGHT)
    )
    assert (advice.wrong, advice.settled, advice.suggestions) == (0, 3, ())


def test_an_exclusion_beside_others_is_a_line_of_their_list() -> None:
    watch = ABBAS | {"exclude": ["Bandar Abbas"]}
    best = suggest([watchlist(watch)], "rushan-abbas", marks(WRONG, RIGHT)).suggestions[0]
    assert (best.line, best.where) == ("- Mahmoud Abbas", "watch rushan-abbas, under exclude")


def test_several_changes_together_take_away_what_none_does_alone() -> None:
    wrong = [*WRONG, "A ferry to Bandar Abbas sank.", "Bandar Abbas has a port."]
    advice = suggest([watchlist(ABBAS)], "rushan-abbas", marks(wrong, RIGHT))
    assert [one.text for one in advice.together] == ["Mahmoud Abbas", "Bandar Abbas"]
    assert sum(len(one.removed) for one in advice.together) == 5


def test_a_query_that_refers_to_another_watch_is_replayed_with_it() -> None:
    other = {"id": "cotton", "kind": "topic", "name": "Cotton", "match": "cotton AND @fields"}
    fields = {"id": "fields", "kind": "topic", "name": "Fields", "phrases": ["field"]}
    marked = marks(["Cotton candy at the field."], ["Cotton stood in the field."])
    advice = suggest([watchlist(other, fields)], "cotton", marked)
    assert (advice.wrong, advice.right) == (1, 1)
    assert any("candy" in one.text for one in advice.suggestions)


def test_the_order_of_marks_changes_nothing() -> None:
    marked = marks(WRONG, RIGHT)
    first = suggest([watchlist(ABBAS)], "rushan-abbas", marked)
    for order in itertools.islice(itertools.permutations(marked), 0, 720, 90):
        assert suggest([watchlist(ABBAS)], "rushan-abbas", order) == first


def test_an_unknown_watch_is_an_error() -> None:
    with pytest.raises(KeyError):
        suggest([watchlist(ABBAS)], "nobody", [])


WORDS = ["Abbas", "Mahmoud", "Rushan", "Bandar", "spoke", "port", "Uyghur", "Ramallah.", "Oil"]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=4), st.lists(SENTENCE, max_size=4))
def test_every_figure_is_what_pasting_the_line_does(wrong: list[str], right: list[str]) -> None:
    marked = marks(wrong, right)
    advice = suggest([watchlist(ABBAS)], "rushan-abbas", marked)
    before = hits_of(ABBAS, marked)
    for one in advice.suggestions:
        if one.kind == "source":
            continue
        gone = before - hits_of(ABBAS | yaml.safe_load(one.line), marked)
        assert {hit for hit in gone if hit.startswith("wrong")} == set(one.removed)
        assert {hit for hit in gone if hit.startswith("right")} == set(one.lost)


def hits_of(watch: dict[str, Any], marked: list[Marked]) -> set[str]:
    matcher = Matcher([watchlist(watch)])
    return {one.hit for one in marked if any(not hit.possible for hit in matcher.match(one.item))}


@settings(max_examples=40, deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=4), st.lists(SENTENCE, max_size=4))
def test_items_without_a_term_need_no_replay(wrong: list[str], right: list[str]) -> None:
    marked = marks(wrong, right)
    bench = _Bench([watchlist(ABBAS)], "rushan-abbas")
    items = {one.hit: one.item for one in marked}
    now = bench.hits(bench.watch, items)
    pairs = [(items[key], now[key]) for key in now]
    found = [one for one in candidates(bench.watch, pairs, []) if _Panel._adds(one)]
    standing = bench.standing((one.text for one in found), items)
    for one in found:
        left = bench.hits(one.apply(bench.watch), items)
        assert {key for key in now if key not in left} <= standing[one.text]
