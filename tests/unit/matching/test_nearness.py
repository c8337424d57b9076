"""Which places of an item stand close enough to speak of one thing."""

from __future__ import annotations

import pytest

from monitor.matching import Matcher, Watchlist
from monitor.model import Item


def hit(within: str | int, text: str, title: str = "", unless: list[str] | None = None) -> bool:
    watch = {
        "id": "mill",
        "kind": "topic",
        "name": "Fires in mills",
        "groups": {"mill": ["mill"], "fire": ["fire"], "drill": ["drill"]},
        "together": [
            {"all": ["mill", "fire"], "within": within, "unless": unless or [], "weight": 0.7}
        ],
    }
    found = Matcher([Watchlist.model_validate({"watchlist": "w", "watches": [watch]})])
    item = Item(id="i", source="s", title=title, text=text)
    return any(not hit.possible for hit in found.match(item))


FILLER = "And the day went on. " * 70


@pytest.mark.parametrize(
    ("text", "title", "near"),
    [
        ("The mill stood empty and the fire spread.", "", True),
        ("The mill stood empty. The fire came at night.", "", True),
        (f"The mill stood empty. {FILLER} The fire came at night.", "", False),
        (f"The fire came at night. {FILLER}", "The mill", True),
        (f"{FILLER} The fire came at night.", "The mill", False),
        ("", "A fire at the mill", True),
    ],
)
def test_a_passage_is_a_sentence_forty_words_or_the_title_and_the_top(text, title, near) -> None:
    assert hit("passage", text, title) is near


def test_a_sentence_does_not_reach_into_the_title() -> None:
    assert not hit("sentence", "The fire came at night.", "The mill")


def test_what_speaks_against_a_passage_may_stand_in_the_title() -> None:
    text = "Smoke rose over the mill. The fire was out by noon."
    assert hit("passage", text, "Noon", unless=["drill"])
    assert not hit("passage", text, "A drill", unless=["drill"])


def test_what_speaks_against_a_sentence_must_stand_in_it() -> None:
    assert hit("sentence", "The mill caught fire.", "A drill", unless=["drill"])
    assert not hit("sentence", "The fire drill at the mill.", "Noon", unless=["drill"])
