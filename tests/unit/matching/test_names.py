"""Names that others share, names with a slip of the pen, acronyms and surnames of somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching import Matcher, Watchlist
from monitor.matching.names import misspellings, variants
from monitor.model import Item


def matcher(*watches: dict) -> Matcher:
    return Matcher([Watchlist.model_validate({"watchlist": "w", "watches": list(watches)})])


def hits(found: Matcher, text: str, title: str = "") -> set[str]:
    item = Item(id="i", source="s", title=title, text=text)
    return {hit.watch for hit in found.match(item) if not hit.possible}


def found_names(text: str, name: str, **options: object) -> list[str]:
    """Return what of ``text`` counts for a person of that name."""
    found = matcher({"id": "one", "kind": "person", "name": name, **options})
    item = Item(id="i", source="s", title="", text=text)
    return [span.text for hit in found.match(item) if not hit.possible for span in hit.spans]


VINTNER = {
    "id": "vintner",
    "kind": "person",
    "name": "Clara Weingart",
    "short": ["Weingart"],
    "context": ["Riesling", "cellar"],
}


@pytest.mark.parametrize(
    "slip", ["Clara Wengart", "Clara Weingaart", "Clara Wiengart", "Clera Weingart"]
)
def test_a_slip_of_the_pen_in_a_full_name_counts_with_context(slip) -> None:
    assert hits(matcher(VINTNER), f"{slip} opened her cellar.") == {"vintner"}


def test_a_slip_of_the_pen_without_context_is_only_possible() -> None:
    found = matcher(VINTNER).match(
        Item(id="i", source="s", title="", text="Clara Wengart sings tonight.")
    )
    assert [hit.possible for hit in found] == [True]


def test_short_words_and_other_scripts_have_no_slips() -> None:
    assert misspellings("Xi Li") == ()
    assert misspellings("Си Цзиньпин") == ()
    assert all(form.startswith("xi j") for form in misspellings("Xi Jinping"))


@given(st.from_regex(r"[a-z]{3,8} [a-z]{5,9}", fullmatch=True))
def test_a_slip_changes_one_word_by_at_most_one_letter_in_length(name) -> None:
    words = name.split()
    for form in misspellings(name):
        changed = [
            (word, other) for word, other in zip(words, form.split(), strict=True) if word != other
        ]
        assert len(changed) == 1
        word, other = changed[0]
        assert word[0] == other[0]
        assert abs(len(word) - len(other)) <= 1


def test_a_name_that_others_bear_counts_only_with_context() -> None:
    shared = matcher({**VINTNER, "common": True})
    assert hits(shared, "Clara Weingart won the sack race.") == set()
    assert hits(shared, "Clara Weingart pours a Riesling.") == {"vintner"}


def test_an_alias_of_a_common_name_decides_as_ever() -> None:
    shared = matcher({**VINTNER, "common": True, "aliases": ["Clara the Vintner"]})
    assert hits(shared, "Clara the Vintner won the sack race.") == {"vintner"}


def test_a_short_form_inside_a_longer_one_does_not_make_it_another_persons() -> None:
    longer = matcher({**VINTNER, "short": ["Weingart", "Frau Weingart"]})
    assert hits(longer, "Der Riesling von Frau Weingart") == {"vintner"}


CHESS = {
    "id": "chess",
    "kind": "organisation",
    "name": "Island Chess Union",
    "aliases": ["ICU"],
    "namesakes": ["intensive care unit"],
}


def test_an_acronym_beside_a_namesake_is_the_namesakes() -> None:
    assert hits(matcher(CHESS), "The intensive care unit, or ICU, has nine beds.") == set()


def test_an_acronym_behind_the_full_name_is_the_watched_ones_even_with_a_namesake() -> None:
    text = (
        "The intensive care unit got a board from the Island Chess Union. The ICU gave clocks too."
    )
    assert hits(matcher(CHESS), text) == {"chess"}


HILL_PEOPLE = {
    "id": "people",
    "kind": "topic",
    "name": "The hill people",
    "phrases": ["Tarvan", "Tarvans"],
    "surnames": ["Tarvan"],
    "context": ["hills", "minority"],
}


def test_a_peoples_name_behind_a_given_name_is_a_surname_where_nothing_speaks_of_them() -> None:
    assert hits(matcher(HILL_PEOPLE), "First came Selma Tarvan of the rowing club.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "First came Selma Tarvan, a singer of the minority.",
        "They sang a Tarvan song.",
        "Songs by young Tarvans",
    ],
)
def test_a_peoples_name_counts_with_context_and_without_a_given_name(text) -> None:
    assert hits(matcher(HILL_PEOPLE), text) == {"people"}


def test_a_name_behind_an_opening_quote_at_the_start_of_a_title_is_found() -> None:
    assert hits(matcher(VINTNER), "", title="'Clara Weingart is back'") == {"vintner"}


@pytest.mark.parametrize(
    ("name", "written"),
    [("Jürgen Möller", "Juergen Moeller"), ("Søren Ågård", "SOEREN AAGAARD"), ("Анна Ручьёва", "Anna Rucheva"),
     ("Юрий Ключевский", "Yuri Klyuchevsky"), ("Юрий Ключевский", "Juri Kljutschewski"), ("Сергей Шубин", "Sergei Shubin"),
     ("Сергей Шубин", "Sergueï Choubin"), ("Сергей Шубин", "Sergej Šubin")],
)  # fmt: skip
def test_a_name_is_found_as_other_languages_spell_it(name, written) -> None:
    watch = {"id": "a", "kind": "person", "name": name}
    assert hits(matcher(watch), f"Then {written} spoke.") == {"a"}


def test_a_chinese_name_in_an_index_is_found_surname_first() -> None:
    watch = {"id": "a", "kind": "person", "name": "Lin Zhaohui"}
    assert hits(matcher(watch), "Lin, Zhaohui: collected works") == {"a"}


def test_names_of_other_scripts_and_single_words_have_no_variants() -> None:
    assert variants("林朝晖", person=True) == {}
    assert variants("Сергей", person=True) == {}
    assert variants("Завод Пример", person=False) == {}


@pytest.mark.parametrize("tag", ["#Lakes2031", "#lakes2031", "#LAKES2031", "#SaveLakes2031"])
def test_a_term_with_a_number_is_found_as_a_hashtag(tag) -> None:
    watch = {"id": "a", "kind": "topic", "name": "A", "phrases": ["Lakes2031", "SaveLakes2031"]}
    assert hits(matcher(watch), f"Join {tag} now") == {"a"}


@pytest.mark.parametrize("other", ["Mira Karimi", "Mira Karimov", "Mira Karimian"])
def test_another_family_name_made_of_the_own_one_is_not_the_person(other: str) -> None:
    assert found_names(other, "Mira Karim", short=["Mira"], context=["Uyghur"]) == []
    said = f"{other}, a Uyghur student"
    assert found_names(said, "Mira Karim", short=["Mira"], context=["Uyghur"]) == []


@pytest.mark.parametrize("case", ["Mira Karimowi", "Mira Karimille", "Mira Karimnak"])
def test_case_endings_of_many_languages_still_are(case: str) -> None:
    assert found_names(case, "Mira Karim") == [case]


def test_a_chinese_name_takes_any_short_ending() -> None:
    assert found_names("Xi Jinpingi visiit", "Xi Jinping") == ["Xi Jinpingi"]


def test_context_with_any_ending_is_no_given_name() -> None:
    watch = {"short": ["Keane"], "context": ["anthropolog*", "harbour"]}
    assert found_names("Anthropologist Keane on the harbour", "Ada Keane", **watch) == ["Keane"]
    assert found_names("Robert Keane on the harbour", "Ada Keane", **watch) == []


def test_a_cyrillic_acronym_stands_in_capitals_and_may_be_declined() -> None:
    watch = {"aliases": ["МОК"]}
    assert found_names("Глава МОКа", "Комитет игр", **watch) == ["МОКа"]
    assert found_names("Он мок под дождём, пил МОКА", "Комитет игр", **watch) == []


def test_a_title_with_a_surname_is_not_turned_round_nor_into_other_letters() -> None:
    assert variants("President Karim", person=True) == {"joined": ("presidentkarim",)}
    assert variants("Президент Си", person=True) == {}
    assert "romanised" in variants("Мира Карим", person=True)
