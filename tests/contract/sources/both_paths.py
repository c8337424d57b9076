"""A document by feedparser's path alone, and by both paths together."""

from __future__ import annotations

import pytest

from monitor.errors import ParseError
from monitor.model import Document
from monitor.sources import _fastfeed
from monitor.sources._xmlfeed import parse_xml_feed

ADDRESS = "https://origin.example/feeds/all.xml"


def thorough(body: bytes, address: str = ADDRESS) -> Document | str:
    """Return what feedparser's path says: a document, or the words of a refusal."""
    try:
        return parse_xml_feed(body, "", address, fast=False)
    except ParseError as error:
        return str(error)


def quick(body: bytes, address: str = ADDRESS) -> tuple[Document | str, bool]:
    """Return what both paths say together, and whether the fast one was taken."""
    taken = []

    def watched(data: bytes, url: str, problems: tuple[str, ...]) -> Document | None:
        taken.append(document := read(data, url, problems))
        return document

    read = _fastfeed.read_plain_feed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_fastfeed, "read_plain_feed", watched)
        try:
            return parse_xml_feed(body, "", address), any(taken)
        except ParseError as error:
            return str(error), False
