"""Any address at all: a page, or one readable line; never a failure, never a trace of the inside."""

from __future__ import annotations

import asyncio
import re
import string
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.web import create_app
from tests.unit.web.samples import View, a_hit, an_item, browser, keep, protected

PATHS = ("/", "/stories", "/trends", "/deliveries", "/sources")
FOLDERS = ("/stories/", "/watches/", "/sources/", "/hits/")
HIT = f"/hits/{a_hit(an_item()).id}"
NAMES = ("watch", "q", "before", "status", "days", "token", "nonsense")
TIMES = (
    "2026-11-23T12:00:00+00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-23T12:00:00",
    "2026-13-99T99:99:99+00:00",
)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=60)
CURSORS = st.builds(
    "|".join,
    st.tuples(st.sampled_from(TIMES), st.text(string.hexdigits + "9", max_size=70)),
)
VALUES = st.one_of(
    ANYTHING,
    CURSORS,
    st.sampled_from(
        ["ada-holt", "dead", "14", "-1", "9" * 30, "NaN", "((((", '"', "@ada-holt", "/(a+)+$/"]
    ),
)


def ask(view: View, path: str, query: list[tuple[str, str]]) -> httpx.Response:
    """Return the answer to one request; an exception of the page's own would be raised here."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(view), client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            # One slash too many at the end is led to the page without it.
            return await client.get(path, params=query, follow_redirects=True)

    return asyncio.run(once())


def is_readable(answer: httpx.Response) -> None:
    assert answer.status_code in {200, 400, 404}
    assert "Traceback" not in answer.text
    if answer.status_code != 200 and "That did not work" in answer.text:
        (said,) = re.findall(r'<p class="empty">(.*?)</p>', answer.text, re.DOTALL)
        assert said.strip()
        assert "\n" not in said.strip()


RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@RELAXED
@given(
    path=st.sampled_from(PATHS),
    query=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4),
)
@example("/stories", [("before", f"{TIMES[0]}|{'9' * 64}")])
@example("/stories", [("before", f"{TIMES[0]}|abc")])
@example("/", [("before", f"{TIMES[1]}|0")])
@example("/deliveries", [("before", f"{TIMES[2]}|0")])
@example("/", [("before", f"{TIMES[4]}|0")])
@example("/", [("q", "\x00")])
@example("/", [("q", "(" * 900)])
def test_any_query_is_answered_by_a_page_or_one_line(view, path, query) -> None:
    is_readable(ask(view, path, query))


@RELAXED
@given(folder=st.sampled_from(FOLDERS), name=ANYTHING.filter(bool))
@example("/stories/", "\x00")
@example("/watches/", "../../etc/passwd")
@example("/sources/", "a/b")
def test_any_name_is_answered_by_a_page_or_one_line(view, folder, name) -> None:
    is_readable(ask(view, folder + quote(name, safe=""), []))


@pytest.mark.parametrize(
    "path", [*PATHS, "/watches/ada-holt", "/sources/courier", "/stories/x", HIT]
)
async def test_no_page_takes_a_post_from_another_site_and_none_acts_on_a_post(client, path):
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert (await client.post(path, headers=foreign)).status_code == 403
    assert (await client.post(path)).status_code == 405


@pytest.mark.parametrize(
    "path", [*PATHS, "/watches/ada-holt", "/sources/courier", "/stories/x", HIT]
)
async def test_every_page_asks_for_the_password_and_shows_nothing_without_it(view, tmp_path, path):
    locked = protected(view, tmp_path / "locked")
    async with browser(locked) as client:
        answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.text == "This page needs a password.\n"


@pytest.mark.parametrize("path", [*PATHS, "/watches/ada-holt", "/sources/courier", HIT])
async def test_every_page_has_has_landmarks_one_heading_names_of_its_tables_and_no_script(
    client, store, path
):
    item = an_item()
    await keep(store, (item, (a_hit(item),)))
    page = (await client.get(path)).text
    assert re.search(r"<html lang=.en.>", page)
    assert page.count("<main ") == page.count("<h1") == 1
    assert page.count('<nav aria-label="Pages">') == 1
    assert 'href="#main">Skip to the content</a>' in page
    assert page.count("<table") == page.count("<caption") == page.count("<thead>")
    assert re.findall(r"<th(?! scope=| *ead)[ >]", page) == []
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!courier\.example|lantern\.example)', page)
