"""How invented outlets publish: each kind of site is one row of `SITES`.

A further kind is a template in ``templates/`` and a row here; outlets then name it in
``coverage.yaml``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import escape

from monitor.demo.coverage import Article, Outlet

NOTE = "Invented for practice: this outlet, these events and the people quoted do not exist."


@dataclass(frozen=True, slots=True)
class Posting:
    """One outlet as a visitor at ``base`` finds it: the input of every kind of site."""

    outlet: Outlet
    articles: tuple[Article, ...]
    base: str
    """Address of the newsroom, without a slash at the end."""

    @property
    def home(self) -> str:
        """Return the address of the outlet's front page."""
        return f"{self.base}/{self.outlet.id}/"

    @property
    def address(self) -> str:
        """Return the address where the outlet publishes."""
        return self.home + SITES[self.outlet.site].path

    @property
    def updated(self) -> datetime:
        """Return when the outlet last changed."""
        return max(article.updated for article in self.articles)

    def canonical(self, article: Article) -> str:
        """Return the address of an article's page."""
        return f"{self.home}{article.id}.html"

    def link(self, article: Article) -> str:
        """Return the address that the outlet hands out for an article, with its trackers."""
        return self.canonical(article) + self.outlet.link_suffix


@dataclass(frozen=True, slots=True)
class Site:
    """A kind of site: where below an outlet it lives, and what it answers."""

    path: str
    content_type: str
    render: Callable[[Posting], bytes]
    source_kind: str = "feed"
    """The kind of source that polls it."""


def as_html(paragraphs: str | Sequence[str]) -> str:
    """Return paragraphs as HTML source text, to be escaped once more where a feed embeds it."""
    parts = [paragraphs] if isinstance(paragraphs, str) else paragraphs
    return "".join(f"<p>{escape(part)}</p>" for part in parts)


def rfc3339(moment: datetime) -> str:
    """Return a time as Atom and JSON Feed want it, to the second."""
    return moment.isoformat(timespec="seconds")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.demo"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"html": as_html, "rfc822": format_datetime, "rfc3339": rfc3339}
    return environment


def fill(template: str, **values: Any) -> bytes:
    """Return a template of this package filled in, as UTF-8."""
    return _environment().get_template(template).render(note=NOTE, **values).encode()


def _linked(posting: Posting) -> list[dict[str, Any]]:
    return [
        asdict(article) | {"link": posting.link(article), "summary": article.summary}
        for article in posting.articles
    ]


def _from(template: str) -> Callable[[Posting], bytes]:
    def render(posting: Posting) -> bytes:
        return fill(
            template,
            title=posting.outlet.name,
            language=posting.outlet.language,
            outlet=posting.outlet,
            articles=_linked(posting),
            home=posting.home,
            address=posting.address,
            updated=posting.updated,
        )

    return render


def _json_item(posting: Posting, article: Article) -> dict[str, Any]:
    whole = posting.outlet.full_text
    text = {"content_html": as_html(article.paragraphs)} if whole else {}
    return {
        "id": f"{posting.outlet.id}:{article.id}",
        "url": posting.link(article),
        "title": article.title,
        "summary": article.summary,
        "date_published": rfc3339(article.published),
        "date_modified": rfc3339(article.updated),
        "language": article.language,
        **(text or {"content_text": article.summary}),
    }


def _json_feed(posting: Posting) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": posting.outlet.name,
        "description": NOTE,
        "home_page_url": posting.home,
        "feed_url": posting.address,
        "language": posting.outlet.language,
        "items": [_json_item(posting, article) for article in posting.articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


SITES: dict[str, Site] = {
    "rss20": Site("feed.xml", "application/rss+xml", _from("rss20.xml")),
    "atom": Site("atom.xml", "application/atom+xml", _from("atom.xml")),
    "rss10": Site("index.rdf", "application/rdf+xml", _from("rss10.xml")),
    "jsonfeed": Site("feed.json", "application/feed+json", _json_feed),
    "section": Site("", "text/html", _from("section.html"), "section"),
    "sitemap": Site("sitemap.xml", "application/xml", _from("sitemap.xml"), "sitemap"),
    "notices": Site("notices.html", "text/html", _from("notices.html"), "page"),
}


def article_page(posting: Posting, article: Article) -> bytes:
    """Return the page behind an article's link."""
    return fill(
        "article.html",
        title=article.title,
        language=article.language,
        outlet=posting.outlet,
        article=article,
        home=posting.home,
        canonical=posting.canonical(article),
    )


def front_page(posting: Posting) -> bytes:
    """Return an outlet's front page, which names its feed if it has one, and lists its articles."""
    return fill(
        "front.html",
        title=posting.outlet.name,
        language=posting.outlet.language,
        outlet=posting.outlet,
        articles=_linked(posting),
        site=SITES[posting.outlet.site],
        address=posting.address,
    )


def index_page(outlets: Sequence[tuple[Outlet, str]]) -> bytes:
    """Return the newsroom's own page: its outlets with the addresses of their front pages."""
    return fill("index.html", title="Practice newsroom", language="en", outlets=outlets)


def robots_txt(postings: Sequence[Posting]) -> bytes:
    """Return what robots may read here, which is everything, and where the sitemaps are."""
    lines = ["User-agent: *", "Allow: /"]
    lines += [f"Sitemap: {one.address}" for one in postings if one.outlet.site == "sitemap"]
    return "\n".join([*lines, ""]).encode()
