"""The page on queries says what the grammar says, and every example on it is true."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from monitor.matching import Matcher, Watchlist, tree
from monitor.matching.query import parse
from monitor.matching.words import FIELD_NAMES
from monitor.model import Item

DOCS = Path(__file__).parents[2] / "docs"


def loaded():
    spec = importlib.util.spec_from_file_location("make_queries", DOCS / "make_queries.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_queries"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


SCRIPT = loaded()
EXAMPLES = [
    pytest.param(each, id=each.query) for _, node in SCRIPT.PARTS for each in SCRIPT.examples(node)
]


def item(sample: str) -> Item:
    fields, title, text = SCRIPT.fields_of(re.sub(r"[\[\]]", "", sample))
    return Item(
        id="i",
        source=fields.get("source", "s"),
        title=title,
        text=text,
        url=fields.get("url", ""),
        language=fields.get("lang", ""),
        authors=tuple(filter(None, [fields.get("author", "")])),
    )


def marked(query: str, sample: Item) -> list[str] | None:
    """Return what the real matcher marks; None when it finds nothing."""
    watches = [
        {"id": "example", "kind": "topic", "name": "Example", "match": query},
        {"id": "rushan-abbas", "kind": "person", "name": "Rushan Abbas"},
    ]
    matcher = Matcher([Watchlist.model_validate({"watchlist": "w", "watches": watches})])
    hits = {hit.watch: hit for hit in matcher.match(sample)}
    if "example" not in hits:
        return None
    return [span.text for span in hits["example"].spans]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_finds_and_marks_what_the_page_says(example):
    _, title, text = SCRIPT.fields_of(example.finds)
    expected = re.findall(r"\[([^\]]*)\]", f"{title} | {text}")
    assert expected
    assert marked(example.query, item(example.finds)) == expected


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_leaves_what_the_page_says(example):
    assert marked(example.query, item(example.leaves)) is None


def test_the_page_is_what_the_code_says():
    written = (DOCS / "queries.md").read_text(encoding="utf-8")
    assert written == SCRIPT.page(), "run: .venv/bin/python docs/make_queries.py"


def test_every_kind_of_node_and_every_field_is_told_of():
    nodes = set(tree.Node.__args__)
    assert {node for _, node in SCRIPT.PARTS} == nodes
    assert tuple(tree.FIELDS) == FIELD_NAMES
    for _, node in SCRIPT.PARTS:
        assert SCRIPT.examples(node), node
        kinds = {type(part) for each in SCRIPT.examples(node) for part in walk(parse(each.query))}
        assert node in kinds


def walk(node):
    yield node
    for child in tree.children(node):
        yield from walk(child)
