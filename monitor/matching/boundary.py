"""Where words begin and end, and which endings they take, by the script of the edge.

Everything here works on folded text (see `monitor.matching.fold`): every word of a script that
writes spaces has a space at its left, so the automaton's literals carry that space, and only the
right edge remains to be looked at. Arabic and Hebrew glue short words to the left of a word, Korean
particles to the right; Chinese, Japanese and Thai write no spaces, so there are no edges at all.
"""

from __future__ import annotations

# ruff: noqa: RUF001, SIM905 - other scripts are the subject; lists of words read best as words
import re
from enum import IntEnum
from functools import lru_cache

from monitor.matching.watchlist import Inflect


class Script(IntEnum):
    """Scripts told apart by how their words meet."""

    SPACED = 0
    CYRILLIC = 1
    ARABIC = 2
    HANGUL = 3
    UNSPACED = 4
    HEBREW = 5


SPACED, CYRILLIC, ARABIC, HANGUL, UNSPACED, HEBREW = Script
"""The same by themselves: looking one up in its class takes Python 3.11 longer than what is done with it."""

_RANGES = (
    (0x0400, 0x052F, CYRILLIC),
    (0x0590, 0x05FF, HEBREW),
    (0x0600, 0x06FF, ARABIC),
    (0x0750, 0x077F, ARABIC),
    (0x0E00, 0x0EFF, UNSPACED),  # Thai, Lao
    (0x1000, 0x109F, UNSPACED),  # Burmese
    (0x1100, 0x11FF, HANGUL),
    (0x1780, 0x17FF, UNSPACED),  # Khmer
    (0x0F00, 0x0FFF, UNSPACED),  # Tibetan
    (0x2E80, 0x30FF, UNSPACED),
    (0x31F0, 0x9FFF, UNSPACED),
    (0xAC00, 0xD7AF, HANGUL),
    (0xF900, 0xFAFF, UNSPACED),
    (0x20000, 0x3FFFF, UNSPACED),
)

_ADJECTIVE = "(?:ии|ыи|ои|ого|его|ому|ему|им|ым|ом|ая|яя|ую|юю|ие|ые|их|ых|ими|ыми|ею|ою|іи|ого)"
_AFTER_VOWEL = "(?:[аяоеуюиыіьє]|ои|еи|ою|ею|ом|ем|ам|ами|ах|ям|ями|ях|ью)?"
_AFTER_GLIDE = "(?:и|я|ю|ем|е|єм|і|єві|еві)"
_AFTER_CONSONANT = "(?:а|у|ом|ем|е|ы|и|і|ові|єві|ам|ами|ах|ою)?"
_VOWELS = "аяоеуюиыіьє"
_SHORT_WORD = 3

_PROCLITICS = frozenset(
    "و ف ب ل ك ال وال فال بال كال لل ول وب فل فب وك ولل فلل وبال وكال س فك"
    " ו ה ב ל כ מ ש וה וב ול וכ ומ וש שה שב שמ כש מה".split()
)
_LONGEST_PROCLITIC = max(map(len, _PROCLITICS))
_UYGHUR = "(?:لار|لهر)?(?:ني?نك|ني|غا|گه|قا|كه|دا|ده|تا|ته|دين|تين|چه)?"
_PERSIAN = "(?:ها|هاي|هايي)?"
_TURKISH = "(?:[nys]?[iu]n?|n[iu]n|[ny]?[ae]|n?[dt][ae]n?|l[ae]r(?:i|in|e|a|den|dan|de|da)?)"
_GERMAN = "(?:e|en|er|es|em|n|s|in|innen)"
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|a|e|i|o|u)"
)
PINYIN = re.compile(f"{_SYLLABLE}(?:{_SYLLABLE}){{0,2}}")
"""A Chinese name of one to three syllables in Latin letters."""
TWO_SYLLABLES = re.compile(f"({_SYLLABLE})({_SYLLABLE})")
_CASES = "[a-z]{1,3}|i[a-z]{3}"
OTHER_NAME = r"(?:i|y|ov|ev|off|eff|ian|yan|son|sen|ski|sky|ich|vic|ez|oui|awi|zai|zad|pur)(?!\w)"
"""Letters that make another family name of one, rather than a case: ``Abbasi``; not of Chinese names."""


def script_of(letter: str) -> Script:
    """Return how words of ``letter``'s script meet."""
    if letter < "\u0400":
        return SPACED
    code = ord(letter)
    return next((kind for low, high, kind in _RANGES if low <= code <= high), SPACED)


def proclitic(text: str, start: int) -> bool:
    """Tell whether an Arabic or Hebrew word may begin at ``start``: only glued particles stand before it."""
    space = text.rfind(" ", max(0, start - _LONGEST_PROCLITIC - 1), start)
    return space >= 0 and (space + 1 == start or text[space + 1 : start] in _PROCLITICS)


def case_forms(word: str) -> tuple[str, str]:
    """Return the fixed part of a Slavic word in Cyrillic and a regex of the endings it takes."""
    if len(word) <= _SHORT_WORD:
        return word, ""
    if word.endswith(("ии", "ыи", "ои", "іи")):
        return word[:-2], _ADJECTIVE
    if word.endswith(("еи", "аи", "уи")):
        return word[:-1], _AFTER_GLIDE
    if word[-1] in _VOWELS:
        return word[:-1], _AFTER_VOWEL
    return word, _AFTER_CONSONANT


def endings(
    word: str, script: Script, inflect: tuple[Inflect, ...], *, name: bool
) -> re.Pattern[str] | None:
    """Return a pattern of what may follow ``word``, which ends in ``script``, beside nothing and an apostrophe.

    A long name (several words of a person's name) may carry up to three further letters, or four of which
    the first joins (``-ille``): the cases of Polish, Czech, Hungarian, Finnish and others without listing them,
    but not what makes another name of it (``Abbasi``), unless it is Chinese (Estonian ``Xi Jinpingi``).
    """
    if script is SPACED and not word[-1].isalpha():
        return None
    if not name:
        return _endings(script, inflect, "", " " in word)
    chinese = PINYIN.fullmatch(word.rsplit(" ", 1)[-1])
    cases = _CASES if chinese else f"(?!{OTHER_NAME})(?:{_CASES})"
    return _endings(script, inflect, cases, " " in word)


@lru_cache(maxsize=256)
def _endings(
    script: Script,
    inflect: tuple[Inflect, ...],
    cases: str,
    several: bool,  # noqa: FBT001 - a cached table
) -> re.Pattern[str] | None:
    forms: list[str] = []
    if script is ARABIC:
        forms = [_UYGHUR] * ("uyghur" in inflect) + [_PERSIAN] * ("arabic" in inflect)
    elif script is SPACED:
        forms = ["s"] * ("possessive" in inflect) + ["e?s"] * ("plural" in inflect)
        forms += [_GERMAN] * ("german" in inflect)
        if cases and several:
            forms.append(cases)
        elif several and "turkish" in inflect:
            forms.append(_TURKISH)
    return re.compile(f"(?:{'|'.join(forms)})(?!\\w)") if forms else None
