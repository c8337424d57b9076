"""The HTML part of a mail: set from a view, styles inlined, small enough not to be clipped."""

from __future__ import annotations

from functools import cache
from typing import Final

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.channels.view import View, make_view
from monitor.model import Notice

LARGEST: Final = 90_000
"""Bytes of HTML; some readers clip a message at about 102 kB."""
MOST_STORIES: Final = 80
_FILLER: Final = Markup("&#847;&zwnj;&nbsp;")
"""Invisible; enough of it behind a preview keeps an inbox from going on with the message's text."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.channels"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


@cache
def _stylesheet(name: str) -> Markup:
    loader = _environment().loader
    assert loader is not None  # noqa: S101 - given in _environment
    source, _, _ = loader.get_source(_environment(), name)
    return Markup(" ".join(source.split()))  # noqa: S704 - our own stylesheet


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(minify_css=True, load_remote_stylesheets=False)


def set_html(view: View) -> str:
    """Return ``view`` as a page of HTML with its styles in place.

    Media rules cannot be inlined; they stay in the head, for readers that heed them.
    """
    page = _environment().get_template("message.html.j2")
    inlined, kept = _stylesheet("message.css"), _stylesheet("media.css")
    return _inliner().inline(page.render(view=view, filler=_FILLER, inlined=inlined, kept=kept))


def fit(notice: Notice) -> tuple[View, str]:
    """Return the view and the HTML of ``notice`` with as many stories as `LARGEST` allows."""
    most = min(MOST_STORIES, sum(len(group.stories) for group in notice.groups))
    while True:
        view = make_view(notice, most)
        html = set_html(view)
        size = len(html.encode())
        if size <= LARGEST or most == 0:
            return view, html
        most = min(most - 1, most * LARGEST // size)
