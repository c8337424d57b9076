"""YAML to a tree: text stays text, and nothing brings the reader down."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.files import UNPRINTABLE
from monitor.config.nodes import plain
from monitor.config.tree import Place, Scalar, Table, parse

SURPRISES = {
    "name: no": "no",
    "name: 22:22": "22:22",
    "name: 010": "010",
    "name: 0x1F": "0x1F",
    "name: 1e3": "1e3",
    "name: ~": "~",
    "name: null": "null",
    "name: 2026-11-23": "2026-11-23",
    "name: .inf": ".inf",
    "name: =": "=",
}


@pytest.mark.parametrize("text", SURPRISES)
def test_what_yaml_would_turn_into_something_else_stays_text(text):
    tree = parse(text, {})
    assert tree.root is not None
    assert plain(tree.root) == {"name": SURPRISES[text]}


def test_a_key_that_yaml_would_read_as_false_stays_text():
    tree = parse("no: 1\nyes: 2", {})
    assert tree.root is not None
    assert plain(tree.root) == {"no": "1", "yes": "2"}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(
    lambda text: "${" not in text and not UNPRINTABLE.search(text)
)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdef ü", min_size=1), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abcdef ü", min_size=1), VALUES))
def test_any_json_object_of_texts_reads_as_itself(value):
    tree = parse(json.dumps(value, ensure_ascii=False), {})
    assert tree.faults == ()
    assert tree.root is not None
    assert plain(tree.root) == value


@settings(deadline=None)
@given(st.text("ab:-[]{}&*!|>'\"%@`#,? \n\t${}", max_size=60))
def test_any_text_gives_a_tree_or_faults_inside_it(text):
    tree = parse(text, {"a": "b"})
    lines = text.split("\n")
    for fault in tree.faults:
        assert 1 <= fault.place.line <= len(lines) + 1
        assert fault.place.column >= 1


def test_every_node_knows_its_place():
    tree = parse('first: 1\nlist:\n  - "zwei ü"\n  - {key: value}\n', {})
    root = tree.root
    assert isinstance(root, Table)
    assert root.keys == {"first": Place(1, 1), "list": Place(2, 1)}
    assert root.entries["list"].items[0].place == Place(3, 5)
    assert root.entries["list"].items[1].keys == {"key": Place(4, 6)}


def test_places_count_characters_also_behind_wide_ones():
    tree = parse("維吾爾: 新疆", {})
    assert isinstance(tree.root, Table)
    assert tree.root.entries["維吾爾"].place == Place(1, 6)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_ends_at_the_cap_not_at_the_memory(opening):
    tree = parse(opening * 100_000, {})
    assert tree.root is None
    assert "nested more than" in tree.faults[0].message


def test_a_deep_block_ends_at_the_cap_too():
    text = "".join(f"{' ' * depth}a:\n" for depth in range(200))
    assert "nested more than" in parse(text, {}).faults[0].message


def test_a_value_knows_whether_it_stands_as_written():
    tree = parse("a: plain\nb: 'it''s'\nc: \"q\"\nd: |\n  x\ne: two\n  lines\n", {})
    assert isinstance(tree.root, Table)
    exact = {key: node.exact for key, node in tree.root.entries.items() if isinstance(node, Scalar)}
    assert exact == {"a": True, "b": False, "c": True, "d": False, "e": False}


def test_secrets_are_told_apart_from_what_merely_comes_from_the_environment():
    text = "host: ${HOST}\npassword: ${A}\nurl: https://x/${OPS_HOOK}\ntoken: written"
    tree = parse(text, {"HOST": "h.example.org", "A": "aaa", "OPS_HOOK": "hhh"})
    assert tree.secrets == {"aaa", "hhh", "written"}
    assert "aaa" not in repr(tree)
    assert "written" not in repr(tree)
