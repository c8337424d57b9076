"""All terms of many watches in one automaton, found in one pass over the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.matching.boundary import Script, proclitic, script_of
from monitor.matching.terms import Case, Right, Term


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
_TABLE_BYTES = 8_000_000
"""Size up to which the quicker kind of automaton is built, a table of every state and byte."""
_KINDS = 16
"""Kinds of bytes that literals have at least."""
_HANDFUL = 4
"""Literals up to which looking for each by itself is quicker than an automaton."""
_SECOND = 5
"""How much of a phrase stands in the automaton behind its first word: a space and four letters."""
_CROWD = 4
"""Phrases with one beginning up to which each is compared; more stand in the automaton whole."""


class Automaton:
    """Finds literals; the only place that knows the engine behind it."""

    __slots__ = ("_engine", "_handful")

    def __init__(self, literals: Sequence[str]) -> None:
        self._handful = tuple(literals) if len(literals) <= _HANDFUL else ()
        self._engine = (
            AhoCorasick(
                literals,
                matchkind=MatchKind.Standard,
                store_patterns=False,
                implementation=Implementation.DFA
                if _is_small(literals)
                else Implementation.ContiguousNFA,
            )
            if len(literals) > _HANDFUL
            else None
        )

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return every occurrence, overlapping ones too, as (literal, start, end), by ends."""
        if self._engine is not None:
            return self._engine.find_matches_as_indexes(text, overlapping=True)
        found = []
        for index, literal in enumerate(self._handful):
            start = text.find(literal)
            while start >= 0:
                found.append((index, start, start + len(literal)))
                start = text.find(literal, start + 1)
        return found if len(self._handful) == 1 else sorted(found, key=itemgetter(2))


def _is_small(literals: Sequence[str]) -> bool:
    """Tell whether a table may be built: it has a row for each byte, with a number for each kind of byte."""
    together = "".join(literals).encode()
    rows = _TABLE_BYTES // 4 // max(1, len(together))
    return rows > _KINDS and 1 << len(set(together)).bit_length() <= rows


class Lexicon:
    """A set of terms that is looked up together.

    Of a phrase the automaton holds the first word and the beginning of the second. Little more
    than the phrase itself begins so, hence that is compared where it is found; and the
    automaton needs a third of the states. In order of the alphabet its states lie side by side, which
    makes it quicker to build and to walk.
    """

    __slots__ = ("_automaton", "_cut", "_uses", "terms")

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._cut = len(self.terms) > _HANDFUL
        literals = [term.literal for term in self.terms]
        uses = _grouped(map(_beginning, literals) if self._cut else literals)
        for literal in [literal for literal, few in uses.items() if len(few) > _CROWD]:
            crowd = uses.pop(literal)
            for whole, few in _grouped(literals[index] for index in crowd).items():
                uses[whole] = [crowd[at] for at in few]
        order = sorted(uses) if self._cut else list(uses)
        self._uses = tuple(uses[literal] for literal in order)
        self._automaton = Automaton(order)

    def find(self, document: Original) -> list[Place]:
        """Return where its terms stand, edges, endings and case checked, in order of their ends."""
        text, uses, terms = document.text, self._uses, self.terms
        found: list[tuple[int, int, Place]] = []
        for literal, start, found_end in self._automaton.find(text):
            for index in uses[literal]:
                term = terms[index]
                end = start + len(term.literal)
                if end != found_end and not text.startswith(term.literal, start):
                    continue
                stop = right_edge(term, text, end)
                if stop < 0:
                    continue
                begin = start + term.offset
                if term.open_left and script_of(text[begin]) is not Script.UNSPACED:
                    begin = _word_begin(text, start)
                if term.arabic and not proclitic(text, begin):
                    continue
                if term.case and not case_fits(term, document.original(begin, stop)):
                    continue
                found.append((end, start, Place(begin, stop, index)))
        if self._cut and len(found) > 1:
            found.sort(key=_by_end)
        return [place for _, _, place in found]


_by_end = itemgetter(0, 1)


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
    return all(word in plain for word in term.capitals)
