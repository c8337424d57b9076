"""Whom a copy credits, and so which of several copies is the original (all texts invented)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Item
from monitor.stories import StoryIndex, group
from monitor.stories.credits import credit, is_outlet
from tests.unit.stories.test_copies import AGENCY, CHINESE

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        (f"PORT MERROW (Reuters) - {AGENCY}", "Reuters"),
        (f"ODESSIN, March 4 (AP) \u2014 {AGENCY}", "AP"),
        (f"AP \u2013 {AGENCY}", "AP"),
        (f"{AGENCY} \u2014 AFP", "AFP"),
        (f"{AGENCY} (dpa)", "dpa"),
        (f"{AGENCY} With Reuters.", "Reuters"),
        (f"HALM (Carrow News Agency) - {AGENCY}", "Carrow News Agency"),
        (f"新华社梅罗港3月4日电 {CHINESE}", "Xinhua"),
        (AGENCY, ""),
        ("", ""),
        ("The minister (Labour) - a lawyer - spoke with AFP reporters about it for an hour.", ""),
        (f"{AGENCY[:300]} Reuters was told nothing, said the spokesman of the union there.", ""),
    ],
)
def test_credits_are_read_where_agencies_are_credited(body: str, agency: str) -> None:
    assert credit(body) == agency


def test_an_author_may_be_the_agency() -> None:
    assert credit(AGENCY, ["Moira Keane", "AFP"]) == "AFP"
    assert credit(AGENCY, ["Moira Keane"]) == ""


def test_an_outlet_is_known_by_the_sign_and_by_the_name_of_the_agency() -> None:
    assert is_outlet("AP", "Associated Press")
    assert is_outlet("AP", "AP News")
    assert is_outlet("Carrow News Agency", "CARROW NEWS AGENCY")
    assert not is_outlet("AP", "Apple Daily")
    assert not is_outlet("", "")


def item(name: str, outlet: str, body: str, hours: float) -> Item:
    time = NOW + timedelta(hours=hours)
    return Item(name, name, f"Merrow story of {name}", text=body, outlet=outlet, first_seen=time)


def test_copies_that_come_before_the_agency_s_own_text_are_copies_of_it_once_it_is_there() -> None:
    credited = f"PORT MERROW (Reuters) - {AGENCY}"
    index = StoryIndex()
    links = {}
    for one in (
        item("early", "Gazette", credited, 0),
        item("agency", "Reuters", AGENCY, 1),
        item("late", "Courier", credited, 2),
    ):
        ((link, mark),) = group([one], index, NOW)
        index.add(mark)
        links[one.id] = link
    assert len({link.story for link in links.values()}) == 1
    assert links["agency"].copy_of == ""
    assert links["agency"].why.endswith("; the original: a copy credits Reuters")
    assert links["late"].copy_of == "agency"
    assert links["late"].why.endswith("2 copies credit Reuters")
    assert {link.development for link in links.values()} == {""}
