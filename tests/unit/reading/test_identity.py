"""Each story once, and none lost, whatever publishers do with guids, links and dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Document, Entry, Item, digest
from monitor.reading import Traits, identity_keys, read
from monitor.reading.items import each_story_once

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MORNING = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


class Reader:
    """Polls of one or more sources, remembered by their keys as the store does."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.stories: list[Item] = []

    def poll(self, *entries: Entry, source: str = "s") -> list[str]:
        """Return the titles of what is new."""
        fresh = []
        for item in items(entries, source):
            if not any(key in self.known for key in item.keys):
                fresh.append(item)
            for key in item.keys:
                self.known.setdefault(key, item.id)
        self.stories += fresh
        return [item.title for item in fresh]


def items(entries: Sequence[Entry], source: str = "s") -> tuple[Item, ...]:
    return read(
        Document("rss20", entries=tuple(entries)),
        source=source,
        outlet="O",
        language="",
        address="https://a.example/feed",
        now=NOW,
        baseline=False,
    )


def entry(number: int, **changes: Any) -> Entry:
    whole = Entry(
        guid=f"guid-{number}",
        url=f"https://a.example/{number}",
        title=f"Title {number}",
        summary=f"Summary {number}",
        published=MORNING + timedelta(seconds=97 * number),
    )
    return dataclasses.replace(whole, **changes)


def test_a_second_poll_of_the_same_document_brings_nothing() -> None:
    reader = Reader()

    assert reader.poll(entry(1), entry(2)) == ["Title 1", "Title 2"]
    assert reader.poll(entry(1), entry(2)) == []


def test_entries_that_all_share_one_guid_are_told_apart() -> None:
    reader = Reader()

    assert len(reader.poll(*(entry(n, guid="same") for n in range(5)))) == 5
    assert reader.poll(*(entry(n, guid="same") for n in range(1, 6))) == ["Title 5"]


def test_entries_that_share_guid_and_link_and_have_no_date_are_told_apart() -> None:
    def poor(number: int) -> Entry:
        return entry(number, guid="same", url="https://a.example/", published=None)

    reader = Reader()

    assert len(reader.poll(*(poor(n) for n in range(5)))) == 5
    assert reader.poll(*(poor(n) for n in range(1, 6))) == ["Title 5"]


def test_a_guid_that_changes_with_every_fetch_brings_each_story_once() -> None:
    reader = Reader()
    reader.poll(*(entry(n, guid=f"first fetch {n}") for n in range(3)))

    assert reader.poll(*(entry(n, guid=f"second fetch {n}") for n in range(4))) == ["Title 3"]


def test_a_guid_and_a_link_that_change_with_every_fetch_bring_each_story_once() -> None:
    def restless(number: int, fetch: int) -> Entry:
        return entry(number, guid=f"{fetch}-{number}", url=f"https://a.example/{number}?s={fetch}")

    reader = Reader()
    reader.poll(*(restless(n, 1) for n in range(3)))

    assert reader.poll(*(restless(n, 2) for n in range(4))) == ["Title 3"]


def test_a_changing_guid_without_date_and_page_brings_each_story_once() -> None:
    reader = Reader()
    home = {"url": "https://a.example/", "published": None}
    reader.poll(*(entry(n, guid=f"1-{n}", **home) for n in range(3)))

    assert reader.poll(*(entry(n, guid=f"2-{n}", **home) for n in range(4))) == ["Title 3"]


def test_entries_without_guid_and_date_are_known_by_their_link() -> None:
    reader = Reader()
    reader.poll(entry(1, guid="", published=None))

    assert reader.poll(entry(1, guid="", published=None, title="Edited")) == []


def test_entries_without_guid_date_and_link_are_known_by_their_words() -> None:
    bare = {"guid": "", "published": None, "url": ""}
    reader = Reader()

    assert reader.poll(entry(1, **bare), entry(2, **bare)) == ["Title 1", "Title 2"]
    assert reader.poll(entry(1, **bare), entry(3, **bare)) == ["Title 3"]


def test_an_edited_headline_is_no_new_story() -> None:
    reader = Reader()
    reader.poll(entry(1), entry(2))

    assert reader.poll(entry(1, title="Title 1, corrected"), entry(2)) == []


def test_an_edited_headline_beside_the_old_one_under_one_guid_and_link_stays_known() -> None:
    reader = Reader()
    reader.poll(entry(1))

    assert reader.poll(entry(1, title="Corrected", published=MORNING), entry(1)) == ["Corrected"]
    assert reader.poll(entry(1, title="Corrected", published=MORNING)) == []


def test_the_same_link_under_two_guids_is_one_story() -> None:
    twice = (entry(1, guid="a"), entry(1, guid="b"))

    (item,) = items(twice)

    assert [key[0] for key in item.keys] == ["g", "u", "t", "g"]


def test_posts_of_a_live_blog_that_share_its_link_are_told_apart() -> None:
    live = {"url": "https://a.example/live"}
    reader = Reader()

    assert len(reader.poll(entry(1, **live), entry(2, **live))) == 2
    assert reader.poll(entry(2, **live), entry(3, **live)) == ["Title 3"]


def test_links_to_the_front_page_do_not_make_stories_one() -> None:
    reader = Reader()

    assert reader.poll(entry(1, url="https://a.example/?utm_source=rss")) == ["Title 1"]
    assert reader.poll(entry(2, url="http://a.example")) == ["Title 2"]


def test_posts_without_titles_under_one_guid_are_told_apart() -> None:
    reader = Reader()
    reader.poll(entry(1, guid="g", title="", url=""), entry(2, guid="g", title="", url=""))

    assert [item.summary for item in reader.stories] == ["Summary 1", "Summary 2"]


def test_an_article_in_three_feeds_of_an_outlet_is_one_item() -> None:
    reader = Reader()

    assert reader.poll(entry(1), source="world") == ["Title 1"]
    assert reader.poll(entry(1, guid="w-9", url="http://a.example/1/?utm_source=x")) == []


def test_a_page_is_the_same_with_www_and_without_whichever_comes_first() -> None:
    reader = Reader()
    there = {"world": "https://www.a.example/", "home": "https://a.example/"}

    assert reader.poll(entry(1, url=there["world"] + "1"), source="world") == ["Title 1"]
    assert reader.poll(entry(1, url=there["home"] + "1"), source="home") == []
    assert reader.poll(entry(2, url=there["home"] + "2"), source="home") == ["Title 2"]
    assert reader.poll(entry(2, url=there["world"] + "2"), source="world") == []


def test_an_address_with_www_keeps_the_key_that_it_had_before_its_twin_was_known() -> None:
    (keys,) = identity_keys("s", [Traits(address="https://www.a.example/1")])

    assert keys == tuple(
        "u:" + digest(address) for address in ("https://www.a.example/1", "https://a.example/1")
    )


def test_guids_and_titles_of_different_sources_are_not_compared() -> None:
    reader = Reader()

    assert reader.poll(entry(1, guid="7", url="https://one.example/1"), source="one")
    assert reader.poll(entry(1, guid="7", url="https://two.example/1"), source="two")


def test_a_daily_column_of_one_title_comes_every_day() -> None:
    reader = Reader()
    column = {"title": "Weather"}

    assert reader.poll(entry(1, **column))
    assert reader.poll(entry(2, **column))


def test_two_columns_of_one_title_and_one_day_both_come() -> None:
    reader = Reader()
    column = {"title": "Weather", "published": MIDNIGHT}

    assert reader.poll(entry(1, **column), entry(2, **column)) == ["Weather", "Weather"]
    assert reader.poll(entry(3, **column)) == ["Weather"]


def test_a_date_far_off_identifies_as_well_as_another() -> None:
    far = {"published": datetime(2090, 1, 1, 0, 0, 1, tzinfo=UTC), "url": ""}
    reader = Reader()
    reader.poll(entry(1, guid="a", **far))

    assert reader.poll(entry(1, guid="b", **far)) == []
    assert reader.stories[0].published is None


def test_an_entry_that_says_nothing_is_no_item() -> None:
    assert items([Entry(), entry(1)])[0].title == "Title 1"
    assert items([Entry()]) == ()


def test_an_item_is_named_by_its_source_and_first_key() -> None:
    (one,), (other,) = items([entry(1)], "one"), items([entry(1)], "other")

    assert one.id != other.id
    assert len(one.id) == 20
    assert one == items([entry(1)], "one")[0]


def test_repeats_that_are_linked_only_through_a_third_are_one_story() -> None:
    keys = [("a",), ("b",), (), ("c",), ("b", "a", "d")]

    assert each_story_once(keys) == [(0, ("a", "b", "d")), (3, ("c",))]


SOME = st.sampled_from(["", "a", "b"])
TRAITS = st.builds(
    Traits,
    guid=SOME,
    address=st.sampled_from(
        ["", "https://a.example/", "https://a.example/1", "https://b.example/2"]
    ),
    title=SOME,
    summary=SOME,
    published=st.sampled_from([None, MORNING, MIDNIGHT]),
)


@given(st.lists(TRAITS, max_size=8))
def test_every_entry_that_says_something_has_a_key_and_order_does_not_matter(
    entries: list[Traits],
) -> None:
    keys = identity_keys("s", entries)

    assert [bool(own) for own in keys] == [entry != Traits() for entry in entries]
    assert identity_keys("s", entries[::-1]) == keys[::-1]


@given(st.lists(TRAITS, max_size=8, unique=True))
def test_entries_of_different_wording_never_share_a_key(entries: list[Traits]) -> None:
    owners: dict[str, str] = {}
    for traits, own in zip(entries, identity_keys("s", entries), strict=True):
        for key in own:
            name = traits.title or traits.summary
            assert owners.setdefault(key, name) == name
