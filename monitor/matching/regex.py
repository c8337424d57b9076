r"""Regular expressions of queries: made to fit folded text, with the boundaries of all scripts.

RE2 takes linear time but knows ``\b``, ``\w`` and ``\d`` in ASCII only. So a pattern is read into pieces
(`Piece`) and written anew: letters folded as the text is, punctuation as the space that folding makes of it,
``\w`` and ``\d`` as classes of Unicode, and ``\b`` as a mark that is put at the word boundaries of the text
before the search; every other piece may pass over such a mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from monitor.matching.fold import fold
from monitor.matching.letters import CJK, HANGUL
from monitor.matching.words import Fault

MARK = "\x02"
"""Stands at word boundaries while a pattern with ``\\b`` is looked for; folding leaves none in a text."""
_TOKEN = re.compile(
    r"\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2})|\\[0-7]{3}|\\."
    r"|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]"
    r"|\(\?P?<\w+>|\(\?[a-zA-Z-]*[:)]|\(|\)|\|"
    r"|(?:[*+?]|\{\d+(?:,\d*)?\})\??|.",
    re.DOTALL,
)
_REPEAT = re.compile(r"(?:[*+?]|\{(\d+)(?:,\d*)?\})\??")
_LETTERS = {
    r"\w": r"[\pL\pM\pN_]", r"\W": rf"[^\pL\pM\pN_{MARK}]", r"\d": r"\p{Nd}", r"\D": rf"[^\p{{Nd}}{MARK}]",
    r"\s": r"\s", r"\S": rf"[^\s{MARK}]", ".": rf"[^\n{MARK}]",
}  # fmt: skip
_IN_CLASS = {r"\w": r"\pL\pM\pN_", r"\d": r"\p{Nd}"}
_BOUND, _CLOSE, _BAR = r"\b", ")", "|"
_STARTS, _ENDS = frozenset(["^", r"\A"]), frozenset(["$", r"\z"])
_EDGE = re.compile("(?<![^ '*])(?=[^ '*])|(?<=[^ '*])(?![^ '*])")
"""Where a word begins or ends in folded text, in which all punctuation is a space."""
_REFUSED = {
    r"\B": "write the letters that may stand there",
    r"\Q": "put a backslash before each sign",
    r"\C": "write . for any letter",
    r"\W": r"write [^\pL\pN] for what is no letter",
    r"\D": r"write [^\p{Nd}] for what is no digit",
}
_MARKS = 3
"""Marks at a boundary: as many times ``\\b`` may stand there in a row."""
_SHORTEST_RUN = 3
_EAST = re.compile(f"[{CJK}{HANGUL}]")
_BROKEN = re.compile(f"  +|'|_|(?<=[a-z0-9])(?=[{CJK}{HANGUL}])|(?<=[{CJK}{HANGUL}])(?=[a-z0-9])")
"""Where a run of letters may stand otherwise in folded text."""


@dataclass(slots=True)
class Piece:
    """One piece of a pattern: what to look for, how often at least, and the branches of a group."""

    written: str
    """For RE2, without its repetition."""
    repeat: str = ""
    least: int = 1
    letters: str = ""
    """The text that it stands for; empty when it may stand for several."""
    branches: list[list[Piece]] = field(default_factory=list)
    opening: str = ""


def unescaped(written: str) -> str:
    r"""Return what stands between the slashes of a query, ``\/`` as the slash it means."""
    return re.sub(r"\\(.)", lambda match: "/" if match[1] == "/" else match[0], written)


def fault_in(pattern: str) -> Fault | None:
    """Return what RE2 has against a pattern, and where; None when nothing."""
    try:
        compiled = re2.compile(pattern, _options())
        prepared(pattern)
    except re2.error as error:
        return _fault(pattern, error)
    for match in _TOKEN.finditer(pattern):
        sign = match[0] if match[0] in {r"\B", r"\Q", r"\C"} else _class_escape(match[0])
        if sign:
            return Fault(match.start(), f"{sign} cannot be used here", _REFUSED[sign])
    if compiled.search("") is not None:
        message = "this regular expression is content with nothing, so it would hold everywhere"
        return Fault(0, message, "write + in place of *")
    return None


def _fault(pattern: str, error: Any) -> Fault:
    said = error.args[0]
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    what, _, where = text.partition(": ")
    hint = ""
    if where.startswith(("(?<=", "(?<!", "(?=", "(?!")):
        what, hint = "there is no look-ahead and no look-behind", "use NEAR, NOT, or \\b"
    elif re.match(r"\\\d", where):
        what, hint = "there are no back-references", "write the text out"
    place = len(pattern) if what.startswith("missing") else max(0, pattern.find(where))
    return Fault(place, f"not a regular expression: {what}", hint)


def _class_escape(token: str) -> str:
    """Return a class that cannot stand inside another one with the letters of all scripts."""
    found = re.search(r"(?<!\\)(?:\\\\)*(\\[WD])", token) if token[0] == "[" else None
    return found[1] if found else ""


@lru_cache(maxsize=1 << 12)
def prepared(pattern: str) -> tuple[Any, bool]:
    """Return a pattern compiled for folded text, and whether that text needs `MARK` at its boundaries."""
    pieces = _read(pattern)
    marked = any(match[0] == _BOUND for match in _TOKEN.finditer(pattern))
    return re2.compile(_written(pieces, marked=marked), _options()), marked


@lru_cache(maxsize=1 << 12)
def as_written(pattern: str) -> Any:
    """Return a pattern compiled for text that was not folded, such as an address."""
    return re2.compile(pattern, _options())


def find(pattern: str, text: str) -> list[tuple[int, int]]:
    """Return where a pattern stands in one field of folded text, without empty places."""
    compiled, marked = prepared(pattern)
    if not marked:
        return [
            span
            for match in compiled.finditer(text)
            if (span := _trimmed(text, *match.span()))[0] < span[1]
        ]
    with_marks = _EDGE.sub(MARK * _MARKS, text)
    places = []
    marks = done = 0
    for match in compiled.finditer(with_marks):
        begin, end = match.span()
        marks += with_marks.count(MARK, done, begin)
        start = begin - marks
        marks += with_marks.count(MARK, begin, end)
        done = end
        start, stop = _trimmed(text, start, end - marks)
        if stop > start:
            places.append((start, stop))
    return places


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the spaces at its ends."""
    while start < end and text[end - 1] == " ":
        end -= 1
    while start < end and text[start] == " ":
        start += 1
    return start, end


def required(pattern: str) -> tuple[str, ...] | None:
    """Return runs of letters one of which stands in every match; None when none is certain."""
    return _needed(_read(pattern))


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options


# ------------------------------------------------------------------ reading


def _read(pattern: str) -> list[list[Piece]]:
    """Return the branches of a pattern, pieces in order."""
    stack: list[tuple[list[list[Piece]], str]] = [([[]], "")]
    for match in _TOKEN.finditer(pattern):
        token = match[0]
        branches = stack[-1][0]
        if token == _CLOSE and len(stack) > 1:
            _, opening = stack.pop()
            stack[-1][0][-1].append(Piece("", branches=branches, opening=opening))
        elif token == _BAR:
            branches.append([])
        elif token.startswith("(") and not token.endswith(")"):
            stack.append(([[]], token))
        elif (repeat := _REPEAT.fullmatch(token)) and branches[-1]:
            last = branches[-1][-1]
            least = int(repeat[1]) if repeat[1] else int(token[0] == "+")
            last.repeat, last.least = last.repeat + token, min(last.least, least)
        else:
            branches[-1].append(_piece(token))
    while len(stack) > 1:  # RE2 will say that a parenthesis is missing
        inner, opening = stack.pop()
        stack[-1][0][-1].append(Piece("", branches=inner, opening=opening))
    return stack[0][0]


def _piece(token: str) -> Piece:
    if token in _LETTERS:
        return Piece(_LETTERS[token])
    if token in _STARTS or token in _ENDS or token == _BOUND or token.startswith("(?"):
        return Piece(token, least=0)
    if token[0] == "[" and len(token) > 1:
        return Piece(_class(token))
    if token[0] == "\\" and len(token) > 1 and (token[1].isalnum() or len(token) > 2):  # noqa: PLR2004 - one sign escaped
        return Piece(token)
    return _literal(token[-1])


def _literal(letter: str) -> Piece:
    """Return the piece of a letter as folding leaves it; punctuation becomes a space."""
    folded = letter if letter == "'" else fold(letter).text or " "
    plain = re.escape(folded) if folded.isascii() else folded
    if _EAST.match(folded):  # folding parts Latin letters and digits from these by a space
        plain = f" ??{plain} ??"
    written = plain if len(plain) == 1 or plain[0] == "\\" else f"(?:{plain})"
    return Piece(written, letters=folded)


def _class(token: str) -> str:
    """Return a class of characters folded one by one; a range keeps its ends."""
    negated = token.startswith("[^")
    parts = re.findall(
        r"\[:\^?\w+:\]|\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{\w+\}|\w\w)|\\.|.-(?:\\.|[^\]])|.",
        token[1 + negated : -1],
        re.DOTALL,
    )
    body = "".join(map(_in_class, parts))
    if negated:
        return f"[^{body}{MARK}]"
    signs = any(not part[-1].isalnum() and part[-1] != "'" for part in parts if len(part) < 3)  # noqa: PLR2004 - one sign, perhaps escaped
    return f"[{body} ]" if signs else f"[{body}]"


def _in_class(part: str) -> str:
    if len(part) > 1 or not part.isalnum():
        return _IN_CLASS.get(part, r"\-" if part == "-" else part)
    folded = fold(part).text
    return folded if len(folded) == 1 else part


# ------------------------------------------------------------------ writing


def _written(branches: list[list[Piece]], *, marked: bool) -> str:
    return "|".join("".join(_one(piece, marked=marked) for piece in each) for each in branches)


def _one(piece: Piece, *, marked: bool) -> str:
    if piece.branches:
        return f"{piece.opening}{_written(piece.branches, marked=marked)}){piece.repeat}"
    if piece.written == _BOUND:
        return f"{MARK}{piece.repeat}"
    flags = piece.written.startswith("(?") and not piece.letters and piece.written[-1] == ")"
    if not marked or piece.written in _STARTS or (flags and ":" not in piece.written):
        return piece.written + piece.repeat
    inner = f"{MARK}*{piece.written}"
    return f"(?:{inner}){piece.repeat}" if piece.repeat else inner


# ------------------------------------------------------------------ what must be there


def _needed(branches: list[list[Piece]]) -> tuple[str, ...] | None:
    """Return the runs that the branches cannot do without, together; None when one has none."""
    joined: dict[str, None] = {}
    for each in branches:
        best = _best(each)
        if best is None:
            return None
        joined.update(dict.fromkeys(best))
    return tuple(joined)


def _best(pieces: list[Piece]) -> tuple[str, ...] | None:
    """Return the longest run of one branch, or the runs of a group that must be there."""
    found: list[tuple[str, ...]] = []
    run = ""
    for piece in [*pieces, Piece("", least=0)]:
        if piece.branches:
            inner = _needed(piece.branches) if piece.least else None
            found += [inner] if inner else []
        if piece.letters and piece.least:
            run += piece.letters
            if not piece.repeat:
                continue
        elif piece.written == _BOUND:
            continue
        found += [(text,)] if (text := _usable(run)) else []
        run = piece.letters if piece.repeat and piece.least else ""
    return max(found, key=lambda runs: min(map(len, runs)), default=None)


def _usable(run: str) -> str:
    """Return the longest part of a run that surely stands in folded text as it is written."""
    parts = [part.strip() for part in _BROKEN.split(run)]
    best = max(parts, key=len, default="")
    return best if len(best) >= _SHORTEST_RUN else ""
