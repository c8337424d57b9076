"""Markup into plain text, and plain text into something safe to print anywhere.

The result goes into pages, mails, terminals and logs, so nothing in it may steer one of those:
no control characters, no terminal escapes, no bidirectional overrides (Unicode TR 36), no lone
surrogates. Joiners (ZWJ, ZWNJ) stay, because Persian, Arabic and Indic words are spelt with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from lxml import etree

TITLE_LENGTH = 500

_BLOCKS = (
    *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd"),
    *("details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"),
    *("pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
)
_BLOCK_NAMES = frozenset(_BLOCKS)
_HIDDEN = (
    *("script", "style", "svg", "math", "template", "noscript", "iframe", "object", "head"),
    *("textarea", "select", "noframes", "noembed", "xmp", "plaintext", "title", "button", "canvas"),
)
"""Elements whose content is code, a control or a drawing, never the text of an article."""


def _any_of(words: Iterable[str]) -> str:
    """Return an expression for any of ``words``, by first letters, which is quick to fail."""
    tree: dict[str, list[str]] = {}
    for word in words:
        tree.setdefault(word[:1], []).append(word[1:])
    return (
        "(?:"
        + "|".join(
            first + (_any_of(rest) if len(rest) > 1 else rest[0]) for first, rest in tree.items()
        )
        + ")"
    )


# Attributes whose values hold no angle brackets; anything else is left to the real parser. Every
# repeat is possessive and stops at the next bracket, so the time is linear.
_ATTRIBUTES = r"(?:\s[^<>\"']*+(?:\"[^\"<>]*+\"[^<>\"']*+|'[^'<>]*+'[^<>\"']*+)*+)?/?>"
_BLOCK_TAG = rf"</?{_any_of(_BLOCKS)}{_ATTRIBUTES}"
_INLINE_TAG = rf"</?(?!{_any_of(_HIDDEN)}\b)[a-z][a-z0-9]*+{_ATTRIBUTES}"
_BLOCK_AS_WRITTEN, _INLINE_AS_WRITTEN = re.compile(_BLOCK_TAG), re.compile(_INLINE_TAG)
_BLOCK_IN_CAPITALS = re.compile(_BLOCK_TAG, re.IGNORECASE)
_INLINE_IN_CAPITALS = re.compile(_INLINE_TAG, re.IGNORECASE)
"""The same for names in any case, which costs three times as much and is seldom needed."""
_LEFT_OVER = re.compile(r"<[a-zA-Z/!?]")
_ANY_TAG = re.compile(r"<[^<>]*+>?")
_ESCAPED_TWICE = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|quot|apos|nbsp|hellip|[lr][sd]quo|[mn]dash|laquo|raquo);"
)
_TERMINAL = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls
    "\u00ad\u200b\u2060\ufeff"  # marks without a shape: soft hyphen, ZWSP, word joiner, BOM
    "\u202a-\u202e\u2066-\u206f"  # bidirectional embeddings, overrides, isolates
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"  # no characters; hidden tags
)
_TOO_DEEP = "ERR_RESOURCE_LIMIT"


def clean_text(markup: str) -> str:
    """Return the text a reader would see, a line for each block, without blank lines."""
    if "<" in markup:
        return tidy(_mend(_without_tags(" ".join(markup.split()))))
    if "&" in markup:
        return tidy(_mend(unescape(markup)))
    return tidy(markup)


def one_line(text: str, limit: int = TITLE_LENGTH) -> str:
    """Return plain ``text`` as one clean line of at most ``limit`` characters."""
    line = text if text.isprintable() else tidy(text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def lead(text: str, limit: int) -> str:
    """Return the start of ``text`` up to ``limit`` characters, cut between words when it can be."""
    if len(text) <= limit:
        return text
    start = text[: limit - 1]
    words = start.rpartition(" ")[0]
    return (words if len(words) * 2 > limit else start).rstrip() + "…"


def tidy(text: str) -> str:
    """Return plain ``text`` without unsafe characters, blank lines and runs of spaces."""
    if text.replace("\n", "").isprintable():  # its only spaces are plain ones
        pieces = text.split("\n")
        lines = (" ".join(line.split()) if "  " in line else line.strip() for line in pieces)
    else:
        text = _UNSAFE.sub("", _BREAKS.sub("\n", _TERMINAL.sub("", text)))
        lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_tags(markup: str) -> str:
    """Take simple tags off with two expressions; hand anything trickier to a real parser."""
    text = _INLINE_AS_WRITTEN.sub("", _BLOCK_AS_WRITTEN.sub("\n", markup))
    if "<" in text:
        text = _INLINE_IN_CAPITALS.sub("", _BLOCK_IN_CAPITALS.sub("\n", markup))
    return _parsed_text(markup) if _LEFT_OVER.search(text) else unescape(text)


def _parsed_text(markup: str) -> str:
    """Return what libxml2 makes of ``markup``, code and drawings left out."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(_without_unclosed(markup).encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError:  # nothing but comments
        return ""
    if any(entry.type_name == _TOO_DEEP for entry in parser.error_log):
        return unescape(_ANY_TAG.sub("\n", markup))  # libxml2 drops what is nested too deeply
    if root is None:
        return ""
    etree.strip_elements(root, *_HIDDEN, with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        words = element.text if event == "start" else element.tail
        parts.append("\n" if element.tag in _BLOCK_NAMES else "")
        parts.append(words or "")
    return "".join(parts)


def _without_unclosed(markup: str) -> str:
    """Take out hidden elements that are never closed: they would hide all that follows."""
    lower = markup.lower()
    unclosed = [name for name in _HIDDEN if f"<{name}" in lower and f"</{name}" not in lower]
    if unclosed:
        markup = re.sub(rf"<(?:{'|'.join(unclosed)})\b[^<>]*+>?", "", markup, flags=re.IGNORECASE)
    return markup.replace("\0", "")


def _mend(text: str) -> str:
    """Decode references that were escaped once too often; ``&lt;`` stays what it says."""
    return _ESCAPED_TWICE.sub(_decoded, text) if "&" in text else text


def _decoded(match: re.Match[str]) -> str:
    return unescape(match[0])
