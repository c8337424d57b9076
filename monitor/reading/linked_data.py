"""What the JSON-LD of a page says of its article (schema.org).

Each block is read on its own and mended where publishers commonly break it, so that one bad block
costs nothing but itself. Of several things described, the article that the page is about counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from monitor.reading.addresses import canonical_address

_LARGEST_BLOCK = 2_000_000
_MOST_NODES = 5_000
_DEEPEST = 12
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Event|Episode)$")
_PAGE = re.compile(r"(?:Page|Object|CreativeWork|Book|Dataset)$")
_LISTS = frozenset({"itemListElement", "comment", "review", "breadcrumb", "isPartOf", "mentions"})
"""Properties that hold other things than the page's own article."""
_NOISE = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?|;)\s*$"
)
_Node = Mapping[str, Any]
_OF_THE_PAGE, _UNFIT = 2, 6
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")


@dataclass(frozen=True, slots=True)
class Statement:
    """The article as its JSON-LD tells it, texts still as written."""

    headline: str = ""
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    body: str = ""
    description: str = ""
    site: str = ""
    locked: bool = False
    """``isAccessibleForFree`` is false for it or for a part of it."""


def statement_of(blocks: Iterable[str], url: str) -> Statement:
    """Return what ``blocks`` say of the article at ``url``."""
    nodes = [node for block in blocks for value in _values(block) for node in _nodes(value)]
    address = canonical_address(url)
    ranked = [(_rank(node, address), node) for node in nodes[:_MOST_NODES]]
    about = [node for rank, node in sorted(ranked, key=_by_rank) if rank < _UNFIT]
    if not about:
        return Statement()
    known = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    page = next((node for rank, node in ranked if rank == _OF_THE_PAGE), {})
    return _statement(about[0], page, known)


def _by_rank(pair: tuple[int, Any]) -> int:
    return pair[0]


def _statement(article: _Node, page: _Node, known: Mapping[str, _Node]) -> Statement:
    parts = [article, page, *_dicts(article.get("hasPart")), *_dicts(page.get("hasPart"))]
    return Statement(
        headline=_text(article.get("headline")) or _text(article.get("name")),
        published=(
            *_texts(article, "datePublished", "dateCreated", "uploadDate"),
            *_texts(page, "datePublished"),
        ),
        updated=(*_texts(article, "dateModified"), *_texts(page, "dateModified")),
        authors=_authors(article, known),
        language=_language(article.get("inLanguage")) or _language(page.get("inLanguage")),
        body=_text(article.get("articleBody")),
        description=_text(article.get("description")),
        site=_site(article, known),
        locked=any(_is_false(part.get("isAccessibleForFree")) for part in parts),
    )


def _values(block: str) -> Iterator[Any]:
    """Yield the JSON values in a block, mended as far as that is simple."""
    text = _NOISE.sub("", _NOISE.sub("", block[:_LARGEST_BLOCK])).strip()
    for mend in (str, _mended, lambda text: _mended(unescape(text))):
        try:
            yield from _in_a_row(mend(text))
        except (ValueError, RecursionError):
            continue
        return


def _in_a_row(text: str) -> list[Any]:
    """Return the values of a text that holds one or more of them."""
    decoder, values, place = json.JSONDecoder(strict=False), [], 0
    while place < len(text):
        value, place = decoder.raw_decode(text, place)
        values.append(value)
        rest = text[place:].lstrip(" \t\r\n,;")
        place = len(text) - len(rest)
    return values


def _mended(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", text))


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the things described, outer ones first, but not what belongs to a list of others."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if name not in _LISTS and isinstance(inner, dict | list):
                yield from _nodes(inner, depth + 1)


def _rank(node: _Node, address: str) -> int:
    """Return how near a node is to the article of the page: least is nearest."""
    types = _strings(node.get("@type"))
    dated = any(name in node for name in ("datePublished", "headline", "author"))
    if any(_ARTICLE.search(each) for each in types):
        return 0 if address and address in _addresses(node) else 1 if dated else 3
    if any(_PAGE.search(each) for each in types) and dated:
        return _OF_THE_PAGE if any(each.endswith("Page") for each in types) else 4
    return _UNFIT


def _addresses(node: _Node) -> set[str]:
    page = node.get("mainEntityOfPage")
    inner = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    return {canonical_address(text) for text in map(_text, (node.get("url"), inner)) if text}


def _authors(article: _Node, known: Mapping[str, _Node]) -> tuple[str, ...]:
    for name in ("author", "creator"):
        values = article.get(name)
        found = [_name(each, known) for each in (values if isinstance(values, list) else [values])]
        if names := tuple(each for each in found if each):
            return names
    return ()


def _name(value: Any, known: Mapping[str, _Node]) -> str:
    """Return the name of a person or an organisation, which may be described elsewhere."""
    if isinstance(value, dict):
        there = known.get(str(value.get("@id")), value) if "name" not in value else value
        return _text(there.get("name")) or _text(there.get("alternateName"))
    return _text(value)


def _site(article: _Node, known: Mapping[str, _Node]) -> str:
    return _name(article.get("publisher"), known) or _name(article.get("isPartOf"), known)


def _language(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("alternateName")) or _text(value.get("name"))
    return _text(value)


def _is_false(value: Any) -> bool:
    return value is False or str(value).strip().lower() in {
        "false",
        "no",
        "0",
        "http://schema.org/false",
    }


def _texts(node: _Node, *names: str) -> tuple[str, ...]:
    return tuple(text for text in (_text(node.get(name)) for name in names) if text)


def _text(value: Any) -> str:
    """Return the text of a value, the first of a list."""
    if isinstance(value, list):
        return next((text for text in map(_text, value[:10]) if text), "")
    if isinstance(value, dict):
        return _text(value.get("@value"))
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _strings(value: Any) -> list[str]:
    return [
        each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)
    ]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [
        each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)
    ]
