"""Section pages: what is new among the articles that a page of a news site links to."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from monitor.errors import ParseError
from monitor.model import Document, Entry, Fetched, Reason, SourceState, digest
from monitor.sources._articles import article_links
from monitor.sources._html import check_selector, read_page, title_of
from monitor.sources._http import fetch_conditionally
from monitor.sources._limits import NAME, TITLE
from monitor.sources._memory import note, under_options
from monitor.sources.base import WebSource

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"

Selector = Annotated[str, AfterValidator(check_selector)]
"""A CSS selector, empty for none."""
Domain = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]


class Section(WebSource):
    """A page that links to articles: the front page of a site, or that of a section.

    Title, date, author and text of an article come from its own page. What the page links to is
    all it says: between two polls nothing must come and go, so busy pages are polled often.
    """

    kind: Literal["section"] = "section"
    """The word for this kind of source."""
    links: Selector = ""
    """CSS selector of the links to articles, or of what holds them, such as ``main article a``."""
    domains: tuple[Domain, ...] = ()
    """Further sites that count, with all below them; the page's own always does."""
    limit: int = Field(default=200, ge=1, le=1000)
    """Links that are read at most, from the top of the page."""

    titles_are_links: ClassVar[bool] = True

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask for the page if it changed since ``state``; raises `monitor.errors.FetchError`.

        robots.txt is asked first. After a change of the options the page is read as it is.
        """
        return await fetch_conditionally(
            net,
            state.url or self.url,
            under_options(state, "section", self._options),
            accept=ACCEPT,
            robots=True,
        )

    @property
    def _options(self) -> str:
        return digest(self.links, *self.domains, str(self.limit))

    def parse(self, fetched: Fetched) -> Document:
        """Turn a page into entries; raises `monitor.errors.ParseError` when no link is one."""
        page = read_page(fetched.body, fetched.content_type, fetched.url)
        found = article_links(
            page.root, page.base, fetched.url, selector=self.links, domains=self.domains
        )
        if not found:
            raise ParseError(Reason.NOT_A_FEED, self._nothing())
        problems = list(page.problems)
        if len(found) > self.limit:
            problems.append(f"only the first {self.limit} of {len(found)} links were read")
        return Document(
            kind="section",
            title=escape(title_of(page.root)[:TITLE], quote=False),
            language=(page.root.get("lang") or "")[:NAME],
            entries=tuple(
                Entry(url=link.url, title=escape(link.title, quote=False))
                for link in found[: self.limit]
            ),
            problems=tuple(problems),
            memory=note("section", options=self._options),
        )

    def _nothing(self) -> str:
        if self.links:
            return f"links: {self.links!r} chooses no link on the page; see what the page calls them now"
        return (
            "no link on the page looks like an article's; choose them with 'links: main a', or poll"
            " another page if this one is filled in by scripts"
        )
