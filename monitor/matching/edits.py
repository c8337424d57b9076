"""Replacing stretches of a text, and the way back from the outcome to the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple


class Edits(NamedTuple):
    """Where one step of folding changed lengths.

    From position ``at[k]`` of the output on, the input stands at ``origin[k]``; inside a replaced
    piece ``stop[k]`` is the end of its input, elsewhere -1.
    """

    at: tuple[int, ...]
    origin: tuple[int, ...]
    stop: tuple[int, ...]

    def start(self, place: int) -> int:
        """Return where the character at ``place`` of the output begins in the input."""
        k = bisect_right(self.at, place) - 1
        if k < 0:
            return place
        return self.origin[k] + (0 if self.stop[k] >= 0 else place - self.at[k])

    def end(self, place: int) -> int:
        """Return where the input of the output before ``place`` ends."""
        k = bisect_right(self.at, place - 1) - 1
        if k < 0:
            return place
        return self.stop[k] if self.stop[k] >= 0 else self.origin[k] + place - self.at[k]


def edit(
    text: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
) -> tuple[str, tuple[Edits, ...]]:
    """Replace every match of ``pattern`` and return the text with its edits, if any."""
    changes = [(*match.span(), replace(match)) for match in pattern.finditer(text)]
    return splice(text, changes)


def splice(text: str, changes: list[tuple[int, int, str]]) -> tuple[str, tuple[Edits, ...]]:
    """Replace stretches (start, end, by what), in order, and return the text with its edits."""
    if not changes:
        return text, ()
    parts: list[str] = []
    at: list[int] = []
    origin: list[int] = []
    stop: list[int] = []
    done = longer = 0
    for begin, end, piece in changes:
        parts += (text[done:begin], piece)
        done = end
        if len(piece) != end - begin:
            if piece:
                at.append(begin + longer)
                origin.append(begin)
                stop.append(end)
            longer += len(piece) - end + begin
            at.append(end + longer)
            origin.append(end)
            stop.append(-1)
    parts.append(text[done:])
    layers = (Edits(tuple(at), tuple(origin), tuple(stop)),) if at else ()
    return "".join(parts), layers
