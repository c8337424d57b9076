"""The backtest against the real thing: a service that ran under the edited rules from the start."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.backtest import Progress, Report, backtest, replay, workers
from monitor.config import Settings, load
from monitor.errors import MonitorError
from monitor.matching import Matcher
from monitor.model import Item
from monitor.store import Store
from tests.acceptance.harbour import DAYS, END, NEW, OLD, START, Batch, batches, lived, write_config


@dataclass
class World:
    """The same coverage seen by a service under the old rules, and by one under the new."""

    old: Settings
    new: Settings
    before: Store
    after: Store
    polls: list[Batch]


@pytest.fixture(scope="module", params=[1, 2])
def folders(request, tmp_path_factory) -> tuple[Path, list[Batch]]:
    """Return a folder with both services' configurations and databases, and what was published."""
    folder = tmp_path_factory.mktemp("lived")
    polls = batches(random.Random(request.param))
    for name, watches in (("old", OLD), ("new", NEW)):
        lived(write_config(folder / name / "config", watches), polls)
    return folder, polls


@pytest.fixture
def world(folders, tmp_path) -> Iterator[World]:
    folder, polls = folders
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    old, new = (load(tmp_path / name / "config", {}) for name in ("old", "new"))
    stores = [Store.open(settings.database_url) for settings in (old, new)]
    yield World(old, new, *stores, polls)
    for store in stores:
        store.close()


def stored_hits(store: Store) -> set[tuple[str, str]]:
    found = store.read_now(lambda tx: tx.hits(10_000, possible=False))
    return {(one.item.id, one.hit.watch) for one in found}


def messages(store: Store) -> Counter[str]:
    return Counter(one.subscription for one in store.read_now(lambda tx: tx.deliveries(10_000)))


def replayed(world: World, **options: Any) -> Report:
    return backtest(world.before, world.new, start=START, end=END, samples=10_000, **options)


def sampled(report: Report, kind: str) -> set[tuple[str, str]]:
    return {(one.item, one.watch) for one in report.samples if one.kind == kind}


def test_it_equals_a_service_that_ran_under_the_edited_rules(world: World) -> None:
    report = replayed(world)
    before, after = stored_hits(world.before), stored_hits(world.after)
    assert after - before
    assert before - after
    assert sampled(report, "gained") == after - before
    assert sampled(report, "lost") == before - after
    assert (report.gained, report.lost) == (len(after - before), len(before - after))
    assert report.kept == len(before & after)
    assert report.items == sum(len(batch.items) for batch in world.polls)
    for one in report.watches:
        assert one.before == sum(watch == one.watch for _, watch in before)
        assert one.after == sum(watch == one.watch for _, watch in after)


def test_the_messages_are_those_in_the_outboxes_of_both_services(world: World) -> None:
    report = replayed(world)
    sent = [messages(store) for store in (world.before, world.after)]
    assert sent[0] != sent[1]
    assert {one.subscription for one in report.mails} == set(world.new.subscriptions)
    for one in report.mails:
        assert (one.subscription, one.before.messages) == (
            one.subscription,
            sent[0][one.subscription],
        )
        assert (one.subscription, one.after.messages) == (
            one.subscription,
            sent[1][one.subscription],
        )


def test_it_equals_a_naive_loop_over_every_item(world: World) -> None:
    report = replayed(world)
    matcher = Matcher(tuple(world.new.watchlists.values()))
    naive = {
        (item.id, hit.watch): hit.why
        for batch in world.polls
        for item in batch.items
        for hit in matcher.match(item)
        if not hit.possible
    }
    assert sampled(report, "gained") == naive.keys() - stored_hits(world.before)
    for one in report.samples:
        if one.kind == "gained":
            assert one.why == naive[one.item, one.watch]


def test_worker_processes_and_pages_change_nothing(world: World, monkeypatch) -> None:
    expected = replayed(world, workers=1)
    monkeypatch.setattr(replay, "FEW", 0)
    monkeypatch.setattr(replay, "CHUNK", 7)
    assert replayed(world, workers=2) == expected


def test_two_rule_sets_are_compared_without_stored_hits(world: World) -> None:
    stored = replayed(world)
    world.before.write_now(forget_hits)
    report = replayed(world, against=world.old)
    assert report.watches == stored.watches
    assert {one.hit for one in report.samples} == {one.hit for one in stored.samples}
    for one, other in zip(report.mails, stored.mails, strict=True):
        assert one.before.messages == other.before.messages
        assert one.after.messages == other.after.messages


def forget_hits(tx) -> None:
    for table in ("delivery_hit", "route", "story_link", "hit"):
        tx._drive(f"DELETE FROM {table}", ())


def test_rules_that_are_as_they_were_change_nothing(world: World) -> None:
    report = backtest(world.before, world.old, start=START, end=END)
    assert (report.gained, report.lost) == (0, 0)
    assert report.kept == len(stored_hits(world.before))
    assert all(one.before == one.after for one in report.mails)


def test_a_lost_hit_says_what_the_edited_rule_makes_of_it(world: World) -> None:
    steps = {one.watch: " ".join(one.steps) for one in replayed(world).samples if one.steps}
    assert "excluded phrase" in steps["maria-exemplar"]
    assert steps["gone"] == "There is no watch gone any more."


def test_what_is_stored_while_it_runs_is_not_seen(world: World) -> None:
    newcomer = Item("late", "s0", "A ferry", first_seen=START + timedelta(days=1), keys=("late",))
    expected = replayed(world)

    class Meddler(Progress):
        def begin(self, total: int) -> None:
            world.before.write_now(lambda tx: tx.add_items([newcomer]))

    assert replayed(world, progress=Meddler()) == expected
    assert replayed(world).items == expected.items + 1


def test_progress_hears_of_every_item(world: World) -> None:
    heard: list[int] = []

    class Ear(Progress):
        def begin(self, total: int) -> None:
            heard.append(-total)

        def advance(self, items: int) -> None:
            heard.append(items)

    report = replayed(world, progress=Ear())
    assert -heard[0] == sum(heard[1:]) == report.items


def test_it_says_the_same_of_a_postgresql_database(
    world: World, postgresql_databases, tmp_path
) -> None:
    config = write_config(tmp_path / "server", OLD, postgresql_databases())
    store = Store.open(lived(config, world.polls).database_url)
    try:
        report = backtest(store, world.new, start=START, end=END, samples=10_000)
    finally:
        store.close()
    assert report == replayed(world)


def test_days_before_the_first_item_are_not_counted(world: World) -> None:
    report = backtest(world.before, world.new, start=START - timedelta(days=300), end=END)
    exact = replayed(world)
    assert report.days == exact.days <= DAYS
    assert report.mails == exact.mails


def test_an_empty_window_is_a_report_of_nothing(world: World) -> None:
    report = backtest(world.before, world.new, start=END, end=END + timedelta(days=3))
    assert (report.items, report.days, report.watches, report.samples) == (0, 1.0, (), ())
    assert {one.after.messages for one in report.mails} == {0}


def test_long_texts_travel_in_smaller_chunks() -> None:
    items = [Item(str(n), "s", "T", text="x" * n) for n in range(10)]
    cut = [[item.id for item in page] for page in workers.pages(items, 4, characters=12)]
    assert cut == [["0", "1", "2", "3"], ["4", "5", "6"], ["7", "8"], ["9"]]


def end_this_process(_: object) -> None:
    os._exit(3)


def test_a_worker_that_dies_is_told_in_one_line(world: World, monkeypatch) -> None:
    monkeypatch.setattr(replay, "FEW", 0)
    monkeypatch.setattr(workers, "match_chunk", end_this_process)
    with pytest.raises(MonitorError, match=r"a worker process ended.*--workers"):
        replayed(world, workers=2)
