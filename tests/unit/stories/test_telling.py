"""A story as readers see it: headline, outlets, watches, timeline (all invented)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import StoryLink
from monitor.stories import Sketch, tell

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def member(
    name: str, outlet: str, hours: float, *, credit: str = "", **link: str
) -> tuple[StoryLink, Sketch]:
    time = NOW + timedelta(hours=hours)
    url = f"https://x.example/{name}"
    mark = Sketch(name, "s", outlet, url, f"Title {name}", time, b"", credit=credit)
    return StoryLink(name, "s", **link), mark


STORY = [
    member("a", "Gazette", 0, credit="Reuters"),
    member("b", "Reuters", 1, why="joined: 90% shared text with Gazette: Title a; the original"),
    member("c", "Courier", 2, copy_of="b", why="joined: 95% shared text with Reuters: Title b"),
    member("d", "Post", 30, why="joined: same name Merrow", development="new number 37"),
    member("e", "Gazette", 31, why="joined: same name Merrow as Gazette: Title a"),
]


def test_a_story_is_told_from_the_first_to_the_last_with_the_role_of_each() -> None:
    story = tell(STORY[::-1], {"a": ["keane"], "d": ["merrow", "keane"]})
    assert (story.first, story.last) == (NOW, NOW + timedelta(hours=31))
    assert story.outlets == ("Gazette", "Reuters", "Courier", "Post")
    assert story.watches == ("keane", "merrow")
    roles = [(moment.item, moment.role) for moment in story.timeline]
    assert roles == [
        ("a", "first"),
        ("b", "rewrite"),
        ("c", "copy"),
        ("d", "development"),
        ("e", "rewrite"),
    ]
    assert story.timeline[3].why == "new number 37"
    assert story.timeline[2].copy_of == "b"


def test_the_headline_is_the_agency_s_where_copies_credit_one() -> None:
    story = tell(STORY, {})
    assert (story.headline, story.original) == ("Title b", "b")
    assert story.why_original == "a copy credits Reuters"


def test_the_headline_is_that_of_the_first_where_nothing_was_copied() -> None:
    story = tell([STORY[3], STORY[4]], {})
    assert (story.headline, story.why_original) == ("Title d", "")


def test_a_story_without_items_is_none() -> None:
    with pytest.raises(ValueError, match="one item at least"):
        tell([], {})
