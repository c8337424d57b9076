"""Bing News as RSS: headline, a line of text, and links that carry the publisher's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from monitor.model import Document, Entry, Fetched
from monitor.sources._search import Provider, Question
from monitor.sources._search_rss import outlets_of
from monitor.sources._xmlfeed import parse_xml_feed

_VIA = " on MSN"


class BingNews(Provider):
    """https://www.bing.com/news/search with ``format=rss``, newest first."""

    name = "bing-news"
    endpoint = "https://www.bing.com/news/search"
    accept = "application/rss+xml, application/xml;q=0.9, */*;q=0.5"
    characters = 1_000
    words = 10  # "only the first 10 terms are used to get search results" (its help on operators)
    most = 50

    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return query and market; it has no way to ask for less than all, so the newest come first."""
        asked = {"q": question.query, "format": "rss", "qft": 'sortbydate="1"'}
        if question.language:
            asked["setlang"] = question.language
        if question.country:
            asked["cc"] = question.country
        return asked

    def read(self, fetched: Fetched) -> Document:
        """Return the results, linked to their publishers."""
        document = parse_xml_feed(fetched.body, fetched.content_type, fetched.url)
        outlets = outlets_of(fetched.body)
        entries = tuple(_entry(entry, outlets.get(entry.url, "")) for entry in document.entries)
        return replace(document, kind=self.name, language="", entries=entries, ttl=None)


def _entry(entry: Entry, outlet: str) -> Entry:
    address = publisher_address(entry.url)
    # Its guids are the links, which change with every answer.
    return replace(
        entry,
        guid="" if address else entry.guid,
        url=address or entry.url,
        outlet=outlet.removesuffix(_VIA),
    )


def publisher_address(url: str) -> str:
    """Return the address in the ``url`` parameter of a counted link; empty when there is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.path.lower().endswith("/apiclick.aspx"):
        return ""
    target = parse_qs(parts.query).get("url", [""])[0]
    return target if target.startswith(("https://", "http://")) else ""
