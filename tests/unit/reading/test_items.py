"""Documents become items."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Document, Entry, Item
from monitor.reading import read

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read_one(entry: Entry, *, language: str = "", document_language: str = "") -> Item:
    (item,) = read(
        Document("rss20", language=document_language, entries=(entry,)),
        source="s",
        outlet="The Outlet",
        language=language,
        address="https://a.example/feed",
        now=NOW,
        baseline=True,
    )
    return item


def test_an_item_carries_its_source_outlet_and_when_it_was_first_seen() -> None:
    item = read_one(Entry(title="T"))

    assert (item.source, item.outlet, item.first_seen, item.baseline) == (
        ("s", "The Outlet", NOW, True)
    )


def test_the_outlet_that_an_entry_names_comes_before_that_of_the_source() -> None:
    assert (
        read_one(Entry(title="T", outlet="Lantern &amp; <b>Sons</b>\n")).outlet == "Lantern & Sons"
    )


def test_an_entry_may_be_baseline_alone() -> None:
    entries = (Entry(guid="1", title="Old", baseline=True), Entry(guid="2", title="New"))
    items = read(
        Document("search", entries=entries), source="s", outlet="", language="", address="", now=NOW,
        baseline=False,
    )  # fmt: skip

    assert [(item.title, item.baseline) for item in items] == [("Old", True), ("New", False)]


@pytest.mark.parametrize(
    "time",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1989, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2090, 1, 1, tzinfo=UTC),
        NOW + timedelta(hours=24, seconds=1),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_an_implausible_date_gives_way_to_the_time_it_was_first_seen(time: datetime) -> None:
    item = read_one(Entry(title="T", published=time, updated=time))

    assert (item.published, item.updated, item.time) == (None, None, NOW)


@pytest.mark.parametrize(
    "time", [datetime(1990, 1, 1, tzinfo=UTC), NOW + timedelta(hours=24), NOW - timedelta(days=9)]
)
def test_a_plausible_date_is_kept(time: datetime) -> None:
    assert read_one(Entry(title="T", published=time)).time == time


def test_the_time_of_an_update_stands_in_for_a_missing_publication() -> None:
    updated = NOW - timedelta(hours=1)

    assert read_one(Entry(title="T", updated=updated)).published == updated


@pytest.mark.parametrize(
    ("entry", "document", "source", "expected"),
    [
        ("ug_CN", "en", "de", "ug-CN"),
        ("", "en-us", "de", "en-US"),
        ("nonsense!", "", "de", "de"),
        ("", "English", "", ""),
    ],
)
def test_the_nearest_sound_language_tag_counts(
    entry: str, document: str, source: str, expected: str
) -> None:
    item = read_one(Entry(title="T", language=entry), language=source, document_language=document)

    assert item.language == expected


def test_an_item_whose_link_is_unsafe_is_kept_without_it() -> None:
    item = read_one(Entry(title="T", url="javascript:alert(1)"))

    assert (item.title, item.url) == ("T", "")


def test_a_relative_link_is_resolved_against_the_document_s_address() -> None:
    assert read_one(Entry(title="T", url="/x")).url == "https://a.example/x"


def test_hostile_markup_leaves_no_trace() -> None:
    item = read_one(
        Entry(
            title="<svg onload=alert(1)>Title\r\nBcc: x@x.example\x1b[31m\u202e",
            summary='<img src="https://pixel.example/1.gif"><math><mtext></p><style><a title="'
            '</style><img src onerror=alert(1)>">words',
            authors=("<b>Ann</b>\n", "Ann", "\u202e", "x" * 900),
        )
    )

    assert item.title == "Title Bcc: x@x.example"
    assert item.summary == '">words'
    assert item.authors == ("Ann", "x" * 199 + "…")


def test_a_title_is_one_line_of_at_most_500_characters() -> None:
    item = read_one(Entry(title="Long &amp; <i>winding</i>\r\n" + "word " * 600))

    assert item.title.startswith("Long & winding word")
    assert len(item.title) <= 500
    assert "\n" not in item.title


def test_a_content_that_was_copied_to_the_summary_is_told_once() -> None:
    content = "<p>" + "A sentence of the article. " * 60 + "</p>"

    item = read_one(Entry(title="T", summary=content, content=content))

    assert item.text == ("A sentence of the article. " * 60).strip()
    assert item.summary.endswith("…")
    assert len(item.summary) <= 500


def test_a_content_shorter_than_the_summary_adds_only_what_is_new() -> None:
    assert read_one(Entry(title="T", summary="One and two", content="two")).text == ""
    assert read_one(Entry(title="T", summary="One and two", content="three")).text == (
        "One and two\nthree"
    )


def test_texts_of_any_length_are_bounded() -> None:
    item = read_one(Entry(title="T", summary="s " * 90_000, content="c " * 95_000))

    assert len(item.summary) <= 5_000
    assert len(item.text) <= 100_000


@pytest.mark.parametrize("link", ["https://a.example/feed", "https://a.example/feed#part"])
def test_an_entry_that_links_to_its_own_document_is_not_known_by_that_address(link: str) -> None:
    item = read_one(Entry(guid="a", url=link, title="A"))

    assert item.url == link
    assert [key[:2] for key in item.keys] == ["g:", "s:"]


def languages(*titles: str, declared: str = "", **fields: str) -> list[str]:
    entries = tuple(Entry(guid=title, title=title, **fields) for title in titles)
    items = read(
        Document("rss20", language=declared, entries=entries),
        source="s",
        outlet="",
        language="",
        address="https://a.example/feed",
        now=NOW,
        baseline=False,
    )
    return [item.language for item in items]


GERMAN = "Das Hafenamt hat denselben Abschnitt der Kaimauer zweimal bezahlt"
ENGLISH = "The harbour authority paid twice for the same stretch of the quay wall"


def test_a_language_that_nobody_declares_is_detected() -> None:
    assert languages(GERMAN, ENGLISH) == ["de", "en"]


def test_a_declared_language_is_not_called_into_question() -> None:
    assert languages(GERMAN, declared="en") == ["en"]


def test_an_entry_too_short_to_tell_is_in_the_language_of_all_the_others() -> None:
    assert languages("Flut", GERMAN) == ["de", "de"]
    assert languages("Flut", GERMAN, ENGLISH) == ["", "de", "en"]
    assert languages("Flut") == [""]
