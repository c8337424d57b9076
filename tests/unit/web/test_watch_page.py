"""One watch: its portrait, its trend, its newest hits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.config import load
from monitor.web.watch_pages import TERMS_SHOWN, watch_view
from monitor.web.watches import HITS_SHOWN
from tests.unit.web.samples import NOW, a_hit, an_item, browser, keep, write_config

RICH = """\
watchlist: quay
title: The quay
watches:
  - id: ada-holt
    kind: person
    name: Ada Holt
    note: The painter, not the rower.
    aliases: [Ada B. Holt]
    short: [Holt]
    context: [painter, quay]
    priority: high
  - {id: harbour, kind: topic, name: Harbour, match: 'harbour OR @ada-holt'}
  - {id: many, kind: topic, name: Many, phrases: [PHRASES]}
"""


@pytest.fixture
def rich(view, tmp_path):
    folder = write_config(tmp_path / "rich")
    text = RICH.replace("PHRASES", ", ".join(f"word number {n}" for n in range(40)))
    (folder / "watchlists" / "quay.yaml").write_text(text, encoding="utf-8")
    return replace(view, config=load(folder, {}))


async def test_a_watch_is_told_in_plain_words_with_who_gets_it(rich):
    async with browser(rich) as client:
        page = (await client.get("/watches/ada-holt")).text
    assert "<h1" in page
    assert "Ada Holt</h1>" in page
    for words in ("The painter, not the rower.", "Ada B. Holt", "Short form", "high", "The quay"):
        assert words in page
    assert "further forms count" in page
    assert "Morning digest" in page
    assert "Nothing has been found for this watch yet" in page


async def test_a_query_that_refers_to_another_watch_is_shown_as_it_stands(rich):
    async with browser(rich) as client:
        page = (await client.get("/watches/harbour")).text
    assert "harbour OR @ada-holt" in page


async def test_long_lists_show_their_beginning_and_open_on_demand(rich):
    drawn = watch_view(rich.settings(), "many")
    (phrases,) = drawn.lists
    assert len(phrases.terms) == TERMS_SHOWN
    assert len(phrases.terms) + len(phrases.rest) == phrases.total == 40
    async with browser(rich) as client:
        page = (await client.get("/watches/many")).text
    assert "<summary>40 in all</summary>" in page
    assert "word number 39" in page


async def test_its_newest_hits_and_its_trend_are_there_with_the_way_to_the_others(client, store):
    items = [an_item(number) for number in range(1, HITS_SHOWN + 3)]
    await keep(store, *((item, (a_hit(item),)) for item in items))
    other = an_item(900, title="Ferry Club meets")
    await keep(store, (other, (a_hit(other, "ferry-club", spans=()),)))
    page = (await client.get("/watches/ada-holt")).text
    assert page.count("<h3") == HITS_SHOWN
    assert "Ferry Club meets" not in page
    assert f"<strong>{HITS_SHOWN + 2}</strong> today" in page
    assert 'href="/?watch=ada-holt"' in page
    assert 'href="/stories?watch=ada-holt"' in page


async def test_a_muted_watch_says_until_when_and_how_to_end_it(client, store):
    await store.write(lambda tx: tx.mute("watch:ada-holt", NOW + timedelta(hours=3)))
    page = (await client.get("/watches/ada-holt")).text
    assert "Muted until" in page
    assert "monitor mute ada-holt --off" in page


@pytest.mark.parametrize("name", ["ada-hold", "%00", "%E2%80%AE", "x" * 3000])
async def test_an_unknown_watch_is_one_readable_line_with_the_nearest(client, name):
    answer = await client.get(f"/watches/{name}")
    assert answer.status_code == 404
    assert "There is no watch" in answer.text
    assert len(answer.text) < 5000


async def test_a_hit_of_a_watch_that_was_removed_leads_nowhere(client, store):
    item = an_item()
    await keep(store, (item, (a_hit(item, "gone-watch"),)))
    page = (await client.get("/")).text
    assert "gone-watch" in page
    assert 'href="/watches/gone-watch"' not in page
