"""All occurrences of many literals in one pass; the only place that knows the engine behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

_TABLE_BYTES = 8_000_000
"""Size up to which the quicker kind of automaton is built, a table of every state and byte."""
_KINDS = 16
"""Kinds of bytes that literals have at least."""
HANDFUL = 4
"""Literals up to which looking for each by itself is quicker than an automaton."""

Found = tuple[int, int, int]
"""Index of the literal, and where it stands."""


class Automaton:
    """Finds literals of any kind, letter by letter."""

    __slots__ = ("_engine", "_handful", "_lengths")

    def __init__(self, literals: Sequence[str]) -> None:
        self._handful = tuple(literals) if len(literals) <= HANDFUL else ()
        self._lengths = tuple(map(len, literals))
        coded = [literal.encode() for literal in literals]
        self._engine = (
            BytesAhoCorasick(
                coded,
                matchkind=MatchKind.Standard,
                implementation=Implementation.DFA
                if _is_small(coded)
                else Implementation.ContiguousNFA,
            )
            if len(literals) > HANDFUL
            else None
        )

    def find(self, text: str) -> list[Found]:
        """Return every occurrence, overlapping ones too, as (literal, start, end), by ends."""
        if self._engine is not None:
            coded = text.encode()
            found = self._engine.find_matches_as_indexes(coded, overlapping=True)
            return found if len(coded) == len(text) else list(self._in_letters(found, coded))
        several = []
        for index, literal in enumerate(self._handful):
            start = text.find(literal)
            while start >= 0:
                several.append((index, start, start + len(literal)))
                start = text.find(literal, start + 1)
        return several if len(self._handful) == 1 else sorted(several, key=itemgetter(2))

    def _in_letters(self, found: Iterable[Found], coded: bytes) -> Iterator[Found]:
        """Yield the same with offsets in letters instead of bytes."""
        place = letters = 0
        for literal, _, end in found:
            letters += len(coded[place:end].decode())
            place = end
            yield literal, letters - self._lengths[literal], letters


def _is_small(literals: Sequence[bytes]) -> bool:
    """Tell whether a table may be built: it has a row for each byte, with a number for each kind of byte."""
    together = b"".join(literals)
    rows = _TABLE_BYTES // 4 // max(1, len(together))
    return rows > _KINDS and 1 << len(set(together)).bit_length() <= rows


def is_beginning(literal: str) -> bool:
    """Tell whether a literal is a space, a word, a space, and some of the next word."""
    space = literal.find(" ", 1)
    return literal[0] == " " and 1 < space < len(literal) - 1
