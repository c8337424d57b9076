"""Beginnings of very many phrases, found all at once.

An automaton takes one byte of the text after the other, and once it is larger than the processor's cache it waits
for memory at most of them. Here all words of a text are hashed and looked up side by side, so that the
waiting overlaps: with 100,000 names a text takes two thirds of the time, with 400,000 half of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Keys = np.ndarray[tuple[int], np.dtype[np.uint64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

_SPACE = ord(" ")
_WORD_BYTES = 8
"""Bytes of a word, its last, that are looked up."""
_NEXT_BYTES = 4
"""Bytes of the next word, its first, that are looked up; of a shorter beginning only the first."""
_BEFORE, _BEHIND = b" " * _WORD_BYTES, b" " * _NEXT_BYTES
_ROOM = 40
"""Places of the table for each literal: one word in forty passes it though nothing begins so."""
_LEAST_BITS, _BITS = 12, 64
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without a pattern that spreads what it multiplies over all bits."""
_FIRST = np.uint64(0xFF)
_LONG, _SHORT = np.dtype("<u8"), np.dtype("<u4")
_OWN = np.array(
    [0, *((1 << _BITS) - (1 << 8 * (_WORD_BYTES - size)) for size in range(_WORD_BYTES + 1))], _LONG
)
"""Which of the bytes before a space are a word's, by its distance from the space before it."""


class Beginnings:
    """Finds words that are followed by certain letters, in time that hardly grows with their number.

    The last bytes of all words of a text and the first ones of those behind them are hashed at once; a
    table says of most that nothing begins so.
    """

    __slots__ = ("_alike", "_known", "_literals", "_shift", "_there")

    def __init__(self, literals: Sequence[str]) -> None:
        self._literals = tuple(literals)
        self._known: dict[int, int] = {}
        self._alike: dict[int, list[int]] = {}
        for index, literal in enumerate(literals):
            key = _key(*literal[1:].encode().split(b" ", 1))
            if self._known.setdefault(key, index) != index:
                self._alike.setdefault(key, []).append(index)
        bits = max(_LEAST_BITS, (len(literals) * _ROOM).bit_length())
        self._shift = np.uint64(_BITS - bits)
        self._there = np.zeros(1 << bits, np.bool_)
        self._there[np.array(list(self._known), _LONG) >> self._shift] = True

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (literal, start) for each occurrence in ``text``, which begins and ends with a space."""
        coded = _BEFORE + text.encode() + _BEHIND
        letters = np.frombuffer(coded, np.uint8, offset=_WORD_BYTES)
        spaces = (letters == _SPACE).nonzero()[0]
        begins, ends = spaces[: -_NEXT_BYTES - 1], spaces[1:-_NEXT_BYTES]
        behind = np.ndarray((len(letters) - _NEXT_BYTES,), _SHORT, coded, _WORD_BYTES + 1, (1,))
        keys = np.empty((2, len(ends)), _LONG)
        keys[0] = behind.take(ends)
        np.bitwise_and(keys[0], _FIRST, out=keys[1])
        keys += _words(coded, begins, ends)
        keys *= _SPREAD
        maybe = self._there.take((keys >> self._shift).view(np.int64)).ravel().nonzero()[0]
        known = self._known
        found = [
            (key, at)
            for key, at in zip(keys.take(maybe).tolist(), maybe.tolist(), strict=True)
            if key in known
        ]
        if not found:
            return
        starts = begins.take([at % len(ends) for _, at in found])
        if len(letters) - len(_BEHIND) > len(text):
            starts = _in_letters(letters, starts)
        for (key, _), start in zip(found, starts.tolist(), strict=True):
            for literal in (known[key], *self._alike.get(key, ())):
                if text.startswith(self._literals[literal], start):
                    yield literal, start


def _words(coded: bytes, begins: Offsets, ends: Offsets) -> Keys:
    """Return the last bytes of the words between spaces."""
    before = np.ndarray((len(coded) - _WORD_BYTES + 1,), _LONG, coded, 0, (1,))
    words = before.take(ends)
    words &= _OWN.take(ends - begins, mode="clip")
    return words


def _in_letters(coded: Bytes, starts: Offsets) -> Offsets:
    """Return offsets in letters instead of bytes."""
    before = ((coded & 0xC0) != 0x80).cumsum()  # noqa: PLR2004 - continuation bytes of UTF-8
    found: Offsets = before.take(starts) - 1
    return found


def _key(word: bytes, following: bytes) -> int:
    """Return what `Beginnings.find` makes of a word and the first bytes of the next."""
    first = following[: _NEXT_BYTES if len(following) >= _NEXT_BYTES else 1]
    last = word[-_WORD_BYTES:].rjust(_WORD_BYTES, b"\0")
    parts = int.from_bytes(last, "little") + int.from_bytes(first, "little")
    return parts * int(_SPREAD) & ((1 << _BITS) - 1)
