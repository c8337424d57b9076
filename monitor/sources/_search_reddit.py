"""Reddit's search as Atom: posts, with the addresses they link to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

from monitor.model import Document, Entry, Fetched
from monitor.sources._search import DAY, Provider, Question
from monitor.sources._search_json import site_of
from monitor.sources._xmlfeed import parse_xml_feed

_LINK = re.compile(r"<a\s[^<>]*?href=\"([^\"<>]{1,4000})\"[^<>]*>\s*\[link\]\s*</a>", re.IGNORECASE)
_FOOT = re.compile(r"(?:&#32;|\s)*submitted by(?:&#32;|\s)*<a\s[^<>]*>\s*/u/.*\Z", re.DOTALL)
_GROUP = re.compile(r"/(r/\w{1,50}|user/[\w-]{1,50})/")
_OWN = re.compile(r"(?:^|\.)(?:reddit\.com|redd\.it)$")
_SPANS = ((3_600.0, "hour"), (DAY, "day"), (7 * DAY, "week"), (31 * DAY, "month"))


class Reddit(Provider):
    """https://www.reddit.com/search.rss, newest first."""

    name = "reddit"
    endpoint = "https://www.reddit.com/search.rss"
    accept = "application/atom+xml, application/xml;q=0.9, */*;q=0.5"
    characters = 500  # 512 is the longest
    words = 60
    most = 100

    def parameters(self, question: Question) -> Mapping[str, str]:
        """Return query and span; spans are words, and the next longer one is taken."""
        span = next((word for longest, word in _SPANS if question.back <= longest), "year")
        return {
            "q": question.query,
            "sort": "new",
            "t": span,
            "type": "link",
            "limit": str(self.most),
        }

    def read(self, fetched: Fetched) -> Document:
        """Return the posts as entries of the pages they link to; text posts as their own."""
        document = parse_xml_feed(fetched.body, fetched.content_type, fetched.url)
        return replace(
            document, kind=self.name, language="", entries=tuple(map(_entry, document.entries))
        )


def _entry(entry: Entry) -> Entry:
    said = entry.content or entry.summary
    link = _LINK.search(said)
    target = unescape(link[1]) if link else ""
    elsewhere = target.startswith(("https://", "http://")) and not _OWN.search(_host(target))
    group = _GROUP.search(entry.url)
    # What stands below a post is the same for all of them: who posted it, and the two links.
    text = _FOOT.sub("", said)
    return replace(
        entry,
        url=target if elsewhere else entry.url,
        summary="",
        content=text,
        authors=() if elsewhere else entry.authors,
        outlet=site_of(target) if elsewhere else group[1] if group else "Reddit",
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
