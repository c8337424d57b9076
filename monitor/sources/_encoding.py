"""Bytes of a feed into UTF-8, by what declares their encoding and, failing that, by a guess."""

from __future__ import annotations

import codecs
import re
from typing import Any

from feedparser.encodings import convert_to_utf8, parse_content_type

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?encoding=[\"']([\w.:-]+)[\"'][^>]*>")
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
}
_UNFIT = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Python codecs that are no character encodings of documents; some take quadratic time."""
_WIDE = re.compile(r"[^\x00-\x7f]")
_LONGEST_DECLARATION = 1_000


def to_utf8(body: bytes, content_type: str) -> tuple[bytes, list[str]]:
    """Return ``body`` in UTF-8 with a matching XML declaration, and what was wrong with it.

    A byte order mark decides; else encodings are tried as feedparser does: the header's, the
    declared one, a guess. A body that is UTF-8 but for a few bytes loses only those.
    """
    problems: list[str] = []
    body, content_type = _without_unfit(body.lstrip(b" \t\r\n"), content_type)
    body, content_type = _unmarked(body, content_type)
    body, broken = _mend_utf8(_first_line_apart(body))
    if broken:
        problems.append(f"characters of broken UTF-8 that were replaced: {broken}")
    result: dict[str, Any] = {}
    headers = {"content-type": content_type} if content_type else {}
    data: bytes = convert_to_utf8(headers, body, result)
    used = str(result.get("encoding", "")).lower()
    if used not in _declared(body, content_type):
        problems.append(f"the declared encoding is missing or wrong; read as {used or 'unknown'}")
    return data, problems


def _declared(body: bytes, content_type: str) -> set[str]:
    """Return the encodings that need no remark: those declared, and those that mark themselves."""
    declared = {"utf-8", "us-ascii", parse_content_type(content_type)[1].lower()}
    if match := _DECLARATION.match(body):
        declared.add(match[1].decode("ascii", "ignore").lower())
    if "gb2312" in declared:
        declared.add("gb18030")
    return declared


def _unmarked(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Decode by the byte order mark, which overrules every declaration (RFC 7303 section 3.3)."""
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            data = body.decode(encoding, "replace").removeprefix("\ufeff").encode()
            return _DECLARATION.sub(b"", data), ""
    return body, content_type


def _first_line_apart(body: bytes) -> bytes:
    """End the line after the XML declaration: feedparser's search in it takes cubic time."""
    if not body.startswith(b"<?"):
        return body
    end = body.find(b"?>", 0, _LONGEST_DECLARATION) + len(b"?>")
    return body[:end] + b"\n" + body[end:] if end > 1 else b"\n" + body


def _without_unfit(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Drop declarations of codecs that are no character encodings."""
    if _is_unfit(parse_content_type(content_type)[1]):
        content_type = ""
    match = _DECLARATION.match(body)
    if match and _is_unfit(match[1].decode("ascii", "ignore")):
        body = body[match.end() :]
    return body, content_type


def _is_unfit(name: str) -> bool:
    try:
        return codecs.lookup(name).name.replace("-", "_") in _UNFIT
    except (LookupError, ValueError):
        return False


def _mend_utf8(body: bytes) -> tuple[bytes, int]:
    """Replace the few bytes that keep a body from being UTF-8; leave other encodings alone."""
    try:
        body.decode()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        if broken * 10 <= len(_WIDE.findall(text)):
            return text.encode(), broken
    return body, 0
