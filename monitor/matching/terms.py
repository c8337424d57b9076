"""Terms: what a user wrote, made into a literal for the automaton and a check of what surrounds it."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from monitor.matching.boundary import (
    ARABIC,
    CYRILLIC,
    HANGUL,
    HEBREW,
    UNSPACED,
    case_forms,
    endings,
    script_of,
)
from monitor.matching.fold import fold
from monitor.matching.watchlist import Inflect

_ANY = r"\w{0,100}"
"""What a ``*`` stands for: no word is longer, and reading on in one that is would take ever longer."""
_ACRONYM = re.compile(
    r"(?<!\w)(?:(?:[A-ZÇĞİÖŞÜŁĐ]\.?){2,6}|(?:[А-ЯЁІЇЄҐӘҒҚҢӨҰҮҺ]\.?){2,6}|(?:[Α-Ω]\.?){2,6})(?![\w*])"
)

_DECLINED = re.compile(r"(?:а|у|ом|е)(?!\w)")
"""Endings of short Cyrillic acronyms (``МОКа``)."""


class Case(IntEnum):
    """Which letters of the original must keep their case."""

    ANY = 0
    FIRST = 1
    """The first letter is a capital: short names such as ``Xi``."""
    CAPITALS = 2
    """Words written in capitals, such as ``HRW``, stand in capitals in the text."""
    EXACT = 3
    """Written with ``=``."""


class Right(IntEnum):
    """What must follow the literal."""

    FREE = 0
    WORD = 1
    """A word ends there, or one of the endings in ``tail`` follows."""
    TAIL = 2
    """``tail`` must match: the literal is only the fixed beginning of the term."""


_FREE, _WORD, _TAIL = Right
_ANY_CASE = Case.ANY
"""By themselves, as in `monitor.matching.boundary`."""


@dataclass(slots=True, eq=False)
class Term:
    """One form of a watch, ready to be found; compared by identity, which is quick to hash.

    Nothing changes one. It is not declared frozen, since that takes as long as all else to make one.
    """

    text: str
    """As the user wrote it."""
    literal: str
    """Folded fixed part; begins with a space when a word must begin there."""
    right: Right
    tail: re.Pattern[str] | None
    case: Case
    glued: bool
    """Whether only glued Arabic or Hebrew particles may stand before it."""
    offset: int = 0
    """How many characters of the literal stand before the term itself."""
    open_left: bool = False
    """Whether it may begin inside a word (``*lager``); the word's beginning then belongs to it."""
    capitals: tuple[str, ...] = ()
    """For `Case.CAPITALS`: the words that stand in the text exactly so."""


@lru_cache(maxsize=1 << 15)
def compile_term(
    text: str,
    inflect: tuple[Inflect, ...] = ("possessive",),
    *,
    name: bool = False,
    short: bool = False,
) -> Term | None:
    """Return the term that ``text`` stands for; None when nothing of it survives folding.

    ``name``: a person's full name, which may take longer endings; ``short``: a short form, which must
    be written with a capital.
    """
    return _made(text, inflect, name=name, short=short)


class Terms(dict[str, Term | None]):
    """The terms that texts stand for when compiled in one way, each made once: see `compile_term`."""

    def __init__(self, inflect: tuple[Inflect, ...], *, name: bool, short: bool) -> None:
        super().__init__()
        self._inflect = inflect
        self._name = name
        self._short = short

    def __missing__(self, text: str) -> Term | None:
        """Make the term of ``text``."""
        self[text] = term = _made(text, self._inflect, name=self._name, short=self._short)
        return term


def _made(text: str, inflect: tuple[Inflect, ...], *, name: bool, short: bool) -> Term | None:
    exact = text.startswith("=")
    written = text[1:] if exact else text
    core = fold(written).text.strip(" ")
    open_left = open_right = False
    if "*" in core:
        open_left, open_right = core.startswith("*"), core.endswith("*")
        core = core.strip("* ")
    if not core:
        return None
    case = _ANY_CASE
    capitals: tuple[str, ...] = ()
    if acronym := _ACRONYM.search(written):
        if acronym.end() == len(written):
            kept = {"possessive", "slavic"}
            inflect, name = tuple(kind for kind in inflect if kind in kept), False
        capitals = tuple(word.rstrip(".") for word in _ACRONYM.findall(written))
        case = Case.CAPITALS
    elif short and written[0].isupper():
        case = Case.FIRST
    if exact:
        case, capitals = Case.EXACT, ()
    literal, tail, right = _shape(core, inflect, open_right=open_right, name=name)
    if capitals and tail is None and script_of(core[-1]) is CYRILLIC and "slavic" in inflect:
        tail = _DECLINED
    first = script_of(literal[0])
    glued = first is ARABIC or first is HEBREW
    if not (open_left or first is UNSPACED or glued):
        literal = " " + literal
    offset = int(literal[0] == " ")
    return Term(
        written, literal, right, tail, case, glued and not open_left, offset, open_left, capitals
    )


@lru_cache(maxsize=1 << 12)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _shape(
    core: str, inflect: tuple[Inflect, ...], *, open_right: bool, name: bool
) -> tuple[str, re.Pattern[str] | None, Right]:
    """Return the literal, the pattern of what follows, and how strictly it must."""
    last = script_of(core[-1])
    free = last is UNSPACED or last is HANGUL
    if "*" in core:
        literal, rest = core.split("*", 1)
        wild = _wild(rest.split("*"), free=free, open_right=open_right)
        return literal, _pattern(wild), _TAIL
    if free:
        return core, None, _FREE
    if open_right:
        return core, _pattern(_ANY), _TAIL
    if last is CYRILLIC and "slavic" in inflect:
        return _slavic(core)
    return core, endings(core, last, inflect, name=name), _WORD


def _wild(pieces: list[str], *, free: bool, open_right: bool) -> str:
    """Return the pattern of pieces with anything between them, which never tries one of them twice.

    The first place of a piece leaves most room for the others, so only the last one, which must end a
    word, is looked for from its other places too.
    """
    *inner, last = map(re.escape, pieces)
    pattern = "".join(f"(?>{_ANY}?{piece})" for piece in inner)
    if free or open_right:
        return f"{pattern}{_ANY}?{last}" + ("" if free else _ANY)
    return rf"{pattern}{_ANY}{last}(?!\w)"


def _slavic(core: str) -> tuple[str, re.Pattern[str] | None, Right]:
    """Return the shape of Cyrillic words each of which may take its case endings."""
    words = [case_forms(word) for word in core.split(" ")]
    literal, pattern = "", ""
    for stem, forms in words:
        piece = (" " if literal else "") + stem
        if pattern:
            pattern += re.escape(piece) + forms
        else:
            literal, pattern = literal + piece, forms
    if not pattern:
        return literal, None, _WORD
    return literal, _pattern(pattern + r"(?!\w)"), _TAIL


def continued(text: str, following: str) -> tuple[str, ...]:
    """Return how ``text`` is written with ``following`` directly behind it: joined, parted, or both."""
    script = script_of((fold(text).text.strip(" *") or " ")[-1])
    if script is UNSPACED:
        return (text + following,)
    parted = f"{text} {following}"
    return (text + following, parted) if script is HANGUL else (parted,)


def expand(
    terms: Iterable[str], groups: Mapping[str, tuple[str, ...]], _seen: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return ``terms`` with every ``@group`` replaced by its terms, each once, in order.

    Raises `ValueError` for a group that does not exist or leads back to itself.
    """
    found: dict[str, None] = {}
    for term in terms:
        if term[0] != "@":
            found[term] = None
            continue
        name = term[1:]
        if name in _seen:
            message = f"the group @{name} leads back to itself"
            raise ValueError(message)
        if name not in groups:
            message = f"there is no group @{name}"
            raise ValueError(message)
        found.update(dict.fromkeys(expand(groups[name], groups, (*_seen, name))))
    return tuple(found)
