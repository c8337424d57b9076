"""Messages as a reader sees them, in a real browser; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from monitor.channels.html import fit
from monitor.links import Links
from monitor.model import Notice
from tests.unit.channels.samples import (
    ALERT,
    FIRST_ELSEWHERE,
    QUIET,
    TEST,
    WARNED,
    make_item,
    story,
)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

Scheme = Literal["light", "dark"]
Open = Callable[[Notice, int, Scheme], Page]
LINKED = replace(
    FIRST_ELSEWHERE, links=Links("https://monitor.example", b"k" * 32).of(FIRST_ELSEWHERE, "d" * 20)
)
NOTICES = {"digest": WARNED, "alert": ALERT, "quiet": QUIET, "test": TEST, "links": LINKED}


PATIENCE = 180_000.0
"""Milliseconds for which a browser is waited for on a busy machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE
        )
        yield chromium
        chromium.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """Return a page of its own whose calls wait for a busy machine."""
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    pages = []

    def open_page(notice: Notice, width: int, scheme: Scheme) -> Page:
        file = tmp_path / f"{notice.kind}.html"
        file.write_text(fit(notice)[1], encoding="utf-8")
        page = new_page(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        page.goto(file.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


def channels_of(color: str) -> list[float]:
    """Return red, green and blue of ``rgb(…)`` from 0 to 1."""
    return [float(part) / 255 for part in color[color.index("(") + 1 : -1].split(",")[:3]]


def luminance(color: str) -> float:
    """Return the relative luminance by WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels_of(color)
    ]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


LINES_WITH_COLORS = """() => {
  const behind = e => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!color.endsWith(', 0)')) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('h1, h2, h3, h3 a, p, p a, li, mark, bdi, span, strong')]
    .filter(e => e.checkVisibility() && e.textContent.trim())
    .map(e => [e.textContent, getComputedStyle(e).color, behind(e)]);
}"""


@pytest.mark.parametrize("name", NOTICES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_runs_over_the_edge(show: Open, name: str, scheme: Scheme, width: int) -> None:
    page = show(NOTICES[name], width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        "w => [...document.querySelectorAll('.sheet *')].filter(e => {"
        " const box = e.getBoundingClientRect(); return box.left < 0 || box.right > w;"
        "}).map(e => e.textContent)",
        width,
    )
    assert beyond == []


def test_an_endless_word_and_an_endless_link_break_on_a_small_screen(show: Open) -> None:
    base = ALERT.groups[0]
    item = make_item(1, "Donaudampfschifffahrt" * 12, "W" * 400, outlet="O" * 120)
    told = story(item, base.stories[0].hits[0])
    notice = Notice(
        "alert", "s", "T" * 90, ALERT.created, "UTC", (type(base)("w", "N" * 90, "l", (told,)),)
    )
    page = show(notice, 320, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_story_is_there_and_its_evidence_is_seen(show: Open, scheme: Scheme) -> None:
    page = show(WARNED, 1000, scheme)
    titles = [s.item.title for group in WARNED.groups for s in group.stories]
    assert page.locator("h3").all_inner_texts() == titles
    links = [s.item.url for group in WARNED.groups for s in group.stories]
    assert page.locator("h3 a").evaluate_all("all => all.map(a => a.href)") == links
    marks = page.locator(".story mark")
    assert marks.count() >= len(titles)
    sheet = page.locator(".sheet").evaluate("e => getComputedStyle(e).backgroundColor")
    for mark in marks.all():
        assert mark.is_visible()
        color = mark.evaluate("e => getComputedStyle(e).backgroundColor")
        assert contrast(color, sheet) > 1.1, "a mark stands out from the page"


@pytest.mark.parametrize("name", NOTICES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_is_easy_to_read(show: Open, name: str, scheme: Scheme) -> None:
    lines = show(NOTICES[name], 1000, scheme).evaluate(LINES_WITH_COLORS)
    assert lines
    faint = [(text, color, back) for text, color, back in lines if contrast(color, back) < 4.5]
    assert faint == [], "WCAG 2.2, success criterion 1.4.3"


def test_the_page_is_dark_for_those_who_want_it_dark(show: Open) -> None:
    def page_color(scheme: Scheme) -> float:
        page = show(WARNED, 1000, scheme)
        return luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert page_color("light") > 0.8
    assert page_color("dark") < 0.05


def test_a_title_in_a_script_that_runs_leftwards_starts_at_the_right(show: Open) -> None:
    page = show(WARNED, 1000, "light")
    sides: Any = page.locator("h3").evaluate_all(
        "all => all.map(h => { const range = document.createRange(); range.selectNodeContents(h);"
        " const text = range.getBoundingClientRect(), box = h.getBoundingClientRect();"
        " return [text.left - box.left, box.right - text.right]; })"
    )
    arabic = [s.item.language for g in WARNED.groups for s in g.stories].index("ar")
    assert sides[arabic][0] > sides[arabic][1]
    assert sides[1][0] < sides[1][1]


def test_the_preview_line_is_not_seen_in_the_message(show: Open) -> None:
    assert not show(WARNED, 1000, "light").locator(".preview").is_visible()
