"""The list of stories, and one story's timeline with its copies folded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import Revision, Sketch, StoryLink
from monitor.stories import Moment
from monitor.web.story_pages import fold
from monitor.web.story_rows import PAGE, REACH, find_stories
from tests.unit.web.samples import NOW, a_hit, an_item, keep


def member(number: int, story: str = "s1", outlet: str = "The Harbour Courier", **link):
    """Return an item ``number`` minutes old, its link to a story, and its sketch."""
    item = an_item(number, outlet=outlet)
    sketch = Sketch(item.id, story, outlet, item.url, item.title, item.published, b"")
    return item, StoryLink(item.id, story, **link), sketch


async def put(store, *members, watch="ada-holt"):
    await keep(store, *((item, (a_hit(item, watch),)) for item, _, _ in members))
    await store.write(lambda tx: tx.add_links([(link, sketch) for _, link, sketch in members]))


@pytest.fixture
async def story(store):
    """Keep a story: a report, two copies, another wording, a development."""
    first = member(180)
    original = first[0].id
    await put(
        store,
        first,
        member(170, outlet="Coastal Wire", copy_of=original, why="98 % shared text"),
        member(160, outlet="صحيفة الميناء", copy_of=original, why="97 % shared text"),
        member(90, outlet="The Lantern Post", why="joined: same name Holt"),
        member(9, outlet="Daily Ledger", why="joined: same name Holt", development="new number 37"),
    )
    return original


async def test_a_story_is_listed_once_with_its_size_times_watches_and_developments(
    client, store, story
):
    await put(store, member(5, "s2"), watch="ferry-club")
    page = (await client.get("/stories")).text
    assert page.count("<article>") == 2
    assert "5 articles · 5 outlets · 2 copies" in page
    assert "1 development</span>" in page
    assert ">12:51</time>" in page  # the newest of it, in Berlin
    assert "since 10:00" in page
    assert 'href="/watches/ada-holt"' in page
    assert page.index('href="/stories/s2"') < page.index('href="/stories/s1"')


async def test_a_story_says_what_was_edited_in_its_items_and_when(client, store):
    report, copy = member(180), member(170, outlet="Coastal Wire")
    await put(store, report, (copy[0], replace(copy[1], copy_of=report[0].id), copy[2]))
    edits = [
        Revision(report[0].id, NOW - timedelta(hours=1), "v", "watch", "“<b>37</b>” became “38”"),
        Revision(copy[0].id, NOW, "v", "gone", "the page is no longer there: it answered 404"),
    ]
    await store.write(lambda tx: tx.add_revisions(edits))
    page = (await client.get("/stories/s1")).text
    assert "12:00:00</time>: <bdi>“&lt;b&gt;37&lt;/b&gt;” became “38”</bdi>" in page
    assert "the page is no longer there: it answered 404" in page


async def test_the_choice_of_a_watch_leaves_only_its_stories(client, store, story):
    await put(store, member(5, "s2"), watch="ferry-club")
    page = (await client.get("/stories", params={"watch": "ferry-club"})).text
    assert 'href="/stories/s2"' in page
    assert 'href="/stories/s1"' not in page
    assert (await client.get("/stories", params={"watch": "ferry-clib"})).status_code == 404


async def test_paging_shows_every_story_once_newest_first(client, store):
    await put(store, *(member(number, f"s{number}") for number in range(1, 2 * PAGE + 8)))
    seen, address, pages = [], "/stories", 0
    while address:
        page = (await client.get(address)).text
        seen += [int(found) for found in re.findall(r'href="/stories/s(\d+)"', page)]
        link = re.search(r'class="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
        pages += 1
    assert pages == 3
    assert seen == list(range(1, 2 * PAGE + 8))


async def test_the_search_for_a_rare_watch_stops_and_says_how_far_it_came(client, store):
    await put(store, *(member(number, f"s{number}") for number in range(1, REACH + 20)))
    await put(store, member(REACH + 50, "rare"), watch="ferry-club")
    first = await store.read(lambda tx: find_stories(tx, watch="ferry-club"))
    assert (first.stories, first.searched_to) == ((), NOW - timedelta(minutes=REACH))
    page = (await client.get("/stories", params={"watch": "ferry-club"})).text
    address = re.search(r'class="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "Look further back" in page
    assert 'href="/stories/rare"' in (await client.get(address)).text


async def test_a_timeline_names_the_first_folds_copies_and_says_why_each_belongs(client, story):
    page = (await client.get("/stories/s1")).text
    steps = re.findall(r"<article>.*?</article>", page, re.DOTALL)
    assert len(steps) == 3
    first, reworded, development = steps
    assert "first report" in first
    assert "Also in 2 outlets" in first
    assert "Coastal Wire" in first
    assert "98 % shared text" in first
    assert "in other words" in reworded
    assert "joined: same name Holt" in reworded
    assert "development</span>" in development
    assert "new number 37" in development
    assert "joined: same name Holt" in development
    assert "<bdi>صحيفة الميناء</bdi>" in page
    assert 'href="/watches/ada-holt">Ada Holt</a>' in page


@pytest.mark.parametrize(("rewrites", "seen", "more"), [(4, 4, ""), (5, 3, "2"), (30, 3, "27")])
async def test_many_rewrites_in_a_row_are_folded_and_what_is_new_stays_seen(
    client, store, rewrites, seen, more
):
    last = member(1, why="joined: x", development="new number 37")
    run = [member(100 - n, why="joined: x") for n in range(rewrites)]
    await put(store, member(200), *run, last)
    page = (await client.get("/stories/s1")).text
    assert page.count("<article>") == rewrites + 2
    folded = re.findall(r'<li class="folded">.*?</details>\s*</li>', page, re.DOTALL)
    assert [re.search(r"<summary>(\d+) more in other words", each)[1] for each in folded] == (
        [more] if more else []
    )
    hidden = sum(each.count("<article>") for each in folded)
    assert rewrites - hidden == seen
    assert all("new number 37" not in each for each in folded)


async def test_a_hit_leads_to_its_story_and_says_how_many_tell_it(client, store, story):
    await put(store, member(5, "s2"))
    page = (await client.get("/")).text
    assert page.count(">story of 5 articles</a>") == 5
    assert page.count('href="/stories/s2"') == 1


async def test_a_muted_story_says_until_when_and_how_to_end_it(client, store, story):
    await store.write(lambda tx: tx.mute("story:s1", NOW + timedelta(hours=3)))
    page = (await client.get("/stories/s1")).text
    assert "Muted until" in page
    assert "monitor mute s1 --off" in page


async def test_hostile_titles_outlets_and_reasons_are_text(client, store):
    evil = "<img src=x onerror=alert(1)>\u202e"
    item, link, sketch = member(1, outlet=evil)
    sketch = replace(sketch, title=evil, url="javascript:alert(1)")
    other = member(2, outlet=evil, why=evil, development=evil)
    await put(store, (item, link, sketch), other)
    for path in ("/stories", "/stories/s1"):
        page = (await client.get(path)).text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "javascript:" not in page
        assert "\u202e" not in page


async def test_a_very_long_story_shows_its_beginning_and_how_to_see_all(client, store, monkeypatch):
    await put(store, *(member(number, why="joined: x") for number in range(1, 8)))
    monkeypatch.setattr("monitor.web.stories.MOST_ITEMS", 5)
    page = (await client.get("/stories/s1")).text
    assert page.count("<article>") == 5
    assert "This story has 7 articles" in page
    assert "monitor stories show s1" in page


@pytest.mark.parametrize("name", ["none", "0" * 64])
async def test_an_unknown_story_is_one_readable_line(client, name):
    answer = await client.get(f"/stories/{name}")
    assert answer.status_code == 404
    assert f"There is no story {name}" in answer.text


async def test_an_empty_list_says_what_to_expect(client):
    assert "No stories yet" in (await client.get("/stories")).text


def moment(item: str, copy_of: str = "") -> Moment:
    return Moment(item, NOW, f"Outlet {item}", item, "", "copy", copy_of, "")


@pytest.mark.parametrize(
    ("copies", "folded"),
    [
        ({"a": "", "b": "a", "c": "b"}, {"a": ["b", "c"]}),  # a copy of a copy
        ({"a": "c", "b": "c", "c": ""}, {"c": ["a", "b"]}),  # the original was found last
        ({"a": "gone", "b": "a"}, {"a": ["b"]}),  # its original was pruned
        ({"a": "", "b": ""}, {"a": [], "b": []}),
    ],
)
def test_copies_stand_under_what_they_copy_in_the_end(copies, folded):
    found = fold([moment(*each) for each in copies.items()])
    assert {root.item: [copy.item for copy in below] for root, below in found} == folded


def test_copies_that_name_each_other_are_all_shown():
    found = fold([moment("a", "b"), moment("b", "a")])
    assert sorted([root.item for root, _ in found] + [c.item for _, b in found for c in b]) == [
        "a",
        "b",
    ]
