"""Sentences before and after an edit side by side, with the words that differ."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from monitor.stories.text import UNSPACED, fold

ALIKE: Final = 0.5
"""Least share of the words of the longer of two sentences that both have, for one to be the other's successor."""
LONGEST: Final = 160
"""Words, spaces and signs of a sentence that are compared one by one; of a longer one what differs."""
_AROUND: Final = 16
"""Words, spaces and signs that are left on each side of what differs in a longer sentence."""
_TOKEN: Final = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+|\s+|[^\w\s]")

Run = tuple[str, bool]
"""A stretch of a sentence, and whether the other sentence has something else there."""


def pairs(removed: Sequence[str], added: Sequence[str]) -> list[tuple[str, str]]:
    """Return each sentence that is gone with the one that came in its place, then what came beside.

    Empty stands for no sentence: nothing came in the place of one, or one took the place of nothing.
    Takes time in the product of the two numbers.
    """
    counts = [Counter(_words(one)) for one in removed], [Counter(_words(one)) for one in added]
    ranked = sorted(
        (-alike, row, column)
        for row, old in enumerate(counts[0])
        for column, new in enumerate(counts[1])
        if (alike := _shared(old, new)) >= ALIKE
    )
    successor: dict[int, int] = {}
    for _, row, column in ranked:
        if row not in successor and column not in successor.values():
            successor[row] = column
    came = set(range(len(added))) - set(successor.values())
    gone = [
        (old, added[successor[row]] if row in successor else "") for row, old in enumerate(removed)
    ]
    return [*gone, *(("", added[column]) for column in sorted(came))]


def differing(old: str, new: str) -> tuple[list[Run], list[Run]]:
    """Return two sentences in runs, marked where they differ; of a long one what stands around that."""
    left, right = _trimmed(_tokens(old), _tokens(new))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    runs: tuple[list[Run], list[Run]] = ([], [])
    for kind, i, j, k, m in matcher.get_opcodes():
        # A space between two words that differ is no word that stayed.
        changed = kind != "equal" or (i > 0 and j < len(left) and _is_space(left[i:j]))
        for side, words in zip(runs, (left[i:j], right[k:m]), strict=True):
            _extend(side, "".join(words), changed=changed)
    return runs


def _extend(runs: list[Run], text: str, *, changed: bool) -> None:
    if text and runs and runs[-1][1] is changed:
        runs[-1] = (runs[-1][0] + text, changed)
    elif text:
        runs.append((text, changed))


def _is_space(tokens: Sequence[str]) -> bool:
    return not "".join(tokens).strip()


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if found and unicodedata.category(token[0])[0] == "M":  # belongs to the letter before it
            found[-1] += token
        else:
            found.append(token)
    return found


def _words(sentence: str) -> Iterator[str]:
    tokens = _TOKEN.findall(fold(sentence[: 20 * LONGEST]))
    return (token for token in tokens if token[0].isalnum())


def _shared(old: Counter[str], new: Counter[str]) -> float:
    longer = max(old.total(), new.total())
    return (old & new).total() / longer if longer else 0.0


def _trimmed(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Return both without the most of what begins and ends both, when one of them is long."""
    if max(len(old), len(new)) <= LONGEST:
        return old, new
    start = max(0, _common(old, new) - _AROUND)
    old, new = old[start:], new[start:]
    end = max(0, _common(old[::-1], new[::-1]) - _AROUND)
    kept = (_piece(old, len(old) - end), _piece(new, len(new) - end))
    before = ["…", " "] if start else []
    return [*before, *kept[0]], [*before, *kept[1]]


def _piece(tokens: list[str], end: int) -> list[str]:
    end = min(end, LONGEST)
    return [*tokens[:end], " ", "…"] if end < len(tokens) else tokens


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many tokens begin both."""
    length = min(len(old), len(new))
    return next((place for place in range(length) if old[place] != new[place]), length)
