"""Items and rules that were written carelessly, or to deceive: what each gets."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.matching import Matcher, Watchlist
from monitor.model import Hit, Item

CHEN: dict[str, Any] = {
    "id": "chen",
    "kind": "person",
    "name": "Chen Quanguo",
    "aliases": ["陈全国", "Чэнь Цюаньго", "تشن تشيوانقوه", "천취안궈"],
    "short": ["Chen"],
    "context": ["Xinjiang"],
    "namesakes": ["Chen Jining"],
}


def matcher(*watches: dict[str, Any], **groups: list[str]) -> Matcher:
    listed = {"watchlist": "w", "groups": groups, "watches": list(watches)}
    return Matcher([Watchlist.model_validate(listed)])


def topic(**options: Any) -> dict[str, Any]:
    return {"id": "one", "kind": "topic", "name": "One", **options}


def item(text: str, title: str = "", summary: str = "") -> Item:
    return Item(id="i", source="s", title=title, summary=summary, text=text)


def found(text: str, *watches: dict[str, Any]) -> list[str]:
    """Return what is marked in a text, each place as it stands in the original."""
    piece = item(text)
    marked = []
    for hit in matcher(*(watches or (CHEN,))).match(piece):
        assert all(piece.text[span.start : span.end] == span.text for span in hit.spans)
        marked += [] if hit.possible else [span.text for span in hit.spans]
    return marked


def moved(text: str, capital: int, small: int) -> str:
    """Return a text in letters that stand elsewhere in Unicode, such as mathematical ones."""
    return "".join(
        chr(capital + ord(letter) - ord("A"))
        if letter.isupper()
        else chr(small + ord(letter) - ord("a"))
        if letter.islower()
        else letter
        for letter in text
    )


NAME = "Chen Quanguo"


# ---------------------------------------------------------------------- letters that cannot be seen
@pytest.mark.parametrize(
    "sign",
    ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u034f", "\u3164", "\ufe0f", "\U000e0041"],
    ids=lambda sign: unicodedata.name(sign[0]),
)  # fmt: skip
def test_a_character_without_width_inside_a_name_does_not_hide_it(sign):
    assert found(f"Then Chen Quan{sign}guo spoke") == [f"Chen Quan{sign}guo"]
    assert found(f"Then Chen{sign} Quanguo spoke") == [f"Chen{sign} Quanguo"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Chen\u200bQuanguo", "Chen\u200bQuanguo"),
        ("陈\u200b全国", "陈\u200b全国"),
        ("Чэнь Цюань\u00adго", "Чэнь Цюань\u00adго"),
        ("تشن تشيوان\u200cقوه", "تشن تشيوان\u200cقوه"),
        ("تشن تشيوانـقوه", "تشن تشيوانـقوه"),
        ("Chen&#8203; Quanguo", "Chen&#8203; Quanguo"),
        ("Chen&nbsp;Quanguo", "Chen&nbsp;Quanguo"),
    ],
)
def test_what_parts_or_stretches_a_word_invisibly_does_not_hide_a_name(text, marked):
    assert found(text) == [marked]


@pytest.mark.parametrize(
    "text",
    [
        "\u202eChen Quanguo\u202c",
        "\u2066Chen\u2069 \u2067Quanguo\u2069",
        "Chen\u200e Quanguo\u200f",
        "\u061cChen Quanguo",
    ],
)
def test_marks_of_direction_do_not_hide_a_name(text):
    (marked,) = found(text)
    assert [letter for letter in marked if unicodedata.category(letter) != "Cf"] == list(NAME)


def test_names_are_found_in_text_of_both_directions():
    text = "قال Chen Quanguo إن تشن تشيوانقوه في شينجيانغ"
    assert found(text) == [NAME, "تشن تشيوانقوه"]


# ---------------------------------------------------------------------- letters that look alike
@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", "Chén Quánguó"),
        "Ｃｈｅｎ　Ｑｕａｎｇｕｏ",
        moved(NAME, 0x1D400, 0x1D41A),
        moved(NAME, 0x1D5D4, 0x1D5EE),
        moved(NAME, 0x24B6, 0x24D0),
        "C\u0335\u0321h\u0336e\u0337n\u0338 Q\u0335u\u0336a\u0337n\u0338g\u0335u\u0336o",
    ],
    ids=["combining marks", "full width", "mathematical bold", "sans-serif bold", "circled", "struck out"],
)  # fmt: skip
def test_a_name_in_dressed_up_letters_is_found(text):
    assert len(found(text)) == 1


@pytest.mark.parametrize("mark", ["\u3099", "\uff9e"])
def test_two_voice_marks_in_a_row_keep_the_way_back(mark):
    assert found(f"{NAME} か{mark}{mark}", CHEN) == [NAME]
    assert found(f"{NAME} {mark}{mark}", CHEN) == [NAME]


@pytest.mark.parametrize("text", ["Chen Quаnguo", "Сhеn Quanguo", "CHЕN QUANGUO"])
def test_cyrillic_letters_in_a_latin_word_are_read_as_what_they_look_like(text):
    assert found(text) == [text]


def test_a_word_wholly_in_cyrillic_is_never_read_as_latin():
    word = topic(phrases=["cop"])
    assert found("a cop", word) == ["cop"]
    assert found("сор", word) == []


def test_greek_letters_in_a_latin_word_are_read_as_what_they_look_like():
    assert found("Chen Quangu\u03bf") == ["Chen Quangu\u03bf"]


def test_latin_letters_in_a_cyrillic_or_greek_word_are_read_as_what_they_look_like():
    assert found("Чэнь Цюaньгo") == ["Чэнь Цюaньгo"]
    assert found("των Ουιγoύρων", topic(phrases=["Ουιγούρ*"])) == ["Ουιγoύρων"]


def test_a_word_of_two_scripts_without_look_alikes_stays_as_it_is():
    assert found("VIPщик", topic(phrases=["VIPщик"])) == ["VIPщик"]


# ---------------------------------------------------------------------- what is no letter at all
@pytest.mark.parametrize("sign", ["\ud800", "\0", "\x07", "\x1b[31m", "🙂", "👨\u200d👩\u200d👧"])
def test_broken_and_odd_characters_round_a_name_change_nothing(sign):
    assert found(f"{sign} {NAME} {sign}") == [NAME]
    assert NAME in found(f"{NAME}{sign}")[0]


@pytest.mark.parametrize("sign", ["🙂", "👨\u200d👩\u200d👧", "\ud83d", "•", "—"])
def test_a_sign_between_spaces_parts_two_words_as_punctuation_does(sign):
    assert (found(f"Chen {sign} Quanguo") == []) is (sign not in "•—")


def test_a_nul_reads_as_a_space():
    assert found("Chen\0Quanguo") == ["Chen\0Quanguo"]
    assert found("Chen Quan\0guo") == []


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\0", "\u200b", "...", "🙂", "\ud800", "&#0;", "#", "'"]
)
def test_an_item_without_any_word_has_no_hit_and_an_explanation(text):
    empty = item(text, title=text, summary=text)
    everything = matcher(CHEN, topic(match="cotton"))
    assert everything.match(empty) == ()
    assert everything.explain(empty, "chen")[-1] == "That makes it no hit."


def test_a_query_that_holds_without_any_word_survives_an_empty_item():
    assert matcher(topic(match="lang:en")).match(item("")) == ()


# ---------------------------------------------------------------------- rules that say nothing
def test_an_empty_watchlist_finds_nothing():
    assert matcher().match(item(NAME)) == ()
    assert Matcher([]).match(item(NAME)) == ()
    assert Matcher([Watchlist(watchlist="empty")]).slow == ()


@pytest.mark.parametrize("together", [["camp", "none"], ["none", "camp"], ["none"]])
def test_an_empty_group_never_stands_together_with_anything(together):
    watch = topic(together=[{"all": together, "within": "item"}])
    assert matcher(watch, camp=["camps"], none=[]).match(item("camps")) == ()


def test_an_empty_group_in_unless_or_context_changes_nothing():
    watch = topic(together=[{"all": ["camp"], "unless": ["none"]}], context=["@none"])
    assert len(matcher(watch, camp=["camps"], none=[]).match(item("camps"))) == 1


@pytest.mark.parametrize("phrase", ["\u200b", "***", "*", "=", "=*", "...", "  "])
def test_a_term_of_which_nothing_is_left_finds_nothing(phrase):
    assert matcher(topic(phrases=[phrase])).match(item("Any text at all, = * ...")) == ()


@pytest.mark.parametrize("rule", ["cotton AND NOT cotton", "cotton NOT Cottón"])
def test_a_query_that_contradicts_itself_finds_nothing(rule):
    assert matcher(topic(match=rule)).match(item("Cotton, cotton")) == ()


def test_a_term_that_is_half_a_character_is_refused():
    with pytest.raises(ValidationError, match="valid string"):
        matcher(topic(phrases=["\ud800"]))


def test_an_exclusion_equal_to_the_name_hides_the_name():
    assert found(NAME, {**CHEN, "exclude": [NAME]}) == []


def test_a_topic_without_any_term_is_refused():
    with pytest.raises(ValidationError, match="a topic needs"):
        matcher(topic())


def test_a_group_that_leads_back_to_itself_is_refused():
    with pytest.raises(ValueError, match="the group @a leads back to itself"):
        matcher(topic(phrases=["@a"]), a=["x", "@b"], b=["@a"])


def test_a_query_that_leads_back_to_itself_is_refused():
    with pytest.raises(ValueError, match="lead back to themselves: @one → @two → @one"):
        matcher(topic(match="cotton @two"), topic(id="two", match="solar @one"))


# ---------------------------------------------------------------------- what was found wrong once
def test_an_acronym_written_with_dots_finds_itself():
    watch = topic(phrases=["I.O.C."])
    assert len(found("The I.O.C. met", watch)) == 1


@pytest.mark.parametrize("text", ["L’équipementier Puma", "les propos d'Abbas", "la sede dell’Onu"])
def test_a_word_after_an_elided_article_is_found(text):
    watch = topic(phrases=["équipementier", "Abbas", "Onu"])
    assert len(found(text, watch)) == 1


def test_a_hyphenated_role_before_a_surname_is_no_other_person():
    watch = {"id": "h", "kind": "person", "name": "Arthur Hoeld", "short": ["Hoeld"], "roles": ["Puma-Chef"]}  # fmt: skip
    assert found("Puma-Chef Hoeld spart", watch) == ["Hoeld"]


def test_an_inflected_given_name_before_the_surname_is_the_persons_own():
    watch = {"id": "d", "kind": "person", "name": "Рудольф Дасслер", "aliases": ["Rudolf Dassler"], "variants": False,
             "short": ["Дасслер"], "context": ["Пума"], "inflect": []}  # fmt: skip
    assert found("Пума и дом Рудольфа Дасслер", watch) == ["Дасслер"]


def test_one_place_is_one_mention():
    watch = {**CHEN, "aliases": ["Chen Quangu"]}
    (hit,) = matcher(watch).match(item(f"Then {NAME} spoke"))
    assert "mentions" not in hit.why


def test_the_explanation_says_which_group_is_missing():
    groups = {"camp": ["camps"], "place": ["Sampleton"]}
    watch = topic(groups=groups, together=[{"all": ["camp", "place"]}])
    said = " ".join(matcher(watch).explain(item("Many camps stood there"), "one"))
    assert "None of its terms" not in said
    assert "place" in said


def test_hits_of_hostile_items_keep_their_score_between_zero_and_one():
    hostile = f"{NAME}\ud800" * 50 + "\0" * 50 + "\u202e" * 50
    hits: tuple[Hit, ...] = matcher(CHEN).match(item(hostile, title=hostile, summary=hostile))
    assert [0 <= hit.score <= 1 for hit in hits] == [True]
