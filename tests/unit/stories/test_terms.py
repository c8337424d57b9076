"""Terms are the same for the same facts, whatever the language writes around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Hit, Span
from monitor.stories.numbers import written
from monitor.stories.terms import ONCE, Term, pack, stem, terms_of, unpack_terms


def keys(text: str, title: str = "") -> set[str]:
    return {term.key for term in terms_of(title, text).terms}


@pytest.mark.parametrize(
    "text",
    [
        "It cost 3.1 million",
        "Das kostete 3,1 Millionen",
        "Costó 3,1 millones",
        "Это стоило 3,1 миллиона",
        "花费310万",
        "It cost 3,100,000",
        "Das kostete 3.100.000",
        "Cela a coûté 3 100 000",
        "كلف ٣٬١٠٠٬٠٠٠",
    ],
)
def test_a_number_is_the_same_in_every_notation(text: str) -> None:
    assert "#3100000" in keys(text)


@pytest.mark.parametrize(
    "text",
    [
        "on 4 March",
        "am 4. März",
        "le 4 mars",
        "el 4 de marzo",
        "on March 4",
        "4 марта",
        "3月4日",
    ],
)
def test_a_date_is_the_same_in_every_language(text: str) -> None:
    assert "@03-04" in keys(f"Es war {text} so")


def test_number_words_are_numbers() -> None:
    assert keys("Fourteen miners") & keys("Catorce mineros") & keys("14 Bergleute") == {"#14"}


def test_a_number_too_long_for_a_quantity_is_left_out() -> None:
    assert written("9" * 40) == ""
    assert not any(key.startswith("#") for key in keys("code " + "9" * 5000))


def test_a_capital_within_a_sentence_makes_a_name_and_one_at_its_start_may() -> None:
    found = keys("Dockers met Keane. Keane left. Dockers cheered the dockers.")
    assert "=keane" in found
    assert "=dockers" not in found
    assert {"=tankers", "tanker"} <= keys("Tankers wait.")


def test_capitals_prove_nothing_where_every_noun_has_one() -> None:
    text = (
        "Der Minister sah die Akten und die Waage im Hafen und nahm seinen Hut am Abend ohne Zorn."
    )
    weights = {term.key: term.quarters for term in terms_of("", text).terms}
    assert weights["=hafen"] == weights["hafen"] == ONCE // 2


def test_accents_case_possessives_and_endings_do_not_matter() -> None:
    assert "=munchen" in keys("we saw München's mayor") & keys("we saw MUNCHEN again")
    assert stem("resigned") == stem("resigns") == stem("resigning")


def test_scripts_without_spaces_give_pairs() -> None:
    assert {"~过磅", "~磅记", "~记录"} == keys("过磅记录")


def test_the_headline_comes_first_and_weighs_more() -> None:
    terms = terms_of("Quake in Tarsova", "A quake struck; the quake was felt.").terms
    assert [term.key for term in terms if term.titled] == ["quak", "=tarsova"]
    assert Term("x", ONCE, titled=True).weight > Term("x", ONCE).weight


def test_of_what_made_the_hit_little_is_left_and_the_watch_is_a_term() -> None:
    span = Span("text", 4, 17, "Elena Marchetti", "Elena Marchetti")
    hit = Hit("h", "i", "marchetti", "list", 0.9, (span,), "r")
    terms = {term.key: term for term in terms_of("Elena Marchetti", "Elena Marchetti", [hit]).terms}
    assert terms["=marchetti"] == Term("=marchetti", 1)
    assert terms["!marchetti"].quarters == ONCE


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "?!…",
        "\ud800",
        "a" * 2_000_000,
        "港" * 2_000_000,
        "x y " * 500_000,
        "1." * 900_000,
    ],
)
def test_no_text_is_too_much_or_too_little(text: str) -> None:
    found = terms_of(text, text).terms
    assert len(found) <= 120
    assert unpack_terms(pack(found)) == found


@given(st.text(max_size=400), st.text(max_size=80))
def test_terms_come_back_from_the_store_as_they_were(text: str, title: str) -> None:
    found = terms_of(title, text).terms
    assert unpack_terms(pack(found)) == found


@pytest.mark.parametrize("packed", ["", "rubbish", "4", "4+", "+x", "x4+y", "-4+y z"])
def test_what_is_no_packed_text_holds_no_terms(packed: str) -> None:
    assert unpack_terms(packed) == ()
