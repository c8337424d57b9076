"""An edit in words: one line for a message, which shows what is gone and what came in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.stories.edits import Edit

LONGEST_SIDE: Final = 85
"""Characters of what is removed, and of what is added: both fit into the line of a message."""
_CONTEXT: Final = 24
"""Characters kept on each side of what changed within a sentence."""
_ALIKE: Final = 0.3
"""Part of the shorter sentence that begins or ends both, when one took the place of the other."""


def difference(edit: Edit) -> str:
    """Return what an edit removed and added, shortened; empty when it did neither."""
    if edit.titles:
        old, new = _around(*edit.titles)
        return f"the headline was changed from “{old}” to “{new}”"
    removed, added = _pair(edit.removed, edit.added)
    if removed and added:
        old, new = _around(removed, added)
        return f"the article was changed: “{old}” became “{new}”"
    if removed or added:
        what = "this was removed" if removed else "this was added"
        return f"the article was changed: {what}: “{_cut(removed or added, 2 * LONGEST_SIDE)}”"
    return ""


def _pair(removed: Sequence[str], added: Sequence[str]) -> tuple[str, str]:
    """Return the first sentence that is gone and the one most like it that came, of the first ones."""
    if not removed or not added:
        return (removed[0] if removed else "", added[0] if added else "")
    ranked = [
        (-_likeness(old, new), row + column, old, new)
        for row, old in enumerate(removed[:5])
        for column, new in enumerate(added[:5])
    ]
    return min(ranked)[2:]


def _likeness(old: str, new: str) -> float:
    same = _common(old, new) + _common(old[::-1], new[::-1])
    return min(1.0, same / (min(len(old), len(new)) or 1))


def _common(one: str, other: str) -> int:
    """Return how many characters begin both."""
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _around(old: str, new: str) -> tuple[str, str]:
    """Return what differs between two sentences, each with a little of what stands beside it."""
    if max(len(old), len(new)) <= LONGEST_SIDE or _likeness(old, new) < _ALIKE:
        return _cut(old), _cut(new)
    start = _word_start(old, max(0, _common(old, new) - _CONTEXT))
    tail = _common(old[start:][::-1], new[start:][::-1])
    keep = max(0, tail - _CONTEXT)
    return _piece(old, start, len(old) - keep), _piece(new, start, len(new) - keep)


def _word_start(text: str, place: int) -> int:
    """Return where the next word begins when ``place`` is inside one of a spaced script."""
    if place == 0 or text[place - 1].isspace():
        return place
    space = text.find(" ", place, place + _CONTEXT)
    return space + 1 if space >= 0 else place


def _piece(text: str, start: int, end: int) -> str:
    space = text.find(" ", end, end + _CONTEXT)
    end = space if space >= 0 else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return f"{before}{_cut(text[start:end])}{after}"


def _cut(text: str, longest: int = LONGEST_SIDE) -> str:
    if len(text) <= longest:
        return text
    space = text.rfind(" ", longest // 2, longest)
    return f"{text[: space if space > 0 else longest - 1].rstrip()}…"
