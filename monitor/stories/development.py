"""What is new in a story that is told again: a fact, a return after silence, a jump in outlets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from monitor.model import Sketch
from monitor.stories.likeness import kind_of
from monitor.stories.running import Story
from monitor.stories.terms import NAME, NUMBER_SIGN, ONCE, Term, Terms, stem

SILENCE: Final = timedelta(hours=24)
"""Time without an item after which somebody writes again for a reason."""
RETURNED: Final = 0.3
"""Least share of the headline that is new when a story returns after silence."""
WAVE: Final = timedelta(hours=6)
OUTLETS: Final = 5
"""Outlets within `WAVE` that make a jump, when at most `FEW` told the story in the day before."""
FEW: Final = 2
_SAME_LANGUAGE: Final = 0.25
"""Share of an item's words that its story knows, below which it is in another language."""
_SMALL: Final = {"1", "2"}


def development(terms: Terms, sketch: Sketch, story: Story) -> str:
    """Return what an item adds to ``story`` in a few words, empty when it only tells it again.

    A new fact is a name or a number in the headline that the text repeats and that no item of the
    story has said. What stands in the text alone is no news: every rewrite brings an expert, a
    street or a date of its own.
    """
    if facts := _new_facts(terms, story):
        return f"new {facts}"
    return _return(terms, sketch, story) or _jump(sketch, story)


def _new_facts(terms: Terms, story: Story) -> str:
    told = [
        t for t in terms.terms if t.titled and t.quarters >= 2 * ONCE and not story.knows(t.key)
    ]
    numbers = [t.key for t in told if t.key[0] == NUMBER_SIGN and t.key[1:] not in _SMALL]
    names = [] if _is_foreign(terms, story) else list(_names(told, terms, story))
    written = [
        (what, list(dict.fromkeys(terms.surfaces[key] for key in found)))
        for what, found in (("name", names), ("number", numbers))
        if found
    ]
    parts = [
        f"{what}{'s' if len(found) > 1 else ''} {', '.join(found[:3])}" for what, found in written
    ]
    return " and ".join(parts)


def _names(told: list[Term], terms: Terms, story: Story) -> Iterator[str]:
    """Yield what is surely a name, and known neither as a name nor as a word."""
    words = {term.key for term in terms.terms}
    for term in told:
        word = stem(term.key[1:])
        if term.key[0] == NAME and word not in words and not story.knows(word):
            yield term.key


def _is_foreign(terms: Terms, story: Story) -> bool:
    """Tell whether the item is in a language new to the story: all its names may look new."""
    words = [term.key for term in terms.terms if kind_of(term.key) == 0]
    return sum(map(story.knows, words)) < _SAME_LANGUAGE * len(words)


def _return(terms: Terms, sketch: Sketch, story: Story) -> str:
    """Return that a story comes back with another headline after a day of silence."""
    silence = sketch.time - story.last
    title = [term.key for term in terms.terms if term.titled]
    new = [key for key in title if not story.knows(key)]
    if silence < SILENCE or len(new) < RETURNED * len(title) or not new:
        return ""
    return f"told again after {silence // timedelta(hours=1)} hours without news of it"


def _jump(sketch: Sketch, story: Story) -> str:
    """Return that many outlets take up what few had told; said of the item that makes it many."""
    members = [member.sketch for member in story.members.values()]
    start = sketch.time - WAVE
    wave = {one.outlet for one in members if one.time > start}
    before = {one.outlet for one in members if start - SILENCE < one.time <= start}
    older = any(one.time <= sketch.time - SILENCE for one in members)
    if sketch.outlet in wave | before or not older or not 0 < len(before) <= FEW:
        return ""
    jump = len(wave - before) + 1 == OUTLETS
    return f"{OUTLETS} more outlets within {WAVE // timedelta(hours=1)} hours" if jump else ""
