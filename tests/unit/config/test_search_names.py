"""A search finds the names of its watchlist when the configuration loads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.config import ConfigError, load
from monitor.config.report import report
from monitor.sources.search import Search

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SEARCH = """\
sources:
  - {id: press, kind: search, provider: google-news, watchlist: example, names: 9}
"""
WATCHES = """\
watchlist: example
title: Example
groups:
  places: [harbour*, "@banks"]
  banks: [left bank]
watches:
  - id: maria-exemplar
    kind: person
    name: María Exemplar
    aliases: [=M. Exemplar, Мария Экземплар]
    short: [Exemplar]
    context: [dredging]
  - {id: sample-board, kind: organisation, name: Sample Board}
  - id: dredging
    kind: topic
    name: What readers see and nobody writes
    phrases: [dredging contract*, "@places", "x*", 疏浚]
    soft: [silt]
"""


def asked(folder, environ) -> list[str]:
    source = load(folder, environ).sources["press"]
    assert isinstance(source, Search)
    return [ask.text for ask in source.asks]


def test_names_aliases_and_phrases_are_searched_for_without_the_signs_of_our_terms(write, environ):
    changes = {"sources.yaml": SEARCH, "watchlists/example.yaml": WATCHES}

    assert asked(write(changes), environ) == [
        "María Exemplar", "M. Exemplar", "Мария Экземплар",
        "Sample Board",
        "dredging contract", "harbour", "left bank", "疏浚",
    ]  # fmt: skip


def test_an_edit_of_the_watchlist_is_an_edit_of_the_search(write, environ):
    changes = {"sources.yaml": SEARCH, "watchlists/example.yaml": WATCHES}
    before = load(write(changes), environ)

    edited = WATCHES.replace("Sample Board", "Sample Bureau")
    after = load(write(changes | {"watchlists/example.yaml": edited}), environ)

    assert "Sample Bureau" in asked(write(changes | {"watchlists/example.yaml": edited}), environ)
    assert before.sources["press"] != after.sources["press"]
    assert before.sources["press"].address == after.sources["press"].address


def test_a_watchlist_that_cannot_be_read_is_not_reported_missing_as_well(write, environ):
    folder = write({"sources.yaml": SEARCH, "watchlists/example.yaml": "watchlist: [\n"})
    with pytest.raises(ConfigError) as error:
        load(folder, environ)
    assert [problem.file for problem in error.value.problems if "sources" in problem.file] == []


def test_what_a_search_leaves_out_is_told_by_check(write, environ):
    long = "phrases: [a phrase of so many words that no provider heeds them all to the end, "
    watches = WATCHES.replace("phrases: [", long)
    text = SEARCH.replace("google-news", "bing-news")
    settings = load(write({"sources.yaml": text, "watchlists/example.yaml": watches}), environ)

    told = [line for line in report(settings, NOW).warnings if line.startswith("source 'press'")]

    (line,) = told
    assert "bing-news cannot search for 1 names, such as a phrase of so many words" in line
