"""Web pages as trees, for kinds that read pages: bounded, whatever the page is made of."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from monitor.errors import ParseError
from monitor.model import Reason
from monitor.sources._limits import ADDRESS

LARGEST: Final = 5_000_000
"""Bytes of a page that are read; the rest of a longer one is left out, and said so."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_TOO_DEEP = "ERR_RESOURCE_LIMIT"
_TAG = re.compile(rb"<[a-zA-Z!]")
_OTHER = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PK\3\4": "an archive",
}


class Page(NamedTuple):
    """A page: its root, the address that links in it start from, what was wrong with it."""

    root: Any
    base: str
    problems: tuple[str, ...]


def read_page(body: bytes, content_type: str, url: str) -> Page:
    """Return the tree of a page from ``url``; raises ParseError when ``body`` is none.

    The tree of a page that is damaged or nested too deeply holds what could be read.
    """
    _refuse_others(body)
    problems = []
    if len(body) > LARGEST:
        problems.append(f"only the first {LARGEST:,} of {len(body):,} bytes of the page were read")
    text = decoded(body[:LARGEST], content_type).replace("\0", "")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise ParseError(Reason.NOT_A_FEED, "the answer is no web page: nothing in it can be read")
    if any(entry.type_name == _TOO_DEEP for entry in parser.error_log):
        problems.append("the page is nested too deeply; only a part of it was read")
    return Page(root, _base(root, url), tuple(problems))


def _refuse_others(body: bytes) -> None:
    start = body[:64].lstrip()
    what = next((name for mark, name in _OTHER.items() if start.startswith(mark)), "")
    if not body.strip():
        what = "empty"
    elif not what and not _TAG.search(body[:100_000].replace(b"\0", b"")):
        what = "without any markup"
    if what:
        raise ParseError(Reason.NOT_A_FEED, f"the answer is no web page, it is {what}")


def decoded(body: bytes, content_type: str) -> str:
    """Return ``body`` as text: by the header's charset, a mark, the page's own word, or a guess.

    Bytes that are UTF-8 beyond doubt are read as UTF-8, whatever is declared.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(content_type)
    from resiliparse.parse import encoding as known  # noqa: PLC0415 - 4 MB that UTF-8 does without

    label = known.map_encoding_to_html5(named[1], fallback_utf8=False) if named else None
    encoding = label or known.detect_encoding(body, from_html_meta=True) or "utf-8"
    try:
        return str(known.bytes_to_str(body, encoding, "replace", ("utf-8",)))
    except (LookupError, UnicodeError, TypeError):
        return body.decode("utf-8", "replace")


def _base(root: Any, url: str) -> str:
    """Return what links are resolved against (HTML standard, section 2.4.3)."""
    base = root.find(".//base[@href]")
    return (joined(url, base.get("href")) or url) if base is not None else url


def joined(base: str, link: str) -> str:
    """Return ``link`` as an absolute web address without its fragment, empty when it is none."""
    try:
        address = urljoin(base, link.strip()).partition("#")[0]
    except ValueError:
        return ""
    sound = address.startswith(("http://", "https://")) and len(address) <= ADDRESS
    return address if sound and address.isprintable() else ""


def check_selector(value: str) -> str:
    """Return a CSS selector unchanged, or say what is wrong with it (ValueError)."""
    if not value:
        return value
    try:
        CSSSelector(value, translator="html")
    except (SelectorError, etree.XPathError) as error:
        message = f"{value!r} is no CSS selector that can be used here: {str(error)[:100]}"
        raise ValueError(message) from None
    return value


def selected(root: Any, selector: str) -> list[Any]:
    """Return the elements that a checked CSS selector chooses, in the order of the document."""
    return list(CSSSelector(selector, translator="html")(root))


def words_of(element: Any) -> str:
    """Return the text inside an element as one line."""
    return " ".join("".join(element.itertext()).split())


def title_of(root: Any) -> str:
    """Return the title of a page, empty when it has none."""
    title = root.find(".//title")
    return words_of(title) if title is not None else ""
