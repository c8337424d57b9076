"""An article that is found, edited, told again, taken down and pruned: its page says so, over HTTP."""

# ruff: noqa: F401, F811 - fixtures of the other files are used by their names
from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from monitor.app import App
from monitor.schedule import Service
from monitor.web import serve
from tests.integration.test_edits import SAYS_NOTHING, WILL, WILL_NOT, article, look, told
from tests.integration.test_versions import stored_hits, versions_of
from tests.integration.test_visits import Press, press
from tests.servers import Reply


@asynccontextmanager
async def reader(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the page of a running service and yield who reads it."""
    async with serve(Service(app)) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


async def page_of_the_hit(client: httpx.AsyncClient) -> str:
    """Return the page that the first hit of the list leads to."""
    (path,) = re.findall(r'href="(/hits/[0-9a-f]+)">details', (await client.get("/")).text)
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    return answer.text


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


async def test_an_edit_about_the_watch_is_shown_word_by_word_with_who_was_told(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, article(WILL_NOT))
        await look(press, app, Reply(404), hours=5)
        async with reader(app) as client:
            page = await page_of_the_hit(client)
    words = plain(page)
    assert re.search(r"Maria Exemplar will<ins> not</ins> resign|will <ins>not </ins>resign", page)
    assert words.count("told as a development") == 1
    assert words.count("alert of ") == 3, "two messages, of which one told of the edit"
    assert "no longer there the page is no longer there: it answered 404" in words
    assert "<mark>Maria Exemplar</mark> will not resign on Monday" in page
    assert words.count("200 from the page") == 2
    assert words.count("made the hit of") == 1


async def test_an_edit_elsewhere_is_shown_and_was_told_to_nobody(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL, SAYS_NOTHING)
        await look(press, app, article(WILL, SAYS_NOTHING.replace("spring", "autumn")))
        async with reader(app) as client:
            page = await page_of_the_hit(client)
    assert "<del>spring</del>" in page
    assert "<ins>autumn</ins>" in page
    assert "elsewhere, not told" in page
    assert "told as a development" not in page


async def test_a_hit_whose_pages_were_dropped_keeps_its_digests_and_what_it_said(
    press: Press,
) -> None:
    press.options = {"keep_pages": "30d"}
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, article(WILL_NOT))
        async with reader(app) as client:
            assert "kB packed" in await page_of_the_hit(client)
            press.moved += timedelta(days=31)
            await app.keep_house()
            page = await page_of_the_hit(client)
        digests = [one.body_digest for one in await versions_of(app) if one.body_digest]
    assert "kB packed" not in page
    assert page.count("dropped after its time; its digest stays") == len(digests) == 2
    assert all(digest in page for digest in digests)
    assert re.search(r"<ins> ?not ?</ins>", page)


async def test_a_reader_marks_a_hit_from_its_page_with_one_button_and_comes_back(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        async with reader(app) as client:
            page = await page_of_the_hit(client)
            (asks,) = re.findall(r'href="(/act/[^"]+)">Not relevant<', page)
            assert "Mark it not relevant" in (await client.get(asks)).text
            done = (await client.post(asks)).text
            (back,) = re.findall(r'href="(/hits/[^"]+)">Back to the hit<', done)
            assert "marked not relevant" in (await client.get(back)).text
        (hit,) = await stored_hits(app)
        marks = await app.tools.store.read(lambda tx: tx.marks([hit.id]))
    assert not marks[hit.id].relevant
