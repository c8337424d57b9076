"""The archive read item by item, whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.model import Exchange, StoryLink, version_of
from monitor.store import Archived, Choice, Store


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
