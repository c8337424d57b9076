"""By which name feedparser knows an element, whatever prefix the document gives its namespace.

feedparser dispatches on names such as ``dc_creator``, found by the rules of its
``startElementNS``, ``track_namespace`` and ``unknown_starttag``; these rules stand here again.
"""

from __future__ import annotations

from feedparser.api import StrictFeedParser

_PREFIXES: dict[str, str] = {
    address.lower(): prefix for address, prefix in StrictFeedParser.namespaces.items()
}
_USERLAND = "backend.userland.com/rss"
_XLINK = "http://www.w3.org/1999/xlink"

_KEYS = frozenset({
    *("author", "author_detail", "authors", "caption", "category", "channel", "comments_detail"),
    *("content", "content_detail", "contributor", "contributors", "copyright"),
    *("copyright_detail", "created", "created_parsed", "date", "date_parsed", "description"),
    *("description_detail", "enclosures", "entries", "entry", "expired", "expired_parsed"),
    *("feed", "generator", "generator_detail", "guid", "guidislink", "href", "id", "image"),
    *("info", "info_detail", "issued", "issued_parsed", "item", "items", "language", "license"),
    *("link", "links", "media_caption", "media_content", "media_credit", "media_license"),
    *("media_player", "media_rating", "media_restriction", "media_thumbnail", "modified"),
    *("modified_parsed", "name", "namespaces", "newlocation", "psc_chapters", "publisher"),
    *("publisher_detail", "publishers", "published", "published_parsed", "rdf", "rights"),
    *("rights_detail", "rss", "source", "subtitle", "subtitle_detail", "summary"),
    *("summary_detail", "svg", "math", "sy_updatefrequency", "sy_updateperiod", "tagline"),
    *("tagline_detail", "tags", "textinput", "title", "title_detail", "ttl", "updated"),
    *("updated_parsed", "url", "validity", "validity_end", "validity_end_parsed"),
    *("validity_start", "validity_start_parsed", "version", "where", "itunes_block"),
    "itunes_explicit",
})  # fmt: skip
"""Every key that feedparser itself writes or reads in an entry or a feed."""


def is_unknown(name: str) -> bool:
    """Tell whether feedparser has no rule for ``name``: it files it away under its own key."""
    return (
        name not in _KEYS
        and not hasattr(StrictFeedParser, f"_start_{name}")
        and not hasattr(StrictFeedParser, f"_end_{name}")
    )


class Names:
    """The namespaces of one document, as feedparser keeps track of them."""

    def __init__(self) -> None:
        self.version = ""
        self._in_use: dict[str, str] = {}
        self._map: dict[str | None, str] = {}

    def declare(self, prefix: str | None, address: str | None) -> bool:
        """Take note of a declaration; return whether it may change the names of elements.

        Raises ValueError for one that we do not follow.
        """
        if not address:
            return False
        lower = address.lower()
        if lower == _XLINK or not address.isascii() or len(address.split()) != 1:
            message = f"the namespace {address[:100]!r} is left to feedparser"
            raise ValueError(message)
        self._set_version(prefix, lower)
        if _USERLAND in lower:
            address = lower = f"http://{_USERLAND}"
        known = _PREFIXES.get(lower)
        before = self._map.get(prefix), self._in_use.get(prefix or "")
        if known is not None:
            self._map[prefix] = known
            self._in_use[known] = address
        else:
            self._in_use[prefix or ""] = address
        return bool(prefix) and before != (self._map.get(prefix), self._in_use.get(prefix or ""))

    def _set_version(self, prefix: str | None, lower: str) -> None:
        if self.version:
            return
        if (prefix, lower) == (None, "http://my.netscape.com/rdf/simple/0.9/"):
            self.version = "rss090"
        elif lower == "http://purl.org/rss/1.0/":
            self.version = "rss10"
        elif lower == "http://www.w3.org/2005/atom":
            self.version = "atom10"

    def keeps(self, prefix: str) -> bool:
        """Tell whether ``prefix`` stands for what feedparser takes it for."""
        return self._map.get(prefix, prefix) == prefix

    def known_as(self, name: str) -> str:
        """Return feedparser's name for expat's ``name``, which is ``address local`` or ``local``."""
        address, _, local = name.rpartition(" ")
        prefix = self._prefix(address)
        tag = (f"{prefix}:{local}" if prefix else local).lower()
        if ":" not in tag:
            return tag
        prefix, local = tag.split(":", 1)
        prefix = self._map.get(prefix, prefix)
        return f"{prefix}_{local}" if prefix else local

    def _prefix(self, address: str) -> str:
        lower = address.lower()
        if _USERLAND in lower:
            address = lower = f"http://{_USERLAND}"
        if lower in _PREFIXES:
            return _PREFIXES[lower]
        for prefix, used in self._in_use.items():
            if prefix and used == address:
                return prefix
        return ""
