from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from monitor.errors import StoreError
from monitor.model import Mode, Route
from monitor.store import Store, Tx


def test_an_item_comes_back_as_it_was_stored(store: Store, make: SimpleNamespace) -> None:
    full = make.item("a")
    bare = replace(make.item("b"), published=None, authors=(), keys=(), baseline=False, text="")
    store.write_now(lambda tx: tx.add_items([full, bare]))
    assert store.read_now(lambda tx: tx.items(["b", "a", "nobody"])) == {"a": full, "b": bare}
    assert store.read_now(lambda tx: tx.item("nobody")) is None


def test_an_item_is_known_by_each_of_its_keys(store: Store, make: SimpleNamespace) -> None:
    store.write_now(lambda tx: tx.add_items([make.item("a"), make.item("b")]))
    keys = [*(f"unknown{number}" for number in range(1200)), "k1-a", "k2-a", "k2-b"]
    known = store.read_now(lambda tx: tx.known(keys))
    assert known == {"k1-a": "a", "k2-a": "a", "k2-b": "b"}
    assert store.read_now(lambda tx: tx.known([])) == {}


def test_what_exists_stays_as_it_is(store: Store, make: SimpleNamespace) -> None:
    first = make.item("a", keys=("shared",))
    store.write_now(lambda tx: tx.add_items([first]))
    changed = replace(first, title="Another title")
    thief = make.item("b", keys=("shared", "own"))
    store.write_now(lambda tx: tx.add_items([changed, thief]))
    assert store.read_now(lambda tx: tx.item("a")) == first
    assert store.read_now(lambda tx: tx.known(["shared", "own"])) == {"shared": "a", "own": "b"}


def test_many_items_are_stored_in_one_go(store: Store, make: SimpleNamespace) -> None:
    items = [make.item(f"i{number:04}", minutes=number) for number in range(2500)]
    store.write_now(lambda tx: tx.add_items(items))
    found = store.read_now(lambda tx: tx.items([each.id for each in items]))
    assert list(found.values()) == items
    assert (
        len(store.read_now(lambda tx: tx.known(key for each in items for key in each.keys))) == 5000
    )


def test_an_item_without_first_seen_is_refused_and_nothing_is_stored(
    store: Store, make: SimpleNamespace
) -> None:
    items = [make.item("a"), replace(make.item("b"), first_seen=None)]
    with pytest.raises(ValueError, match="item b cannot be stored"):
        store.write_now(lambda tx: tx.add_items(items))
    assert store.read_now(lambda tx: tx.items(["a", "b"])) == {}


def test_a_missing_value_is_an_error_and_never_a_row_silently_left_out(
    store: Store, make: SimpleNamespace
) -> None:
    broken = replace(make.item("a"), title=None)
    with pytest.raises(ValueError, match="a row of item lacks"):
        store.write_now(lambda tx: tx.add_items([broken]))


def test_a_sighting_adds_the_new_key_and_the_other_source(
    store: Store, make: SimpleNamespace
) -> None:
    store.write_now(lambda tx: tx.add_items([make.item("a")]))
    for source in ("wire", "radio", "wire"):
        pairs = [("a", f"key-{source}")]
        store.write_now(partial(Tx.add_sightings, pairs=pairs, source=source))
    assert store.read_now(lambda tx: tx.known(["key-wire", "key-radio"])) == {
        "key-wire": "a",
        "key-radio": "a",
    }
    assert store.read_now(lambda tx: tx.sightings(["a", "b"])) == {"a": ("radio", "wire")}


def test_a_replay_reads_every_item_once_oldest_first(store: Store, make: SimpleNamespace) -> None:
    items = [make.item(f"i{number:04}", minutes=number // 3) for number in range(1203)]
    store.write_now(lambda tx: tx.add_items(reversed(items)))
    assert store.read_now(lambda tx: list(tx.stored_items())) == items
    start, end = make.now + timedelta(minutes=10), make.now + timedelta(minutes=20)
    assert store.read_now(lambda tx: list(tx.stored_items(start, end))) == items[30:60]
    assert store.read_now(lambda tx: list(tx.stored_items(source="other"))) == []


def test_pruning_takes_old_items_without_hits_and_keeps_them_known(
    store: Store, make: SimpleNamespace
) -> None:
    old = [make.item(f"old{number}", minutes=number) for number in range(7)]
    told, fresh = make.item("told"), make.item("fresh", minutes=60)

    def fill(tx: Tx) -> None:
        tx.add_items([*old, told, fresh])
        tx.add_hits([make.hit("told")])
        tx.add_sightings([("old1", "k9")], "wire")
        tx.add_routes([Route("desk", "told/ada", Mode.DIGEST, "daily")])

    store.write_now(fill)
    before = make.now + timedelta(minutes=30)
    pruned = [store.write_now(lambda tx: tx.prune(before, limit=4)) for _ in range(3)]
    assert pruned == [4, 3, 0]
    assert store.read_now(lambda tx: list(tx.stored_items())) == [told, fresh]
    assert store.read_now(lambda tx: tx.known(["k1-old3", "k9"])) == {
        "k1-old3": "old3",
        "k9": "old1",
    }
    assert store.read_now(lambda tx: tx.integrity_check()) == []


def test_a_hit_on_an_item_that_is_not_stored_is_refused(
    store: Store, make: SimpleNamespace
) -> None:
    with pytest.raises(StoreError, match="hit a/ada cannot be stored: its item a is not"):
        store.write_now(lambda tx: tx.add_hits([make.hit("a")]))
