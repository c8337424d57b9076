"""What the providers of `search` share: their limits, and how names become one query."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from monitor.model import Document, Fetched

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a provider, before it has an address."""

    query: str
    language: str
    """BCP 47 tag, empty for any."""
    country: str
    """ISO 3166-1 code, empty for any."""
    back: float
    """Seconds that results may lie back."""
    now: float
    """Unix time."""


class Provider(ABC):
    """A place that searches for coverage without an account or a key."""

    name: ClassVar[str]
    endpoint: ClassVar[str]
    """Address that is asked, without its parameters."""
    accept: ClassVar[str]
    characters: ClassVar[int]
    """Longest query that is answered."""
    words: ClassVar[int]
    """Words of a query that are heeded; operators are none."""
    most: ClassVar[int]
    """Results that one answer holds at most."""
    together: ClassVar[bool] = True
    """Whether one query may name several, parted by OR."""

    def joined(self, names: Iterable[str]) -> str:
        """Return the query for texts that hold any of ``names``."""
        return " OR ".join(f'"{name}"' for name in names)

    def fits(self, names: Iterable[str]) -> bool:
        """Tell whether a query for ``names`` is heeded to its end."""
        listed = tuple(names)
        words = sum(_words(name) for name in listed)
        few = self.together or len(listed) <= 1
        return few and words <= self.words and len(self.joined(listed)) <= self.characters

    def names_in(self, language: str) -> str:
        """Return the language in whose script the texts of ``language`` are searched."""
        return language

    def knows(self, name: str) -> bool:
        """Tell whether the provider could find ``name`` at all."""
        return self.fits((name,))

    @abstractmethod
    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return the parameters that ask ``question``."""

    @abstractmethod
    def read(self, fetched: Fetched) -> Document:
        """Return what an answer holds; raises `monitor.errors.ParseError`."""


def _words(name: str) -> int:
    """Return how many words a provider counts; two characters of an unspaced script are one."""
    unspaced = len(re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]", name))
    return max(len(name.split()), -(-unspaced // 2))


_SCRIPTS = {
    "Arab": r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefe]",
    "Beng": r"[\u0980-\u09ff]",
    "Cyrl": r"[\u0400-\u052f]",
    "Deva": r"[\u0900-\u097f]",
    "Grek": r"[\u0370-\u03ff\u1f00-\u1fff]",
    "Hang": r"[\u1100-\u11ff\uac00-\ud7af]",
    "Hani": r"[\u3400-\u9fff]",
    "Hebr": r"[\u0590-\u05ff]",
    "Kana": r"[\u3040-\u30ff\u3400-\u9fff]",
    "Latn": r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]",
    "Thai": r"[\u0e00-\u0e7f]",
}
_WRITTEN = {
    "ar": "Arab", "be": "Cyrl", "bg": "Cyrl", "bn": "Beng", "ckb": "Arab", "el": "Grek",
    "fa": "Arab", "he": "Hebr", "hi": "Deva", "ja": "Kana", "kk": "Cyrl", "ko": "Hang",
    "ky": "Cyrl", "mk": "Cyrl", "mn": "Cyrl", "mr": "Deva", "ne": "Deva", "ps": "Arab",
    "ru": "Cyrl", "th": "Thai", "ug": "Arab", "uk": "Cyrl", "ur": "Arab", "yue": "Hani",
    "zh": "Hani",
}  # fmt: skip
"""Script of a language where it is not Latin (ISO 639, ISO 15924)."""
_EITHER = {"az", "sr", "uz"}


def written_in(name: str, language: str) -> bool:
    """Tell whether ``name`` is in the script of ``language``; any is when there is none."""
    base = language.partition("-")[0].lower()
    if not base or base in _EITHER:
        return True
    return bool(re.search(_SCRIPTS[_WRITTEN.get(base, "Latn")], name))


def plain_name(name: str) -> str:
    """Return a name as it may stand between quotation marks: one line without marks of its own."""
    return " ".join(name.replace('"', " ").replace("\u201c", " ").replace("\u201d", " ").split())
