"""What feedparser does to any text or address of a feed, and the little it takes to do the same."""

from __future__ import annotations

import re
from functools import lru_cache
from types import SimpleNamespace

from feedparser.html import _cp1252
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import _urljoin, make_safe_absolute_uri
from feedparser.util import FeedParserDict

_ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9.-]+/[\w.~%/+,:@!*()'=-]*(?:\?[\w.~%/+,:@!*()'=&-]+)?(?:#[\w.~%/=-]+)?",
    re.ASCII,
)
"""Addresses that joining them with another leaves as they are (RFC 3986 section 5.2.2)."""


class Unfit(Exception):
    """The document is not one of which we are certain."""


class Texts:
    """The base of a document's addresses, and whether characters may be out of place in its texts."""

    def __init__(self, base: str, *, controls: bool) -> None:
        self.base = base
        self._controls = controls

    def settle(self, declared: str) -> None:
        """Take the base that the root declares; raises Unfit when feedparser's goes on changing."""
        base = _settled(self.base, declared)
        if base is None:
            raise Unfit
        self.base = base

    def sound(self, text: str) -> str:
        """Return ``text`` with UTF-8 that was read as Latin-1, and C1 controls, set right."""
        if text.isascii():
            return text
        try:
            text = text.encode("iso-8859-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return text.translate(_cp1252) if self._controls else text
        return text.translate(_cp1252)

    def resolved(self, address: str) -> str:
        """Return ``address`` made absolute."""
        return address if _ABSOLUTE.fullmatch(address) else str(_urljoin(self.base, address))


@lru_cache(maxsize=1_000)
def _settled(base: str, declared: str) -> str | None:
    """Return the base of links below a root that declares one, None when it would still change.

    feedparser joins the base with itself at every element.
    """
    settled = _joined(base, declared)
    return settled if _joined(settled, settled) == settled else None


def _joined(base: str, declared: str) -> str:
    return str((make_safe_absolute_uri(base, declared) or base) if base else _urljoin("", declared))


def value_of(attributes: list[str], key: str) -> str | None:
    """Return an attribute of a flat list of names and values, None when it is absent."""
    names = attributes[::2]
    return attributes[2 * names.index(key) + 1] if key in names else None


@lru_cache(maxsize=1_000)
def name_in(author: str) -> str:
    """Return the name in ``author`` as feedparser finds it beside a mail address."""
    entry = FeedParserDict(author=author, authors=[FeedParserDict()])
    _FeedParserMixin._sync_author_detail(SimpleNamespace(_get_context=lambda: entry))  # noqa: SLF001 - its rule, not one of ours
    return str(entry["authors"][0].get("name", ""))
