"""The archive read item by item, whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.model import Exchange, Mode, Revision, Route, RuleVersion, StoryLink, version_of
from monitor.store import Archived, Choice, Mark, Store, Tx


def archived(store: Store, **choice: object) -> list[Archived]:
    return store.read_now(lambda tx: list(tx.archived(Choice(**choice))))  # type: ignore[arg-type]  # built from keywords


def names(found: Sequence[Archived]) -> list[list[str]]:
    return [[each.hit.id for each in one.hits] for one in found]


def test_hits_come_with_their_item_and_its_versions_in_the_order_items_were_seen(
    filled: Store, make: SimpleNamespace
) -> None:
    first = version_of(make.item("b"), make.now, Exchange())
    second = version_of(
        replace(make.item("b"), title="Later"), make.now + timedelta(hours=1), first.source
    )
    filled.write_now(lambda tx: tx.add_hits([make.hit("b", "wei")]))
    filled.write_now(lambda tx: tx.add_versions([second, first]))
    found = archived(filled)
    assert names(found) == [["a/ada"], ["b/ada", "b/wei"], ["c/ada"]]
    assert [one.versions for one in found] == [(), (first, second), ()]
    assert all(each.item is one.item for one in found for each in one.hits)


def test_a_choice_narrows_by_watch_watchlist_story_and_when_a_hit_was_found(
    filled: Store, make: SimpleNamespace
) -> None:
    filled.write_now(lambda tx: tx.add_hits([replace(make.hit("b", "wei"), watchlist="other")]))
    filled.write_now(
        lambda tx: tx.add_links([(StoryLink("c", "story-1"), make.sketch("c", "story-1"))])
    )
    minute = timedelta(minutes=1)
    assert names(archived(filled, watch="wei")) == [["b/wei"]]
    assert names(archived(filled, watchlist="list")) == [["a/ada"], ["b/ada"], ["c/ada"]]
    assert names(archived(filled, story="story-1")) == [["c/ada"]]
    assert names(archived(filled, start=make.now + minute)) == [["b/ada", "b/wei"], ["c/ada"]]
    assert names(archived(filled, end=make.now + minute)) == [["a/ada"]]
    assert names(archived(filled, watch="nobody")) == []


@pytest.mark.parametrize("choice", [{}, {"watch": "wei"}, {"story": "s"}])
def test_as_many_are_counted_as_come(
    filled: Store, make: SimpleNamespace, choice: dict[str, Any]
) -> None:
    filled.write_now(lambda tx: tx.add_hits([make.hit("b", "wei")]))
    filled.write_now(lambda tx: tx.add_links([(StoryLink("b", "s"), make.sketch("b", "s"))]))
    counted = filled.read_now(lambda tx: tx.count_archived(Choice(**choice)))
    assert counted == sum(map(len, names(archived(filled, **choice))))


def test_more_items_than_one_page_holds_come_once_each(store: Store, make: SimpleNamespace) -> None:
    items = [make.item(f"i{number:04}", minutes=number // 7, keys=()) for number in range(1203)]
    store.write_now(lambda tx: tx.add_items(items))
    store.write_now(lambda tx: tx.add_hits([make.hit(each.id) for each in items]))
    assert [one.item.id for one in archived(store)] == [each.id for each in items]


PAGE = Exchange("https://gazette.example/a", 200, (("content-type", "text/html"),), b"<p>" * 900)


def test_pages_are_let_go_in_portions_and_leave_text_answer_and_digest(
    filled: Store, make: SimpleNamespace
) -> None:
    day = timedelta(days=1)
    versions = [
        version_of(replace(make.item("a"), text=f"Text {number}"), make.now + number * day, PAGE)
        for number in range(5)
    ]
    filled.write_now(lambda tx: tx.add_versions(versions))
    before = make.now + 3 * day
    gone = [filled.write_now(lambda tx: tx.prune_pages(before, limit=2)) for _ in range(3)]
    assert gone == [2, 1, 0]
    left = filled.read_now(lambda tx: tx.versions(["a"]))["a"]
    assert left[3:] == versions[3:]
    bare = [replace(one, source=replace(one.source, body=b"")) for one in versions[:3]]
    assert left[:3] == bare
    assert all(one.body_digest for one in left)


def test_hits_are_dropped_with_what_was_said_of_them_and_their_items_follow(
    filled: Store, make: SimpleNamespace
) -> None:
    minute = timedelta(minutes=1)
    rules = [
        RuleVersion("rule1", "ada", "{}", make.now),
        RuleVersion("rule2", "wei", "{}", make.now),
    ]

    def fill(tx: Tx) -> None:
        tx.add_versions([version_of(make.item(name), make.now, PAGE) for name in "abc"])
        tx.add_hits([replace(make.hit("a", "wei"), rule="rule2")])
        tx.add_rules(rules)
        tx.add_revisions([Revision("a", make.now, "v", "watch", "Its title.")])
        tx.add_routes([Route("desk", "a/ada", Mode.INSTANT, "matched")])
        tx.add_deliveries([make.delivery("d1", "a/ada", "b/ada")])
        tx.mark(Mark("a/ada", relevant=True, at=make.now))

    filled.write_now(fill)
    before = make.now + 2 * minute
    gone = [filled.write_now(lambda tx: tx.prune_hits(before, limit=2)) for _ in range(3)]
    assert gone == [2, 1, 0]
    assert names(archived(filled)) == [["c/ada"]]
    assert filled.read_now(lambda tx: tx.rules(["rule1", "rule2"])) == {"rule1": rules[0]}
    assert len(filled.read_now(lambda tx: tx.deliveries(10))) == 1
    assert filled.write_now(lambda tx: tx.prune(before)) == 2
    assert filled.read_now(lambda tx: tx.versions("abc")).keys() == {"c"}
    assert filled.read_now(lambda tx: tx.revisions(["a"])) == {}
    assert filled.read_now(lambda tx: tx.integrity_check()) == []
