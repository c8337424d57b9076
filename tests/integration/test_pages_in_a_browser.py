"""The pages as a reader sees them, in a real browser; skipped where there is none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from monitor.config import load
from monitor.model import (
    Attempt,
    Delivery,
    Destination,
    Exchange,
    Item,
    Message,
    Revision,
    Sketch,
    StoryLink,
    Version,
    version_of,
)
from monitor.store import Mark, Store, Tx
from monitor.web import create_app
from monitor.web.serving import serving
from tests.integration.test_digest_in_a_browser import (
    CHROMIUM,
    LINES_WITH_COLORS,
    browser,
    contrast,
    new_page,
)
from tests.unit.web.samples import NOW, View, a_hit, an_item, write_config

__all__ = ["browser"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

Scheme = Literal["light", "dark"]
Open = Callable[[str, int, Scheme], Page]
PATHS = (
    "/",
    "/stories",
    "/stories/s1",
    *(f"/hits/{a_hit(an_item(number)).id}" for number in (1, 3, 4)),
    "/trends?days=90",
    "/watches/ada-holt",
    "/sources",
    "/sources/courier",
    "/deliveries",
    "/watches/none",
)
EVERY_LINE = LINES_WITH_COLORS.replace(
    "'h1, h2,", "'a, button, label, summary, time, code, dt, dd, th, td, h1, h2,"
)
TITLES = {
    "ar": 'معرض في الميناء: 37 صورة و"دفتر" واحد (2019) Ada Holt',
    "zh": "港口小镇举办音乐之夜，门票售罄 Ada Holt",
    "de": "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3 + " Ada Holt",
    "en": "<script>document.title='taken'</script> Ada Holt",
}


def edited(item: Item) -> tuple[list[Version], Revision]:
    """Return how an item read before and after a change of its words, in an answer that is all one word."""
    answer = Exchange(item.url, 200, (("x-long", "v" * 300),), b"<p>")
    now = replace(item, summary=f"{item.summary} Not at all.")
    versions = [version_of(item, NOW, answer), version_of(now, NOW + timedelta(hours=1), answer)]
    return versions, Revision(item.id, versions[1].at, versions[1].digest, "watch", item.title)


def fill(tx: Tx) -> None:
    """Keep hits in several scripts, a story of them all, and an outbox in trouble."""
    for number, (language, title) in enumerate(TITLES.items(), 1):
        item = an_item(number, title=title, language=language, outlet=title[:24], summary=title)
        tx.add_items([item])
        tx.add_hits([a_hit(item)])
        versions, revision = edited(item)
        tx.add_versions(versions)
        tx.add_revisions([revision])
        tx.mark(Mark(a_hit(item).id, relevant=True, at=NOW, note=title))
        link = StoryLink(item.id, "s1", why="joined: " + "sameword" * 20 if number > 1 else "")
        time = NOW - timedelta(minutes=number)
        sketch = Sketch(item.id, "s1", item.outlet, item.url, title, time, b"")
        if number == len(TITLES):
            link = replace(link, development="new number 37")
        tx.add_links([(link, sketch)])
    message = Message(b"", "text/plain", "<1@x>", TITLES["de"])
    dead = Delivery("d" * 20, "morning", "digest", "box", "a@b.example", message, (), NOW, NOW)
    tx.add_delivery(dead)
    tx.record_attempt(Attempt(dead.id, NOW, ok=False, detail="x" * 200, final=True))
    tx.keep_destination(Destination("hook", "", NOW, 9, NOW, off_since=NOW, reason="HTTP 410"))
    tx.mute("watch:ada-holt", NOW + timedelta(hours=3))
    tx.opt_out("morning", "box", "left@practice.example", NOW)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the pages from a loop of its own: the browser's calls block this one."""
    folder: Path = tmp_path_factory.mktemp("pages")
    store = Store.open(f"sqlite:///{folder}/monitor.db")
    store.migrate()
    store.write_now(fill)
    view = View(store, load(write_config(folder), {}))
    loop, found, stop = asyncio.new_event_loop(), [], asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        async with serving(create_app(view)) as served:
            found.append(served)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(120)
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()
    store.close()


@pytest.fixture
def show(browser: Browser, address: str) -> Iterator[Open]:
    pages = []

    def open_page(path: str, width: int, scheme: Scheme) -> Page:
        page = new_page(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        page.goto(address + path)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [320, 1200])
def test_no_page_is_wider_than_its_window(show: Open, path: str, width: int) -> None:
    page = show(path, width, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() != "taken"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_line_stands_out_from_its_ground(show: Open, path: str, scheme: Scheme) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
    page = show(path, 1200, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    lines = page.evaluate(EVERY_LINE)
    assert lines
    assert [line for line in lines if contrast(*line[1:]) < 4.5] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_that_a_page_uses_is_blocked_or_comes_from_elsewhere(
    browser: Browser, address: str, path: str
) -> None:
    page = new_page(browser)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path)
    page.close()
    assert [text for text in said if "404 (Not Found)" not in text] == []
    assert all(url.startswith(address) for url in asked)


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(show: Open) -> None:
    page = show("/stories", 1200, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["width"] > 50
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


def test_arabic_is_set_from_the_right_and_does_not_turn_what_stands_around_it(show: Open) -> None:
    page = show("/", 1200, "light")
    title = page.locator("h3[lang=ar]")
    assert title.evaluate("each => getComputedStyle(each).direction") == "rtl"
    box, time = title.bounding_box(), page.locator("article", has=title).locator("time")
    assert box is not None
    assert time.inner_text() == "12:59"
    assert page.locator("h3[lang=zh]").evaluate("each => getComputedStyle(each).direction") == "ltr"


def test_the_list_of_a_watch_works_without_any_script(browser: Browser, address: str) -> None:
    page = new_page(browser, java_script_enabled=False)
    page.goto(address + "/")
    page.select_option("select[name=watch]", "ferry-club")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**watch=ferry-club**")
    assert "watch=ferry-club" in page.url
    assert "Nothing fits this choice" in page.inner_text("main")
    page.get_by_role("link", name="Stories").click()
    page.wait_for_url("**/stories")
    page.locator("h3 a").first.click()
    page.wait_for_url("**/stories/s1")
    assert page.locator("ol.timeline > li").count() == len(TITLES)
    page.close()
