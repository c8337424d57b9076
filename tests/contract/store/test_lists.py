"""What the page lists: every story and every message once, newest first, without what it does not show."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from monitor.model import Attempt, DeliveryStatus, Outcome, PollRecord, Reason, StoryLink
from monitor.store import Store, StorySummary, Told, Tx


def keep_stories(store: Store, make: SimpleNamespace, *members: tuple[str, str, int]) -> None:
    links = [(StoryLink(n, s), make.sketch(n, s, minutes=m)) for n, s, m in members]
    store.write_now(lambda tx: tx.add_items([make.item(n, minutes=m) for n, _, m in members]))
    store.write_now(lambda tx: tx.add_links(links))


def pages_of(store: Store, limit: int) -> list[list[StorySummary]]:
    pages, before = [], ""
    while page := store.read_now(partial(Tx.stories, limit=limit, before=before)):
        pages.append(page)
        before = page[-1].cursor
    return pages


def test_stories_are_paged_by_their_newest_member_without_gap_or_repeat(
    store: Store, make: SimpleNamespace
) -> None:
    # every story has an old member and one of the last minutes; several share a minute
    members = [(f"old{n:02}", f"s{n:02}", n % 3) for n in range(20)]
    members += [(f"new{n:02}", f"s{n:02}", 500 + n // 4) for n in range(20)]
    keep_stories(store, make, *members)
    pages = pages_of(store, 6)
    assert [len(page) for page in pages] == [6, 6, 6, 2]
    assert [one.story for page in pages for one in page] == [f"s{n:02}" for n in range(19, -1, -1)]


def test_a_story_that_fills_whole_steps_of_the_walk_hides_none_behind_it(
    store: Store, make: SimpleNamespace
) -> None:
    flood = [(f"copy{n}", "flood", 10 + n) for n in range(1100)]
    keep_stories(store, make, ("lone", "quiet", 1), *flood)
    pages = pages_of(store, 1)
    assert [(page[0].story, page[0].items) for page in pages] == [("flood", 1100), ("quiet", 1)]


def test_a_summary_counts_copies_developments_outlets_and_watches(
    filled: Store, make: SimpleNamespace
) -> None:
    links = [
        (StoryLink("a", "s1"), make.sketch("a", "s1")),
        (StoryLink("b", "s1", copy_of="a", why="98 %"), make.sketch("b", "s1", minutes=3)),
        (StoryLink("c", "s1", why="joined", development="new: 37"), make.sketch("c", "s1")),
    ]
    filled.write_now(lambda tx: tx.add_links(links))
    filled.write_now(lambda tx: tx.add_hits([make.hit("b", "bob")]))
    (found,) = filled.read_now(lambda tx: tx.stories(5))
    assert (found.items, found.copies, found.developments) == (3, 1, 1)
    assert found.watches == ("ada", "bob")
    assert filled.read_now(lambda tx: tx.story_sizes(["s1", "nothing"])) == {"s1": 3}
    assert len(filled.read_now(lambda tx: tx.story("s1", 2))) == 2


@pytest.mark.parametrize("cursor", ["x", "2026-03-04T12:00:00|1", "2026-03-04T12:00:00+00:00|ab"])
def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|cursor"):
        store.read_now(lambda tx: tx.stories(3, cursor))


def test_messages_are_listed_without_their_bytes_by_status_and_page(
    filled: Store, make: SimpleNamespace
) -> None:
    def write(tx: Tx) -> None:
        for number in range(7):
            hits = ("a/ada", "b/ada") if number == 0 else ()
            made = make.now + timedelta(minutes=number)
            tx.add_delivery(make.delivery(f"d{number}", *hits, created=made))
            if number % 2:
                tx.record_attempt(Attempt(f"d{number}", make.now, ok=False, detail="451 later"))
                last = Attempt(f"d{number}", make.now, ok=True, detail=f"250 d{number}", final=True)
                tx.record_attempt(last)

    filled.write_now(write)

    def ids(status: DeliveryStatus | None = None, before: str = "") -> list[str]:
        found = filled.read_now(lambda tx: tx.bare_deliveries(3, status, before))
        assert all(one.message.content == b"" and one.hits == () for one, _ in found)
        return [one.id for one, _ in found]

    assert ids() == ["d6", "d5", "d4"]
    behind = filled.read_now(lambda tx: tx.delivery("d4"))
    assert behind is not None
    assert ids(before=f"{behind.created.isoformat()}|d4") == ["d3", "d2", "d1"]
    assert ids(DeliveryStatus.SENT) == ["d5", "d3", "d1"]
    assert ids(DeliveryStatus.PENDING) == ["d6", "d4", "d2"]
    assert ids(DeliveryStatus.DEAD) == []
    counted = filled.read_now(lambda tx: tx.bare_deliveries(9))
    assert [number for _, number in counted] == [0, 0, 0, 0, 0, 0, 2]
    last = filled.read_now(lambda tx: tx.last_attempts(["d0", "d1", "d3"]))
    assert {name: one.detail for name, one in last.items()} == {"d1": "250 d1", "d3": "250 d3"}


def test_the_last_polls_of_a_source_come_newest_first(store: Store, make: SimpleNamespace) -> None:
    record = PollRecord("gazette", make.now, Outcome.QUIET, Reason.UNCHANGED)
    polls = [replace(record, at=make.now + timedelta(minutes=n)) for n in range(5)]

    def write(tx: Tx) -> None:
        for poll in (*polls, replace(record, source="other")):
            tx.add_record(poll)

    store.write_now(write)
    assert store.read_now(lambda tx: tx.last_records("gazette", 2)) == [polls[4], polls[3]]


def test_the_times_of_the_hits_of_one_watch_leave_out_the_others(
    store: Store, make: SimpleNamespace
) -> None:
    items = [replace(make.item(name), baseline=False) for name in "ab"]
    hits = [make.hit("a"), make.hit("b"), make.hit("a", "bob")]
    store.write_now(lambda tx: tx.add_items(items))
    store.write_now(lambda tx: tx.add_hits(hits))
    start = make.now - timedelta(days=30)
    assert store.read_now(lambda tx: tx.hit_times(start, "bob")) == [("bob", make.now)]
    assert len(store.read_now(lambda tx: tx.hit_times(start))) == 3


def test_it_is_known_when_whom_was_told_of_a_hit_and_how_many_messages_went_out(
    filled: Store, make: SimpleNamespace
) -> None:
    a, b = (make.hit(name).id for name in "ab")
    later = make.now + timedelta(hours=1)
    sent = [
        make.delivery("1", a, b, recipient="one", status=DeliveryStatus.SENT),
        make.delivery("2", a, recipient="two"),
        make.delivery("3", a, kind="digest", created=later, status=DeliveryStatus.DEAD),
        make.delivery("4", a, created=later, status=DeliveryStatus.CANCELLED),
        make.delivery("5", a, created=later, subscription="board", status=DeliveryStatus.SENT),
        make.delivery("6", make.hit("c").id),
    ]
    filled.write_now(lambda tx: [tx.add_delivery(one) for one in sent])
    assert filled.read_now(lambda tx: tx.told_when([a, b, "unknown"])) == [
        Told(a, "desk", "alert", make.now, 2, 1),
        Told(b, "desk", "alert", make.now, 1, 1),
        Told(a, "board", "alert", later, 1, 1),
        Told(a, "desk", "digest", later, 1, 0),
    ]


def test_lists_are_read_by_an_index_and_not_by_sorting_a_table(
    sqlite_template: Path, make: SimpleNamespace
) -> None:
    """What a page shows must not cost more as years go by."""
    store = Store.open(f"sqlite:///{sqlite_template}")
    before = f"{make.now.isoformat()}|00"
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, values: Any, *_rest: object) -> None:
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for look in (
            lambda tx: tx.hits(5, before),
            lambda tx: tx.hits(5, before, watch="ada"),
            lambda tx: tx.stories(5, before),
            lambda tx: tx.bare_deliveries(5, None, before),
            lambda tx: tx.bare_deliveries(5, DeliveryStatus.SENT, before),
            lambda tx: tx.last_records("gazette", 5),
        ):
            store.read_now(look)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        store.close()
    lists = [(sql, values) for sql, values in asked if "LIMIT" in sql]
    assert len(lists) == 6
    with closing(sqlite3.connect(sqlite_template)) as connection:
        for sql, values in lists:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            steps = [step[-1] for step in plan]
            assert steps[0].startswith(("SEARCH", "SCAN story_link USING COVERING INDEX")), sql
            assert not any("TEMP B-TREE" in step for step in steps), (sql, steps)
