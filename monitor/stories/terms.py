"""The terms of an item: what it speaks of, as far as that is the same in another wording.

Names, numbers and dates are the same in most languages that share a script; words are cut to a stem
of seven letters, so that "resigns" and "resigned" meet; scripts without spaces give pairs of
characters. Nothing is translated or transliterated. A term is a short text that begins with its kind:

    =merrow  a name     #40  a number     @03-04  a date     !watch-id  a watch that the item hit
    ~过磅    a pair     strik  the stem of a word
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from math import log
from typing import Final, NamedTuple

from monitor.model import Hit
from monitor.stories.numbers import NUMBER, date_around, power_behind, word_value, written
from monitor.stories.text import UNSPACED, bare
from monitor.stories.vocabulary import FUNCTION_WORDS, GERMAN, MONTHS

NAME, NUMBER_SIGN, DATE, PAIR, WATCH = "=#@~!"
MOST: Final = 120
"""Terms kept of an item: an index of a week must fit into memory. News says first what matters."""
_LEAD: Final = 8_000
"""Characters looked at; the rest of a long article is background."""
_LONGEST: Final = 400
"""Tokens of the body looked at."""
_LONGEST_TITLE: Final = 60
_OPENING: Final = 60
"""Tokens of the body that count in full; background, further down, counts half."""
_STEM: Final = 7
_LONGEST_NAME: Final = 24
_LONGEST_RUN: Final = 4
"""Words of a name; more of them in a row are several, or a headline in capitals."""
ONCE: Final = 4
"""Quarters of a term that stands in a text once."""
TITLED: Final = 1.5
"""How much more a term in the headline weighs."""

_TOKEN = re.compile(
    rf"(?P<number>{NUMBER})"
    rf"|(?P<run>[{UNSPACED}]+)"
    rf"|(?P<word>(?![\d_{UNSPACED}])\w(?:(?![{UNSPACED}])[\w\u0300-\u036f]|['\u2019-](?=\w))*)"
    r"|(?P<end>[.!?:;\u2026\u3002\uff01\uff1f\n|\u2013\u2014\"\u201c\u201e\u00ab()])"
)
_PACKED = re.compile(r"(?:^| )(\d{1,6})([+-])(\S+)")
_POSSESSIVE = ("'s", "\u2019s", "'", "\u2019")
_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of one item."""

    key: str
    quarters: int
    """Times that it stands there, times four; what may be a name or a word counts half as each."""
    titled: bool = False

    @property
    def weight(self) -> float:
        """Return what it weighs within its item: the logarithm of its count, more in the headline."""
        times = self.quarters / ONCE
        weight = times if times < 1 else 1 + log(times)
        return weight * TITLED if self.titled else weight


class Terms(NamedTuple):
    """The terms of an item, the headline's first, and how the text writes each."""

    terms: tuple[Term, ...]
    surfaces: Mapping[str, str]


class _Token(NamedTuple):
    kind: str
    surface: str
    folded: str
    stem: str
    capital: bool
    first: bool
    """True at the start of a sentence, where a capital says nothing."""
    beside: bool
    """True when but one character, such as a blank, parts it from the token before."""


def terms_of(title: str, body: str, hits: Iterable[Hit] = ()) -> Terms:
    """Return the terms of a text; the same in every process.

    Of what made ``hits`` little is left: every item about a watched person names that person.
    """
    found = list(hits)
    expected = _expected(span.text for hit in found for span in hit.spans)
    head = list(_scan(title, _LONGEST_TITLE))
    text = list(_scan(body, _LONGEST))
    case = _Case(head, text, nouns=_capitalises_nouns(f"{title} {body[:_LEAD]}"))
    quarters: dict[str, int] = {}
    surfaces: dict[str, str] = {}
    titled: set[str] = set()
    for tokens, in_title in ((head, True), (text, False)):
        for place, token in enumerate(tokens):
            for key, count in case.keys(token, in_title=in_title):
                quarters[key] = quarters.get(key, 0) + (count if place < _OPENING else count // 2)
                surfaces.setdefault(key, token.surface)
                if in_title:
                    titled.add(key)
    surfaces |= _full_names(text, case, in_title=False) | _full_names(head, case, in_title=True)
    order = {key: place for place, key in enumerate(quarters)}
    ranked = sorted(quarters, key=lambda key: (key not in titled, -quarters[key], order[key]))
    kept = [
        Term(key, 1) if key in expected else Term(key, quarters[key], key in titled)
        for key in ranked
    ]
    kept.sort(key=lambda term: not term.titled)
    watches = sorted({hit.watch for hit in found if not hit.possible})
    watched = [Term(WATCH + watch, ONCE) for watch in watches]
    return Terms((*kept[: MOST - len(watched)], *watched), surfaces)


def _expected(texts: Iterable[str]) -> set[str]:
    """Return every term that the words of a hit may stand for."""
    keys: set[str] = set()
    for text in set(texts):
        for token in _scan(text, _LONGEST_TITLE):
            if token.kind == "run":
                keys |= {PAIR + a + b for a, b in pairwise(token.folded)}
            elif token.kind == "word":
                keys |= {NAME + token.folded[:_LONGEST_NAME], token.stem}
    return keys


def _capitalises_nouns(text: str) -> bool:
    """Tell whether a text is German, by its commonest words; two of them, for one may be a name."""
    return len(GERMAN.intersection(text.split())) >= 2  # noqa: PLR2004 - two


class _Case:
    """Which words of a text are names: capital within a sentence, and never small elsewhere.

    In a headline that capitalises every word, and in a text that does so with every noun, as
    German does, a capital proves nothing: there a word counts half as a name and half as a word.
    """

    def __init__(self, head: list[_Token], text: list[_Token], *, nouns: bool) -> None:
        inside = [token for token in text if token.kind == "word" and not token.first]
        capital = {token.folded for token in inside if token.capital}
        self._small = {token.folded for token in inside if not token.capital}
        self._capital = capital - self._small
        self._nouns = nouns
        heads = [token.capital for token in head if token.kind == "word"][1:]
        self._title_case = len(heads) > 2 and sum(heads) >= 0.7 * len(heads)  # noqa: PLR2004 - all but the small words

    def keys(self, token: _Token, *, in_title: bool) -> tuple[tuple[str, int], ...]:
        """Return the terms that ``token`` stands for, with what it counts for each, in quarters."""
        if token.kind == "run":
            return tuple((PAIR + a + b, ONCE // 2) for a, b in pairwise(token.folded))
        if token.kind == "number":
            return ((token.folded, ONCE),) if token.folded else ()
        name = NAME + token.folded[:_LONGEST_NAME]
        sure = self._is_name(token, in_title=in_title)
        if sure is None:
            return (name, ONCE // 2), (token.stem, ONCE // 2)
        return ((name if sure else token.stem, ONCE),)

    def _is_name(self, token: _Token, *, in_title: bool) -> bool | None:
        if not token.capital or token.folded in self._small:
            return False
        if self._nouns:
            return None
        if token.folded in self._capital:
            return True
        return None if token.first or (in_title and self._title_case) else True


def _full_names(tokens: Iterable[_Token], case: _Case, *, in_title: bool) -> dict[str, str]:
    """Return the whole names, of several words, by each of the words that are surely a part."""
    runs: list[dict[str, str]] = [{}]
    for token in tokens:
        keys = case.keys(token, in_title=in_title)
        name = len(keys) == 1 and keys[0][0][0] == NAME
        if not (name and token.beside):
            runs.append({})
        if name:
            runs[-1][keys[0][0]] = token.surface
    return {
        key: _unowned(" ".join(run.values()))
        for run in runs
        for key in run
        if 1 < len(run) <= _LONGEST_RUN
    }


def _unowned(name: str) -> str:
    """Return ``name`` without the ending of a possessive."""
    return next((name.removesuffix(end) for end in _POSSESSIVE if name.endswith(end)), name)


def _scan(text: str, limit: int) -> Iterator[_Token]:
    """Yield the tokens of the beginning of ``text`` that may say something."""
    normal = unicodedata.normalize("NFKC", text[:_LEAD])
    matches = list(islice(_TOKEN.finditer(normal), limit))
    first, end = True, -1
    for place, match in enumerate(matches):
        kind, surface = match.lastgroup or "", match[0]
        if kind == "end":
            first = True
            continue
        read, folded, begin = kind, surface, ""
        if kind == "number":
            words = [one[0] for one in matches[max(0, place - 2) : place + 4]]
            folded = _number(words, min(place, 2))
        elif kind == "word":
            read, folded, begin = _read(surface)
        if read:
            capital = kind == "word" and surface[0].isupper()
            yield _Token(read, surface, folded, begin, capital, first, match.start() == end + 1)
            end = match.end()
        first = False


def _number(words: list[str], place: int) -> str:
    if day := date_around(words, place):
        return DATE + day
    power = power_behind(words[place + 1]) if place + 1 < len(words) else 0
    value = written(words[place], power)
    return NUMBER_SIGN + value if value else ""


@lru_cache(maxsize=1 << 16)
def _read(surface: str) -> tuple[str, str, str]:
    """Return kind, folded form and stem of a word; no kind when it says nothing."""
    folded = bare(surface)
    for ending in _POSSESSIVE:
        folded = folded.removesuffix(ending)
    if value := word_value(folded):
        return "number", NUMBER_SIGN + value, ""
    if len(folded) <= 1 or folded in FUNCTION_WORDS or folded in MONTHS or power_behind(folded):
        return "", "", ""
    return "word", folded, stem(folded)


def stem(folded: str) -> str:
    """Return the beginning of a word that its inflected forms share, roughly."""
    if folded.isascii():
        for ending in _ENDINGS:
            if folded.endswith(ending) and len(folded) - len(ending) >= 4:  # noqa: PLR2004 - "sing" stays
                folded = folded.removesuffix(ending)
                break
    return folded[:_STEM]


def pack(terms: Collection[Term]) -> str:
    """Return ``terms`` as the store keeps them: ``4+=merrow 8-strik``, one text with blanks between."""
    return " ".join(f"{term.quarters}{'+' if term.titled else '-'}{term.key}" for term in terms)


@lru_cache(maxsize=256)
def unpack_terms(packed: str) -> tuple[Term, ...]:
    """Return the terms that `pack` made ``packed`` of; what is no such text holds none."""
    found = _PACKED.findall(packed)
    return tuple(Term(key, int(quarters), mark == "+") for quarters, mark, key in found)
