from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Fetched
from monitor.sources._skips import skips_in
from monitor.sources.feed import parse_feed

RSS = '<rss version="2.0"><channel><title>The Quay Gazette</title>{}{}</channel></rss>'
ITEM = "<item><title>One</title><link>https://quay.example/1</link>{}</item>"
HOURS = "<skipHours>\n<hour>0</hour><hour> 23 </hour><hour>7</hour></skipHours>"
DAYS = "<skipDays><day>Sunday</day><day>saturday</day></skipDays>"


@pytest.mark.parametrize("places", [(HOURS + DAYS, ITEM), (ITEM, HOURS + DAYS)])
def test_every_hour_and_day_is_read_wherever_they_stand(places: tuple[str, str]) -> None:
    document = parse_feed(Fetched("https://quay.example/", 200, RSS.format(*places).encode()))
    assert (document.skip_hours, document.skip_days) == ((0, 7, 23), (5, 6))
    assert len(document.entries) == 1


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("<skipHours><hour>24</hour><hour>1</hour></skipHours>", (0, 1)),
        ("<skipHours><hour>25</hour><hour>-1</hour><hour>noon</hour></skipHours>", ()),
        ("<SkipHours><Hour>3</Hour></SkipHours>", (3,)),
        ("<hour>3</hour>", ()),
        ("<skipHours><hour>3</hour>", ()),
    ],
)
def test_what_is_no_hour_is_passed_over(written: str, hours: tuple[int, ...]) -> None:
    assert skips_in(RSS.format(written, "").encode()).hours == hours


def test_an_entry_about_these_elements_asks_for_nothing() -> None:
    entry = ITEM.format(f"<description><![CDATA[{HOURS}{DAYS}]]></description>")
    assert skips_in(RSS.format(entry, entry).encode()) == ((), ())


@given(st.text(st.sampled_from("<>/skipHoursday 123\n"), max_size=200))
def test_rubbish_is_read_without_a_word(text: str) -> None:
    skips = skips_in(text.encode())
    assert all(0 <= hour < 24 for hour in skips.hours)
