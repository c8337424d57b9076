"""Addresses: what may be linked to, and which of them are the same page."""

from __future__ import annotations

import re
from typing import NamedTuple

from ada_url import check_url, join_url, parse_url

from monitor.reading.trackers import is_tracker

LONGEST = 4_000
_PLAIN = re.compile(
    r"https?://[^\s\x00-\x20\x7f-\x9f\\<>\"^`{|}\u200b-\u200f\u202a-\u202e\u2060-\u206f]+"
)
_SIMPLE = re.compile(
    r"https?://(?!(?:[a-z0-9-]+\.)*xn--)((?:[a-z0-9-]+\.)+[a-z]+)(/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*+"
)
"""Addresses that parsing leaves as they are: a name, and a path of letters and digits."""
_PARTS = ("protocol", "host", "pathname", "search", "hash")
_LINK_PARTS = ("href", "protocol", "username", "password")
_MOBILE = re.compile(r"(?:amp|m|mobile)\.(?=[^.]+\.[^.])")
_AMP_CACHE = re.compile(r"^/(?:amp/|[acv]/(?:[^/]+/)??)s/(?=[^/]+\.[^/])")
_AMP_BEFORE = re.compile(r"^(?:/amp(?=/[^/])(?!/s(?:/|$)))+")
_AMP_PAGE = ".amp.html"
_SESSION = re.compile(r"(?<=[^/.]);jsessionid=[^/;]*", re.IGNORECASE)
"""What Java servers put into paths for readers without cookies: another one at every visit."""
_DOTS = ("/..amp", "/...amp")
"""What would become a step to another folder without its suffix."""
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MOST_CACHES = 3


class _Parts(NamedTuple):
    host: str
    path: str
    query: str
    fragment: str


def canonical_address(url: str) -> str:
    """Return the address that all forms of one page share; empty when ``url`` is no web address.

    For comparing, not for opening: ``https`` stands for both schemes. Parsed as browsers do
    (WHATWG URL), then without credentials, trackers, fragment (but ``#!``) and trailing slash,
    with parameters in order of name and escapes as RFC 3986 section 6.2.2 has them. AMP and
    mobile twins get the address of the page they stand for. Applying it twice changes nothing.
    """
    parts = _parse(url)
    if parts is None:
        return ""
    for _ in range(_MOST_CACHES):  # a page held by an AMP cache, in its path
        cached = _cached(parts)
        if cached is None:
            break
        parts = _parse(cached) or parts
    return _join(_Parts(_host(parts.host), _path(parts.path), _query(parts.query), parts.fragment))


def is_front_page(canonical: str) -> bool:
    """Tell whether a canonical address names a site rather than a page of it."""
    return canonical.count("/") == len("///") and canonical.endswith("/")


def without_www(canonical: str) -> str:
    """Return a canonical address with the bare name of its host: most sites serve both alike."""
    scheme, www = "https://", "https://www."
    bare = canonical.removeprefix(www)
    return scheme + bare if bare != canonical and "." in bare.partition("/")[0] else canonical


def link_address(link: str, base: str) -> str:
    """Return ``link`` as an absolute ``http`` or ``https`` address, empty when it cannot be one.

    Kept as it was published when that is safe to print, else escaped as browsers do. Addresses
    with credentials are refused: they exist to look like another site.
    """
    link = link.strip()
    if not link or len(link) > LONGEST:
        return ""
    if _PLAIN.fullmatch(link) and "@" not in link:
        return link if check_url(link) else ""
    try:
        joined = join_url(base, link) if base and not _PLAIN.match(link) else link
        parts = parse_url(joined, _LINK_PARTS)
    except (ValueError, UnicodeEncodeError):
        return ""
    if parts["protocol"] not in {"http:", "https:"} or parts["username"] or parts["password"]:
        return ""
    return joined if _PLAIN.fullmatch(joined) else str(parts["href"]).replace("\\", "%5C")


def _parse(url: str) -> _Parts | None:
    if len(url) > LONGEST:
        return None
    if simple := _SIMPLE.fullmatch(url):
        return _Parts(simple[1], url[simple.end(1) :] or "/", "", "")
    try:
        parts = parse_url(url.strip(), _PARTS)
    except (ValueError, UnicodeEncodeError):
        return None
    if parts["protocol"] not in {"http:", "https:"}:
        return None
    fragment = parts["hash"] if parts["hash"].startswith("#!") else ""
    return _Parts(parts["host"], parts["pathname"], parts["search"], fragment)


def _join(parts: _Parts) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{parts.host}{parts.path or '/'}{query}{parts.fragment}"


def _cached(parts: _Parts) -> str | None:
    """Return the address inside that of an AMP cache (Google's viewer, ampproject.org)."""
    viewer = parts.host.startswith("www.google.") and parts.path.startswith("/amp/s/")
    if not (viewer or parts.host.endswith(".cdn.ampproject.org")):
        return None
    match = _AMP_CACHE.match(parts.path)
    return f"https://{parts.path[match.end() :]}{parts.query}" if match else None


def _host(host: str) -> str:
    """Join ``m.``, ``mobile.`` and ``amp.`` with ``www.``, where their twins mostly live."""
    host = host.replace(".:", ":").rstrip(".") or host
    while match := _MOBILE.match(host):
        host = host[match.end() :]
        if not host.startswith(("www.", "m.", "mobile.", "amp.")):
            return f"www.{host}"
    return host


def _path(path: str) -> str:
    """Take AMP off both ends, with the slashes behind, as often as it is there; and sessions."""
    path, before = _AMP_BEFORE.sub("", _SESSION.sub("", _plain_escapes(path))), ""
    while path != before:
        before = path
        path = path.rstrip("/").removesuffix("/amp")
        path = path if path.endswith(_DOTS) else path.removesuffix(".amp")
    while path.endswith(_AMP_PAGE):
        path = path.removesuffix(_AMP_PAGE) + ".html"
    return path


def _query(search: str) -> str:
    pairs = []
    for pair in _plain_escapes(search[1:]).split("&"):
        name, _, value = pair.partition("=")
        if pair and not is_tracker(name, value):
            pairs.append((name, pair))
    return "&".join(pair for _, pair in sorted(pairs, key=_by_name))


def _by_name(pair: tuple[str, str]) -> str:
    return pair[0]


def _plain_escapes(text: str) -> str:
    return _ESCAPE.sub(_plain_escape, text) if "%" in text else text


def _plain_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()
