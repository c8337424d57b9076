"""What queries find, through the real matcher."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.matching import Matcher, Watchlist
from monitor.matching.patterns import within_one
from monitor.model import Item

ITEM = Item(
    id="i",
    source="wire-world",
    outlet="The Example Wire",
    title="Cotton and forced labour",
    text="Buyers of cotton, tomatoes and solar cells ask about Magnistky sanctions. Uyghurs pick cotton by hand.",
    url="https://example.org/trade/1",
    language="en-GB",
    authors=("Jane Monroe", "Li Wei"),
)


def watches(**queries: str) -> Matcher:
    listed = [
        {"id": name, "kind": "topic", "name": name, "match": text} for name, text in queries.items()
    ]
    return Matcher([Watchlist.model_validate({"watchlist": "w", "watches": listed})])


def spans(query: str, item: Item = ITEM) -> list[str] | None:
    hits = watches(a=query).match(item)
    return [span.text for span in hits[0].spans] if hits else None


def in_text(query: str, text: str) -> list[str] | None:
    return spans(query, Item(id="i", source="s", title="", text=text))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tomatoes", ["tomatoes"]),
        ('"forced labour"', ["forced labour"]),
        ("“forced labour”", ["forced labour"]),
        ("„forced labour“", ["forced labour"]),
        ("«forced\n  labour»", ["forced labour"]),
        ("tomato*", ["tomatoes"]),
        ("*matoes", ["tomatoes"]),
        ("tom*es", ["tomatoes"]),
        ("tomatoes solar", ["tomatoes", "solar"]),
        ("tomatoes\u00a0solar", ["tomatoes", "solar"]),
        ("tomatoes AND coal", None),
        ("tomatoes OR coal", ["tomatoes"]),
        ("coal OR tomatoes solar", ["tomatoes", "solar"]),
        ("coal (tomatoes OR solar)", None),
        ("tomatoes AND NOT coal", ["tomatoes"]),
        ("tomatoes NOT solar", None),
        ("tomatoes NOT (solar coal)", ["tomatoes"]),
        ("tomatoes NOT NOT solar", ["tomatoes"]),
        ("AT LEAST 2 OF (coal, solar, tomatoes)", ["tomatoes", "solar"]),
        ("AT LEAST 3 OF (coal, solar, tomatoes)", None),
        ("AT LEAST 1 OF (coal OR solar)", ["solar"]),
        ("Magnitsky~", ["Magnistky"]),
        ('"Magnitsky sanctions"~', ["Magnistky sanctions"]),
        ("Magnitzki~", None),
    ],
)
def test_what_a_query_finds(query: str, found: list[str] | None) -> None:
    assert spans(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tomatoes NEAR/1 solar", ["tomatoes", "solar"]),
        ("solar NEAR/1 tomatoes", ["tomatoes", "solar"]),
        ("solar NEAR/0 tomatoes", None),
        ("solar NEAR/0 cells", ["solar", "cells"]),
        ("solar BEFORE/1 tomatoes", None),
        ("tomatoes BEFORE/1 solar", ["tomatoes", "solar"]),
        ("tomatoes NEAR/2 hand", None),
        ("labour NEAR/9 Buyers", None),
        ("cotton NEAR/3 cotton", None),
        ("cotton NEAR/12 cotton", ["cotton", "cotton"]),
        ("tomatoes BEFORE/1 solar BEFORE/0 cells", ["tomatoes", "solar", "cells"]),
        ("tomatoes BEFORE/2 cells BEFORE/9 solar", None),
        ("tomatoes NEAR/2 cells NEAR/0 solar", ["tomatoes", "solar", "cells"]),
        ("text:(coal OR tomatoes) NEAR/1 solar", ["tomatoes", "solar"]),
        ("title:cotton NEAR/5 tomatoes", None),
    ],
)
def test_nearness_counts_the_words_between(query: str, found: list[str] | None) -> None:
    assert spans(query) == found


def test_nearness_is_measured_past_places_that_overlap() -> None:
    assert in_text("“forced labour” NEAR/1 (labour OR camps)", "Forced labour in camps") == [
        "Forced labour",
        "camps",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title:cotton", ["Cotton"]),
        ("text:forced", None),
        ("title:(forced AND cotton)", ["Cotton", "forced"]),
        ("title:(cotton NOT tomatoes)", ["Cotton"]),
        ("text:(tomatoes NOT forced)", ["tomatoes"]),
        ("text:(tomatoes NOT solar)", None),
        ("solar lang:en", ["solar"]),
        ("solar lang:en-GB", ["solar"]),
        ("solar lang:(de OR en)", ["solar"]),
        ("solar lang:gb", None),
        ("solar lang:e", None),
        ("solar NOT lang:de", ["solar"]),
        ("solar source:wire-world", ["solar"]),
        ("solar source:wire", ["solar"]),
        ("solar source:world", None),
        ("solar source:wir", None),
        ("solar source:wir*", ["solar"]),
        ('solar source:"Example Wire"', ["solar"]),
        ("solar NOT source:(other OR wire-world)", None),
        ('solar outlet:"example wire"', ["solar"]),
        ("solar author:monroe", ["solar"]),
        ("solar author:roe", None),
        ('solar author:"Monroe Li"', None),
        ('solar url:"example.org/trade"', ["solar"]),
        ("solar url:example.org/trade", ["solar"]),
        (r"solar url:/^https:\/\/(www\.)?example\.org\/trade\/\d+$/", ["solar"]),
        ("solar url:/other/", None),
        ("lang:en", ["Cotton and forced labour"]),
    ],
)
def test_a_field_narrows_where_a_query_looks(query: str, found: list[str] | None) -> None:
    assert spans(query) == found


def test_the_summary_belongs_to_the_text_even_when_the_text_begins_with_it() -> None:
    alone = Item(id="i", source="s", title="Prices", summary="Cotton rises.")
    begins = replace(alone, text="Cotton rises. Solar falls.")
    assert spans("summary:cotton", alone) == spans("text:cotton", alone) == ["Cotton"]
    assert spans("summary:cotton", begins) == ["Cotton"]
    assert spans("summary:solar", begins) is None


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"/\buyghurs?\b/", "Uyghurs and Uyghur", ["Uyghurs", "Uyghur"]),
        (r"/yghurs\b/", "Uyghurs", ["yghurs"]),
        (r"/\byghurs/", "Uyghurs", None),
        ("/sol.r cells/", "solar\ncells", ["solar\ncells"]),
        (r"/\bуйгур/", "Неуйгур, уйгуры", ["уйгур"]),
        (r"/\bfoo|bar\b/", "foox xbar bart", ["foo", "bar"]),
        (r"/\bfoo.*?r\b/", "fooxra bar baz", ["fooxra bar"]),
        (r"/(\bred|\bblue) \bflag\b/", "red flag, Blue-flag", ["red flag", "Blue-flag"]),
        (r"/\b\b\bred\b/", "hatred, red", ["red"]),
        (r"/^breaking\b/", "Breaking: breaking", ["Breaking"]),
        (r"/\bred$/", "red, red", ["red"]),
        (r"/caf[éè]/", "CAFÉ", ["CAFÉ"]),
        (r"/stra(ß|s)e/", "Straße", ["Straße"]),
        (r"/u\.s\. sanctions/", "The U.S. sanctions", ["U.S. sanctions"]),
        (r"/co[-. ]op/", "co-op CO.OP", ["co-op", "CO.OP"]),
        (r"/don't/", "don’t", ["don’t"]),
        (r"/\w+城/", "莎车城", ["莎车城"]),
        (r"/國家/", "国家", ["国家"]),
        (r"/\d{4}年/", "２０１９年", ["２０１９年"]),
        (r"/शिन\w+/", "शिनजियांग में", ["शिनजियांग"]),
        (r"/\bजियांग/", "शिनजियांग", None),
        (r"/[^a]bc/", "abc xbc", ["xbc"]),
        (r"/g20峰会/", "G20峰会", ["G20峰会"]),
        (r"/年\d/", "年2019", ["年2"]),
        (r"/\p{Cyrillic}{5}/", "уйгуры", ["уйгур"]),
        (r"/a(b{2}){2}c/", "abbbbc", ["abbbbc"]),
        (r"/a\/b/", "a/b", ["a/b"]),
        (r"/[\w-]+camp/", "labour-camp", ["labour-camp"]),
    ],
)
def test_a_regular_expression_knows_all_scripts(
    pattern: str, text: str, found: list[str] | None
) -> None:
    assert in_text(pattern, text) == found


def test_a_regular_expression_does_not_run_from_one_field_into_the_next() -> None:
    assert spans("/labour.*buyers/") is None


def test_a_hostile_regular_expression_takes_linear_time() -> None:
    item = Item(id="i", source="s", title="a" * 50_000 + "!")
    assert spans("/(a+)+$/", item) == ["a" * 50_000 + "!"] or spans("/(a+)+b$/", item) is None
    assert spans(r"/\b(a+)+\bb/", item) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Magnitsky Act", "Magnitsky"),
        ("the Magnitskys Act", "Magnitskys"),
        ("the Magnitsky’s Act", "Magnitsky’s"),
        ("the Magintsky Act", "Magintsky"),
        ("the Mangitsky Act", "Mangitsky"),
        ("the Magntisky Act", "Magntisky"),
        ("the agnitsky Act", "agnitsky"),
        ("the MAGNITSKÝ Act", "MAGNITSKÝ"),
        ("the Magnetski Act", None),
        ("the Magnitskyite Act", None),
    ],
)
def test_one_letter_may_be_wrong_missing_added_or_swapped(text: str, found: str | None) -> None:
    assert in_text("Magnitsky~", text) == ([found] if found else None)


def test_a_misspelt_phrase_is_not_found_across_punctuation() -> None:
    assert in_text('"forced labour"~', "forced. Labour wins") is None


def test_a_query_that_needs_no_word_goes_to_the_slow_lane() -> None:
    matcher = watches(
        a="lang:en NOT coal",
        b="coal",
        c="/(a|b)c/",
        d="coal OR lang:en",
        e="/coal.*mine/",
        f="/(coal|iron) mines?/",
        g=r"/\w+[a-z]\d/",
        h="AT LEAST 1 OF (lang:en, coal)",
        i="coal lang:en",
    )
    assert matcher.slow == ("a", "c", "d", "g", "h")


def test_another_watch_can_be_reused() -> None:
    matcher = watches(
        a="tomatoes OR coal",
        b="@a AND solar",
        c="@b NOT cells",
        d="lang:en NOT @a",
        e="@a NEAR/1 solar",
        f="@a NEAR/0 solar",
        g="title:@a",
    )
    assert {hit.watch for hit in matcher.match(ITEM)} == {"a", "b", "e"}


def test_a_circle_of_references_is_refused() -> None:
    with pytest.raises(ValueError, match="@a → @b → @a"):
        watches(a="@b x", b="@a y")


def test_a_reference_to_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no watch @z"):
        watches(a="@z")


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("abc", "abc", True), ("abc", "abd", True), ("abc", "ab", True), ("abc", "abcd", True), ("abc", "acb", True),
     ("abc", "cba", False), ("abc", "a", False), ("abcd", "badc", False)],
)  # fmt: skip
def test_within_one_edit(one: str, other: str, *, near: bool) -> None:
    assert within_one(one, other) is near
    assert within_one(other, one) is near


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        ('("Ada Roe" OR "Bo Li") AND government', {"ada roe", "bo li"}),
        ('("Ada Roe" OR "Bo Li") NEAR/10 government', {"ada roe", "bo li"}),
        ("习近平 AND government", {"习近平"}),
        ("cotton AND sanctions", {"sanctions"}),
        ('"Ada Roe" AND "camps in the west"', {"camps in the west"}),
        ("AT LEAST 2 OF (sea, ocean, shore)", {"ocean", "shore"}),
    ],
)
def test_a_query_waits_for_the_rarest_of_what_it_needs(query: str, looked_for: set[str]) -> None:
    rule = watches(a=query).rules["a"]
    assert {term.literal.strip() for term, _, _ in rule.anchors()} == looked_for


def test_many_words_joined_by_or_find_what_each_finds() -> None:
    words = ["cotton", "solar", "tomat*", "=Uyghurs", "*ers", "/pick \\w+/", "Magnitsky~", "absent"]
    together = spans(" OR ".join(words))
    assert set(together or []) == {found for word in words for found in spans(word) or []}
    assert len(together or []) > len(set(words))
