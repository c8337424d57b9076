"""How alike an item and a story are, and the sentence that says why.

The measure is a logistic one over four cosines of terms weighed by rarity: all terms, the words, the
names, the numbers. Names and numbers count for themselves because they are what another language
leaves as it is. Its weights were fitted on the invented stories of `tests/golden/stories`, by parts
of them so that the rest could judge, and rounded; that of time was then lowered by hand, for invented
events stand further apart in time than real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp, sqrt
from typing import Final, NamedTuple

from monitor.stories.terms import DATE, NAME, NUMBER_SIGN, WATCH

ALL: Final = 10.5
WORDS: Final = 4.5
NAMES: Final = 4.5
NUMBERS: Final = 5.0
PER_DAY: Final = 1.5
"""What each day since the story's last item takes away."""
MOST_DAYS: Final = 3.0
"""Days after which it takes no more: then it is the window that ends a story."""
BARE: Final = 1.0
"""What a headline alone is granted: it has little to share."""
SERIAL: Final = 3.0
"""What one outlet alone must make up for: its serials carry the same words in every part."""
START: Final = -6.3
SURE: Final = 0.5
"""Least likeness, 0 to 1, of an item that tells a story again."""
_FEW: Final = 16.0
"""Square of the weight that names or numbers must have on both sides before they are proof."""


class Norms(NamedTuple):
    """Lengths of a vector of terms: of its words, names and numbers."""

    words: float
    names: float
    numbers: float

    @property
    def all(self) -> float:
        """Return the length of the whole vector."""
        return sqrt(self.words**2 + self.names**2 + self.numbers**2)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike an item and a story are, and how much each term they share weighs in that."""

    score: float
    """0 to 1; from `SURE` on they tell of one event."""
    shared: Mapping[str, float]


def kind_of(key: str) -> int:
    """Return 0 for words, pairs of characters and watches, 1 for names, 2 for numbers and dates."""
    if key[0] == NAME:
        return 1
    return 2 if key[0] in (NUMBER_SIGN, DATE) else 0


def norms(terms: Iterable[tuple[str, float]], rarity: Callable[[str], float]) -> Norms:
    """Return the lengths of a vector of ``terms``, each weighed by its rarity."""
    squares = [0.0, 0.0, 0.0]
    for key, weight in terms:
        squares[kind_of(key)] += (weight * rarity(key)) ** 2
    return Norms(*map(sqrt, squares))


def compare(
    item: Mapping[str, float],
    item_norms: Norms,
    shared: Mapping[str, float],
    story_norms: Norms,
    apart: timedelta,
    *,
    bare: bool = False,
    serial: bool = False,
) -> Likeness:
    """Return how alike ``item`` and ``story`` are, ``apart`` from the item to the story's last.

    ``item`` holds weights times rarity squared, ``shared`` the story's own weights of the terms that
    both have. ``bare`` is a headline alone, ``serial`` an item of the only outlet that tells the
    story.
    """
    products = {key: weight * item[key] for key, weight in shared.items()}
    dots = [0.0, 0.0, 0.0]
    for key, product in products.items():
        dots[kind_of(key)] += product
    whole = item_norms.all * story_norms.all
    if not whole or _is_a_person_alone(shared):
        return Likeness(0.0, {})
    # A story is as long as its items together: measured in lengths of the item, few stay few.
    scale = item_norms.all / story_norms.all
    cosines = [
        dot * scale / max(mine * theirs * scale, few)
        for dot, mine, theirs, few in zip(
            dots, item_norms, story_norms, (1e-9, _FEW, _FEW), strict=True
        )
    ]
    days = min(apart / timedelta(days=1), MOST_DAYS)
    evidence = START - PER_DAY * days + ALL * sum(dots) / whole
    evidence += sum(x * y for x, y in zip((WORDS, NAMES, NUMBERS), cosines, strict=True))
    evidence += BARE * bare - SERIAL * serial
    return Likeness(1 / (1 + exp(-max(-50.0, evidence))), products)


def _is_a_person_alone(shared: Collection[str]) -> bool:
    """Tell whether a first name and a last name are all: whom it is about, and not what happened."""
    return len(shared) <= 2 and all(kind_of(key) == 1 or key[0] == WATCH for key in shared)  # noqa: PLR2004 - two names


def sentence(products: Mapping[str, float], surfaces: Mapping[str, str], told: str) -> str:
    """Return why an item was joined: ``joined: same names Merrow, Keane and number 1,900 as …``."""
    shared = sorted(products, key=lambda key: (-products[key], key))
    names = _first(shared, (NAME,), surfaces, 3)
    numbers = _first(shared, (NUMBER_SIGN, DATE), surfaces, 2)
    parts = [_list("name", names), _list("number", numbers)]
    if not any(parts):
        words = [key for key in shared if kind_of(key) == 0][:4]
        parts = [_list("word", list(dict.fromkeys(surfaces.get(key, key) for key in words)))]
    said = " and ".join(part for part in parts if part)
    return f"joined: same {said or 'watches'} as {told}"


def _first(
    shared: Sequence[str], kinds: tuple[str, ...], surfaces: Mapping[str, str], most: int
) -> list[str]:
    found = [surfaces.get(key, key[1:]) for key in shared if key[0] in kinds]
    return list(dict.fromkeys(found))[:most]


def _list(what: str, found: list[str]) -> str:
    return f"{what}{'s' if len(found) > 1 else ''} {', '.join(found)}" if found else ""
