"""Headlines without the names of their sites."""

from __future__ import annotations

import pytest

from monitor.reading.headline import headline_of, site_names, without_site
from monitor.reading.page import parse_page


def headline(title: str = "", og: str = "", site: str = "", body: str = "") -> str:
    metas = f'<meta property="og:title" content="{og}">' if og else ""
    metas += f'<meta property="og:site_name" content="{site}">' if site else ""
    markup = f"<html><head><title>{title}</title>{metas}</head><body>{body}<p>x</p></body></html>"
    page = parse_page(markup, "https://www.gazette.example/wall")
    assert page is not None
    return headline_of(page, site_names(page))


@pytest.mark.parametrize(
    "title",
    [
        "A wall paid for twice | The Gazette",
        "A wall paid for twice - The Gazette",
        "A wall paid for twice – Gazette",
        "A wall paid for twice — Harbour — The Gazette",
        "A wall paid for twice : The Gazette",
        "The Gazette: A wall paid for twice",
        "Gazette | A wall paid for twice",
        "A wall paid for twice (Gazette)",
        "A wall paid for twice · gazette.example",
        "The Gazette » Harbour » A wall paid for twice",
    ],
)
def test_the_site_s_name_is_taken_off(title: str) -> None:
    site = "The Gazette"
    if "Harbour —" in title:
        assert headline(title, site=site) == "A wall paid for twice — Harbour"
    elif " : " in title:
        assert headline(title, og="A wall paid for twice", site=site) == "A wall paid for twice"
    else:
        assert headline(title, site=site) == "A wall paid for twice"


@pytest.mark.parametrize(
    "title",
    [
        "How to build a wall | Step by step",
        "Harbour: a wall paid for twice",
        "A wall - and who paid for it",
        "Gazetteers of the world unite",
        "Mayor | Council | Harbour: who knew what",
    ],
)
def test_a_headline_s_own_signs_stay(title: str) -> None:
    assert headline(f"{title} | The Gazette", og=title, site="The Gazette") == title


def test_a_short_part_behind_a_bar_is_a_name_where_nothing_else_tells() -> None:
    assert headline("A wall paid for twice | Sample Post") == "A wall paid for twice"
    assert headline("港务局为同一段码头两次付款-样本新闻网") == "港务局为同一段码头两次付款"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>A wall paid for twice</h1>",
        "<h1>The Gazette</h1><h1>A wall paid for twice</h1><h1>Most read</h1>",
        "<h1><span>Harbour</span> A wall paid for twice</h1>",
        "<header><h1><a href='/'>The Gazette</a></h1></header><h2>A wall paid for twice</h2>",
        "",
    ],
)
def test_the_heading_that_the_head_confirms_counts(body: str) -> None:
    og = "A wall paid for twice | The Gazette"

    assert headline(og, og, "The Gazette", body) == "A wall paid for twice"


def test_a_heading_alone_counts_more_than_what_is_written_for_searches() -> None:
    body = "<h1>The wall that was paid for twice</h1>"

    assert headline("Harbour news 2026", "Harbour news 2026", body=body) == (
        "The wall that was paid for twice"
    )


def test_a_heading_that_only_names_a_section_does_not() -> None:
    assert headline("x", "A wall paid for twice", body="<h1>Breaking</h1>") == (
        "A wall paid for twice"
    )


def test_a_title_that_a_quotation_mark_cut_short_is_completed() -> None:
    markup = 'Senator calls wall "a disgrace"'

    assert headline(markup, og="Senator calls wall") == markup


def test_no_title_is_no_title() -> None:
    assert headline() == ""
    assert without_site("", ["The Gazette"]) == ""
    assert without_site("The Gazette", ["The Gazette"]) == "The Gazette"
