"""Which addresses are the same page, and which may be linked to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading import canonical_address, link_address
from monitor.reading.addresses import is_front_page

PAGE = "https://www.paper.example/world/story"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://www.paper.example/world/story",
        "HTTPS://WWW.Paper.Example:443/world/story/",
        "http://www.paper.example:80/world/story",
        f"{PAGE}#comments",
        f"{PAGE}?utm_source=rss&utm_medium=feed&UTM_Campaign=x",
        f"{PAGE}?fbclid=1&gclid=2&mc_cid=3&at_medium=RSS&at_campaign=rss&ns_mchannel=rss",
        f"{PAGE}?ref=rss&source=twitter&partner=rss&emc=rss&mod=rss_world&cmpid=x&ocid=y",
        f"{PAGE}?",
        f"{PAGE}?&",
        f"{PAGE}/amp",
        f"{PAGE}/amp/",
        f"{PAGE}.amp",
        "https://www.paper.example/amp/world/story",
        f"{PAGE};jsessionid=0A1B2C.node1",
        f"{PAGE}?PHPSESSID=0a1b2c",
        f"{PAGE}?outputType=amp",
        f"{PAGE}?amp",
        "https://amp.paper.example/world/story",
        "https://m.paper.example/world/story",
        "https://mobile.paper.example/world/story",
        "https://amp.www.paper.example/world/story",
        "https://www.paper.example./world/story",
        "https://user:secret@www.paper.example/world/story",
        "https://www.paper.example/world/%73tory",
        "https://www.paper.example/a/../world/story",
        "  https://www.paper.example/world/story\n",
        "https://www.google.com/amp/s/www.paper.example/world/story",
        "https://www.google.de/amp/s/amp.paper.example/world/story/amp",
        "https://www-paper-example.cdn.ampproject.org/c/s/www.paper.example/world/story?utm_source=x",
        "https://www-paper-example.cdn.ampproject.org/v/s/www.paper.example/world/story",
    ],
)
def test_every_form_of_a_page_has_one_address(url: str) -> None:
    assert canonical_address(url) == PAGE


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://a.example/x?id=7&page=2", "https://a.example/x?id=7&page=2"),
        ("https://a.example/x?page=2&id=7&utm_id=1", "https://a.example/x?id=7&page=2"),
        ("https://a.example/x?uid=9&source=42&ref=article", None),
        ("https://a.example/x?q=a%20b&q=c", "https://a.example/x?q=a%20b&q=c"),
        ("https://a.example/x?session=3&campaign=12", None),
        ("https://a.example/#!/news/4", "https://a.example/#!/news/4"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example", "https://a.example/"),
        ("https://пример.example/Новости", None),
        ("https://a.example/%d0%9d", "https://a.example/%D0%9D"),
        ("https://a.example/clamp", "https://a.example/clamp"),
        ("https://a.example/amp/", "https://a.example/"),
        ("https://a.example/amplifiers", "https://a.example/amplifiers"),
        ("https://a.example/x.amp.html", "https://a.example/x.html"),
        ("https://m.example/x", "https://m.example/x"),
        ("https://en.m.wikipedia.example/x", "https://en.m.wikipedia.example/x"),
        ("https://www.google.com/amp/s/nothing", "https://www.google.com/amp/s/nothing"),
    ],
)
def test_what_tells_pages_apart_is_kept(url: str, canonical: str | None) -> None:
    found = canonical_address(url)

    if canonical is None:
        assert found.count("=") == url.count("=")
    else:
        assert found == canonical
    assert found.isascii()


@pytest.mark.parametrize(
    "url",
    ["", "story", "/story", "ftp://a.example/x", "javascript:alert(1)", "https://", "http://[x]/"],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical_address(url) == ""


def test_only_a_bare_host_is_a_front_page() -> None:
    assert is_front_page(canonical_address("http://www.paper.example/?utm_source=rss#top"))
    assert not is_front_page(canonical_address("https://paper.example/?id=3"))
    assert not is_front_page(canonical_address("https://paper.example/#!/3"))
    assert not is_front_page(canonical_address("https://paper.example/3"))


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
        ("  https://a.example/x \n", "https://a.example/x"),
        ("https://a.example/Новости/١", "https://a.example/Новости/١"),
        ("/story", "https://base.example/story"),
        ("story?x=1", "https://base.example/feeds/story?x=1"),
        ("//other.example/x", "https://other.example/x"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("https://a.example/\u202efdp", "https://a.example/%E2%80%AEfdp"),
        ("https:\\\\a.example\\x", "https://a.example/x"),
        ("https://a.example/@name", "https://a.example/@name"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,<p>", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("mailto:a@b.example", ""),
        ("https://bank.example@evil.example/", ""),
        ("http://[bad", ""),
        ("https://", ""),
        ("", ""),
        ("https://a.example/\ud800", ""),
        ("https://a.example/" + "x" * 5_000, ""),
    ],
)
def test_only_web_addresses_are_linked_to(link: str, address: str) -> None:
    assert link_address(link, "https://base.example/feeds/all.xml") == address


def test_without_a_base_a_relative_link_is_none() -> None:
    assert link_address("/story", "") == ""


PARTS = st.sampled_from(
    [
        *("http://", "https://", "www.", "m.", "amp.", "a.example", ".", ":80", ":8080", "/", "//"),
        *(
            "amp",
            "/amp",
            ".amp",
            ".html",
            "?",
            "&",
            "a=1",
            "utm_x=1",
            "ref=rss",
            "amp=1",
            "#",
            "#!",
        ),
        *("%7E", "%41", "%2f", "%", "é", " ", "..", "@", ";", "=", "www.google.com/amp/s/", "+"),
        *("x.cdn.ampproject.org/c/s/", "\\", "\t", "[", "xn--", "1.2.3.4", "\ud800"),
    ]
)
ADDRESSES = st.one_of(
    st.lists(PARTS, max_size=12).map("".join),
    st.lists(PARTS, max_size=12).map(lambda parts: "https://a.example/" + "".join(parts)),
    st.text(max_size=30),
)


@given(ADDRESSES)
def test_a_canonical_address_is_its_own(url: str) -> None:
    once = canonical_address(url)

    assert canonical_address(once) == once
    assert once == "" or (once.startswith("https://") and once.isascii() and " " not in once)


@given(ADDRESSES)
def test_a_link_is_a_printable_web_address_or_nothing(url: str) -> None:
    link = link_address(url, "https://base.example/")

    assert link == "" or link.lower().startswith(("http://", "https://"))
    assert link.isprintable()
    assert not set(link) & set(' <>"\\')
    assert link_address(link, "https://base.example/") == link
