"""UTF-8 of a feed made fit for feedparser: no bombs, no characters that XML forbids.

Each repair changes only what no XML parser could read, so a sound feed passes through as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from monitor.errors import ParseError
from monitor.model import Reason
from monitor.sources._limits import ENTRIES, EXPANSION

_FORBIDDEN = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Terminal escapes and the control characters outside XML 1.0 production 2 (Char)."""
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_REFERENCE = re.compile(rb"&#(?:0*(\d{1,2}|\d{5,})|[xX]0*([0-9a-fA-F]{1,2}|[0-9a-fA-F]{4,}));")
_ELEMENT = re.compile(rb"<\w")
_LONGEST_HEAD = 30_000
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\s+(%?)\s*([\w.:-]+)\s+(SYSTEM\b|PUBLIC\b|)")
_USE = re.compile(rb"&([A-Za-z_][\w.:-]*);")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|rdf|feed|channel)\s*>", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|rdf|feed|channel)\s*>\s*\Z", re.IGNORECASE)
_MEDIA = re.compile(rb"xmlns:(\w+)\s*=\s*[\"']http://search\.yahoo\.com/mrss/?[\"']")


def tame_head(data: bytes) -> bytes:
    """Return ``data`` with the white space before its first element collapsed.

    feedparser searches there in quadratic time, so a head that is too long is refused.
    """
    element = _ELEMENT.search(data)
    end = element.start() if element else min(len(data), _LONGEST_HEAD)
    head = re.sub(rb"[ \t]*[\r\n]\s*", b"\n", data[:end])
    if len(head) > _LONGEST_HEAD and b"<!" in head:
        _refuse("begins with too long a declaration")
    return head + data[end:]


def refuse_bombs(data: bytes) -> None:
    """Raise ParseError for entities that reach outside, nest, or unfold into too much.

    feedparser never reads external entities, but its lenient parser repeats the plain ones
    without a limit (XML 1.0 section 4.4; the quadratic blow-up).
    """
    root = _ROOT.search(data)
    head = data[: root.start()] if root else data[:100_000]
    if b"<!ENTITY" not in head:
        return
    declared = _ENTITY.findall(head)
    if any(parameter or external for parameter, _, external in declared):
        _refuse("declares entities that reach outside it")
    strings = [part for quote in (b'"', b"'") for part in head.split(quote)[1:-1]]
    if any(b"<!ENTITY" not in part and _USE.search(part) for part in strings):
        _refuse("declares entities made of entities")
    names = {name for _, name, _ in declared}
    used = sum(count for name, count in Counter(_USE.findall(data)).items() if name in names)
    if used * max(map(len, strings), default=0) > EXPANSION:
        _refuse("declares entities that unfold into too much text")


def _refuse(what: str) -> None:
    raise ParseError(Reason.MALFORMED, f"the document {what}; it was refused unread")


class Repaired(NamedTuple):
    """A document made fit to parse."""

    data: bytes
    problems: list[str]
    cut: bool
    """Whether it now ends early, so that its end is no news."""


def repair(data: bytes) -> Repaired:
    """Return UTF-8 ``data`` without what XML forbids, cut before entries that we do not take."""
    problems = []
    sound = _REFERENCE.sub(_sound_reference, data)
    if len(data.translate(None, _CONTROLS)) < len(data):  # far quicker than the expression
        sound = _FORBIDDEN.sub(b"", sound)
    if sound != data:
        problems.append("control characters, which XML forbids, were removed")
    end, problem = _end_of_entries(sound)
    problems += [problem] if problem else []
    cut = end < len(sound)
    return Repaired(_keep_captions_apart(sound[:end]), problems, cut)


def _end_of_entries(data: bytes) -> tuple[int, str]:
    """Return where to cut ``data`` and why; its length and nothing when all of it is read."""
    if _has_few_whole_entries(data):
        return len(data), ""
    starts = [match.start() for match in _ENTRY.finditer(data)]
    if len(starts) > ENTRIES:
        return starts[ENTRIES], f"only the first {ENTRIES:,} of {len(starts):,} entries were read"
    if starts and _breaks_off(data, starts[-1]):
        # half an entry would be known from then on, and never completed
        return starts[-1], "the document breaks off inside its last entry, which was left out"
    return len(data), ""


def _has_few_whole_entries(data: bytes) -> bool:
    """Tell quickly that nothing is to be cut: the root is closed, and few words could be entries."""
    if not _CLOSED.search(data, max(0, len(data) - 100)):
        return False
    if data.count(b"<") <= ENTRIES:
        return True
    lower = data.lower()
    return sum(lower.count(word) for word in (b"<item", b":item", b"<entry", b":entry")) <= ENTRIES


def _breaks_off(data: bytes, last: int) -> bool:
    """Tell whether ``data`` ends before the entry that begins at ``last`` does."""
    return _ROOT_END.search(data, max(last, len(data) - 5_000)) is None and (
        _ENTRY_END.search(data, last) is None
    )


def _sound_reference(match: re.Match[bytes]) -> bytes:
    """Keep a numeric reference only to a character that XML allows (production 2, Char)."""
    digits, base = (match[1], 10) if match[1] else (match[2], 16)
    code = int(digits, base) if len(digits) <= len(b"1114111") else 0
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the range that UTF-16 reserves
    known = code in {9, 10, 13} or (32 <= code <= 0x10FFFF and code not in {0xFFFE, 0xFFFF})  # noqa: PLR2004 - the ranges of the production
    return match[0] if known and not surrogate else b""


def _keep_captions_apart(data: bytes) -> bytes:
    """Rename ``media:description``, a picture's caption that feedparser takes for the summary."""
    if b":description" not in data:
        return data
    for prefix in {b"media", *_MEDIA.findall(data)}:
        tag = rb"<(/?)" + prefix + rb":description(?:\s[^<>]*?)?(/?)>"
        data = re.sub(tag, rb"<\1" + prefix + rb":caption\2>", data)
    return data
