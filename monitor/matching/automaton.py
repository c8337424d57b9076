"""All terms of many watches, found together in one pass over the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.matching.boundary import Script, proclitic, script_of
from monitor.matching.engines import HANDFUL, Automaton, is_beginning
from monitor.matching.terms import Case, Right, Term

if TYPE_CHECKING:
    from monitor.matching.beginnings import Beginnings


class Place(NamedTuple):
    """Where a term stands in the folded text of an item."""

    start: int
    end: int
    term: int
    """Index of the term in its lexicon."""


class Original(Protocol):
    """What a lexicon must know of a text: its folded form and the way back."""

    text: str

    def original(self, start: int, end: int) -> str:
        """Return what stands in the original between two folded offsets."""


_LONGEST_WORD = 100
"""Letters after which the search for the beginning of a word ends."""
_SECOND = 5
"""How much of a phrase is looked for behind its first word: a space and four letters."""
_CROWD = 4
"""Phrases with one beginning up to which each is compared; more stand in the automaton whole."""
_MANY = 10_000
"""Beginnings of phrases from which on looking them up side by side is quicker than an automaton."""


class Lexicon:
    """A set of terms that is looked up together.

    Of a phrase only the first word and the beginning of the second are looked for. Little more
    than the phrase itself begins so, hence that is compared where it is found; and an
    automaton needs a third of the states. In order of the alphabet its states lie side by side, which
    makes it quicker to build and to walk. From ``many`` beginnings on they leave the automaton to what is
    no phrase.
    """

    __slots__ = ("_automaton", "_beginnings", "_begun", "_cut", "_uses", "terms")

    def __init__(self, terms: Iterable[Term], *, many: int = _MANY) -> None:
        self.terms = tuple(terms)
        self._cut = len(self.terms) > HANDFUL
        literals = [term.literal for term in self.terms]
        uses = _grouped(map(_beginning, literals) if self._cut else literals)
        crowded: dict[str, Sequence[int]] = {}
        for literal in [literal for literal, few in uses.items() if len(few) > _CROWD]:
            crowd = uses.pop(literal)
            for whole, few in _grouped(literals[index] for index in crowd).items():
                crowded[whole] = [crowd[at] for at in few]
        begin = sorted(filter(is_beginning, uses)) if len(uses) >= many else []
        self._beginnings = _looked_up(begin) if len(begin) >= many else None
        self._begun = tuple(uses.pop(literal) for literal in begin) if self._beginnings else ()
        uses |= crowded
        order = sorted(uses) if self._cut else list(uses)
        self._uses = tuple(uses[literal] for literal in order)
        self._automaton = Automaton(order)

    def find(self, document: Original) -> list[Place]:
        """Return where its terms stand, edges, endings and case checked, in order of their ends."""
        found: list[tuple[int, int, Place]] = []
        text, uses, terms = document.text, self._uses, self.terms
        for literal, start, found_end in self._automaton.find(text):
            for index in uses[literal]:
                end = start + len(terms[index].literal)
                if end == found_end or text.startswith(terms[index].literal, start):
                    self._check(document, index, start, end, found)
        if self._beginnings is not None:
            uses = self._begun
            for literal, start in self._beginnings.find(text):
                for index in uses[literal]:
                    if text.startswith(terms[index].literal, start):
                        end = start + len(terms[index].literal)
                        self._check(document, index, start, end, found)
        if self._cut and len(found) > 1:
            found.sort(key=_by_end)
        return [place for _, _, place in found]

    def _check(
        self,
        document: Original,
        index: int,
        start: int,
        end: int,
        found: list[tuple[int, int, Place]],
    ) -> None:
        """Add the place of a term whose literal stands from ``start`` to ``end``, if all of it fits."""
        term, text = self.terms[index], document.text
        stop = right_edge(term, text, end)
        if stop < 0:
            return
        begin = start + term.offset
        if term.open_left and script_of(text[begin]) is not Script.UNSPACED:
            begin = _word_begin(text, start)
        if term.glued and not proclitic(text, begin):
            return
        if term.case and not case_fits(term, document.original(begin, stop)):
            return
        found.append((end, start, Place(begin, stop, index)))


_by_end = itemgetter(0, 1)


def _looked_up(literals: Sequence[str]) -> Beginnings:
    from monitor.matching.beginnings import (  # noqa: PLC0415 - loads numpy, which few installations need
        Beginnings,
    )

    return Beginnings(literals)


def _word_begin(text: str, place: int) -> int:
    """Return where the word round ``place`` begins, at most as far before it as words are long."""
    farthest = max(0, place - _LONGEST_WORD)
    space = text.rfind(" ", farthest, place)
    return farthest if space < 0 else space + 1


def _grouped(literals: Iterable[str]) -> dict[str, Sequence[int]]:
    """Return at which indices each literal stands; at one, most of them."""
    grouped: dict[str, Sequence[int]] = {}
    several: dict[str, list[int]] = {}
    for index, literal in enumerate(literals):
        if literal not in grouped:
            grouped[literal] = (index,)
        elif literal in several:
            several[literal].append(index)
        else:
            grouped[literal] = several[literal] = [*grouped[literal], index]
    return grouped


def _beginning(literal: str) -> str:
    space = literal.find(" ", 1)
    return literal if space < 0 else literal[: space + _SECOND]


def right_edge(term: Term, text: str, end: int) -> int:
    """Return where ``term``, whose literal ends at ``end``, ends with its ending; -1 if it does not."""
    if term.right is Right.FREE:
        return end
    if term.right is Right.WORD:
        following = text[end]
        if following == " " or not following.isalnum():
            return end
    if term.tail is None:
        return -1
    match = term.tail.match(text, end)
    return match.end() if match else -1


def case_fits(term: Term, original: str) -> bool:
    """Tell whether the original keeps the case that ``term`` asks for."""
    if term.case is Case.EXACT:
        return original.startswith(term.text)
    if term.case is Case.FIRST:
        return original[:1].isupper()
    plain = original if original.isascii() else unicodedata.normalize("NFKC", original)
    return all(_in_capitals(word, plain) for word in term.capitals)


def _in_capitals(word: str, written: str) -> bool:
    """Tell whether a word stands in capitals in what was written, and its ending, if any, in small letters."""
    place = written.find(word)
    return place >= 0 and not written[place + len(word) : place + len(word) + 1].isupper()
