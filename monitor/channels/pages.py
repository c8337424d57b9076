"""Both parts of a mail, set once for everybody who gets the same message.

Messages to hundreds of recipients differ in their links alone, each of which carries the delivery that
it stands in. So the parts are set for the first of them, and for the others the tokens in these links are
exchanged. Tokens are equally long for all deliveries, so that as many stories fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from monitor.channels.html import MOST_STORIES, fit
from monitor.channels.plain import set_plain
from monitor.model import Notice

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True, slots=True)
class Pages:
    """A notice as mail shows it."""

    title: str
    text: str
    html: str
    unsubscribe: str = ""
    """Address at which the reader ends it; empty when there is none."""


@dataclass(frozen=True, slots=True)
class _Set:
    """Pages, the notice they were set from without its links, and the tokens of these."""

    notice: Notice
    pages: Pages
    page: str | None
    """The address that all links begin with; None when there are none."""
    tokens: tuple[str, ...]


@dataclass(slots=True)
class Press:
    """Sets pages, and keeps the last ones it set."""

    _last: _Set | None = field(default=None, repr=False)

    def set(self, notice: Notice) -> Pages:
        """Return the pages of ``notice``: the same ones, whatever was set before."""
        bare, last = replace(notice, links=None), self._last
        page = notice.links.page if notice.links else None
        if last and last.page == page and last.notice == bare:
            return _exchanged(last, notice)
        view, html = fit(notice)
        pages = Pages(view.title, set_plain(view), html, view.unsubscribe)
        self._last = _Set(bare, pages, page, tuple(_tokens(notice)))
        return pages


def _exchanged(last: _Set, notice: Notice) -> Pages:
    """Return the last pages with the links of ``notice`` in them."""
    if notice.links is None:
        return last.pages
    tokens = dict(zip(last.tokens, _tokens(notice), strict=True))

    def exchange(text: str) -> str:
        return _TOKEN.sub(lambda found: tokens.get(found[0], found[0]), text)

    return replace(
        last.pages,
        text=exchange(last.pages.text),
        html=exchange(last.pages.html),
        unsubscribe=notice.links.unsubscribe,
    )


def _tokens(notice: Notice) -> Iterator[str]:
    """Yield the tokens of all links that pages of ``notice`` may show, in order."""
    if notice.links is None:
        return
    links = notice.links
    stories = (story.item.id for group in notice.groups for story in group.stories)
    yield _token(links.unsubscribe)
    yield from (_token(links.watches[group.watch]) for group in notice.groups)
    for item in islice(stories, MOST_STORIES):
        mine = links.stories[item]
        yield from map(_token, (mine.relevant, mine.irrelevant, mine.snooze))


def _token(address: str) -> str:
    return address.rpartition("/")[2]
