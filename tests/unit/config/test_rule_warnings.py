"""What ``monitor check`` says of rules that find too much, nothing, or slowly; and of circles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

from monitor.config import ConfigError, load, report
from monitor.config.rules import rule_warnings
from monitor.matching import Watchlist

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def warnings(*watches: dict, **groups: list[str]) -> list[str]:
    made = Watchlist.model_validate({"watchlist": "w", "groups": groups, "watches": list(watches)})
    return list(rule_warnings([made]))


def person(name: str = "Maria Exemplar", **options) -> dict:
    return {"id": "one", "kind": "person", "name": name, **options}


def topic(**options) -> dict:
    return {"id": "one", "kind": "topic", "name": "One", **options}


@pytest.mark.parametrize(
    "watch",
    [
        person("Xi"),
        person("Öz"),
        person(aliases=["Li"]),
        topic(phrases=["war"]),
        topic(phrases=["a*"]),
        topic(phrases=["的"]),
        topic(groups={"g": ["the"]}, together=[{"all": ["g"]}]),
    ],
)
def test_a_short_common_word_that_is_enough_on_its_own_is_a_warning(watch):
    (said,) = warnings(watch)
    assert "is enough on its own and so short" in said
    assert said.startswith("watch 'one': ")


@pytest.mark.parametrize(
    "watch",
    [
        person(short=["Xi"]),
        person("=Xi"),
        person("UN"),
        person("习近平"),
        person("시진핑"),
        topic(phrases=["cold war"], soft=["war"]),
        topic(groups={"g": ["war"], "h": ["cotton"]}, together=[{"all": ["g", "h"]}]),
    ],
)
def test_short_words_that_need_company_or_capitals_are_no_warning(watch):
    assert warnings(watch) == []


@pytest.mark.parametrize("query", ["lang:en", r"/\d\d\d\d/"])
def test_a_query_that_needs_no_certain_word_is_a_warning(query):
    (said,) = warnings(topic(match=query))
    assert "tried on every item" in said


@pytest.mark.parametrize("query", ["/./", r"/\w+/", "cotton OR /./"])
def test_a_query_that_holds_for_nearly_everything_is_a_warning(query):
    assert warnings(topic(match=query)) == ["watch 'one': its query holds for nearly every item"]


def test_a_name_that_others_have_too_is_told_once_with_all_of_them():
    (said,) = warnings(person(), person(id="two", name="Jane Roe", aliases=["MARIA EXEMPLÁR"]))
    assert "watches 'one', 'two'" in said
    many = [person(id=f"p{number}", name="Jane Roe") for number in range(10)]
    (said,) = warnings(*many)
    assert "'p0', 'p1', 'p2' and 7 more: 'Jane Roe' is a name of each" in said


def test_names_are_compared_over_all_watchlists():
    lists = [
        Watchlist.model_validate({"watchlist": name, "watches": [person(id=name)]})
        for name in ("one", "two")
    ]
    assert len(list(rule_warnings(lists))) == 1


@pytest.mark.parametrize(
    "query",
    [
        "cotton AND NOT cotton",
        "cotton NOT Cottón",
        "cotton tomatoes NOT (solar OR cotton)",
        "cotton NEAR/5 solar NOT solar",
        "title:cotton NOT cotton",
        "(cotton NOT cotton) OR (solar NOT solar)",
        "AT LEAST 2 OF (cotton, solar, tomatoes NOT tomatoes) NOT solar",
        "@two NOT @two",
        "cotton NOT (NOT (solar NOT cotton))",
    ],
)
def test_a_query_that_contradicts_itself_is_a_warning(query):
    said = warnings(topic(match=query), person(id="two", name="Jane Roe"))
    assert said == ["watch 'one': its query contradicts itself and can never hold"]


@pytest.mark.parametrize(
    "query",
    [
        "cotton NOT tomatoes",
        "cotton NOT title:cotton",
        "cotton NOT =Cotton",
        "cotton NOT COTTON",
        "(cotton NOT solar) OR solar",
        "cotton NOT (solar AND cotton)",
        "AT LEAST 2 OF (cotton, solar, tomatoes) NOT solar",
        "cotton NOT (cotton NEAR/3 candy)",
        'cotton NOT "cotton candy"',
    ],
)
def test_a_query_that_can_hold_is_no_warning(query):
    assert warnings(topic(match=query)) == []


@pytest.mark.parametrize("option", ["exclude", "namesakes"])
def test_a_name_that_the_watch_itself_excludes_is_a_warning(option):
    (said,) = warnings(person(**{option: ["maria exemplar"]}, aliases=["Masha Exemplar"]))
    assert "'Maria Exemplar' is not found even on its own" in said
    assert "part of" in said


def test_a_name_or_phrase_that_unless_speaks_against_is_a_warning():
    (said,) = warnings(topic(phrases=["cotton prices", "solar cells"], unless=["cotton"]))
    assert said == (
        "watch 'one': 'cotton prices' never counts fully, because unless holds wherever it stands"
    )


def test_many_hidden_names_of_one_watch_are_told_in_few_lines():
    said = warnings(
        person(
            aliases=[f"Maria Exemplar {n}" for n in range(9)],
            exclude=["Maria Exemplar*", "Exemplar*", *(f"Maria Exemplar {n}" for n in range(9))],
        )
    )
    assert len(said) == 4
    assert said[-1] == "watch 'one': 7 more of its names and phrases are hidden in such ways"


def test_exclusions_that_leave_the_name_alone_are_no_warning():
    assert warnings(person(exclude=["Maria Exemplar Street"], namesakes=["Mario Exemplar"])) == []


def test_an_empty_group_is_a_warning_where_something_must_stand_with_it():
    watch = topic(groups={"camp": ["camps"]}, together=[{"all": ["camp", "place"]}])
    (said,) = warnings(watch, place=[], unused=[])
    assert said == (
        "watch 'one': the group 'place' is empty, so that camp and place never stand together"
    )


def test_a_group_that_must_and_must_not_be_there_is_a_warning():
    groups = {"camp": ["camps"], "place": ["Sampleton"]}
    (said,) = warnings(
        topic(groups=groups, together=[{"all": ["camp", "place"], "unless": ["place"]}])
    )
    assert "never stand together, because 'place' is under their unless too" in said


def test_ten_thousand_watches_of_one_alias_are_one_warning():
    many = [
        {
            "id": f"p{number}",
            "kind": "person",
            "name": f"Nomen{number} Nescio",
            "aliases": ["Jane Roe"],
        }
        for number in range(10_000)
    ]
    (said,) = warnings(*many)
    assert "and 9,997 more" in said


def test_the_report_of_a_configuration_holds_them(write, environ):
    listed = {"watchlist": "other", "watches": [person("Xi"), topic(id="all", match="/./")]}
    settings = load(write({"watchlists/other.yaml": yaml.safe_dump(listed)}), environ)
    said = report(settings, NOW).warnings
    assert any(each.startswith("watch 'one': 'Xi' is enough on its own") for each in said)
    assert "watch 'all': its query holds for nearly every item" in said


def refused(write, environ, *watches: dict) -> list[str]:
    listed = yaml.safe_dump({"watchlist": "other", "watches": list(watches)})
    with pytest.raises(ConfigError) as error:
        load(write({"watchlists/other.yaml": listed}), environ)
    return [problem.message for problem in error.value.problems]


def test_a_query_that_refers_to_nobody_is_refused_at_its_place(write, environ):
    said = refused(write, environ, topic(match="cotton AND @maria-exemplr"))
    assert said == ["match: there is no watch @maria-exemplr"]


def test_a_query_may_refer_to_a_watch_of_another_file(write, environ):
    listed = {"watchlist": "other", "watches": [topic(match="cotton AND @maria-exemplar")]}
    assert load(write({"watchlists/other.yaml": yaml.safe_dump(listed)}), environ)


def test_each_circle_of_queries_is_refused_once(write, environ):
    said = refused(
        write,
        environ,
        topic(id="self", match="cotton @self"),
        topic(id="a", match="cotton @b"),
        topic(id="b", match="cotton @c"),
        topic(id="c", match="cotton @a"),
        topic(id="d", match="cotton @a"),
    )
    assert sorted(said) == [
        "match: the query leads back to itself: @a → @b → @c → @a",
        "match: the query leads back to itself: @self → @self",
    ]
