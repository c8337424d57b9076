"""The links by which a feed names its hub, itself and its older entries."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Fetched
from monitor.sources._links import Links, links_in_header, links_in_xml
from monitor.sources.feed import parse_feed

URL = "https://gazette.example/news/feed.xml"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><title>T</title>{}</entry>{}</feed>'
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{}'
    "<item><title>T</title>{}</item>{}</channel></rss>"
)
HUB = '<link rel="hub" href="https://hub.example/"/>'
SELF = "<link rel='self' type='application/atom+xml' href='https://gazette.example/all'/>"


def test_atom_names_hub_and_topic() -> None:
    found = links_in_xml(ATOM.format(HUB + SELF, "", "").encode(), URL)

    assert found == Links("https://hub.example/", "https://gazette.example/all")


def test_rss_borrows_the_links_of_atom_under_any_prefix() -> None:
    links = (HUB + SELF).replace("<link", "<a10:link")

    found = links_in_xml(
        RSS.format("<link>https://gazette.example/</link>" + links, "", "").encode(), URL
    )

    assert found == Links("https://hub.example/", "https://gazette.example/all")


def test_links_behind_the_entries_count_as_well() -> None:
    assert links_in_xml(ATOM.format("", "", HUB).encode(), URL).hub == "https://hub.example/"


def test_a_link_inside_an_entry_is_the_entry_s_own() -> None:
    inside = HUB + '<link rel="next" href="/2"/>'

    assert links_in_xml(ATOM.format("", inside, "").encode(), URL) == Links()


def test_addresses_are_unescaped_and_resolved_against_the_declared_base() -> None:
    body = ATOM.format('<link rel="next" href="?page=2&amp;of=9"/>', "", "").replace(
        "<feed ", '<feed xml:base="https://cdn.example/f/" '
    )

    assert links_in_xml(body.encode(), URL).older == "https://cdn.example/f/?page=2&of=9"


def test_an_archive_goes_before_a_page() -> None:
    links = '<link rel="next" href="/p2"/><link rel="prev-archive" href="/2026/10"/>'

    older = links_in_xml(ATOM.format(links, "", "").encode(), URL).older

    assert older == "https://gazette.example/2026/10"


@pytest.mark.parametrize("href", ["", "javascript:alert(1)", "ftp://x.example/", "http://["])
def test_what_is_no_web_address_is_no_link(href: str) -> None:
    body = ATOM.format(f'<link rel="hub" href="{href}"/>', "", "").encode()

    assert links_in_xml(body, URL).hub == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<https://hub.example/>; rel="hub", </self>; rel=self', ("https://hub.example/", "/self")),
        ('<https://hub.example/?a=1,2>; rel="hub"', ("https://hub.example/?a=1,2", "")),
        ('</a>;title="x, y; rel=self";rel="HUB other"', ("/a", "")),
        ('</a>; rel="next"; rel="hub"', ("", "")),
        ("</a>; rel=hub, </b>; rel=hub", ("/a", "")),
        ("rubbish, <>, <", ("", "")),
    ],
)
def test_the_header_link_is_read_as_its_grammar_says(value: str, expected: tuple[str, str]) -> None:
    hub, topic = (
        f"https://gazette.example{part}" if part.startswith("/") else part for part in expected
    )

    assert links_in_header(value, URL)[:2] == (hub, topic)


def test_the_header_goes_before_the_document() -> None:
    body = ATOM.format(HUB + SELF, "", "").encode()
    link = "<https://other.example/>; rel=hub, <https://gazette.example/>; rel=self"

    document = parse_feed(Fetched(URL, 200, body, link=link))

    assert (document.hub, document.topic) == ("https://other.example/", "https://gazette.example/")


def test_json_feed_names_hub_topic_and_the_next_page() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "hubs": [
            {"type": "rssCloud", "url": "https://cloud.example/"},
            {"type": "WebSub", "url": "https://hub.example/"},
            "rubbish",
        ],
        "feed_url": "https://gazette.example/feed.json",
        "next_url": "/2.json",
        "items": [],
    }

    document = parse_feed(Fetched(URL, 200, json.dumps(feed).encode()))

    assert (document.hub, document.topic, document.older) == (
        "https://hub.example/",
        "https://gazette.example/feed.json",
        "https://gazette.example/2.json",
    )


@given(st.text(st.sampled_from("<>;,=\"\\/ relhubslf:'&#\n"), max_size=80))
def test_rubbish_is_read_without_a_word(text: str) -> None:
    for links in (links_in_header(text, URL), links_in_xml(f"<feed>{text}".encode(), URL)):
        assert all(not link or link.startswith("http") for link in links)
