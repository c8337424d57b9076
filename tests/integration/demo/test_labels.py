"""The shipped watchlist on the practice coverage: every entry gets its watches, traps get none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

from monitor.demo.coverage import Entry, load_coverage, paragraphs_of
from monitor.demo.stage import WATCHLIST, shipped
from monitor.matching import Matcher, Watchlist
from monitor.model import Item

COVERAGE = load_coverage()


@pytest.fixture(scope="module")
def matcher():
    shipped_list = yaml.safe_load(shipped("watchlists", WATCHLIST).read_text(encoding="utf-8"))
    return Matcher((Watchlist.model_validate(shipped_list),))


def as_item(entry: Entry) -> Item:
    outlet = COVERAGE.outlet(entry.outlet)
    paragraphs = paragraphs_of(COVERAGE, entry)
    return Item(
        id=entry.id,
        source=entry.outlet,
        title=entry.title,
        summary=paragraphs[0],
        text="\n".join(paragraphs),
        outlet=outlet.name,
        language=entry.language or outlet.language,
        published=datetime(2026, 11, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry.id) for entry in COVERAGE.all_entries]
)
def test_an_entry_is_found_for_exactly_the_watches_it_speaks_of(matcher, entry):
    found = {hit.watch for hit in matcher.match(as_item(entry)) if not hit.possible}
    assert found == set(entry.about)


@pytest.mark.parametrize("letter", [pytest.param(one, id=one.id) for one in COVERAGE.letters])
def test_a_letter_is_found_for_exactly_the_watches_it_speaks_of(matcher, letter):
    item = Item(letter.id, "inbox", letter.title, text=letter.text, language=letter.language)
    assert {hit.watch for hit in matcher.match(item) if not hit.possible} == set(letter.about)
