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
_ROOM, _LESS_ROOM = 40, 10
"""Places of both tables for each literal: one word in forty passes the first though nothing begins so."""
_LEAST_BITS, _BITS = 12, 64
_OF_WORD, _OF_NEXT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd numbers without a pattern that spread what they multiply over all bits."""
_FIRST = np.uint64(0xFF)
_LONG, _SHORT = np.dtype("<u8"), np.dtype("<u4")


class Beginnings:
    """Finds words that are followed by certain letters, in time that hardly grows with their number.

    The last bytes of all words of a text and the first ones of those behind them are hashed at once; one
    table says of most that nothing begins so, a second one, by other bits of the hash, of most of the rest.
    """

    __slots__ = ("_again", "_alike", "_known", "_literals", "_mask", "_shift", "_there")

    def __init__(self, literals: Sequence[str]) -> None:
        self._literals = tuple(literals)
        self._known: dict[int, int] = {}
        self._alike: dict[int, list[int]] = {}
        for index, literal in enumerate(literals):
            key = _key(*literal[1:].encode().split(b" ", 1))
            if self._known.setdefault(key, index) != index:
                self._alike.setdefault(key, []).append(index)
        bits, fewer = (
            max(_LEAST_BITS, (len(literals) * room).bit_length()) for room in (_ROOM, _LESS_ROOM)
        )
        keys = np.array(list(self._known), _LONG)
        self._shift, self._mask = np.uint64(_BITS - bits), np.uint64((1 << fewer) - 1)
        self._there, self._again = np.zeros(1 << bits, np.bool_), np.zeros(1 << fewer, np.bool_)
        self._there[keys >> self._shift] = True
        self._again[keys & self._mask] = True

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (literal, start) for each occurrence in ``text``, which begins and ends with a space."""
        coded = _BEFORE + text.encode() + _BEHIND
        letters = np.frombuffer(coded, np.uint8)
        spaces = (letters == _SPACE).nonzero()[0]
        begins, ends = spaces[_WORD_BYTES - 1 : -_NEXT_BYTES - 1], spaces[_WORD_BYTES:-_NEXT_BYTES]
        longer = np.ndarray((len(coded) - 4,), _SHORT, coded, 1, (1,)).take(ends).astype(_LONG)
        shorter = longer & _FIRST
        words = _words(coded, begins, ends)
        longer *= _OF_NEXT
        longer += words
        shorter *= _OF_NEXT
        shorter += words
        there = self._there.take(longer >> self._shift)
        there |= self._there.take(shorter >> self._shift)
        maybe = there.nonzero()[0]
        keys = np.concatenate((longer.take(maybe), shorter.take(maybe)))
        maybe = np.concatenate((maybe, maybe))
        again = self._again.take(keys & self._mask).nonzero()[0]
        if not len(again):
            return
        starts = begins.take(maybe.take(again)) - _WORD_BYTES
        if len(coded) - len(_BEFORE) - len(_BEHIND) > len(text):
            starts = _in_letters(letters, starts)
        for key, start in zip(keys.take(again).tolist(), starts.tolist(), strict=True):
            if key in self._known:
                for literal in (self._known[key], *self._alike.get(key, ())):
                    if text.startswith(self._literals[literal], start):
                        yield literal, start


def _words(coded: bytes, begins: Offsets, ends: Offsets) -> Keys:
    """Return the last bytes of the words between spaces, times a number."""
    kept = ends - begins
    kept -= 1
    np.minimum(kept, _WORD_BYTES, out=kept)
    kept -= _WORD_BYTES
    kept *= -8  # bits to shift out
    words = np.ndarray((len(coded) - 7,), _LONG, coded, 0, (1,)).take(ends - _WORD_BYTES)
    words >>= kept.view(_LONG)
    words *= _OF_WORD
    return words


def _in_letters(coded: Bytes, starts: Offsets) -> Offsets:
    """Return offsets behind the padding in letters instead of bytes."""
    before = ((coded & 0xC0) != 0x80).cumsum()  # noqa: PLR2004 - continuation bytes of UTF-8
    found: Offsets = before.take(starts + _WORD_BYTES) - 1 - _WORD_BYTES
    return found


def _key(word: bytes, following: bytes) -> int:
    """Return what `Beginnings.find` makes of a word and the first bytes of the next."""
    first = following[: _NEXT_BYTES if len(following) >= _NEXT_BYTES else 1]
    parts = int.from_bytes(word[-_WORD_BYTES:], "little"), int.from_bytes(first, "little")
    mixed = parts[0] * int(_OF_WORD) + parts[1] * int(_OF_NEXT)
    return mixed & ((1 << _BITS) - 1)
