"""Section pages become entries: which links count, and under which name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.config import ConfigError, load
from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Reason, SourceState
from monitor.sources.section import Section
from tests.servers import Reply

URL = "https://www.courier.example/harbour/"
MENU = """<nav><a href="/">Home</a><a href="/sport-and-all-that-is-played">Sport and all that is
played</a></nav>"""
FOOT = """<footer><a href="/imprint">Imprint</a><a href="/about-us-and-our-three-editors">About us
and our three editors</a></footer>"""


def parse(markup: str | bytes, url: str = URL, content_type: str = "", **options) -> Document:
    source = Section(id="s", url=url, **options)
    body = markup.encode() if isinstance(markup, str) else markup
    return source.parse(Fetched(url, 200, body, content_type))


def found(markup: str, **options) -> dict[str, str]:
    return {entry.url: entry.title for entry in parse(markup, **options).entries}


def links(*paths: str) -> str:
    return "".join(f'<p><a href="{path}">Pilots ask for a lamp here</a></p>' for path in paths)


def test_the_articles_of_a_page_are_found_in_its_order():
    page = f"""<!doctype html><html lang="en"><title>The Courier: Harbour</title>{MENU}<main>
    <article><h2><a href="/2026/11/20/ferry">Ferry</a></h2></article>
    <article><a href="lamps-for-the-outer-mole-1.html"><h3>Lamps for the mole</h3></a></article>
    <p><a href="https://courier.example/a?id=20261120">Choir</a></p></main>{FOOT}"""

    document = parse(page)

    assert (document.kind, document.title, document.language) == (
        "section",
        "The Courier: Harbour",
        "en",
    )
    assert [(entry.url, entry.title) for entry in document.entries] == [
        ("https://www.courier.example/2026/11/20/ferry", "Ferry"),
        (
            "https://www.courier.example/harbour/lamps-for-the-outer-mole-1.html",
            "Lamps for the mole",
        ),
        ("https://courier.example/a?id=20261120", "Choir"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/20/ferry",
        "/news/20261120-ferry",
        "/ferry-waits-for-its-third-engine",
        "/articleshow/1029384.cms",
        "/news/article1029384.ece",
        "/a?id=1029384",
        "/%E6%B8%AF%E6%B9%BE",
        "/harbour/one",
    ],
)
def test_an_address_of_an_article_counts(path):
    assert list(found(links(path))) == [f"https://www.courier.example{path}"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "#comments",
        "/harbour/",
        "/tag/ferries-and-all-that-floats/",
        "/category/harbour/",
        "/author/odile-farrow/",
        "/harbour/page/2/",
        "/login?to=harbour-news-of-today-2026",
        "/imprint",
        "/map-of-the-whole-harbour-2026.pdf",
        "/ferry-waits-for-its-third-engine.jpg",
        "/feed",
        "mailto:desk@courier.example",
        "javascript:void(0)",
        "https://elsewhere.example/2026/11/20/ferry",
        "https://courier.example.evil.example/2026/11/20/ferry",
        "http://[broken/2026/11/20/ferry",
    ],
)
def test_an_address_that_is_no_article_does_not(path):
    assert list(found(links(path, "/2026/11/20/lamp"))) == [
        "https://www.courier.example/2026/11/20/lamp"
    ]


def test_a_section_is_no_article_when_it_is_called_by_one_word_or_two():
    page = (
        links("/2026/11/20/lamp") + '<a href="/harbour/ferries">Ferries</a><a href="/wind">高潮</a>'
    )

    assert len(found(page)) == 1


def test_headlines_without_spaces_are_long_when_they_have_signs_enough():
    page = '<a href="/p/x">港湾管理处宣布冬季渡轮时刻表</a>'

    assert list(found(page).values()) == ["港湾管理处宣布冬季渡轮时刻表"]


@pytest.mark.parametrize(
    ("teaser", "title"),
    [
        (
            "<article><h2>Ferry & <em>mole</em></h2><p>Text</p>{}Read more</a></article>",
            "Ferry &amp; mole",
        ),
        ("<li>{}<img alt='A quay'></a><h3>{}The ferry waits</a></h3></li>", "The ferry waits"),
        ("<div>{}<img alt='A quay at night'></a></div>", "A quay at night"),
        ("<div><h2>One</h2><h2>Two</h2>{}The ferry waits</a></div>", "The ferry waits"),
        ("<div>{}<span>Harbour</span> <h2>The ferry</h2><p>Long text</p></a></div>", "The ferry"),
        ("<div>{}Weiterlesen</a></div>", ""),
        ("<div>{}On the quay</a></div>", "On the quay"),
        (
            "<div>{}More ferries than ever on the quay</a></div>",
            "More ferries than ever on the quay",
        ),
    ],
)
def test_a_link_is_named_by_its_heading_then_its_text_then_its_picture(teaser, title):
    page = teaser.replace("{}", '<a href="/2026/11/20/ferry">')

    assert found(page) == {"https://www.courier.example/2026/11/20/ferry": title}


def test_the_heading_of_a_list_is_not_the_name_of_what_it_lists():
    items = "".join(f'<li><a href="/2026/11/20/{n}">Part {n}</a></li>' for n in range(9))

    assert set(found(f"<div><h3>Most read</h3><ul>{items}</ul></div>").values()) == {
        f"Part {n}" for n in range(9)
    }


def test_an_address_that_is_linked_twice_gets_the_better_name():
    page = """<a href="/2026/1/1/x#top"><img alt="Quay"></a><h2><a href="/2026/1/1/x">Ferry</a></h2>
    <a href="/2026/1/1/x">Read more</a>"""

    assert found(page) == {"https://www.courier.example/2026/1/1/x": "Ferry"}


def test_links_start_from_the_base_that_the_page_names():
    page = f'<head><base href="/de/"></head>{links("2026/11/20/ferry")}'

    assert list(found(page)) == ["https://www.courier.example/de/2026/11/20/ferry"]


def test_further_sites_count_when_they_are_named():
    page = links("https://news.tidings.example/2026/11/20/ferry")

    assert list(found(page, domains=["tidings.example"])) == [
        "https://news.tidings.example/2026/11/20/ferry"
    ]


def test_a_selector_chooses_the_links_and_our_rules_are_silent():
    page = f"""{MENU}<main><div class="top"><a href="/tag/x/">T</a></div>{links("/2026/1/2/y")}</main>
    <div class="teaser"><a href="/z">Z</a></div>"""

    chosen = found(page, links="div.teaser a, .top")

    assert chosen == {
        "https://www.courier.example/tag/x/": "T",
        "https://www.courier.example/z": "Z",
    }


@pytest.mark.parametrize(
    ("page", "options", "said"),
    [
        ("<html><body><div id=app></div></body>", {}, "filled in by scripts"),
        (
            links("/2026/11/20/ferry"),
            {"links": "main article a"},
            "'main article a' chooses no link",
        ),
        ("", {}, "empty"),
        ("%PDF-1.7 <a href='/2026/11/20/x'>", {}, "a PDF file"),
        ("just words", {}, "without any markup"),
    ],
)
def test_a_page_without_article_links_is_a_failure_and_says_what_to_do(page, options, said):
    with pytest.raises(ParseError, match=said) as caught:
        parse(page, **options)

    assert caught.value.reason == Reason.NOT_A_FEED


def test_of_more_links_than_the_limit_the_first_are_read_and_the_rest_is_said():
    document = parse(links(*(f"/2026/11/20/{n}" for n in range(30))), limit=10)

    assert len(document.entries) == 10
    assert document.problems == ("only the first 10 of 30 links were read",)


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "", ""),
        ("utf-8", "iso-8859-1", "text/html; charset=latin-1"),
        ("cp1251", "windows-1251", ""),
        ("cp1251", "", "text/html; charset=windows-1251"),
        ("utf-8-sig", "", ""),
    ],
)
def test_a_page_is_read_in_its_encoding(encoding, declared, header):
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f'<html><head>{meta}</head><a href="/2026/11/20/x">Паром ждёт мотор у причала</a></html>'

    document = parse(page.encode(encoding), content_type=header)

    assert document.entries[0].title == "Паром ждёт мотор у причала"


def test_a_hundred_thousand_nested_tags_cost_only_what_is_behind_them():
    page = links("/2026/11/20/ferry") + "<div>" * 100_000

    document = parse(page)

    assert document.entries[0].url.endswith("/ferry")
    assert "nested too deeply" in document.problems[0]


def test_markup_in_a_title_stays_text():
    page = '<a href="/2026/11/20/x">&lt;svg onload=alert(1)&gt; &amp; co at the quay</a>'

    assert parse(page).entries[0].title == "&lt;svg onload=alert(1)&gt; &amp; co at the quay"


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_page_is_read_or_refused(text, href):
    with contextlib.suppress(ParseError):
        parse(f'<p>{text}<a href="{href}">Four words or even more</a>')


@pytest.mark.parametrize("selector", ["main >", "a[href", "a:visited-twice", "a::text", "$x"])
def test_a_broken_selector_is_refused(selector):
    with pytest.raises(ValidationError, match="is no CSS selector"):
        Section(id="s", url=URL, links=selector)


def test_a_broken_selector_is_told_with_its_place(tmp_path):
    (tmp_path / "sources.yaml").write_text(
        f"sources:\n  - id: harbour\n    kind: section\n    url: {URL}\n    links: main >\n"
    )

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {})

    assert any(
        "sources.yaml:5:12: links: 'main >' is no CSS selector" in str(p)
        for p in caught.value.problems
    )


async def test_a_page_is_asked_after_robots_and_unchanged_when_it_is(server, net):
    server.on("/harbour/", Reply(body=links("/2026/11/20/x").encode()))
    source = Section(id="s", url=server.url("/harbour/"))

    first = await source.fetch(net, SourceState("s"))
    state = SourceState("s", validators=first.validators, memory=source.parse(first).memory or "")
    second = await source.fetch(net, state)

    assert server.paths == ["/robots.txt", "/harbour/", "/harbour/"]
    assert len(source.parse(first).entries) == 1
    assert second.unchanged


async def test_a_new_selector_is_tried_at_once_though_the_page_is_as_it_was(server, net):
    server.on("/harbour/", Reply(body=links("/2026/11/20/x").encode(), headers={"ETag": '"1"'}))
    before = Section(id="s", url=server.url("/harbour/"))
    first = await before.fetch(net, SourceState("s"))
    memory = before.parse(first).memory or ""
    state = SourceState("s", validators=first.validators, memory=memory)

    same = await before.fetch(net, state)
    changed = await before.model_copy(update={"links": "p a"}).fetch(net, state)

    assert (same.unchanged, changed.unchanged) == (True, False)


async def test_robots_that_refuse_are_obeyed(server, net):
    server.on("/robots.txt", Reply(body=b"User-agent: coverage-monitor\nDisallow: /"))

    with pytest.raises(FetchError) as caught:
        await Section(id="s", url=server.url("/harbour/")).fetch(net, SourceState("s"))

    assert caught.value.reason == Reason.ROBOTS
    assert server.paths == ["/robots.txt"]
