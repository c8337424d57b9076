"""Text as copies are compared by: tokens, shingles, normalised headlines.

Scripts that put spaces between words are compared word by word; Chinese, Japanese, Thai, Lao,
Khmer and Burmese, which do not, character by character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORDS_IN_SHINGLE = 3
CHARACTERS_IN_SHINGLE = 5
LONGEST = 3000
"""Tokens looked at; copies of longer texts agree on their first 3,000 anyway."""

UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana and iteration marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"  # Han, the astral planes as one range
)
"""Characters of scripts without spaces, for a class of a regular expression."""
_TOKEN = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")
_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"[\u0300-\u036f\u0640\u064b-\u065f\u0670]")
"""Combining accents, and the vowel signs and the lengthening stroke of Arabic."""
_ONE_UNSPACED = re.compile(f"[{UNSPACED}]")
_SERIAL_PREFIX = re.compile(r"^(?:update|wrapup|corrected|refile)\s*\d*\s*[-:\u2013\u2014]\s*")


def fold(text: str) -> str:
    """Return ``text`` without differences of case and of width."""
    return unicodedata.normalize("NFKC", text).casefold()


def bare(word: str) -> str:
    """Return ``word`` without differences of case, width and accents, in any script."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold()))


def tokens(text: str) -> list[str]:
    """Return the words of ``text``, and every character where words are not spaced."""
    folded = fold(text)
    # The same tokens, in a third of the time, where no character needs a look of its own.
    pattern = _TOKEN if _ONE_UNSPACED.search(folded) else _WORD
    return pattern.findall(folded)[:LONGEST]


def is_unspaced(found: list[str]) -> bool:
    """Return whether most of the tokens are characters of a script without spaces."""
    # Scripts without spaces lie above Thai, most others below: the pattern is rarely asked.
    characters = [word for word in found if word >= "\u0e00" and _ONE_UNSPACED.fullmatch(word)]
    return 2 * len(characters) > len(found)


def shingles(found: list[str]) -> set[str]:
    """Return every run of 3 words, or of 5 characters in a script without spaces."""
    size = CHARACTERS_IN_SHINGLE if is_unspaced(found) else WORDS_IN_SHINGLE
    runs = zip(*(found[start:] for start in range(size)), strict=False)
    return set(map(" ".join, runs))


@lru_cache(maxsize=1024)
def headline(title: str, outlet: str = "") -> str:
    """Return ``title`` as headlines are compared: words only.

    The outlet's name behind it and an agency's serial mark ("UPDATE 2-") before it are left out.
    Empty when it is too short to tell one event from another: under 5 words, or under 12
    characters in a script without spaces.
    """
    found = tokens(_SERIAL_PREFIX.sub("", fold(title)))
    name = tokens(outlet)
    if name and found[-len(name) :] == name:
        found = found[: -len(name)]
    enough = 12 if is_unspaced(found) else 5
    return " ".join(found) if len(found) >= enough else ""
