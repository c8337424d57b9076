"""Authors are names, each once, and nothing that is no name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading.bylines import authors_of, clean_names, is_byline
from monitor.reading.page import parse_page

BOTH = ("Jane Doe", "John Roe")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Jane Doe and John Roe", BOTH),
        ("Jane Doe, John Roe", BOTH),
        ("Jane Doe & John Roe", BOTH),
        ("Von Jane Doe und John Roe", BOTH),
        ("Por: Jane Doe y John Roe", BOTH),
        ("Par Jane Doe et John Roe", BOTH),
        ("Автор: Мария Образцова", ("Мария Образцова",)),
        ("记者：王样本", ("王样本",)),
        ("Reported by Jane Doe; Jane Doe", ("Jane Doe",)),
        ("Jane Doe, Political Correspondent", ("Jane Doe",)),
        ("Jane Doe | Staff Writer", ("Jane Doe",)),
        ("Jane Doe in Sampleton", ("Jane Doe",)),
        ("Jane Doe (jane@gazette.example)", ()),
        ("Jane Doe (she edits the harbour pages)", ("Jane Doe",)),
        ("<a href='/jane'>Jane Doe</a>", ("Jane Doe",)),
        ("Jane Doe am 10.11.2026, 17:09 Uhr", ("Jane Doe",)),
        ("John Roe, Jr.", ("John Roe, Jr.",)),
        ("Ursula von der Beispiel", ("Ursula von der Beispiel",)),
        ("von der Beispiel", ("von der Beispiel",)),
        ("Di Esempio", ("Di Esempio",)),
        ("Ministry of Walls and Harbours", ("Ministry of Walls and Harbours",)),
        ("R. R.", ("R. R.",)),
        ("jane85", ("jane85",)),
    ],
)
def test_a_byline_holds_names(text: str, names: tuple[str, ...]) -> None:
    assert clean_names([text]) == names


@pytest.mark.parametrize(
    "text",
    [
        "Staff",
        "staff reporter",
        "admin",
        "wordpressadmin",
        "Redaktion",
        "Redacción",
        "No author",
        "https://social.example/janedoe",
        "www.gazette.example",
        "@janedoe",
        "17:09",
        "By",
        "",
        "—",
        "x" * 500,
    ],
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert clean_names([text]) == ()


def page_authors(head: str = "", body: str = "", sites: tuple[str, ...] = ()) -> tuple[str, ...]:
    page = parse_page(f"<html><head>{head}</head><body><p>x</p>{body}</body></html>", "")
    assert page is not None
    return authors_of(page, sites)


@pytest.mark.parametrize(
    "body",
    [
        '<span itemprop="author"><meta itemprop="name" content="Jane Doe"></span>',
        '<span itemprop="author">Jane Doe</span>',
        '<a rel="author" href="/jane">Jane Doe</a>',
        '<p class="byline">By Jane Doe</p>',
        '<div class="article__author-name">Jane Doe</div>',
        '<span class="meta-prep-author">Published</span><span class="author vcard">Jane Doe</span>',
        "<p><em>Von Jane Doe</em></p>",
        '<p><span class="screen-reader-text">| By </span><span>Jane Doe</span></p>',
        "<div><b>Von:</b><br><br> Jane Doe<br>Harbour desk</div>",
        '<div class="one-sidebar"><h1>A wall</h1><p class="byline">By Jane Doe</p></div>',
        '<article><footer class="entry-footer"><a rel="author">Jane Doe</a></footer></article>',
    ],
)
def test_a_marked_author_is_found(body: str) -> None:
    assert page_authors(body=body) == ("Jane Doe",)


@pytest.mark.parametrize(
    "body",
    [
        '<div class="comments"><span class="author">A Reader</span></div>',
        '<aside><article><a rel="author">Another Writer</a></article></aside>',
        '<footer><a rel="author">The Webmaster</a></footer>',
        '<p class="authority">Harbour Authority</p>',
        "<p><b>By</b> <i>the time it was over</i></p>",
        '<div class="one-sidebar"><p class="byline">Jane Doe</p></div>',
    ],
)
def test_authors_of_other_things_are_none(body: str) -> None:
    assert page_authors(body=body) == ()


@pytest.mark.parametrize("name", ["author", "parsely-author", "sailthru.author", "dc.creator"])
def test_the_head_may_name_the_author(name: str) -> None:
    assert page_authors(f'<meta name="{name}" content="Jane Doe">') == ("Jane Doe",)


def test_a_person_counts_more_than_an_agency_or_the_outlet() -> None:
    head = '<meta name="author" content="{}">'
    body = '<p class="byline">By Jane Doe</p>'

    assert page_authors(head.format("Reuters"), body) == ("Jane Doe",)
    assert page_authors(head.format("The Gazette"), body, ("The Gazette",)) == ("Jane Doe",)
    assert page_authors(head.format("Reuters")) == ("Reuters",)


@pytest.mark.parametrize(
    "house", ["Harbour Research Institute", "Friends of the Quay e.V.", "gazette desk", "quaylover"]
)
def test_a_person_counts_more_than_an_institution_wherever_the_page_names_them(house: str) -> None:
    head = f'<meta name="author" content="{house}">'

    assert page_authors(head, '<p class="byline">By Ursula von der Beispiel</p>') == (
        "Ursula von der Beispiel",
    )
    assert page_authors(head) == (house,)


def test_an_agency_counts_more_than_the_outlet() -> None:
    head = '<meta name="author" content="The Gazette">'

    assert page_authors(head, "<p>Por Agencia EFE</p>", ("The Gazette",)) == ("Agencia EFE",)


def test_a_line_in_chinese_says_who_wrote() -> None:
    assert page_authors(body="<p>（记者：王样本）</p>") == ("王样本",)
    assert page_authors(body="<p>责任编辑：王样本</p>") == ()


def test_a_byline_is_a_line_with_nothing_else() -> None:
    assert is_byline("Von Maria Beispiel")
    assert not is_byline("By Monday the wall had been paid for twice.")
    assert not is_byline("By the time Jane Doe came, it was over.")


@given(st.lists(st.text(max_size=80), max_size=4))
def test_names_are_clean_whatever_they_come_from(texts: list[str]) -> None:
    names = clean_names(texts)

    assert len({name.casefold() for name in names}) == len(names)
    assert all(name == " ".join(name.split()) for name in names)
