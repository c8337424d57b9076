"""Lists of feeds: out and in again, ids that read well, nothing hostile does harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.ids import new_id
from monitor.config.opml import LARGEST, Listed, plan_import, read_opml, write_opml
from monitor.errors import InputError
from monitor.sources.feed import Feed
from monitor.sources.folder import Folder

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>Mine</title></head><body>
 <outline text="Ports" title="Ports">
  <outline text="Harbours">
   <outline type="rss" text="The Lantern &amp; Sons" xmlUrl="https://lantern.example/rss" htmlUrl="https://lantern.example/"/>
  </outline>
  <outline text="Фонарь" type="rss" xmlUrl="https://fonar.example/feed"/>
 </outline>
 <outline title="Only a title" xmlUrl=" https://www.courier.example/feed.xml " category="/news/ports,silt"/>
 <outline text="Again, elsewhere"><outline xmlUrl="https://lantern.example/rss" text="Lantern"/></outline>
 <outline text="A list of lists" type="include" url="https://x.example/other.opml"/>
 <outline text="Nothing"/>
</body></opml>"""


def test_folders_become_tags_and_a_feed_in_two_folders_is_one() -> None:
    assert read_opml(LIST.encode()) == [
        Listed(
            "https://lantern.example/rss",
            "The Lantern & Sons",
            ("Ports", "Harbours", "Again, elsewhere"),
        ),
        Listed("https://fonar.example/feed", "Фонарь", ("Ports",)),
        Listed("https://www.courier.example/feed.xml", "Only a title", ("news", "ports", "silt")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
def test_a_list_is_read_in_the_encoding_it_is_in(encoding: str) -> None:
    said = encoding.removesuffix("-sig")
    text = LIST.replace("UTF-8", said)

    feeds = read_opml(text.encode(encoding))

    assert feeds[1].title == "Фонарь"


def test_ids_read_like_the_titles_and_are_never_taken() -> None:
    known = {"the-lantern-and-sons": Feed(id="the-lantern-and-sons", url="https://other.example/")}

    planned = plan_import(read_opml(LIST.encode()), known)

    assert [entry["id"] for entry in planned.entries] == [
        "the-lantern-and-sons-2",
        "fonar-example",
        "only-a-title",
    ]


def test_a_feed_that_is_polled_already_is_left_out_and_named() -> None:
    known = {"lantern": Feed(id="lantern", url="http://lantern.example/rss/")}

    planned = plan_import(read_opml(LIST.encode()), known)

    assert planned.skipped == (("https://lantern.example/rss", "lantern has this address already"),)
    assert len(planned.entries) == 2


def test_addresses_that_nobody_may_poll_are_left_out_and_named() -> None:
    bad = ["file:///etc/passwd", "javascript:alert(1)", "https://user:pw@a.example/", "ftp://a/b"]

    planned = plan_import([Listed(url) for url in bad], {})

    assert planned.entries == ()
    assert [url for url, _ in planned.skipped] == bad


def test_what_is_written_is_read_again() -> None:
    sources = [
        Feed(id="a", url="https://a.example/?a=1&b=2", publisher='A "quoted" <name>', tags=("x", "y z")),
        Feed(id="b", url="https://b.example/", tags=("y z",)),
        Feed(id="c", url="https://c.example/", language="de"),
        Folder(id="d", folder="data/inbox"),
    ]  # fmt: skip

    text, left_out = write_opml(sources, "Mine & yours")

    assert left_out == ["d"]
    assert sorted(read_opml(text), key=lambda feed: feed.url) == [
        Listed("https://a.example/?a=1&b=2", 'A "quoted" <name>', ("x", "y z")),
        Listed("https://b.example/", "b", ("y z",)),
        Listed("https://c.example/", "c", ()),
    ]


NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
)


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3, unique=True)), min_size=1, max_size=8))
def test_every_list_that_is_written_is_read_again(rows: list[tuple[str, list[str]]]) -> None:
    sources = [
        Feed(id=f"f{n}", url=f"https://a.example/{n}", publisher=title, tags=tuple(tags))
        for n, (title, tags) in enumerate(rows)
    ]

    found = {feed.url: feed for feed in read_opml(write_opml(sources, "T")[0])}

    for source in sources:
        assert found[source.url].title == source.publisher
        assert set(found[source.url].tags) == set(source.tags)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is no OPML"),
        (b"\x00\xff\xfe rubbish", "this is no OPML"),
        (b"<html><body>opml</body></html>", "this is no OPML"),
        (b"<opml><body><outline text='a'/></body></opml>", "there is no feed"),
        (b"<opml>" + b"<outline text='a'>" * 100_000, "never closed"),
        (b"<opml>" + b" " * LARGEST, "larger than 5 MB"),
    ],
)
def test_what_is_no_list_of_feeds_is_one_readable_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_opml(data)

    assert "\n" not in str(caught.value)


def test_entities_reach_nothing_outside_and_unfold_into_nothing(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    data = (
        f'<!DOCTYPE o [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        '<opml><body><outline text="&x; &b;" xmlUrl="https://a.example/"/></body></opml>'
    )

    (feed,) = read_opml(data.encode())

    assert "hunter2" not in feed.title
    assert "haha" not in feed.title


def test_deep_and_long_lists_are_read() -> None:
    row = b"<outline text='t'><outline text='x' xmlUrl='https://a.example/%d'/></outline>"
    many = b"<opml><body>" + b"".join(row % n for n in range(20_000)) + b"</body></opml>"
    deep = b"<opml>" + b"<outline text='a'>" * 1_900 + b"<outline xmlUrl='https://a.example/'/>"

    assert len(read_opml(many)) == 20_000
    assert read_opml(deep + b"</outline>" * 1_900 + b"</opml>") != []


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("BBC News - Türkçe", "https://a.example/", "bbc-news-turkce"),
        ("Süddeutsche Straße", "https://a.example/", "suddeutsche-strasse"),
        ("L'Écho d’hier", "https://a.example/", "lecho-dhier"),
        ("人民日报", "https://www.people.example.com/rss", "people-example"),
        ("РБК Daily", "https://rss.rbk.example/", "rbk-example"),
        ("", "https://feeds.courier.org/x", "courier"),
        ("", "not an address", "source"),
        ("w" * 200, "", "w" * 40),
        ("one " * 30, "", "one-one-one-one-one-one-one-one-one-one"),
    ],
)
def test_an_id_is_made_of_the_title_or_of_the_site(title: str, url: str, expected: str) -> None:
    assert new_id(title, url, ()) == expected


@given(st.text(max_size=80), st.text(max_size=80))
def test_an_id_that_is_made_is_always_allowed(title: str, url: str) -> None:
    name = new_id(title, url, {"source"})

    assert Feed(id=name, url="https://a.example/").id == name
