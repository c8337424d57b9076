"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from monitor.errors import ParseError
from monitor.model import Document, Fetched, Reason, SourceState
from monitor.sources._http import fetch_conditionally
from monitor.sources._jsonfeed import looks_like_json, parse_json_feed
from monitor.sources._links import Links, either, links_in_header, links_in_xml
from monitor.sources._skips import skips_in
from monitor.sources._stamps import hash_of_feed
from monitor.sources._xmlfeed import parse_xml_feed
from monitor.sources.base import WebSource

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
"""What we read, dearest first (RFC 9110 section 12.5.1)."""


class Feed(WebSource):
    """A feed: RSS 0.9x, 1.0 or 2.0, Atom, or JSON Feed 1.0 or 1.1."""

    kind: Literal["feed"] = "feed"
    """The word for this kind of source."""

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask for what changed since ``state``; raises `monitor.errors.FetchError`.

        A 304 and a body equal to the last one, time stamps aside, come back as ``unchanged``.
        """
        address = state.url or self.url
        return await fetch_conditionally(
            net, address, state, accept=ACCEPT, changes_only=True, hashed=hash_of_feed
        )

    def parse(self, fetched: Fetched) -> Document:
        """Turn an answer into entries; raises `monitor.errors.ParseError`."""
        return parse_feed(fetched)


def parse_feed(fetched: Fetched) -> Document:
    """Return the document of ``fetched``, its kind found by content; pure.

    Raises ParseError with reason ``not-a-feed`` or ``malformed`` when there is nothing to read.
    What was damaged but readable is kept, and the document's ``problems`` say so.
    """
    if not fetched.body.strip():
        raise ParseError(Reason.NOT_A_FEED, "the answer is empty")
    if looks_like_json(fetched.body, fetched.content_type):
        document = parse_json_feed(fetched.body, fetched.url)
        links = Links(document.hub, document.topic, document.older)
    else:
        skips = skips_in(fetched.body)
        document = parse_xml_feed(fetched.body, fetched.content_type, fetched.url)
        document = replace(document, skip_hours=skips.hours, skip_days=skips.days)
        links = links_in_xml(fetched.body, fetched.url)
    links = either(links_in_header(fetched.link, fetched.url), links) if fetched.link else links
    return replace(document, hub=links.hub, topic=links.topic, older=links.older)


def topic_in(link: str, url: str) -> str:
    """Return a feed's own address by an HTTP header Link, empty when it does not say."""
    return links_in_header(link, url).topic
