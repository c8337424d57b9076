"""Sentences beside the ones that took their place, and the words that differ (all invented)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories import differing, pairs
from monitor.stories.alignment import LONGEST

TEXTS = st.text(
    st.one_of(st.sampled_from("ab .,-\n\u0301\u093f陈样本가مر"), st.characters(codec="utf-8")),
    max_size=60,
)


def shown(runs: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if changed else text for text, changed in runs)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("She will resign.", "She will not resign.", "She will resign.", "She will [not ]resign."),
        ("It has 40 ships.", "It has 37 ships.", "It has [40] ships.", "It has [37] ships."),
        ("one two three", "one six ten three", "one [two] three", "one [six ten] three"),
        ("陈样本将辞职。", "陈样本将不辞职。", "陈样本将辞职。", "陈样本将[不]辞职。"),
        ("", "All of it is new.", "", "[All of it is new.]"),
        ("The same.", "The same.", "The same.", "The same."),
    ],
)
def test_the_words_that_differ_are_marked_and_no_others(
    old: str, new: str, before: str, after: str
) -> None:
    assert tuple(map(shown, differing(old, new))) == (before, after)


def test_two_words_that_differ_are_one_mark_with_the_space_between_them() -> None:
    assert shown(differing("the old mayor left", "the young chief left")[1]) == (
        "the [young chief] left"
    )


def test_a_long_sentence_shows_what_differs_with_a_little_around_it() -> None:
    words = " ".join(f"word{number}" for number in range(2 * LONGEST))
    old, new = f"{words} will resign {words}", f"{words} will not resign {words}"
    before, after = map(shown, differing(old, new))
    assert before.startswith("… ")
    assert before.endswith(" …")
    assert "will [not ]resign" in after
    assert len(after) < 300


def test_a_text_without_end_is_cut() -> None:
    for runs in differing("alpha " * 9_000, "omega " * 9_000):
        assert sum(len(text) for text, _ in runs) < 10 * LONGEST


@given(TEXTS, TEXTS)
def test_nothing_is_lost_added_or_cut_inside_a_letter(old: str, new: str) -> None:
    for text, runs in zip((old, new), differing(old, new), strict=True):
        assert "".join(piece for piece, _ in runs) == text
        for piece, _ in runs[1:]:
            assert unicodedata.category(piece[0])[0] != "M"


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_on_both_sides(old: str, new: str) -> None:
    same = [
        "".join("".join(piece for piece, changed in runs if not changed).split())
        for runs in differing(old, new)
    ]
    assert same[0] == same[1]


def test_a_sentence_stands_beside_the_one_most_like_it_and_the_rest_alone() -> None:
    removed = ["It rained all day long.", "She will resign on Monday, she said."]
    added = [
        "The hall was full and warm.",
        "She will not resign on Monday, she said.",
        "She will resign on Monday or Tuesday, as she and others said.",
    ]
    assert pairs(removed, added) == [
        (removed[0], ""),
        (removed[1], added[1]),
        ("", added[0]),
        ("", added[2]),
    ]


@given(st.lists(TEXTS, max_size=5), st.lists(TEXTS, max_size=5))
def test_every_sentence_stands_in_one_pair(removed: list[str], added: list[str]) -> None:
    found = pairs(removed, added)
    assert [old for old, new in found[: len(removed)]] == removed
    came = [new for _, new in found if new]
    assert sorted(came) == sorted(each for each in added if each)
