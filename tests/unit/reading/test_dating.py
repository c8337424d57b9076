"""When an article was published: the first place decides the day, a later one the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.reading.dating import times_of
from monitor.reading.page import parse_page

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOLD = "2026-11-03T07:45:00+01:00"


def times(head: str = "", body: str = "", url: str = "") -> tuple[str, str]:
    markup = f"<html><head>{head}</head><body><p>Words</p>{body}</body></html>"
    page = parse_page(markup, url)
    assert page is not None
    return tuple(time.isoformat() if time else "" for time in times_of(page, NOW))  # type: ignore[return-value]


def json_ld(published: str) -> str:
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A wall",'
        f' "datePublished": "{published}"}}</script>'
    )


@pytest.mark.parametrize(
    "head",
    [
        json_ld(TOLD),
        f'<meta property="article:published_time" content="{TOLD}">',
        f'<meta property="og:published_time" content="{TOLD}">',
        f'<meta name="parsely-pub-date" content="{TOLD}">',
        f'<meta name="sailthru.date" content="{TOLD}">',
        f'<meta name="DC.date.issued" content="{TOLD}">',
        f'<meta itemprop="datePublished" content="{TOLD}">',
        f'<meta name="pubdate" content="{TOLD}">',
    ],
)
def test_the_head_tells_the_time_with_its_zone(head: str) -> None:
    assert times(head)[0] == TOLD


@pytest.mark.parametrize(
    "body",
    [
        f'<time itemprop="datePublished" datetime="{TOLD}">today</time>',
        f'<time class="entry-date published" datetime="{TOLD}">today</time>',
        f'<aside><time datetime="2020-01-01">x</time></aside><time datetime="{TOLD}">today</time>',
        f'<div class="related"><time datetime="2020-01-01">x</time></div><time datetime="{TOLD}">t</time>',
        f'<time datetime="2020-01-01">since</time><time pubdate datetime="{TOLD}">today</time>',
        f'<span itemprop="datePublished" content="{TOLD}">today</span>',
    ],
)
def test_the_body_tells_it_where_the_head_does_not(body: str) -> None:
    assert times(body=body)[0] == TOLD


@pytest.mark.parametrize("vague", ["2026-11-03", "2026-11-03T07:45:00", "2026-11-03 07:45"])
def test_a_later_place_that_agrees_makes_it_exact(vague: str) -> None:
    head = json_ld(vague) + f'<meta property="article:published_time" content="{TOLD}">'

    assert times(head)[0] == TOLD


def test_a_later_place_that_does_not_agree_changes_nothing() -> None:
    head = json_ld("2026-11-03") + '<meta name="date" content="2026-11-09T07:45:00+01:00">'

    assert times(head)[0] == "2026-11-03T00:00:00+00:00"


def test_the_address_may_tell_the_day() -> None:
    assert times(url="https://a.example/2026/11/03/wall")[0] == "2026-11-03T00:00:00+00:00"


def test_the_first_of_a_month_is_not_made_of_a_month() -> None:
    assert times(url="https://a.example/2026/11/wall")[0] == ""
    assert times(url="https://a.example/2026/11/01/wall")[0] == "2026-11-01T00:00:00+00:00"
    assert times(body="<p>© 2025 The Gazette</p>")[0] == ""


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("3. November 2026", "2026-11-03T00:00:00+00:00"),
        ("3 de noviembre de 2026", "2026-11-03T00:00:00+00:00"),
        ("03.11.2026, 17:09 Uhr", "2026-11-03T17:09:00+00:00"),
        ("2026年11月03日 17:09", "2026-11-03T17:09:00+00:00"),
    ],
)
def test_a_visible_date_is_read_with_the_time_beside_it(line: str, time: str) -> None:
    assert times(body=f'<p class="date">{line}</p>')[0] == time


@pytest.mark.parametrize(
    "text",
    ["1970-01-01T00:00:00Z", "2090-01-01T00:00:00Z", (NOW + timedelta(days=2)).isoformat(), "soon"],
)
def test_an_implausible_time_counts_as_absent(text: str) -> None:
    head = json_ld(text)

    assert times(head)[0] == ""
    assert times(head + f'<meta name="date" content="{TOLD}">')[0] == TOLD


def test_an_update_is_told_beside_and_never_before_the_publication() -> None:
    change = '<meta property="article:modified_time" content="2026-11-{}T08:00:00Z">'

    assert times(json_ld(TOLD) + change.format("04"))[1] == "2026-11-04T08:00:00+00:00"
    assert times(json_ld(TOLD) + change.format("01"))[1] == ""
