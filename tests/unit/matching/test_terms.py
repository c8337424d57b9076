from __future__ import annotations

import pytest

from monitor.matching.automaton import Lexicon
from monitor.matching.document import Document
from monitor.matching.terms import compile_term, expand
from monitor.matching.watchlist import Inflect
from monitor.model import Item

ALL: tuple[Inflect, ...] = ("possessive", "slavic", "turkish", "uyghur", "arabic")


def found(
    term: str,
    text: str,
    *,
    inflect: tuple[Inflect, ...] = ALL,
    name: bool = False,
    short: bool = False,
) -> list[str]:
    compiled = compile_term(term, inflect, name=name, short=short)
    assert compiled is not None
    document = Document(Item(id="i", source="s", title="", text=text))
    return [
        document.original(place.start, place.end) for place in Lexicon([compiled]).find(document)
    ]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("Xi", "Xi’s taxi, Xis, Xia and (Xi)", ["Xi", "Xis", "Xi"]),
        ("Магнитский", "о Магнитском, Магнитского, Магницкого", ["Магнитском", "Магнитского"]),
        ("Сергей Магнитский", "Сергея Магнитского помнят", ["Сергея Магнитского"]),
        ("Аббас", "Аббаса, Аббасу, Аббасов", ["Аббаса", "Аббасу"]),
        ("Uygur*", "Uygurların ve uygun", ["Uygurların"]),
        ("*lager", "Umerziehungslager und Lagern", ["Umerziehungslager"]),
        ("mus*man", "musulman, Muslim", ["musulman"]),
        ("أويغور*", "وللأويغوريين شأن، والأويغور", ["أويغوريين", "أويغور"]),
        ("عباس", "وعباس وعباسي", ["عباس"]),
        ("סין", "בסין ומסין, הסינים וחסין", ["סין", "סין"]),
        ("מחנות הסגר", "ובמחנות הסגר ממחנות הסגר", ["מחנות הסגר", "מחנות הסגר"]),
        ("روشەن ئابباس", "روشەن ئابباسنىڭ", ["روشەن ئابباسنىڭ"]),
        ("시진핑", "시진핑은 갔다", ["시진핑"]),
        ("习近平", "国家主席习近平说", ["习近平"]),
        ("อุยกูร์", "ชาวอุยกูร์ในไทย", ["อุยกูร์"]),
        ("IOC", "IOC主席, ioc, IOCs", ["IOC", "IOCs"]),
        ("UN human rights", "UN human rights; un human rights", ["UN human rights"]),
        ("=Pres Xi", "Pres Xi, pres xi", ["Pres Xi"]),
        ("The AP", "The AP. The API. the ap", ["The AP"]),
        ("Human Rights Watch", "Human Rights Watch, human rights watchdog", ["Human Rights Watch"]),
    ],
)  # fmt: skip
def test_a_term_is_found_in_the_forms_its_script_allows(
    term: str, text: str, expected: list[str]
) -> None:
    assert found(term, text) == expected


def test_a_plural_is_found_only_when_asked_for() -> None:
    assert found("church", "churches", inflect=()) == []
    assert found("church", "churches", inflect=("plural",)) == ["churches"]


def test_german_endings_are_found_only_when_asked_for() -> None:
    assert found("Uigure", "Uiguren", inflect=()) == []
    assert found("Uigure", "Uiguren", inflect=("german",)) == ["Uiguren"]


def test_a_full_name_takes_the_cases_of_other_latin_languages() -> None:
    assert found("Xi Jinping", "s Xi Jinpingem", name=True) == ["Xi Jinpingem"]


def test_a_short_name_needs_its_capital() -> None:
    assert found("Xi", "xi and Xi", short=True) == ["Xi"]


@pytest.mark.parametrize("term", ["*", "…", "\u200b", "=", "* *"])
def test_a_term_of_which_nothing_remains_is_no_term(term: str) -> None:
    assert compile_term(term) is None


def test_groups_are_expanded_once_and_in_order() -> None:
    groups = {"a": ("x", "@b"), "b": ("y", "x")}
    assert expand(["z", "@a"], groups) == ("z", "x", "y")


def test_a_group_that_leads_back_to_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="leads back to itself"):
        expand(["@a"], {"a": ("@b",), "b": ("@a",)})


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(ValueError, match="no group @a"):
        expand(["@a"], {})
