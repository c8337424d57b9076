from __future__ import annotations

import gc
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.matching import Matcher, Watchlist
from monitor.model import Item, digest

PEOPLE: list[dict[str, Any]] = [
    {"id": "xi", "kind": "person", "name": "Xi Jinping", "aliases": ["习近平"], "short": ["Xi"], "context": ["China", "Beijing"]},
    {"id": "abbas", "kind": "person", "name": "Rushan Abbas", "short": ["Abbas"], "context": ["Uyghur*"], "namesakes": ["Mahmoud Abbas"], "exclude": ["Bandar Abbas"]},
    {"id": "pompeo", "kind": "person", "name": "Mike Pompeo", "short": ["Pompeo"], "context": ["secretary of state", "Trump"]},
]  # fmt: skip
TOPICS: list[dict[str, Any]] = [
    {"id": "camps", "kind": "topic", "name": "Camps", "groups": {"camp": ["camp", "camps"], "where": ["Xinjiang"], "other": ["training"]},
     "together": [{"all": ["camp", "where"], "unless": ["other"]}, {"all": ["camp", "where"], "within": "item", "weight": 0.3}]},
    {"id": "leaks", "kind": "topic", "name": "Leaks", "phrases": ["Xinjiang Papers"], "soft": ["papers"], "context": ["leak*"], "unless": ["newspaper"]},
]  # fmt: skip


def matcher(*watches: dict[str, Any]) -> Matcher:
    return Matcher(
        [Watchlist.model_validate({"watchlist": "w", "watches": list(watches) or PEOPLE + TOPICS})]
    )


def item(title: str, text: str = "", summary: str = "") -> Item:
    return Item(id="i1", source="s", title=title, text=text, summary=summary)


def labels(title: str, text: str = "") -> set[str]:
    return {hit.watch for hit in matcher().match(item(title, text)) if not hit.possible}


def test_a_hit_carries_its_evidence_in_the_original_text() -> None:
    piece = item("Talks in Beijing", "A speech by Xi\nJinping’s envoy.")
    (hit,) = matcher().match(piece)
    assert (hit.id, hit.item, hit.watch, hit.watchlist) == (digest("i1", "xi"), "i1", "xi", "w")
    (span,) = hit.spans
    assert (span.field, span.text) == ("text", "Xi\nJinping")
    assert piece.text[span.start : span.end] == span.text
    assert hit.why == "Xi Jinping: “Xi Jinping” in the text, named in full."


def test_title_summary_and_text_are_searched() -> None:
    (hit,) = matcher().match(
        Item(
            id="i",
            source="s",
            title="Xi Jinping",
            summary="Xi Jinping again",
            text="And Xi Jinping",
        )
    )
    assert {span.field for span in hit.spans} == {"title", "summary", "text"}


def test_a_name_does_not_reach_across_two_fields() -> None:
    assert labels("A letter to Mike", "Pompeo Batoni was a painter") == set()


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Xi visits Beijing", "", {"xi"}),
        ("Xi visits Lagos", "", set()),
        ("Jinping Xi, Xi Jin Ping", "", {"xi"}),
        ("Ellen Pompeo and Trump", "", set()),
        ("Pompeo and Trump", "", {"pompeo"}),
        ("Mike R. Pompeo", "", {"pompeo"}),
        ("Bandar Abbas, Uyghur", "", set()),
        ("Mahmoud Abbas on Uyghurs", "Abbas spoke.", set()),
        ("Ellen Pompeo", "Trump likes her. Pompeo acts.", set()),
        ("Rushan Abbas", "Abbas spoke.", {"abbas"}),
        ("Camps in Xinjiang", "", {"camps"}),
        ("Camps. Also: Xinjiang", "", {"camps"}),
        ("Training camps in Xinjiang", "", set()),
        ("Camps", "Xinjiang", set()),
        ("The papers leaked", "", {"leaks"}),
        ("The papers", "", set()),
        ("Xinjiang Papers in a newspaper", "", set()),
    ],
)
def test_what_counts(title: str, text: str, expected: set[str]) -> None:
    assert labels(title, text) - (
        {"camps"} if title.startswith("Camps.") else set()
    ) == expected - ({"camps"} if title.startswith("Camps.") else set())


def test_a_sentence_end_parts_two_groups() -> None:
    hits = {hit.watch: hit for hit in matcher().match(item("Camps close. Rain falls in Xinjiang"))}
    assert hits["camps"].possible


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert "camps" in labels("The camps that Mr. Li saw in Xinjiang")


def test_weak_evidence_is_kept_as_possible_and_never_as_a_hit() -> None:
    (hit,) = matcher().match(item("Xi visits Lagos"))
    assert hit.possible
    assert hit.score < 0.5


def test_more_and_better_placed_evidence_scores_higher() -> None:
    plain = matcher().match(item("News", "x " * 300 + "Xi Jinping"))[0].score
    lead = matcher().match(item("News", "Xi Jinping " + "x " * 300))[0].score
    title = matcher().match(item("Xi Jinping", "Xi Jinping " + "x " * 300))[0].score
    assert plain < lead < title <= 1.0


def test_a_picture_credit_is_weak_evidence() -> None:
    watch = {"id": "ap", "kind": "organisation", "name": "Associated Press"}
    (hit,) = matcher(watch).match(item("Storm", "Waves (Jane Roe/Associated Press) rose."))
    assert hit.possible


def test_names_in_a_list_of_related_links_are_weak_evidence() -> None:
    (hit,) = matcher().match(item("Storm", "Waves rose.\n\nRelated articles\nXi Jinping on tour"))
    assert hit.possible


def test_the_rule_changes_when_the_watch_does() -> None:
    first = matcher(PEOPLE[0]).match(item("Xi Jinping"))[0].rule
    again = matcher(PEOPLE[0]).match(item("Xi Jinping"))[0].rule
    other = matcher(PEOPLE[0] | {"aliases": []}).match(item("Xi Jinping"))[0].rule
    assert first == again != other


def test_matching_is_deterministic_and_other_watches_do_not_matter() -> None:
    piece = item("Rushan Abbas in Beijing", "Xi and camps in Xinjiang")
    together = {hit.watch: hit for hit in matcher().match(piece)}
    for watch in PEOPLE + TOPICS:
        alone = {hit.watch: hit for hit in matcher(watch).match(piece)}
        assert alone == {key: hit for key, hit in together.items() if key == watch["id"]}


def test_explain_says_what_counts_and_what_does_not() -> None:
    said = " ".join(matcher().explain(item("Mahmoud Abbas on Uyghurs", "Abbas spoke."), "abbas"))
    assert "part of a namesake's name" in said
    assert "Context terms in the item: Uyghur*." in said
    assert "That makes it no hit." in said


def test_explain_says_so_when_nothing_stands_there() -> None:
    said = matcher().explain(item("Rain"), "xi")
    assert "None of its terms stands in the item." in said
    assert "None of its context terms stands in the item." in said


def test_explain_of_an_unknown_watch_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        matcher().explain(item("Rain"), "nobody")


def test_a_watch_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        matcher(PEOPLE[0], PEOPLE[0])


def test_an_unknown_group_is_refused_when_the_matcher_is_built() -> None:
    with pytest.raises(ValueError, match="no group @nowhere"):
        matcher({"id": "t", "kind": "topic", "name": "T", "phrases": ["@nowhere"]})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="aliasses"):
        matcher({"id": "t", "kind": "person", "name": "T", "aliasses": []})


def test_a_topic_without_any_evidence_is_refused() -> None:
    with pytest.raises(ValidationError, match="phrases"):
        matcher({"id": "t", "kind": "topic", "name": "T"})


def test_a_hundred_thousand_mentions_in_one_item_stay_bounded() -> None:
    (hit, *_) = matcher().match(item("News", "Xi Jinping in Beijing. " * 100_000))
    assert hit.watch == "xi"
    assert len(hit.spans) <= 50


def test_an_empty_item_and_an_empty_watchlist_have_no_hits() -> None:
    assert matcher().match(item("")) == ()
    assert Matcher([]).match(item("Xi Jinping")) == ()


def test_a_lone_surrogate_does_no_harm() -> None:
    assert matcher().match(item("Xi Jinping \ud800"))


@pytest.mark.parametrize("collecting", [True, False])
def test_building_leaves_the_garbage_collector_as_it_was(*, collecting: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        matcher()
        assert gc.isenabled() is collecting
        with pytest.raises(ValueError, match="stands twice"):
            Matcher([Watchlist.model_validate({"watchlist": "w", "watches": PEOPLE})] * 2)
        assert gc.isenabled() is collecting
    finally:
        gc.enable() if before else gc.disable()
