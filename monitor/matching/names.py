"""Names: further spellings by named rules, and telling a person from others of the same surname."""

from __future__ import annotations

# ruff: noqa: RUF001, SIM905 - other scripts are the subject; lists of words read best as words
import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from monitor.matching.automaton import Place
from monitor.matching.boundary import OTHER_NAME, PINYIN, TWO_SYLLABLES, Script, script_of
from monitor.matching.fold import CAMEL, fold
from monitor.matching.spellings import romanised, written_out

_NOT_GIVEN = frozenset(
    "can men ban den long sun hang gang pan dang change chance china shun line wine fine same late made gains "
    "putin biden modi lula abe duda "
    "gone done more hence since once dance range gene mine june the has his an in on to woo wan".split()
)
_WORD_BEFORE = re.compile(r"(?:^|[\s(\"'“‘«—–/-])([^\W\d_][\w.'’-]*)[ \n\u00a0]$")
_WORD_AFTER = re.compile(r"[ \n\u00a0]([^\W\d_][\w]*)")
_OTHER_NAME = re.compile(OTHER_NAME)
_POSSESSIVE = re.compile(r"['’]\w{0,3}$|s['’]$")
_FUNCTION_WORDS = frozenset(
    "the a an and or but as if while when where who whom whose what why how that this these those than then so because since "
    "after before until unless although though despite via with without from to of in on at by for about against between "
    "over under not no yes both either neither only even also still yet just now today yesterday later earlier meanwhile "
    "however is was are were be been has had have does did do can could will would may might must should says said say "
    "asks asked tells told calls called urges meets met warns slams visits hits backs defends praises "
    "mr mrs ms miss dr prof professor sir madam president chairman leader secretary minister general party comrade director "
    "researcher activist critic author senator diplomat official candidate former ex then-president "
    "herr frau präsident staatschef parteichef außenminister der die das und aber wie als von mit bei nach "
    "le la les et ou mais monsieur madame m mme président ministre de du des par avec pour que qui "
    "el los las y o pero señor señora presidente secretario según con por para il lo gli e ma signor signora "
    "segretario ministro sr sra dhr mevrouw meneer voorzitter bay bayan sayın başkan bakan dışişleri pan pani prezydent "
    "господин госпожа президент председатель лидер глава и но как что по с у в на от для".split()
)
_CONFUSED = {
    "s": "z", "z": "s", "c": "k", "k": "c", "g": "q", "q": "g", "i": "y", "y": "i", "t": "d", "d": "t", "m": "n", "n": "m",
}  # fmt: skip
MISSPELT = "misspelt"
"""Name of the rule whose forms count only as short forms do."""
_VOWELS = "aeiou"
_LONG_NAME = 9
_LONG_WORD = 5
_JUDGED_WORDS = 4
_TITLE_CASE = 0.7
_MIN_GIVEN = 3
_CASE_ENDING = 3


class Around(Protocol):
    """What must be known of the surroundings of a place."""

    def around(self, start: int, end: int, reach: int) -> tuple[str, str]:
        """Return up to ``reach`` characters of the original before and after a stretch."""

    def original(self, start: int, end: int) -> str:
        """Return what stands in the original between two folded offsets."""


def variants(name: str, *, person: bool) -> dict[str, tuple[str, ...]]:
    """Return further spellings of a name, by the rule that makes each.

    Only names of two or more words have any, in Latin and similar letters or, of persons, in Cyrillic:

    - ``joined``: as in lower-case hashtags and handles (``rushanabbas``)
    - ``order``: surname first with and without comma, or last
    - ``pinyin``: a Chinese given name written syllable by syllable (``Xi Jin Ping``)
    - ``initial``: a middle initial between given name and surname (``Mike R. Pompeo``)
    - ``written out``: umlauts as two letters (``Juergen Mueller``)
    - ``romanised``: a name in Cyrillic in Latin letters, in the ways of several languages

    A title with a surname (``President Xi``) is only written out and joined. A person's own name has slips of the pen as well: see `misspellings`.
    """
    words = fold(name.lstrip("=").strip("*")).text.split()
    if len(words) < 2 or "*" in name:  # noqa: PLR2004 - one word has no order
        return {}
    titled = any(word.rstrip(".") in _FUNCTION_WORDS for word in words)
    if script_of(words[0][0]) is not Script.SPACED:
        # "Президент Си" in Latin letters is a piece of an Italian sentence.
        plain = person and not titled and len(words[-1]) > _MIN_GIVEN
        latin = romanised(name) if plain else ()
        return {"romanised": latin} if latin else {}
    made: dict[str, tuple[str, ...]] = {}
    if (out := written_out(name)) != name:
        made["written out"] = (out,)
    if sum(map(len, words)) >= 8:  # noqa: PLR2004 - shorter ones would be common words
        made["joined"] = ("".join(words),)
    if not person or titled:
        return made
    if len(words) == 2:  # noqa: PLR2004 - given name and surname
        first, last = words
        made["order"] = (f"{last} {first}", f"{last}, {first}")
        if _chinese(words):
            made["order"] += (f"{first}, {last}",)
            split = TWO_SYLLABLES.fullmatch(last)
            if split:
                made["pinyin"] = (f"{first} {split[1]} {split[2]}",)
        else:
            made["initial"] = (f"{first} *. {last}",)
    return made


def misspellings(name: str) -> tuple[str, ...]:
    """Return a person's full name with one slip of the pen in it.

    A slip is a letter dropped, doubled or swapped with its neighbour, a wrong vowel, or a consonant
    taken for one that sounds or looks alike. Only words of five letters or more in names of nine or
    more, in Latin letters; the first letter of a word stays. Such a form may be another's name, so
    it counts no more than a short form does.
    """
    words = fold(name).text.split()
    if (
        len(words) < 2  # noqa: PLR2004 - a single word is no full name
        or sum(map(len, words)) < _LONG_NAME
        or not all(word.isascii() and word.isalpha() for word in words)
    ):
        return ()
    made = {
        " ".join((*words[:index], slip, *words[index + 1 :])): None
        for index, word in enumerate(words)
        if len(word) >= _LONG_WORD
        for slip in _slips(word)
        if slip != word
    }
    return tuple(made)


def _slips(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after
        yield before + letter + letter + after
        if after:
            yield before + after[0] + letter + after[1:]
        others = _VOWELS if letter in _VOWELS else ""
        for other in others + _CONFUSED.get(letter, ""):
            yield before + other + after


def camel_parts(text: str) -> tuple[str, ...]:
    """Return a word such as ``GloMag`` or ``Beijing2022`` as hashtags are read: taken apart."""
    if " " in text or (text[1:].isalpha() and text[1:].islower()):
        return ()
    parts = CAMEL.sub(" ", text)
    return (parts,) if parts != text else ()


def _chinese(words: list[str]) -> bool:
    """Tell whether two words read as a Chinese name, surname first."""
    return (
        all(PINYIN.fullmatch(word) for word in words)
        and TWO_SYLLABLES.fullmatch(words[1]) is not None
    )


class OtherPerson:
    """Tells whether a surname stands for somebody else, by the words beside it.

    ``Ellen Pompeo`` is not Mike Pompeo: a capitalised word that is no title, no function word,
    no context word and none of the person's own names makes the surname another's. For names
    that put the surname first, the word behind it is judged: ``Xi Mingze`` is not Xi Jinping.
    """

    def __init__(self, names: Iterable[str], allowed: Iterable[str]) -> None:
        self._own: set[str] = set()
        self._first: set[str] = set()
        self._last: set[str] = set()
        for name in names:
            words = fold(name).text.split()
            if len(words) > 1:
                self._own.update(words)
                (self._first if _chinese(words[:2]) else self._last).add(words[0])
        words = [word for term in allowed for word in fold(term).text.split()]
        self._allowed = set(words)
        self._begun = tuple(word[:-1] for word in words if word.endswith("*") and word[:-1])

    def __call__(self, document: Around, place: Place) -> str:
        """Return the other person's name when there is one beside ``place``, else ``""``."""
        before, after = document.around(place.start, place.end, 60)
        written = document.original(place.start, place.end)
        if written.isupper() and len(written) > _MIN_GIVEN:
            return ""
        if longer := self._longer(after):
            return f"{written} {longer}"
        surname = fold(written).text.split(" ")[0].removesuffix("'s")
        if surname in self._first:
            return self._behind(written, after)
        return self._before(before, written)

    def _longer(self, after: str) -> str:
        """Return the word behind when it is another family name made of the person's own (``Rushan Abbasi``)."""
        match = _WORD_AFTER.match(after)
        plain = fold(match[1]).text if match else ""
        longer = any(
            plain.startswith(name) and _OTHER_NAME.fullmatch(plain, len(name))
            for name in self._own
            if len(name) > _MIN_GIVEN and not PINYIN.fullmatch(name)
        )
        return match[1] if match and longer and match[1][0].isupper() else ""

    def _before(self, before: str, written: str) -> str:
        match = _WORD_BEFORE.search(before)
        if match is None:
            return ""
        word = match[1]
        if (
            not word[0].isupper()
            or _POSSESSIVE.search(word)
            or _shouted(word)
            or _title_case(before)
        ):
            return ""
        parts = fold(word).text.split()
        if not parts:
            return ""
        plain = parts[-1]
        if plain.rstrip(".") in _FUNCTION_WORDS or self._is_allowed(plain) or self._is_own(plain):
            return ""
        return f"{word} {written}"

    def _is_allowed(self, word: str) -> bool:
        """Tell whether a word is one of the context (``Anthropologist Byler``), or several of it."""
        several = word.removesuffix("s")
        return word in self._allowed or several in self._allowed or word.startswith(self._begun)

    def _is_own(self, word: str) -> bool:
        """Tell whether a word is one of the person's names, with a case ending or without (``Майка``)."""
        return word in self._own or any(
            word.startswith(name if name.isascii() else name[:-1])
            and len(word) - len(name) <= _CASE_ENDING
            for name in self._own
            if len(name) > _MIN_GIVEN
        )

    def _behind(self, written: str, after: str) -> str:
        match = _WORD_AFTER.match(after)
        if match is None:
            return ""
        word = match[1]
        plain = word.lower()
        given = word[0].isupper() and word[1:].islower() and len(word) >= _MIN_GIVEN
        if not given or plain in self._own or plain in _NOT_GIVEN or plain in _FUNCTION_WORDS:
            return ""
        return f"{written} {word}" if PINYIN.fullmatch(plain) else ""


def _shouted(word: str) -> bool:
    return word.isupper() and len(word) > 1


def _title_case(before: str) -> bool:
    """Tell whether the words before a name all begin with capitals, so that capitals say nothing."""
    words = re.findall(r"[^\W\d_]{4,}", before)[1:]
    return len(words) >= _JUDGED_WORDS and sum(
        word[0].isupper() for word in words
    ) >= _TITLE_CASE * len(words)
