from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.model import StoryLink
from monitor.store import Store, StoredHit, Tx


def test_a_hit_comes_back_with_its_item_its_story_and_its_times(
    filled: Store, make: SimpleNamespace
) -> None:
    link = StoryLink("a", "s1", copy_of="", why="")
    filled.write_now(lambda tx: tx.add_links([(link, make.sketch("a", "s1"))]))
    found = filled.read_now(lambda tx: tx.hits_by_id(["a/ada", "nobody"]))
    time = make.now - timedelta(hours=1)
    assert found == {"a/ada": StoredHit(make.hit("a"), make.item("a"), link, time, make.now)}


def test_hits_are_paged_newest_first_without_gap_or_repeat(
    store: Store, make: SimpleNamespace
) -> None:
    items = [make.item(f"i{number:02}", minutes=number // 4) for number in range(30)]
    store.write_now(lambda tx: tx.add_items(items))
    store.write_now(lambda tx: tx.add_hits(make.hit(each.id) for each in items))
    pages, before = [], ""
    while page := store.read_now(partial(Tx.hits, limit=7, before=before)):
        pages.append([each.item.id for each in page])
        before = page[-1].cursor
    seen = [name for page in pages for name in page]
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert sorted(seen) == [each.id for each in items]
    assert seen == sorted(seen, key=lambda name: (int(name[1:]) // 4, name), reverse=True)


def test_hits_are_narrowed_by_watch_list_source_story_and_certainty(
    filled: Store, make: SimpleNamespace
) -> None:
    filled.write_now(lambda tx: tx.add_hits([make.hit("a", "bob", possible=True)]))
    filled.write_now(lambda tx: tx.add_links([(StoryLink("b", "s1"), make.sketch("b", "s1"))]))

    def ids(**chosen: Any) -> list[str]:
        found = filled.read_now(lambda tx: tx.hits(10, **chosen))
        return [each.hit.id for each in found]

    assert ids() == ["c/ada", "b/ada", "a/bob", "a/ada"]
    assert ids(watch="bob") == ids(possible=True) == ["a/bob"]
    assert ids(story="s1") == ["b/ada"]
    assert ids(watchlist="list", source="gazette", possible=False) == ["c/ada", "b/ada", "a/ada"]
    assert ids(watchlist="other") == ids(source="other") == []
    assert filled.read_now(lambda tx: (tx.count_hits(), tx.count_hits("bob"))) == (4, 1)


def test_a_cursor_that_is_none_is_refused(filled: Store) -> None:
    for cursor in ("rubbish", "2026-03-04T12:00:00|x", "2026-03-04T12:00:00+00:00|"):
        with pytest.raises(ValueError, match=r"isoformat|cursor"):
            filled.read_now(partial(Tx.hits, limit=5, before=cursor))


def test_hits_are_given_since_they_were_found_not_since_they_were_published(
    filled: Store, make: SimpleNamespace
) -> None:
    since = filled.read_now(lambda tx: tx.hits_since(make.now))
    assert [each.hit.id for each in since] == ["b/ada", "c/ada"]
    late = make.now + timedelta(days=9)
    filled.write_now(lambda tx: tx.add_hits([make.hit("a", "new-watch")], found=late))
    since = filled.read_now(lambda tx: tx.hits_since(make.now + timedelta(days=1)))
    assert [(each.hit.id, each.found) for each in since] == [("a/new-watch", late)]
    assert filled.read_now(lambda tx: tx.hits_of_items(["a"])).keys() == {"a/ada", "a/new-watch"}


def test_an_item_keeps_the_story_it_has(filled: Store, make: SimpleNamespace) -> None:
    filled.write_now(lambda tx: tx.add_links([(StoryLink("a", "s1"), make.sketch("a", "s1"))]))
    filled.write_now(lambda tx: tx.add_links([(StoryLink("a", "s2"), make.sketch("a", "s2"))]))
    assert filled.read_now(lambda tx: tx.links(["a", "b"])) == {"a": StoryLink("a", "s1")}


def test_sketches_come_back_whole_and_only_once_through_the_cursor(
    filled: Store, make: SimpleNamespace
) -> None:
    one, two = make.sketch("a", "s1"), make.sketch("b", "s1", minutes=5)
    filled.write_now(lambda tx: tx.add_links([(StoryLink("a", "s1"), one)]))
    sketches, cursor = filled.read_now(lambda tx: tx.sketches_after(0))
    assert (sketches, cursor) == ([one], filled.read_now(lambda tx: tx.sketch_cursor()))
    filled.write_now(lambda tx: tx.add_links([(StoryLink("b", "s1", "a", "90 %"), two)]))
    sketches, cursor = filled.read_now(lambda tx: tx.sketches_after(cursor))
    assert sketches == [two]
    assert filled.read_now(lambda tx: tx.sketches_after(cursor)) == ([], cursor)
    assert filled.read_now(lambda tx: tx.sketches_since(two.time)) == [two]
    members = [(StoryLink("a", "s1"), one), (StoryLink("b", "s1", "a", "90 %"), two)]
    assert filled.read_now(lambda tx: tx.story("s1")) == members


def test_stories_are_listed_by_their_newest_member_and_named_by_their_first(
    filled: Store, make: SimpleNamespace
) -> None:
    members = [("a", "old", 0), ("b", "young", 1), ("c", "old", 9)]
    links = [(StoryLink(n, s), make.sketch(n, s, minutes=m)) for n, s, m in members]
    filled.write_now(lambda tx: tx.add_links(links))
    stories = filled.read_now(lambda tx: tx.stories(10))
    assert [(each.story, each.title, each.items) for each in stories] == [
        ("old", "Title a", 2),
        ("young", "Title b", 1),
    ]
    assert stories[0].last - stories[0].first == timedelta(minutes=9)
    assert [each.story for each in filled.read_now(lambda tx: tx.stories(1))] == ["old"]


def test_a_story_is_found_by_how_its_id_begins_and_counts_outlets_and_developments(
    filled: Store, make: SimpleNamespace
) -> None:
    links = [
        (StoryLink("a", "s1"), make.sketch("a", "s1")),
        (StoryLink("b", "s1", why="joined", development="new number 37"), make.sketch("b", "s1")),
        (StoryLink("c", "s12"), make.sketch("c", "s12")),
    ]
    filled.write_now(lambda tx: tx.add_links(links))
    found = filled.read_now(lambda tx: [tx.stories_like(name) for name in ("s", "s1", "s%", "x")])
    assert found == [["s1", "s12"], ["s1"], [], []]
    assert filled.read_now(lambda tx: tx.story("s1"))[1] == links[1]
    story = next(one for one in filled.read_now(lambda tx: tx.stories(9)) if one.story == "s1")
    assert (story.outlets, story.developments) == (1, 1)
