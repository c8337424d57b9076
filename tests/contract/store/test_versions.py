from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from monitor.model import Exchange, RuleVersion, Version
from monitor.store import Store

PAGE = Exchange(
    "https://coast.example/a", 200, (("content-type", "text/html"),), b"<p>\x00\xff</p>"
)


def test_versions_come_back_oldest_first_as_they_were_kept(
    filled: Store, make: SimpleNamespace
) -> None:
    first = Version(make.item("a"), make.now, "d1")
    text = replace(make.item("a"), title="鹿 \u2067עברית\u2069", published=None)
    second = Version(text, make.now + timedelta(hours=1), "d2", PAGE, "b2")
    filled.write_now(lambda tx: tx.add_versions([second, first]))
    assert filled.read_now(lambda tx: tx.versions(["a", "b"])) == {"a": [first, second]}


def test_a_text_seen_before_stays_the_version_it_was(filled: Store, make: SimpleNamespace) -> None:
    first = Version(make.item("a"), make.now, "d1", PAGE)
    filled.write_now(lambda tx: tx.add_versions([first]))
    again = replace(first, at=make.now + timedelta(days=1), source=Exchange())
    filled.write_now(lambda tx: tx.add_versions([again]))
    assert filled.read_now(lambda tx: tx.versions(["a"])) == {"a": [first]}


def test_a_rule_is_kept_as_it_was_when_it_was_first_used(
    store: Store, make: SimpleNamespace
) -> None:
    rule = RuleVersion("r1", "ada", '{"name": "Ada"}', make.now)
    later = replace(rule, since=make.now + timedelta(days=1))
    store.write_now(lambda tx: tx.add_rules([rule]))
    store.write_now(lambda tx: tx.add_rules([later]))
    assert store.read_now(lambda tx: tx.rules(["r1", "r2"])) == {"r1": rule}


def test_which_versions_there_are_is_known_without_their_texts_and_pages(
    filled: Store, make: SimpleNamespace
) -> None:
    first = Version(make.item("a"), make.now, "d1")
    second = Version(make.item("a"), make.now + timedelta(hours=1), "d2", PAGE, "b2")
    other = Version(make.item("b"), make.now, "d3", PAGE, "b3")
    filled.write_now(lambda tx: tx.add_versions([second, first, other]))
    kept = filled.read_now(lambda tx: tx.kept_versions("a"))
    assert [(one.digest, one.at) for one in kept] == [("d1", first.at), ("d2", second.at)]
    assert kept[0].packed == 0 < kept[1].packed
    assert filled.read_now(lambda tx: tx.versions(["a"], digests={"d2"})) == {"a": [second]}
    assert filled.read_now(lambda tx: tx.versions(["a"], digests=())) == {}
    filled.write_now(lambda tx: tx.prune_pages(make.now + timedelta(days=1)))
    assert [one.packed for one in filled.read_now(lambda tx: tx.kept_versions("a"))] == [0, 0]
