from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from monitor.errors import StoreError
from monitor.model import StoryLink
from monitor.store import Mark, Store
from monitor.store.migrate import downgrade, upgrade
from tests.contract.store.test_migrations import differences, table_names

LATER = {"mark", "mute", "opt_out", "secret", "rule", "version", "revision", "wording"}
"""Tables that came after the first version."""


def test_a_hit_is_marked_and_the_newest_word_stands(filled: Store, make: SimpleNamespace) -> None:
    filled.write_now(lambda tx: tx.mark(Mark("a/ada", relevant=True, at=make.now)))
    later = Mark(
        "a/ada", relevant=False, at=make.now + timedelta(hours=1), note="a namesake – 同名"
    )
    filled.write_now(lambda tx: tx.mark(later))
    assert filled.read_now(lambda tx: tx.marks(["a/ada", "b/ada"])) == {"a/ada": later}


def test_marked_hits_come_with_their_items_the_last_marked_first(
    filled: Store, make: SimpleNamespace
) -> None:
    for minute, name in enumerate("ca"):
        mark = Mark(f"{name}/ada", relevant=name == "c", at=make.now + timedelta(minutes=minute))
        filled.write_now(lambda tx, mark=mark: tx.mark(mark))
    found = filled.read_now(lambda tx: tx.marked_hits("ada"))
    assert [(stored.item.id, mark.relevant) for stored, mark in found] == [
        ("a", False),
        ("c", True),
    ]
    assert found[0][0].hit == make.hit("a")
    assert filled.read_now(lambda tx: tx.marked_hits(limit=1)) == found[:1]
    assert filled.read_now(lambda tx: tx.marked_hits("somebody-else")) == []


def test_a_hit_that_is_not_stored_cannot_be_marked(filled: Store, make: SimpleNamespace) -> None:
    with pytest.raises(StoreError, match="not stored"):
        filled.write_now(lambda tx: tx.mark(Mark("x/ada", relevant=True, at=make.now)))


def test_hits_are_found_by_the_beginning_of_their_id(filled: Store) -> None:
    ask = filled.read_now
    assert ask(lambda tx: tx.hits_like("a/")) == ["a/ada"]
    assert ask(lambda tx: tx.hits_like("a/ada")) == ["a/ada"]
    assert ask(lambda tx: tx.hits_like("")) == ["a/ada", "b/ada"]
    assert ask(lambda tx: tx.hits_like("%")) == []
    assert ask(lambda tx: tx.hits_like("_/ada")) == []


def test_an_id_that_another_one_begins_with_is_still_the_one(
    filled: Store, make: SimpleNamespace
) -> None:
    filled.write_now(lambda tx: tx.add_hits([make.hit("a", "ada-lovelace")]))
    assert filled.read_now(lambda tx: tx.hits_like("a/ada")) == ["a/ada"]
    assert len(filled.read_now(lambda tx: tx.hits_like("a/ad"))) == 2


def test_bare_hits_are_the_stored_ones_without_spans(filled: Store, make: SimpleNamespace) -> None:
    found = filled.read_now(lambda tx: tx.bare_hits(["a", "c", "nowhere"]))
    assert sorted(found) == ["a", "c"]
    (bare,) = found["a"]
    full = make.hit("a")
    assert bare.spans == ()
    assert (bare.id, bare.watch, bare.score, bare.rule, bare.why, bare.possible) == (
        full.id,
        full.watch,
        full.score,
        full.rule,
        full.why,
        full.possible,
    )


def test_items_are_counted_in_the_window_that_a_replay_reads(
    filled: Store, make: SimpleNamespace
) -> None:
    start, end = make.now + timedelta(minutes=1), make.now + timedelta(minutes=2)
    assert filled.read_now(lambda tx: tx.count_items()) == 3
    assert filled.read_now(lambda tx: tx.count_items(start, end)) == 1
    assert [i.id for i in filled.read_now(lambda tx: list(tx.stored_items(start, end)))] == ["b"]


def test_sketches_come_back_with_their_links(filled: Store, make: SimpleNamespace) -> None:
    pair = (StoryLink("a", "s1", copy_of="", why="because"), make.sketch("a", "s1"))
    filled.write_now(lambda tx: tx.add_links([pair]))
    assert filled.read_now(lambda tx: tx.sketches(["a", "b"])) == {"a": pair}


def test_a_database_of_the_first_version_gains_marks_and_keeps_its_hits(
    filled: Store, make: SimpleNamespace
) -> None:
    downgrade(filled._write_engine, filled.name, "v0001")
    assert "mark" not in table_names(filled)
    assert filled.read_now(lambda tx: tx.count_hits()) == 3
    upgrade(filled._write_engine, filled.name)
    filled.write_now(lambda tx: tx.mark(Mark("a/ada", relevant=True, at=make.now)))
    with filled._write_engine.connect() as connection:
        assert differences(connection) == []
    assert filled.read_now(lambda tx: tx.count_hits()) == 3


def test_going_back_to_the_first_version_drops_what_came_later_alone(
    filled: Store, make: SimpleNamespace
) -> None:
    filled.write_now(lambda tx: tx.mark(Mark("a/ada", relevant=True, at=make.now)))
    before = table_names(filled)
    downgrade(filled._write_engine, filled.name, "v0001")
    assert table_names(filled) == before - LATER
    upgrade(filled._write_engine, filled.name)
    assert filled.read_now(lambda tx: tx.hits(10))[0].hit == make.hit("c")
