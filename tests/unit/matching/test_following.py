from __future__ import annotations

from typing import Any

from monitor.config.rules import rule_warnings
from monitor.matching import Matcher, Watchlist
from monitor.matching.portrait import portrait
from monitor.matching.terms import continued
from monitor.model import Item

HAN: dict[str, Any] = {
    "id": "han",
    "kind": "person",
    "name": "Han Meimei",
    "aliases": ["韩梅梅", "ハン", "한메이", "ฮั่น"],
    "short": ["韩", "Han"],
    "context": ["港口", "harbour"],
    "not_followed_by": {
        "韩": ["国", "@words"],
        "ハン": ["カチ"],
        "한메이": ["커"],
        "Han": ["Solo"],
    },
}


def matcher(**changed: Any) -> Matcher:
    listed = {"watchlist": "w", "groups": {"words": ["语", "剧"]}, "watches": [HAN | changed]}
    return Matcher([Watchlist.model_validate(listed)])


def item(text: str) -> Item:
    return Item(id="i", source="s", title="", text=text)


def found(text: str) -> list[str]:
    return [span.text for hit in matcher().match(item(text)) for span in hit.spans]


def test_a_form_counts_but_where_the_word_goes_on_to_mean_something_else() -> None:
    assert found("港口:韩表示,韩国、韓國和韩语。") == ["韩"]
    assert found("ハンカチを買った。ハンが話した。") == ["ハン"]


def test_what_must_not_follow_joins_where_no_spaces_are_written_and_is_the_next_word_elsewhere() -> (
    None
):
    assert continued("习", "惯") == ("习惯",)
    assert continued("ไทย", "แลนด์") == ("ไทยแลนด์",)
    assert continued("Han", "Solo") == ("Han Solo",)
    assert continued("한메이", "커") == ("한메이커", "한메이 커")
    assert found("In the harbour Han Solo met Han.") == ["Han"]
    assert found("한메이커는 회사다. 한메이는 사람이다.") == ["한메이"]


def test_a_longer_form_is_not_touched_by_what_its_beginning_must_not_be_followed_by() -> None:
    longer = matcher(aliases=["韩国梅"])
    hits = longer.match(item("韩国梅说,韩国不冷。"))
    assert [span.text for hit in hits for span in hit.spans] == ["韩国梅"]


def test_the_explanation_says_what_follows() -> None:
    said = matcher().explain(item("港口:韩国"), "han")
    assert any("“国” follows it, which makes it something else" in each for each in said)


def test_the_portrait_names_what_must_not_follow() -> None:
    terms = dict(portrait(matcher().rules["han"]).terms)
    assert terms["韩, not when one of these follows"] == ("国", "语", "剧")


def test_check_warns_of_a_form_that_the_watch_does_not_look_for() -> None:
    watch = HAN | {"not_followed_by": {"李": ["子"], "韓": ["国"]}}
    watchlist = Watchlist.model_validate({"watchlist": "w", "watches": [watch]})
    (warning,) = rule_warnings([watchlist])
    assert "not_followed_by: '李' is none of its terms" in warning
