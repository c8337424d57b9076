"""Folding: one form for all ways of writing a word, with the way back to the original.

Case, accents, vowel marks, width, apostrophes, dashes, line breaks, zero-width characters, entity
remains, both ways of writing Chinese, and the variants of Arabic letters fold to one form. Most
characters fold one to one, so an offset stays what it was; where a length changes, a sparse
list of edits (`Edits`) remembers it and `Folded.start` and `Folded.end` map back by bisection.

White space becomes one space. Punctuation becomes a space *after* that, so that words parted by
punctuation stand two or more spaces apart and never look like a phrase, while every word
has a space at its left, which the automaton uses as its boundary. An apostrophe inside a word stays.
"""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import html
import re
import sys
import unicodedata
from typing import NamedTuple

from monitor.matching.edits import Edits, edit, splice
from monitor.matching.letters import (
    ASCII_BYTES,
    CHANGING,
    CJK,
    HANGUL,
    ODD,
    OF_OTHER_LENGTH,
    ONE,
    OTHER_LENGTH,
    PARTED,
    POINT,
    SMALL,
)

_ENTITY = re.compile(
    r"[&#](?:(?:(?<=&)#|(?<=#))(?:(\d{2,6})|x([0-9a-fA-F]{2,5}));|(?<=&)([a-zA-Z]{2,8});)"
)
_TAG = re.compile(r"[#@＃＠]\w+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)")
"""Where a hashtag is taken apart: before capitals and numbers."""
_CJK_ANY = re.compile(f"[{CJK}{HANGUL}]")
_GAPS = re.compile(f"[ .](?:(?<=[{CJK}][ .])[ .]*(?=([{CJK}]))|(?<= )(?<![ .] ) +(?![ .]))")
_CJK_RUN = re.compile(f"[{CJK}{HANGUL}]+")
_ASCII_RUN = re.compile("[a-z0-9]+")
_OTHER = "\u0430-\u045f\u03b1-\u03c9"
"""Small letters of Cyrillic and Greek."""
_LATIN_IN_OTHER = re.compile(f"[a-z](?:(?<=[{_OTHER}][a-z])|(?=[{_OTHER}]))")
_OTHER_IN_LATIN = re.compile(f"[{_OTHER}](?:(?<=[a-z][{_OTHER}])|(?=[a-z]))")
_LEADS = re.compile(b"[\xcd-\xd1]")
"""First bytes of Greek and Cyrillic letters in UTF-8."""
_WORD = re.compile(r"\w+")
_LOOKALIKES = (
    (str.maketrans("авеікмнорсутхѕјԁһӏαβεζηικμνορτυχ", "abeikmhopcytxsjdhlabezhikmnoptyx"), re.compile(f"[{_OTHER}]")),
    (str.maketrans("abeikmhopcytxsj", "авеікмнорсутхѕј"), re.compile("[a-z\u03b1-\u03c9]")),
    (str.maketrans("abezhikmnoptyx", "αβεζηικμνορτυχ"), re.compile("[a-z\u0430-\u045f]")),
)  # fmt: skip
"""Letters that look alike, small or capital, as Latin, Cyrillic and Greek ones; and what then is left of others."""
_PARTING = re.escape("".join(chr(code) for code in range(128) if PARTED[code] == ord(" ")))
_RUNS = re.compile(f"  (?<=[^{_PARTING}]  ) *")
"""Runs of spaces inside phrases; those behind punctuation part phrases anyway."""
_ELIDED = "[cdjlmnst]", "qu", "all", "dell", "dall", "nell", "sull", "quell"
_QUOTES = re.compile(
    "'(?<![^ ]')'*|'(?:"
    + "|".join(f"(?<={piece}')(?<![^ ]{piece}')" for piece in _ELIDED)
    + r")(?=\w)"
)
"""Apostrophes that begin a word, or part one from an elided article (``l'ONU``, ``dell'Onu``)."""
_VOICED = "\u3099\u309a"
_TAKES_MARK = re.compile("[\u3046-\u3096\u309d\u30a6-\u30db]")
"""Kana that a voice mark joins."""
_MARGIN = 4
"""A text is foreign when more than a quarter of its UTF-8 bytes is."""
_BELOW_CJK = bytes((*range(0xE1), *range(0xF0, 0x100)))
"""What is no first byte of a Chinese, Japanese or Korean character in UTF-8."""
_NO_ASCII_WORD = bytes(
    code for code in range(256) if not (chr(code).isascii() and chr(code).isalnum())
)


class Folded(NamedTuple):
    """A folded text and the way back to the original."""

    text: str
    layers: tuple[Edits, ...] = ()

    def start(self, place: int) -> int:
        """Return the offset in the original of the character at ``place``."""
        for layer in reversed(self.layers):
            place = layer.start(place)
        return place

    def end(self, place: int) -> int:
        """Return the offset in the original behind the character before ``place``."""
        for layer in reversed(self.layers):
            place = layer.end(place)
        return place


def fold(text: str) -> Folded:
    """Fold ``text``; every position of the result maps back to the original."""
    layers: tuple[Edits, ...] = ()
    if "#" in text or "&" in text or "@" in text or "＃" in text:
        text, layers = _mend(text)
    if text.isascii():
        text = text.encode().translate(SMALL).decode()
    else:
        text, more = _fold_letters(text)
        layers += more
    if "  " in text:
        text, more = splice(text, [(*run.span(), " ") for run in _RUNS.finditer(text)])
        layers += more
    text = text.encode().translate(PARTED).decode()
    if "'" in text:
        text = _QUOTES.sub(_blank, text)
    return Folded(text, layers)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _fold_letters(text: str) -> tuple[str, tuple[Edits, ...]]:
    """Fold a text with characters beyond ASCII, all but its ASCII punctuation and its runs of spaces."""
    raw = text.encode("utf-8", "surrogatepass")
    foreign = raw.translate(None, ASCII_BYTES)
    latin = len(foreign) * _MARGIN < len(raw)
    if latin:
        text, odd = _replace(text, set(foreign.decode("utf-8", "surrogatepass")))
        text = text.encode().translate(SMALL).decode()
    else:
        text = raw.translate(SMALL).decode("utf-8", "surrogatepass").replace("İ", "i").lower()
        text, odd = _replace(text, set(CHANGING.findall(text)))
    layers: tuple[Edits, ...] = ()
    if odd:
        text, layers = splice(text, [_other(match) for match in OTHER_LENGTH.finditer(text)])
    if text.isascii():
        return text, layers
    raw = text.encode()
    if raw.translate(None, _BELOW_CJK) and _CJK_ANY.search(text):
        text, gaps = edit(text, _GAPS, _close_gap)
        layers += gaps
        if latin or raw.translate(None, _NO_ASCII_WORD):
            text, seams = splice(text, _seams(text, _CJK_RUN if latin else _ASCII_RUN))
            layers += seams
        return text, layers
    if _LEADS.search(raw):
        mixed = _OTHER_IN_LATIN if latin else _LATIN_IN_OTHER
        text = _WORD.sub(_unmask, text) if mixed.search(text) else text
    return text, layers


def _replace(text: str, letters: set[str]) -> tuple[str, bool]:
    """Fold ``letters`` one to one in ``text``; tell whether some need more than that.

    A pass over the text for each letter is quicker than a look at each character: a pass takes well
    under a nanosecond a character, and few different letters of a text change.
    """
    odd = False
    for letter in letters:
        if letter in OF_OTHER_LENGTH or letter > "\uffff":
            odd = True
            if letter not in ONE:
                continue
        folded = ONE.get(letter) or ("/" if POINT.match(letter) else letter.lower())
        if folded != letter:
            text = text.replace(letter, folded)
    return text, odd


def _mend(text: str) -> tuple[str, tuple[Edits, ...]]:
    """Mend entity remains (``#39;s``, ``&amp;``) and take hashtags apart (``#FreeUyghurs``)."""
    entities = [
        (_entity_start(match), match.end(), _entity(match))
        for match in _matches(_ENTITY, "&#", text)
    ]
    text, first = splice(text, entities)
    cuts = [
        (tag.start() + cut.start(), tag.start() + cut.start(), " ")
        for tag in _matches(_TAG, "#@＃＠", text)
        for cut in CAMEL.finditer(tag[0])
    ]
    text, second = splice(text, cuts)
    return text, first + second


def _matches(pattern: re.Pattern[str], signs: str, text: str) -> list[re.Match[str]]:
    """Return what ``pattern``, which begins with one of a few rare ``signs``, matches in ``text``."""
    places: list[int] = []
    for sign in signs:
        place = text.find(sign)
        while place >= 0:
            places.append(place)
            place = text.find(sign, place + 1)
    found: list[re.Match[str]] = []
    for place in sorted(places):
        if (not found or place >= found[-1].end()) and (match := pattern.match(text, place)):
            found.append(match)
    return found


def _entity_start(match: re.Match[str]) -> int:
    """Return where an entity begins, with the space that stands before a bare ``#39;``."""
    start = match.start()
    return start - 1 if match[0] == "#39;" and match.string[start - 1 : start] == " " else start


def _entity(match: re.Match[str]) -> str:
    if match[3]:
        return html.unescape(match[0])
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if ord(" ") <= code <= sys.maxunicode else " "


def _other(match: re.Match[str]) -> tuple[int, int, str]:
    """Return where and by what a piece is replaced that does not fold one to one."""
    start, end = match.span()
    piece = match[0]
    if piece in ODD:
        return start, end, ODD[piece]
    if piece in _VOICED:
        start -= start > 0 and _TAKES_MARK.match(match.string[start - 1]) is not None
        piece = match.string[start:end]
    if len(piece) > 1 or piece < "\U00010000":
        return start, end, unicodedata.normalize("NFC", piece).rstrip(_VOICED)
    if unicodedata.category(piece) in {"Cf", "Mn"}:
        return start, end, ""
    plain = POINT.sub("/", unicodedata.normalize("NFKC", piece).lower())
    return start, end, "".join(ONE.get(letter, letter) for letter in plain)


def _unmask(match: re.Match[str]) -> str:
    """Give a word that mixes Latin letters with others those of one script, if all have look-alikes there."""
    word = match[0]
    if not _LATIN_IN_OTHER.search(word):
        return word
    read = ((word.translate(table), strange) for table, strange in _LOOKALIKES)
    return next((plain for plain, strange in read if not strange.search(plain)), word)


def _close_gap(match: re.Match[str]) -> str:
    """Drop spaces and dots between Chinese or Japanese characters; make one space of several."""
    return "" if match[1] else " "


def _seams(text: str, runs: re.Pattern[str]) -> list[tuple[int, int, str]]:
    """Return where a space belongs between ASCII and Chinese, Japanese or Korean characters.

    ``runs`` finds the runs of either, of the rarer kind: both ends of each are looked at.
    """
    other = _ASCII_RUN if runs is _CJK_RUN else _CJK_RUN
    places = (place for run in runs.finditer(text) for place in run.span())
    return [
        (place - 1, place, text[place - 1] + " ")
        for place in places
        if place and (other.match(text, place) or other.match(text, place - 1))
    ]
