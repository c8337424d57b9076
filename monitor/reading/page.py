"""A page as a tree, with what its head says of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from lxml import etree, html

from monitor.reading.linked_data import Statement, statement_of
from monitor.reading.text import one_line

LONGEST_VALUE = 2_000
LARGEST = 5_000_000
"""Characters of a page that are read."""
LARGE, MANY = 2_000_000, 15_000
"""Characters and elements beyond which a page is large; nine in ten have a tenth of either."""
_ELSEWHERE = frozenset({"aside", "nav"})
_OTHERS = re.compile(
    r"related|comment|sidebar|widget|recommend|latest|popular|teaser|archive", re.IGNORECASE
)
_NAMES = ("property", "name", "itemprop", "http-equiv")
_MOST_ANCESTORS = 12
_MOST_METAS = 2_000
_ENDLESS_TAG = re.compile(r"<([a-zA-Z]\w*)[^<>]{20000,}>?")
"""Resiliparse compares each attribute of a tag with all others of it."""
_TOO_DEEP = "ERR_RESOURCE_LIMIT"


@dataclass(frozen=True)
class Page:
    """A parsed page."""

    root: Any
    markup: str
    url: str
    deep: bool = False
    """Nested beyond what the parser follows: what lies deeper is missing from the tree."""
    large: bool = False
    """Too large for libraries that walk the tree many times."""
    metas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Values of ``<meta>`` by name in lower case, in document order, empty ones left out."""

    @property
    def unwieldy(self) -> bool:
        """Whether only what reads it in one go may read it."""
        return self.deep or self.large

    @cached_property
    def statement(self) -> Statement:
        """What the page's JSON-LD says of the article."""
        blocks = (script.text or "" for script in self.root.iter("script") if _is_json_ld(script))
        return statement_of(blocks, self.url)

    def meta(self, *names: str) -> Iterator[str]:
        """Yield the values of ``names``, in the order of the names."""
        for name in names:
            yield from self.metas.get(name, ())


def _is_json_ld(script: Any) -> bool:
    return "ld+json" in (script.get("type") or "").lower()


def tamed(markup: str) -> str:
    """Return ``markup`` without what takes parsers more than linear time, or ends them."""
    markup = markup[: 4 * LARGEST].replace("\0", "")
    return _ENDLESS_TAG.sub(r"<\1>", markup)[:LARGEST]


def parse_page(markup: str, url: str) -> Page | None:
    """Return the page that ``markup`` holds; None when there is no element in it."""
    parser = html.HTMLParser(
        encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(markup.encode("utf-8", "ignore"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    deep = any(entry.type_name == _TOO_DEEP for entry in parser.error_log)
    large = len(markup) > LARGE or next(islice(root.iter(), MANY, None), None) is not None
    return Page(root, markup, url, deep=deep, large=large, metas=_metas(root))


def _metas(root: Any) -> dict[str, list[str]]:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for element in islice(root.iter("meta"), _MOST_METAS):
        value = one_line(element.get("content") or "", LONGEST_VALUE)
        for attribute in _NAMES:
            if value and (name := element.get(attribute)):
                values[name.strip().lower()].append(value)
    return dict(values)


def words_of(element: Any) -> str:
    """Return the text of an element as one line."""
    return one_line(" ".join(element.itertext()), LONGEST_VALUE)


def marks_of(element: Any) -> str:
    """Return the words that say what an element is for."""
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"


def is_elsewhere(element: Any) -> bool:
    """Tell whether an element belongs to other articles, or to the frame of the page."""
    below_footer = False
    for each in islice(element.iterancestors(), _MOST_ANCESTORS):
        if each.tag == "article":  # its own footer is a part of it
            return any(
                outer.tag == "aside" for outer in islice(each.iterancestors(), _MOST_ANCESTORS)
            )
        below_footer = below_footer or each.tag == "footer"
        if each.tag in _ELSEWHERE or (
            each.tag not in {"body", "html"}
            and _OTHERS.search(marks_of(each))
            and each.find(".//h1") is None  # "one-sidebar" may be the name of the whole layout
        ):
            return True
    return below_footer
