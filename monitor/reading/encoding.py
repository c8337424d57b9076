"""Bytes of a page into text: mark, header, declaration, and a guess where these are wrong or absent.

The order is that of the HTML standard (section 13.2.3.2), its labels are those of the Encoding
standard. Two things are done that browsers do not do, because nobody is there to notice: bytes
that are UTF-8 beyond doubt are read as UTF-8, and a declaration that the bytes contradict gives
way to a guess.
"""

from __future__ import annotations

import codecs
import re

import chardet
from resiliparse.parse.encoding import map_encoding_to_html5

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^<>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]+)", re.IGNORECASE)
_HEAD = 8_192
"""Bytes in which a declaration is looked for; the standard asks for 1,024, many pages need more."""
_WIDER = {
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-11": "cp874",
}
"""Python's codec of the same name lacks characters that browsers know under that label."""
_WESTERN = frozenset({"cp1252", "iso8859-15"})
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
"""What text in ISO-2022-JP, which looks like ASCII, cannot do without."""
_MARKUP = re.compile(
    rb"<(?:script|style)\b.*?</(?:script|style)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
_SAMPLE = 60_000
_FEW = 0.05
"""Share of the bytes beyond ASCII that may be broken in an encoding that is believed all the same."""


def page_text(body: bytes, content_type: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of ``body`` and what was wrong with its encoding; never raises.

    ``content_type`` is the header's value, empty when there was none.
    """
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), ()
    declared = _declared(body, content_type)
    if any(escape in body for escape in _ESCAPES):
        return body.decode("iso2022_jp", "replace"), _remark(declared, "iso2022_jp")
    if _is_utf8(body):
        return body.decode("utf-8", "ignore"), _remark(declared, "utf-8")
    for encoding in [*_trusted(declared, body), "utf-8"]:
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") <= len(_bytes_beyond_ascii(body)) * _FEW:
            return text, ()
    encoding = _guess(body) or (declared[0] if declared else "cp1252")
    return body.decode(encoding, "replace"), _remark(declared, encoding)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that the header and the page name, the weightiest first."""
    labels = [match[1] for match in [_CHARSET.search(content_type)] if match]
    found = _XML.search(body[:_HEAD]), _META.search(body[:_HEAD])
    labels += [match[1].decode("ascii", "ignore") for match in found if match]
    names = (encoding_named(label) for label in labels)
    return list(dict.fromkeys(name for name in names if name))


def encoding_named(label: str) -> str:
    """Return Python's name for an encoding label as browsers read it; empty when it is none."""
    label = re.sub(r"^(?:x-)?win(?:dows)?[-_]?(?=12\d\d$)", "windows-", label.strip().lower())
    name = map_encoding_to_html5(label, fallback_utf8=False) or ""
    if name.startswith("utf-16"):  # what can be read as ASCII to find its label is no UTF-16
        return "utf-8"
    return _WIDER.get(name, name)


def _trusted(declared: list[str], body: bytes) -> list[str]:
    """Put Western declarations, which servers send by default, after those that say more."""
    wanted = [name for name in declared if name not in _WESTERN]
    if _mostly_beyond_ascii(body):
        return wanted
    return [*wanted, *(name for name in declared if name in _WESTERN)]


def _bytes_beyond_ascii(body: bytes) -> bytes:
    return body.translate(None, bytes(range(128)))


def _mostly_beyond_ascii(body: bytes) -> bool:
    """Tell whether too much of the text is no ASCII letter for a language of western Europe."""
    sample = _MARKUP.sub(b" ", body[: _SAMPLE * 10])[:_SAMPLE]
    letters = sum(map(sample.count, b"abcdefghijklmnopqrstuvwxyz"))
    return len(_bytes_beyond_ascii(sample)) > letters


def _is_utf8(body: bytes) -> bool:
    """Tell whether ``body`` is UTF-8; one that was cut off may end inside a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return True


def _guess(body: bytes) -> str:
    """Return the encoding that the text looks like, code and markup aside."""
    sample = _MARKUP.sub(b" ", body[: _SAMPLE * 10])[:_SAMPLE]
    name = str(chardet.detect(sample)["encoding"] or "").lower()
    try:
        return codecs.lookup(name).name if name not in {"", "ascii"} else ""
    except LookupError:
        return ""


def _remark(declared: list[str], used: str) -> tuple[str, ...]:
    if not declared or used in declared:
        return ()
    return (f"declared as {declared[0]}, read as {used}",)
