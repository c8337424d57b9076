"""What of an article changed, and whether that speaks of what is watched (all invented)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Hit, Item, Span
from monitor.stories.difference import difference
from monitor.stories.edits import Edit, EditKind, compare, is_another

PAIRS: dict[str, dict[str, Any]] = {
    name: pair
    for entry in yaml.safe_load(Path("tests/golden/edits/pairs.yaml").read_text(encoding="utf-8"))
    for name, pair in entry.items()
}
NAMES = {"maria": "Maria Exemplar", "board": "Sample Harbour Board", "chen": "陈样本"}
LINE = 240
"""Characters that a message shows of a development."""


def item(title: str = "Quay works begin", summary: str = "", text: str = "") -> Item:
    return Item("a", "gazette", title, summary=summary, text=text)


def hits_of(one: Item) -> list[Hit]:
    """Return a hit for each of `NAMES` with all places where it stands."""
    found = []
    for watch, name in NAMES.items():
        spans = [
            Span(part, start, start + len(name), name, name)
            for part in ("title", "summary", "text")
            for start in range(len(getattr(one, part)))
            if getattr(one, part).startswith(name, start)
        ]
        if spans:
            found.append(Hit(watch, one.id, watch, "people", 1.0, tuple(spans), "r"))
    return found


def edit(old: Item, new: Item) -> Edit:
    return compare(old, new, hits_of(old), hits_of(new))


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_an_edit_is_called_what_it_is(pair: dict[str, Any]) -> None:
    found = edit(item(**pair["before"]), item(**pair["after"]))
    assert found.kind.value == pair["kind"]
    assert sorted(found.watches) == pair.get("watches", [])
    if "words" in pair:
        assert difference(found) == pair["words"]


def test_a_hit_that_is_only_possible_makes_no_paragraph_one_of_its_watch() -> None:
    old, new = item(text="Maria Exemplar spoke.\nIt."), item(text="Maria Exemplar sang.\nIt.")
    (hit,) = hits_of(old)
    unsure = Hit(**{name: getattr(hit, name) for name in Hit.__slots__} | {"possible": True})
    assert compare(old, new, [unsure], [unsure]).kind is EditKind.ELSEWHERE


def test_a_sentence_that_was_said_twice_and_is_said_once_is_a_change() -> None:
    old = item(text="Maria Exemplar spoke.\nIt rained. It rained.")
    new = item(text="Maria Exemplar spoke.\nIt rained.")
    assert edit(old, new).removed == ("It rained.",)


def test_what_touches_the_watch_is_told_first() -> None:
    old = item(text="It rained.\nMaria Exemplar will come.\nA line")
    new = item(text="It snowed.\nMaria Exemplar will stay.\nAnother line")
    assert edit(old, new).added == ("Maria Exemplar will stay.", "It snowed.", "Another line")


def test_a_long_sentence_is_shown_where_it_changed() -> None:
    start, end = "word " * 60, " tail" * 60
    old = item(text=f"{start}Maria Exemplar agreed{end}.\nIt rained.")
    new = item(text=f"{start}Maria Exemplar refused{end}.\nIt rained.")
    words = difference(edit(old, new))
    assert "agreed" in words
    assert "refused" in words
    assert len(words) <= LINE


TEXTS = st.text(st.sampled_from("ab E.!?\n。陈样本กข,"), max_size=60) | st.sampled_from(
    ["Maria Exemplar spoke.\nIt rained.", "陈样本今天。天气。", "", "\n\n.", "a" * 500]
)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_two_texts_can_be_compared_and_told_in_a_line(
    title: str, other: str, text: str, changed: str
) -> None:
    old, new = item(title, text=text), item(other, text=changed)
    found = edit(old, new)
    assert (found.kind is EditKind.NONE) == ((title, text) == (other, changed))
    assert edit(old, old) == Edit()
    assert edit(new, old).kind is found.kind
    assert edit(new, old).watches == found.watches
    assert len(difference(found)) <= LINE
    if found.kind in {EditKind.WATCH, EditKind.ELSEWHERE}:
        assert difference(found)


@given(st.randoms(use_true_random=False))
def test_the_order_of_sentences_is_no_change(chance: random.Random) -> None:
    sentences = [
        "Maria Exemplar spoke.",
        "It rained.",
        "It rained.",
        "The Sample Harbour Board paid.",
    ]
    old = item(text="\n".join(sentences))
    chance.shuffle(sentences)
    new = item(text=" ".join(sentences))
    assert edit(old, new).kind in {EditKind.COSMETIC, EditKind.NONE}


def test_two_megabytes_of_sentences_are_compared_sentence_by_sentence() -> None:
    sentences = [f"Sentence {number} says nothing." for number in range(70_000)]
    old = item(text="\n".join([*sentences, "Maria Exemplar agreed."]))
    new = item(text="\n".join([*sentences, "Maria Exemplar refused."]))
    assert len(old.text) > 2_000_000
    found = edit(old, new)
    assert (found.removed, found.added) == (
        ("Maria Exemplar agreed.",),
        ("Maria Exemplar refused.",),
    )


@pytest.mark.parametrize(
    ("title", "text", "another"),
    [
        ("Before you continue", "We store cookies with 214 partners. Accept them all?", True),
        ("Page not found", "There is nothing here.", True),
        ("Withdrawn: Quay works begin", "The editors took this report back.", False),
        ("Harbour closed for good", "The board met. It closed the harbour.", False),
    ],
)
def test_another_text_at_an_address_is_no_edit(title: str, text: str, *, another: bool) -> None:
    old = item(summary="Of the quay.", text="The works began on Monday. The board met.")
    assert is_another(old, item(title, "Of the quay.", text)) is another
