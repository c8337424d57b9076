"""Google News as RSS: results by headline, links that mostly lead through Google.

Its links once held the publisher's address in base64 (a protocol buffer: field 1, then field 4 with
the address); those of today hold an opaque id that only Google's own page turns into an address.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import replace

from monitor.model import Document, Entry, Fetched
from monitor.sources._search import DAY, Provider, Question
from monitor.sources._search_rss import outlets_of, without_suffix
from monitor.sources._xmlfeed import parse_xml_feed

_ARTICLE = re.compile(r"/(?:rss/)?articles/([A-Za-z0-9_-]{16,4000})=*(?:[?#]|$)")
_HEAD = re.compile(rb"\x08\x13\x22")
_MORE = 0x80
_COUNTRIES = {
    "ar": "AE", "bn": "BD", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US",
    "es": "ES", "fa": "IR", "fr": "FR", "he": "IL", "hi": "IN", "hu": "HU", "id": "ID",
    "it": "IT", "ja": "JP", "ko": "KR", "nl": "NL", "no": "NO", "pl": "PL", "pt": "PT",
    "ro": "RO", "ru": "RU", "sr": "RS", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA",
    "vi": "VN", "zh": "CN",
}  # fmt: skip
"""The country of an edition, where only a language is given."""
_TRADITIONAL = {"TW", "HK", "MO"}


class GoogleNews(Provider):
    """https://news.google.com/rss/search, one edition (language and country) a source."""

    name = "google-news"
    endpoint = "https://news.google.com/rss/search"
    accept = "application/rss+xml, application/xml;q=0.9, */*;q=0.5"
    characters = 1_500
    words = 30  # Google heeds 32; one is ours, for the time, and one is spare
    most = 100

    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return query and edition; ``when:`` counts whole days."""
        days = max(1, math.ceil(question.back / DAY))
        language, country, edition = edition_of(question.language, question.country)
        q = f"{question.query} when:{days}d"
        return {"q": q, "hl": language, "gl": country, "ceid": f"{country}:{edition}"}

    def read(self, fetched: Fetched) -> Document:
        """Return the headlines without their outlet's name, linked to the publisher where possible."""
        document = parse_xml_feed(fetched.body, fetched.content_type, fetched.url)
        outlets = outlets_of(fetched.body)
        entries = tuple(_entry(entry, outlets.get(entry.guid, "")) for entry in document.entries)
        return replace(document, kind=self.name, entries=entries, ttl=None)


def edition_of(language: str, country: str) -> tuple[str, str, str]:
    """Return ``hl``, ``gl`` and the language of ``ceid`` of an edition, as Google spells them."""
    tag = (language or "en").split("-")
    base = tag[0].lower()
    region = country or (tag[-1].upper() if len(tag) > 1 and len(tag[-1]) == len("GB") else "")
    region = region or ("TW" if "hant" in language.lower() else _COUNTRIES.get(base, "US"))
    if base == "zh":
        traditional = region in _TRADITIONAL or "hant" in language.lower()
        return f"zh-{region}", region, "zh-Hant" if traditional else "zh-Hans"
    if base == "es" and region != "ES":
        return "es-419", region, "es-419"
    if base == "pt":
        return f"pt-{region}", region, "pt-419" if region == "BR" else "pt-150"
    return (f"en-{region}" if base == "en" else base), region, base


def _entry(entry: Entry, outlet: str) -> Entry:
    url = publisher_address(entry.url) or entry.url
    title = without_suffix(entry.title, outlet)
    # The description is the headline once more, as a link.
    return replace(entry, url=url, title=title, summary="", content="", outlet=outlet)


def publisher_address(url: str) -> str:
    """Return the publisher's address that an article's link holds; empty when it holds none."""
    match = _ARTICLE.search(url)
    if match is None:
        return ""
    try:
        packed = base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
    except (binascii.Error, ValueError):
        return ""
    head = _HEAD.match(packed)
    if head is None:
        return ""
    at, length, shift = head.end(), 0, 0
    while at < len(packed) and shift <= 14:  # noqa: PLR2004 - a varint of three bytes is far enough
        length |= (packed[at] & ~_MORE) << shift
        at, shift = at + 1, shift + 7
        if not packed[at - 1] & _MORE:
            break
    address = packed[at : at + length]
    if len(address) < length or not re.match(rb"https?://[\x21-\x7e]+\Z", address):
        return ""
    return address.decode("ascii")
