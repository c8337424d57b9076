"""Which links of a page lead to articles, and what they are called.

Whoever leaves an article out loses it in silence; whoever takes a link of the menu for one only
stores it once, with the first poll, where nothing is told. So a link counts unless something
speaks against it: another site, a file, an address of lists, tags or pages (courlan's rules), a
place in the menu or the foot of the page, or a text that is one word and an address without any
sign of an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.sources._html import joined, selected, words_of

LONGEST_TITLE: Final = 500
MOST_LINKS: Final = 5_000
"""Links of a page that are looked at."""
HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_OUTSIDE: Final = frozenset({"nav", "footer"})
_OUTSIDE_ROLES: Final = frozenset({"navigation", "contentinfo", "search"})
_PARTS: Final = frozenset({"article", "li", "section", "div", "td", "figure", "dd"})
_WHOLE: Final = frozenset({"main", "body", "html"})
_TEASER_LINKS: Final = 4
_CLIMB: Final = 4
"""Levels above a link in which the heading that belongs to it is looked for."""
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|zip|gz"
    r"|tar|mp[34]|m4[av]|mov|avi|webm|ogg|wav|ics|epub|woff2?|exe|apk)$",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])\b|\d{4,}|[^/]*[^/\W]-[^/]*[^/\W]-[^/]*[^/\W]-"
    r"|%[0-9A-Fa-f]{2}.*%[0-9A-Fa-f]{2}|\.(?:s?html?|php|aspx?|cms|ece|story)$"
)
"""What addresses of articles have and those of sections seldom: dates, numbers, a headline."""
_WIDE = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that put no spaces between words."""
_FEW_WORDS: Final = 3
_FEW_SIGNS: Final = 8
_MORE = re.compile(
    r"(?:(?:read|learn|see|show|view)\s+)?(?:more|all|on)|(?:read|see) the (?:full )?(?:article|story)"
    r"|(?:read|learn) more .{0,12}|continue(?: reading)?|weiterlesen|mehr(?: lesen| erfahren| dazu)?"
    r"|lire la suite|en savoir plus|leer más|seguir leyendo|ver más|leia mais|leggi(?: tutto)?"
    r"|читать(?: далее| дальше| полностью)?|подробнее|阅读全文|更多|続きを読む|もっと見る|المزيد",
    re.IGNORECASE,
)
"""What a link is called that stands behind the name of what it leads to."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One address of a page with the best name that the page has for it."""

    url: str
    title: str


def article_links(
    root: Any, base: str, page: str, *, selector: str = "", domains: Sequence[str] = ()
) -> tuple[Anchor, ...]:
    """Return the article links of a page in its order, each address once; pure.

    ``base`` resolves links, ``page`` is the page's own address. ``selector`` chooses the links
    instead of our own rules, or elements that hold them. ``domains`` adds sites to the page's own.
    """
    hosts = (_site(page), *(domain.lower() for domain in domains))
    places = _Places()
    found: dict[str, tuple[int, str]] = {}
    links = _chosen(root, selector) if selector else root.iter("a")
    for link in islice(links, MOST_LINKS):
        address = joined(base, link.get("href") or "")
        if not address or address == page.partition("#")[0] or not on_site(address, hosts):
            continue
        rank, title = _name(link, places)
        if not selector and (places.is_outside(link) or not _counts(address, title)):
            continue
        if rank > found.get(address, (-1, ""))[0]:
            found[address] = (rank, title)
    return tuple(Anchor(address, title) for address, (_, title) in found.items())


def _chosen(root: Any, selector: str) -> Iterator[Any]:
    for element in selected(root, selector):
        if element.tag == "a":
            yield element
        else:
            yield from element.iter("a")


def on_site(address: str, hosts: Sequence[str]) -> bool:
    """Tell whether an address is on one of ``hosts`` or below it."""
    host = _site(address)
    return any(host == one or host.endswith(f".{one}") for one in hosts if one)


def _site(address: str) -> str:
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _counts(address: str, title: str) -> bool:
    parts = urlsplit(address)
    if parts.path in {"", "/"} and not parts.query:
        return False
    if _FILES.search(parts.path) or _is_list(address):
        return False
    return _says_something(title) or bool(_SIGNS.search(f"{parts.path}?{parts.query}"))


def _says_something(title: str) -> bool:
    if len(_WIDE.findall(title)) >= _FEW_SIGNS:
        return True
    return len(title.split()) > _FEW_WORDS


@cache
def _courlan() -> Any:
    from courlan import filters  # noqa: PLC0415 - 14 MB that a worker without sections does without

    return filters


def _is_list(address: str) -> bool:
    """Tell whether courlan takes an address for a list, a tag, an author, a login or a legal note."""
    rules, path = _courlan(), urlsplit(address).path
    return bool(
        not rules.type_filter(address)
        or rules.is_navigation_page(address)
        or rules.is_not_crawlable(address)
        or not rules.path_filter(path, "")
    )


def _name(link: Any, places: _Places) -> tuple[int, str]:
    """Return the name of what a link leads to, and how good it is.

    A heading in the link or around it is best, then its own text when that is more than a word or
    two, then the heading of the teaser it stands in; the least is the text of a picture.
    """
    inside = next((words_of(part) for part in link.iter(*HEADINGS)), "")
    around = next((words_of(above) for above in link.iterancestors(*HEADINGS)), "")
    own = words_of(link)
    own = "" if _MORE.fullmatch(own) else own
    names = [inside or around, own if _says_something(own) else ""]
    if not any(names):
        picture = next((part.get("alt") or "" for part in link.iter("img")), "")
        names += [places.heading_of_teaser(link), own, link.get("title") or picture]
    for place, name in enumerate(names):
        if name.strip():
            return len(HEADINGS) - place, " ".join(name.split())[:LONGEST_TITLE]
    return 0, ""


class _Places:
    """Where links of a page stand; what is true of an element is found out once for all its links."""

    def __init__(self) -> None:
        self._outside: dict[Any, bool] = {}
        self._teasers: dict[Any, tuple[int, list[Any]]] = {}

    def is_outside(self, link: Any) -> bool:
        """Tell whether a link stands in a menu or at the foot of the page."""
        passed = []
        outside = False
        for above in link.iterancestors():
            known = self._outside.get(above)
            passed.append(above)
            if known is not None or above.tag in _OUTSIDE or above.get("role") in _OUTSIDE_ROLES:
                outside = known is not False
                break
        self._outside.update(dict.fromkeys(passed, outside))
        return outside

    def heading_of_teaser(self, link: Any) -> str:
        """Return the only heading of the teaser that a link stands in, empty when there is none.

        What holds many links is a list, and its heading is not that of one of them.
        """
        above = link
        for _ in range(_CLIMB):
            above = above.getparent()
            if above is None or above.tag in _WHOLE:
                return ""
            if above not in self._teasers:
                links = list(islice(above.iter("a"), _TEASER_LINKS + 1))
                headings = list(islice(above.iter(*HEADINGS), 2))
                self._teasers[above] = (len(links), headings)
            links_there, found = self._teasers[above]
            if links_there > _TEASER_LINKS or len(found) > 1:
                return ""
            if found and above.tag in _PARTS:
                return words_of(found[0])
        return ""
