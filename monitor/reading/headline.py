"""The headline of an article without the name of its site, and what the site calls itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from monitor.reading.page import Page, is_elsewhere, words_of
from monitor.reading.text import clean_text, one_line

_METAS = (
    *("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title"),
    "headline",
)
_SEPARATOR = re.compile(
    r"\s+(?:[-|\u2013—·•\u203a»«\u2039/~>│┃]|//|::)+\s+|\s?[│┃\uff5c|]\s?|\s?:\s+"
)
_PATH = re.compile(r"\s+[»\u203a>]\s+")
_CJK_SUFFIX = re.compile(
    r"(?<=[\u3040-\u9fff\uac00-\ud7af\uff01\uff1f。」》])[-_—\u2013|\uff5c]{1,2}[^-_—\u2013|\uff5c]{2,12}$"
)
_IN_BRACKETS = re.compile(r"\s*\(([^()]{2,40})\)$")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MOST_HEADINGS = 30
_MOST_PARTS = 6
_LONGEST_SITE = 5
"""Words of a site's name."""
_SHORTEST_NAME = 4
_ADDED = 15
"""Letters that a name may have more than another form of it."""
_SHORTEST = 8
"""Letters of a heading that is trusted."""
_FEWEST_WORDS, _HAN = 3, 0x3040
_ALIKE = 0.6
"""Share of common words that makes two headlines one."""


def site_names(page: Page) -> tuple[str, ...]:
    """Return what the site calls itself, its host name included."""
    names = [
        *page.meta("og:site_name", "application-name", "al:android:app_name"),
        page.statement.site,
        urlsplit(page.url).hostname or "",
    ]
    names += [name.lstrip("@") for name in page.meta("twitter:site") if name.startswith("@")]
    return tuple(dict.fromkeys(one_line(clean_text(name)) for name in names if name))


def headline_of(page: Page, sites: Sequence[str]) -> str:
    """Return the headline: the heading that the head confirms, else what the head says.

    ``sites`` are the names of `site_names`.
    """
    head = page.root.find(".//title")
    title = "" if head is None else words_of(head)
    stated = [text for text in (page.statement.headline, *page.meta(*_METAS)) if text]
    stated = [without_site(one_line(clean_text(text)), sites) for text in stated]
    names = {_key(site) for site in sites}
    headings = [(each, text) for each, text in _headings(page) if _key(text) not in names]
    bare = without_site(title, sites, alone=not stated)
    if confirmed := _confirmed(headings, [*stated, bare]):
        return confirmed
    own = [text for each, text in headings if _is_wordy(text) and not is_elsewhere(each)]
    if len(own) == 1 and _key(own[0]) not in {_key(part) for part in _SEPARATOR.split(title)[:1]}:
        return own[0]
    if stated:
        cut = bare.startswith(stated[0]) and not _SEPARATOR.match(bare.removeprefix(stated[0]))
        return bare if cut else stated[0]
    return bare or (headings[0][1] if headings else "")


def _headings(page: Page) -> list[tuple[Any, str]]:
    marked = page.root.iterfind(".//*[@itemprop='headline']")
    found = (*islice(page.root.iter("h1"), _MOST_HEADINGS), *islice(marked, 1))
    return [(each, text) for each in found if (text := one_line(words_of(each)))]


def _is_wordy(text: str) -> bool:
    """Tell whether a heading says more than the name of a section."""
    return len(text.split()) >= _FEWEST_WORDS or any(ord(char) >= _HAN for char in text)


def _confirmed(headings: Sequence[tuple[Any, str]], stated: Sequence[str]) -> str:
    """Return the heading that stands in what the head says, or the part of it that is said there."""
    for text in stated:
        key, words = _key(text), set(text.casefold().split())
        for element, heading in headings:
            if len(_key(heading)) >= _SHORTEST and _key(heading) in key:
                return heading
            if key and key in map(_key, element.itertext()):  # the rest of it is a kicker
                return text
        for _, heading in headings:
            own = set(heading.casefold().split())
            alike = len(own & words) >= _ALIKE * len(own | words)
            if alike or (len(key) >= _SHORTEST and key in _key(heading)):
                return heading
    return ""


def without_site(title: str, sites: Iterable[str], *, alone: bool = False) -> str:
    """Return ``title`` without the site's names at its ends.

    ``alone`` says that nothing else tells the title: what stands behind a sign that only sites
    use is then taken for a name as well.
    """
    keys = {key for site in sites for key in _site_keys(site)}
    for _ in range(_MOST_PARTS):
        shorter = _shorter(title, keys)
        if not shorter or shorter == title:
            break
        title, alone = shorter, alone and bool(_PATH.search(shorter))
    return _without_unknown(title) if alone else title


def _shorter(title: str, keys: set[str]) -> str:
    """Return ``title`` without one name of the site at one of its ends."""
    breaks = [match for match in _SEPARATOR.finditer(title) if ":" not in match[0]]
    if breaks and _is_site(title[breaks[-1].end() :], keys):
        return title[: breaks[-1].start()].strip()
    first = _SEPARATOR.search(title)
    if first and _is_site(title[: first.start()], keys):
        return title[first.end() :].strip()
    brackets = _IN_BRACKETS.search(title)
    if brackets and _is_site(brackets[1], keys):
        return title[: brackets.start()].strip()
    return title


def _without_unknown(title: str) -> str:
    if steps := _PATH.split(title)[1:]:  # site » section » headline
        return steps[-1] if len(steps[-1]) >= _SHORTEST else _PATH.split(title)[0]
    head, sign, ending = title.rpartition("|")
    if sign and len(ending.split()) <= _LONGEST_SITE and len(head) > len(ending):
        return head.strip()
    return _CJK_SUFFIX.sub("", title)


def _is_site(part: str, keys: set[str]) -> bool:
    key = _key(part)
    if not key or len(part.split()) > _LONGEST_SITE:
        return False
    return key in keys or any(_begin_alike(key, known) for known in keys)


def _begin_alike(one: str, other: str) -> bool:
    """Tell whether one name is the other with something added, such as a country."""
    shorter, longer = sorted((one, other), key=len)
    return (
        len(shorter) >= _SHORTEST_NAME
        and longer.startswith(shorter)
        and len(longer) <= len(shorter) + _ADDED
    )


def _site_keys(site: str) -> Iterator[str]:
    yield _key(site)
    if _HOST.fullmatch(site):
        labels = site.removeprefix("www.").split(".")
        yield from (_key("".join(labels)), _key(labels[-2]), _key(labels[0]))


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
