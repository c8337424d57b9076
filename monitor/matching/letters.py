"""What single letters fold to: the tables behind `monitor.matching.fold`."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re
import unicodedata
from collections.abc import Iterable

from monitor.matching.han import FULL, SIMPLE

APOSTROPHES = "'`´ʹʻʼʽˈ‘’‚‛′‵ʾʿ"
_SPACES = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_HYPHENS = "-_‐‑‒–—―⁃−﹘﹣－~〜～"
_DOTS = "·•‧∙⋅⸱・･＝=．・゠"
_BARE = re.compile("[a-z\u00df-\u024f\u0370-\u03ff\u1e00-\u1fff\u0450-\u045f\u0400-\u042f]")
_CUSTOM = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "n",
    "ə": "e", "ё": "е", "й": "и", "ґ": "г", "ς": "σ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي",
    "ک": "ك", "ة": "ه", "ھ": "ه", "ہ": "ه", "ە": "ه", "ۀ": "ه", "ۂ": "ه", "ؤ": "و", "ۆ": "و", "ۇ": "و", "ۈ": "و", "ۋ": "و",
    "ڭ": "نك", "…": ".", "．": ".", "™": "/", "℠": "/",
}  # fmt: skip
CJK = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
HANGUL = "\u1100-\u11ff\uac00-\ud7af"


_DROPPED = re.compile(
    "[\u00ad\u034f\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u115f\u1160\u3164\ufe00-\ufe0f\uffa0]"
)
"""Soft hyphens, accents that stand alone, vowel marks, fillers, variation selectors."""


def fold_letter(letter: str) -> str:
    """Return what one lower-case BMP character folds to, itself when nothing changes."""
    category = unicodedata.category(letter)
    if letter in _CUSTOM:
        folded = _CUSTOM[letter]
    elif letter in APOSTROPHES:
        folded = "'"
    elif category == "Cs":
        folded = "\ufffd"
    elif category == "Cf" or _DROPPED.match(letter):
        folded = ""
    elif category == "Cc" or letter in _SPACES or letter in _HYPHENS or letter in _DOTS:
        folded = " "
    else:
        folded = _decompose(letter)
    return folded


def _decompose(letter: str) -> str:
    """Return the plain form of a letter: of full width, a ligature, or with an accent."""
    plain = unicodedata.normalize("NFKC", letter).lower()
    if plain != letter and plain.strip():
        return "".join(fold_letter(part) if part != letter else part for part in plain)
    if _BARE.match(letter):
        base = unicodedata.normalize("NFD", letter)[0]
        return _CUSTOM.get(base, base)
    return letter


def _table() -> dict[str, str]:
    """Return what every BMP character that changes folds to, all the way."""
    changed = {
        letter: folded
        for letter in map(chr, _MAY_CHANGE)
        if (folded := fold_letter(letter.lower() if letter != "İ" else "i")) != letter.lower()
    }
    changed |= dict(zip(FULL, SIMPLE, strict=True))
    whole = {
        letter: "".join(changed.get(part, part) for part in folded)
        for letter, folded in changed.items()
    }
    return {
        letter: POINT.sub("/", folded.rstrip("\u3099\u309a") if len(folded) > 1 else folded)
        for letter, folded in whole.items()
    }


def _class(letters: Iterable[str]) -> str:
    """Return the body of a regex character class, runs of neighbours written as ranges."""
    body, codes = "", sorted(map(ord, letters))
    first = last = codes[0]
    for code in (*codes[1:], 0):
        if code != last + 1:
            body += f"\\u{first:04x}-\\u{last:04x}"
            first = code
        last = code
    return body


_MAY_CHANGE = (
    *range(0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0xE000), *range(0xF900, 0x10000),
)  # fmt: skip
"""All but Chinese characters (see `han`), Korean syllables and private use."""
_SIGNS = "\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Where scripts keep the vowel signs that belong to a word though they are no letters."""
_JOINED = "\u1100-\u1112\u3099\u309a"
"""Korean initials and Japanese voice marks, which join their neighbour."""
POINT = re.compile(f"[^\\w{_SIGNS}{_JOINED}\x00-\x7f]")
"""What parts words, beyond ASCII."""
_TABLE = _table()
ONE = {letter: folded for letter, folded in _TABLE.items() if len(folded) == 1}
"""Letters that fold to one other."""
ODD = {letter: folded for letter, folded in _TABLE.items() if len(folded) != 1}
"""Letters that fold to none or to several."""
OF_OTHER_LENGTH = frozenset(ODD) | {
    letter
    for letter in (*_TABLE, *map(chr, (*range(0x1100, 0x1113), 0x3099, 0x309A)))
    if re.match(f"[{_JOINED}]", ONE.get(letter, letter))
}
"""One of these, or a character beyond the BMP, stands wherever `OTHER_LENGTH` matches."""
OTHER_LENGTH = re.compile(
    f"[{_class(OF_OTHER_LENGTH)}\U00010000-\U0010ffff]"
    "(?:(?<=[\u1100-\u1112])[\u1161-\u1175][\u11a8-\u11c2]?)?"
)
"""What does not fold one to one: odd letters, Korean syllables in pieces, Japanese voice marks."""
_CHANGED = _class(
    letter
    for letter in map(chr, range(0x80, 0x10000))
    if letter in _TABLE or letter in OF_OTHER_LENGTH or POINT.match(letter)
)
CHANGING = re.compile(f"[{_CHANGED}\U00010000-\U0010ffff]")
"""Characters beyond ASCII that folding changes; what none of the tables holds parts words."""


_ASCII = range(0x80)


def _small(code: int) -> int:
    letter = chr(code).lower()
    return ord(ONE.get(letter, letter))


def _parted(code: int) -> int:
    return code if chr(code).isalnum() or chr(code) in "'* " else ord(" ")


ASCII_BYTES = bytes(_ASCII)
_REST = bytes(range(0x80, 0x100))
SMALL = bytes(map(_small, _ASCII)) + _REST
"""Table for UTF-8: ASCII letters become small, white space and dashes become spaces."""
PARTED = bytes(map(_parted, _ASCII)) + _REST
"""Table for UTF-8: ASCII punctuation becomes a space."""
