from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.web.hit_pages import PAGE, REACH, find_hits
from monitor.web.hit_search import HitSearch
from tests.unit.web.samples import NOW, a_hit, an_item, keep


async def test_a_hit_is_shown_with_title_outlet_local_time_watch_score_and_why(client, store):
    item = an_item()
    await keep(store, (item, (a_hit(item),)))
    page = (await client.get("/")).text
    assert f'href="{item.url}"' in page
    assert "The Harbour Courier" in page
    assert ">12:59</time>" in page  # 11:59 UTC is 12:59 in Berlin
    assert "Monday, 23 November 2026" in page
    assert ">Ada Holt</a>" in page
    assert "0.93" in page
    assert "The full name stands in the title." in page


async def test_matched_words_are_marked_in_title_and_snippet(client, store):
    item = an_item()
    await keep(store, (item, (a_hit(item),)))
    page = (await client.get("/")).text
    assert "<mark>Ada Holt</mark> opens ferry exhibition" in page
    assert "<mark>Ada Holt</mark> spoke of the winter crossing" in page


async def test_two_watches_of_one_item_make_one_entry(client, store):
    item = an_item()
    await keep(store, (item, (a_hit(item), a_hit(item, "ferry-club", score=0.51))))
    page = (await client.get("/")).text
    assert page.count("<article>") == 1
    assert page.index("Ada Holt</a>") < page.index("Ferry Club</a>")


async def test_markup_in_a_title_is_text_and_a_script_link_is_no_link(client, store):
    item = an_item(
        title="<svg onload=alert(1)> Ada Holt {{7*7}}", url="javascript:alert(1)", outlet="<b>x</b>"
    )
    await keep(store, (item, (a_hit(item),)))
    page = (await client.get("/")).text
    assert "<svg onload" not in page
    assert "&lt;svg onload=alert(1)&gt;" in page
    assert "javascript:" not in page
    assert "<b>x</b>" not in page
    assert "{{7*7}}" in page


async def test_control_characters_and_overrides_do_not_reach_the_page(client, store):
    item = an_item(title="Ada Holt\r\nBcc: x\u202e\x1b[31m\ud800 end")
    await keep(store, (item, (a_hit(item),)))
    page = (await client.get("/")).text
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert re.search(r"</mark> Bcc: x\S* end", page)


async def test_other_scripts_keep_their_direction_and_language(client, store):
    item = an_item(title="معرض صور Ada Holt", language="ar")
    await keep(store, (item, (a_hit(item),)))
    assert '<h3 lang="ar" dir="auto">' in (await client.get("/")).text


async def test_the_choice_of_a_watch_leaves_only_its_hits(client, store):
    one, two = an_item(1), an_item(2, title="Ferry Club meets")
    await keep(store, (one, (a_hit(one),)), (two, (a_hit(two, "ferry-club", spans=()),)))
    page = (await client.get("/", params={"watch": "ferry-club"})).text
    assert "Ferry Club meets" in page
    assert "exhibition number 1" not in page
    assert '<option value="ferry-club" selected>' in page


async def test_an_unknown_watch_is_named_with_its_nearest(client):
    answer = await client.get("/", params={"watch": "ada-hold"})
    assert answer.status_code == 404
    assert "ada-hold" in answer.text
    assert "ada-holt" in answer.text


async def test_words_are_found_without_regard_to_case_in_any_script(client, store):
    one, two = an_item(1, summary="Über die ФЁРСТ-Straße"), an_item(2)
    await keep(store, (one, (a_hit(one),)), (two, (a_hit(two),)))
    page = (await client.get("/", params={"q": "STRASSE фёрст"})).text
    assert "exhibition number 1" in page
    assert "exhibition number 2" not in page


async def test_paging_shows_every_hit_once_newest_first(client, store):
    items = [an_item(number) for number in range(1, 2 * PAGE + 8)]
    await keep(store, *((item, (a_hit(item),)) for item in items))
    seen, address, pages = [], "/", 0
    while address:
        page = (await client.get(address)).text
        seen += [int(found) for found in re.findall(r"exhibition number (\d+)</a>", page)]
        link = re.search(r'class="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
        pages += 1
    assert pages == 3
    assert seen == list(range(1, 2 * PAGE + 8))


async def test_a_search_for_a_rare_word_stops_and_says_how_far_it_came(store):
    items = [an_item(number) for number in range(1, REACH + 600)]
    rare = an_item(REACH + 900, title="The needle")
    await keep(store, *((item, (a_hit(item),)) for item in items), (rare, (a_hit(rare),)))
    first = await store.read(lambda tx: find_hits(tx, query=HitSearch("needle", ())))
    assert first.hits == ()
    assert first.searched_to == NOW - timedelta(minutes=REACH)
    second = await store.read(
        lambda tx: find_hits(tx, query=HitSearch("needle", ()), before=first.older)
    )
    assert [hit.item.title for hit in second.hits] == ["The needle"]
    assert second.older == ""


@pytest.mark.parametrize(
    "before", ["x", "2026-01-01|zz", "2026-01-01T00:00:00|ab", "9999|ab", "' OR 1=1 --|a"]
)
async def test_a_damaged_cursor_is_one_readable_line(client, before):
    answer = await client.get("/", params={"before": before})
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert "That did not work" in answer.text


async def test_an_overlong_query_is_refused_readably(client):
    answer = await client.get("/", params={"q": "x" * 1_001})
    assert answer.status_code == 400
    assert "damaged at: q" in answer.text


async def test_an_empty_store_says_what_to_expect(client):
    assert "Nothing has been found yet" in (await client.get("/")).text


async def test_possible_hits_and_those_of_the_first_poll_are_told_apart(client, store):
    item = an_item(1, baseline=True)
    await keep(store, (item, (a_hit(item, possible=True, score=0.31),)))
    page = (await client.get("/")).text
    assert "possible</span>" in page
    assert "already there</span>" in page
