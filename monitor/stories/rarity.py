"""How much a term says: the rarer it is in the items of the last days, the more.

Inverse document frequency (Spärck Jones 1972), counted online: what every item says, such as the
watched name itself, weighs next to nothing. Before enough has been seen, a term counts as if its
kind had been met in some of `PRIOR_ITEMS` items before: a name in one of a thousand, a word in one
of a hundred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import log
from typing import Final

from monitor.stories.terms import DATE, NAME, NUMBER_SIGN, PAIR, WATCH

PRIOR_ITEMS: Final = 100
_SHARES: Final = {NAME: 1 / 1000, DATE: 1 / 40, PAIR: 1 / 250, WATCH: 1 / 8}
_WORD: Final = 1 / 100
_NUMBERS: Final = (1 / 8, 1 / 40, 1 / 300)
"""Numbers of one digit, of two, and others."""


class Rarity:
    """Counts in how many of the remembered items each term stands."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.items = 0

    def __len__(self) -> int:
        """Return how many terms are counted."""
        return len(self._counts)

    def add(self, keys: Iterable[str]) -> None:
        """Count the terms of an item."""
        self._counts.update(keys)
        self.items += 1

    def __contains__(self, key: str) -> bool:
        """Tell whether a remembered item has said ``key``."""
        return key in self._counts

    def remove(self, keys: Iterable[str]) -> None:
        """Take the terms of an item back."""
        for key in keys:
            if self._counts[key] > 1:
                self._counts[key] -= 1
            else:
                del self._counts[key]
        self.items -= 1

    def of(self, key: str) -> float:
        """Return the weight of a term: the natural logarithm of how rare it is, at least 0."""
        return self._weight(self._counts.get(key, 0) + PRIOR_ITEMS * _prior(key))

    def most(self) -> float:
        """Return the weight of a name that one remembered item has said: none that is shared has more."""
        return self._weight(1 + PRIOR_ITEMS * _SHARES[NAME])

    def _weight(self, counted: float) -> float:
        return max(0.0, log((self.items + PRIOR_ITEMS) / counted))


@lru_cache(maxsize=1 << 16)
def _prior(key: str) -> float:
    if key[0] != NUMBER_SIGN:
        return _SHARES.get(key[0], _WORD)
    digits = len(key) - 1
    year = digits == 4 and key[1:3] in {"19", "20"}  # noqa: PLR2004 - a year of this century or the last
    return _NUMBERS[0 if year or digits == 1 else 1 if digits == 2 else 2]  # noqa: PLR2004 - two digits
