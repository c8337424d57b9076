"""Which elements of a feed the fast path knows, where, and with which attributes.

Keys are feedparser's names (`_feednames`). What is in no table, and is not merely filed away by
feedparser under a name of its own, sends the document to feedparser.
"""

from __future__ import annotations

from typing import Final

from monitor.sources._feednames import is_unknown

XML: Final = "http://www.w3.org/XML/1998/namespace "
LANG: Final = f"{XML}lang"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
ABOUT: Final = f"{_RDF}about"
PERMALINK: Final = ("isPermaLink", "ispermalink")
XML_BASE: Final = f"{XML}base"
_NONE: Final[frozenset[str]] = frozenset()
_BASE: Final = frozenset({"base"})
_SENSITIVE: Final = _BASE | {
    *("lang", "type", "mode", "src", "href", "url", "uri", "rel", "version", "lastmod", "about"),
    "ispermalink",
}
"""Attributes that feedparser reads by these names, often whatever their prefix and case."""
_ANY: Final = _SENSITIVE - _BASE
"""For elements of which feedparser reads no attribute, or none that matters."""
_MARKUP: Final = frozenset({"type", XML_BASE})
_TITLE: Final = frozenset({*_MARKUP, LANG})
_ROOT: Final = frozenset({"version", LANG, XML_BASE})

Plan = tuple[str, str, frozenset[str] | None]
"""What to do with an element, where its children are, and which sensitive attributes it may
have; None where it may have no attribute at all."""

_LEAF: Final[Plan] = ("", "leaf", _ANY)
_PERSON: Final[Plan] = ("", "person", _ANY)
_UNKNOWN: Final[dict[str, Plan]] = {
    **dict.fromkeys(("entry", "nested"), ("", "nested", _ANY)),
    **dict.fromkeys(("rss", "channel", "head", "feed", "aside", "person"), ("", "aside", _ANY)),
    "author": ("kin", "aside", _ANY),
}
"""For each place, what to do with an element that feedparser has no rule for."""


def _media(inside: str) -> dict[str, Plan]:
    return {
        **dict.fromkeys(("media_group", "media_content"), ("", inside, _ANY)),
        **dict.fromkeys(("media_rating", "media_credit", "media_restriction"), _LEAF),
        **dict.fromkeys(("media_license", "media_player", "media_thumbnail"), _LEAF),
        **dict.fromkeys(("media_keywords", "media_category"), _LEAF),
    }


_ASIDE: Final[dict[str, Plan]] = {
    **dict.fromkeys(("category", "keywords", "dc_subject", "enclosure", "rights"), _LEAF),
    **dict.fromkeys(("copyright", "dc_rights", "subtitle", "tagline", "itunes_subtitle"), _LEAF),
    **dict.fromkeys(("generator", "webmaster", "dc_publisher", "dc_contributor"), _LEAF),
    **dict.fromkeys(("expirationdate", "itunes_keywords", "itunes_image", "itunes_link"), _LEAF),
    **dict.fromkeys(("itunes_block", "itunes_explicit", "georss_point", "georss_line"), _LEAF),
    **dict.fromkeys(("georss_polygon", "georss_box"), _LEAF),
    "itunes_category": ("", "categories", _ANY),
    "contributor": _PERSON,
}
"""What has no bearing on anything we keep."""
_PUBLISHED: Final = ("published", "issued", "pubdate", "dcterms_issued")
_UPDATED: Final = ("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified")
_CREATED: Final = ("created", "dcterms_created")
_AUTHORS: Final = ("author", "dc_author", "dc_creator", "itunes_author", "managingeditor")

_ENTRY: Final[dict[str, Plan]] = {
    **_ASIDE,
    **_media("nested"),
    **dict.fromkeys(("title", "dc_title"), ("title", "leaf", _TITLE)),
    "media_title": ("title of a medium", "leaf", _TITLE),
    "media_caption": ("caption", "leaf", None),
    "link": ("link", "leaf", frozenset({"href", "rel", "type"})),
    **dict.fromkeys(("guid", "id"), ("id", "leaf", frozenset(PERMALINK))),
    **dict.fromkeys(_PUBLISHED, ("published", "leaf", _ANY)),
    **dict.fromkeys(_UPDATED, ("updated", "leaf", _ANY)),
    **dict.fromkeys(_CREATED, ("created", "leaf", _ANY)),
    **dict.fromkeys(_AUTHORS, ("author", "author", _ANY)),
    **dict.fromkeys(("content_encoded", "fullitem"), ("content", "leaf", _MARKUP)),
    "content": ("content", "leaf", _MARKUP | {"src", LANG}),
    **dict.fromkeys(("description", "dc_description"), ("summary", "leaf", _MARKUP | {LANG})),
    **dict.fromkeys(("summary", "itunes_summary"), ("summary", "leaf", _MARKUP | {LANG})),
    **dict.fromkeys(("language", "dc_language"), ("language", "leaf", _ANY)),
    "source": ("image", "leaf", frozenset({"url"})),
    "image": ("image", "picture", _ANY),
}
_NESTED: Final[dict[str, Plan]] = {
    **_media("nested"),
    "media_title": _ENTRY["media_title"],
    "media_caption": _ENTRY["media_caption"],
}
_CHANNEL: Final[dict[str, Plan]] = {
    **_ASIDE,
    **_media("aside"),
    **dict.fromkeys((*_PUBLISHED, *_UPDATED, *_CREATED, "link", "guid", "id", "cloud"), _LEAF),
    **dict.fromkeys(_AUTHORS, _PERSON),
    **dict.fromkeys(("description", "dc_description"), ("about", "leaf", _TITLE)),
    **dict.fromkeys(("summary", "itunes_summary"), ("abstract", "leaf", _TITLE)),
    **dict.fromkeys(("language", "dc_language"), ("language of the feed", "leaf", None)),
    "ttl": ("ttl", "leaf", None),
    "sy_updateperiod": ("period", "leaf", None),
    "sy_updatefrequency": ("frequency", "leaf", None),
    "title": ("title of the feed", "leaf", _TITLE),
    "image": ("image", "image", _ANY),
    "itunes_owner": _PERSON,
    "items": ("", "toc", None),
}
_ITEM: Final[Plan] = ("entry", "entry", frozenset({LANG, ABOUT}))
_HEAD: Final = frozenset({LANG, ABOUT})

TABLES: Final[dict[str, dict[str, Plan]]] = {
    "document": {
        "rss": ("rss", "rss", _ROOT),
        "feed": ("feed", "feed", _ROOT),
        "rdf_rdf": ("rdf", "rdf", _ROOT),
    },
    "rss": {"channel": ("part", "channel", _HEAD)},
    "rdf": {
        "channel": ("part", "head", _HEAD),
        "item": _ITEM,
        "image": ("image", "image", _ANY),
    },
    "channel": {**_CHANNEL, "item": _ITEM},
    "head": _CHANNEL,
    "feed": {**_CHANNEL, "entry": _ITEM},
    "entry": _ENTRY,
    "nested": _NESTED,
    "aside": _media("aside"),
    "toc": {"rdf_seq": ("", "toc", None), "rdf_li": _LEAF},
    "author": {
        "name": ("name", "leaf", _ANY),
        **dict.fromkeys(("url", "uri", "homepage", "email"), ("kin", "leaf", _ANY)),
    },
    "person": {
        **dict.fromkeys(("name", "url", "uri", "homepage", "email"), _LEAF),
        **dict.fromkeys(("itunes_name", "itunes_email"), _LEAF),
    },
    "image": {
        "title": ("title of an image", "leaf", _MARKUP),
        **dict.fromkeys(("link", "url", "width", "height", "description"), _LEAF),
    },
    "picture": {
        "title": _ENTRY["title"],
        "link": ("", "leaf", _NONE),
        **dict.fromkeys(("url", "width", "height"), _LEAF),
    },
    "categories": {"itunes_category": ("", "categories", _ANY)},
    "leaf": {},
}
"""For each place, the elements that may stand in it."""


def plan_for(place: str, name: str, attributes: tuple[str, ...]) -> Plan | None:
    """Return what to do with an element that stands in ``place``, None when we do not know."""
    plan = TABLES[place].get(name)
    if plan is None and is_unknown(name):
        plan = _UNKNOWN.get(place)
    if plan is None:
        return None
    return plan if all(_is_allowed(key, plan[2]) for key in attributes) else None


def _is_allowed(key: str, allowed: frozenset[str] | None) -> bool:
    if allowed is None:
        return False
    local = key.rpartition(" ")[2].lower()
    return local not in _SENSITIVE or key in allowed or (allowed is _ANY and local not in _BASE)
