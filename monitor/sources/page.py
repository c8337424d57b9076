"""Pages watched for changes: each new or changed paragraph is an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote

from pydantic import AfterValidator

from monitor.errors import ParseError
from monitor.model import Document, Entry, Fetched, Reason, SourceState, digest
from monitor.sources._changes import MOST_FORMER, Change, Paragraph, changes, kept, paragraphs_of
from monitor.sources._html import Page as Tree
from monitor.sources._html import check_selector, read_page, selected, title_of
from monitor.sources._http import fetch_conditionally
from monitor.sources._limits import MARKUP, NAME, TITLE
from monitor.sources._memory import note, recall, texts, under_options
from monitor.sources._noise import Damp
from monitor.sources.base import WebSource

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

KIND: Final = "page"
ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"
MOST_CHANGES: Final = 50
"""Items of one look; what is beyond is told as the last of them."""
EXCERPT: Final = 80
FRAGMENT_WORDS: Final = 8
_FURNITURE: Final = ("nav", "footer", "aside")

Selector = Annotated[str, AfterValidator(check_selector)]
"""A CSS selector, empty for none."""


class Page(WebSource):
    """One page whose text is watched: each paragraph that is new or changed is an item.

    The first poll stores the page as it is. Menus, side columns and the foot of the page are left
    out, unless ``select`` chooses them.
    """

    kind: Literal["page"] = "page"
    """The word for this kind of source."""
    select: Selector = ""
    """CSS selector of the parts that are watched, such as ``main``; the whole page when left out."""
    ignore: tuple[Selector, ...] = ()
    """CSS selectors of what is passed over, such as ``.advert``."""
    damp: Damp = "dates"
    """What may change without being news: dates, times and counters, all numbers, or nothing."""
    full_text: Literal["never"] = "never"
    """The page is read at every poll: there is no article behind it."""

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Ask for the page if it changed since ``state``; raises `monitor.errors.FetchError`.

        robots.txt is asked first. After a change of the options the page is read as it is.
        """
        asked = under_options(state, KIND, self._options)
        fetched = await fetch_conditionally(
            net, state.url or self.url, asked, accept=ACCEPT, robots=True
        )
        return replace(fetched, memory=state.memory, partial=True)

    @property
    def _options(self) -> str:
        return digest(self.select, self.damp, *self.ignore)

    def parse(self, fetched: Fetched) -> Document:
        """Turn a page into what changed on it; raises `monitor.errors.ParseError`.

        Without a memory, at the first poll, the page as a whole is the one entry. When the options
        changed since the memory was written, there is none: what is there now is where it starts.
        """
        page = read_page(fetched.body, fetched.content_type, fetched.url)
        now = self._paragraphs(page)
        memory = recall(fetched.memory, KIND)
        title = " ".join(title_of(page.root).split())
        problems = list(page.problems)
        entries: list[Entry] = []
        if not memory:
            entries = [_whole(title, now, fetched.url)]
        elif memory.get("options") != self._options:
            problems.append("the options of the page changed: what it says now is the new start")
        else:
            found = changes(now, texts(memory.get("former")), _recalled(memory))
            entries = [_entry(change, title, fetched.url) for change in bounded(found)]
        return Document(
            kind=KIND,
            title=escape(title[:TITLE], quote=False),
            language=(page.root.get("lang") or "")[:NAME],
            entries=tuple(entries),
            problems=tuple(problems),
            memory=self._memory(now, memory),
        )

    def _paragraphs(self, page: Tree) -> list[Paragraph]:
        for selector in self.ignore:
            _drop(selected(page.root, selector))
        if not self.select:
            _drop(list(page.root.iter(*_FURNITURE)))
        roots = selected(page.root, self.select) if self.select else [page.root]
        chosen = set(roots)
        outermost = [root for root in roots if chosen.isdisjoint(root.iterancestors())]
        found = paragraphs_of(outermost, self.damp)
        if not found:
            what = (
                f"select: {self.select!r} chooses no text on the page"
                if self.select
                else "the page has no text"
            )
            message = f"{what}; see what it looks like now, it may be filled in by scripts"
            raise ParseError(Reason.NOT_A_FEED, message)
        return found

    def _memory(self, now: list[Paragraph], memory: dict[str, Any]) -> str:
        """Return what is remembered: the paragraphs of now, and digests of those that went away."""
        here = {one.key for one in now}
        same = memory.get("options") == self._options
        gone = [one.key for one in _recalled(memory) if one.key not in here] if same else []
        before = [key for key in texts(memory.get("former")) if key not in here] if same else []
        former = list(dict.fromkeys([*gone, *before]))[:MOST_FORMER]
        return note(KIND, options=self._options, former=former, now=kept(now))


def _drop(elements: list[Any]) -> None:
    """Take elements out of their tree, and leave the text behind them."""
    for element in elements:
        above = element.getparent()
        if above is not None:
            element.clear(keep_tail=True)


def _recalled(memory: dict[str, Any]) -> list[Paragraph]:
    rows = memory.get("now")
    pairs = [texts(row) for row in rows] if isinstance(rows, list) else []
    return [Paragraph(row[0], "".join(row[1:])) for row in pairs if row]


def bounded(found: list[Change]) -> list[Change]:
    """Return at most `MOST_CHANGES` of them: the last holds all that is left."""
    if len(found) <= MOST_CHANGES:
        return found
    rest = [one for change in found[MOST_CHANGES - 1 :] for one in change.paragraphs]
    return [*found[: MOST_CHANGES - 1], Change(tuple(rest))]


def _whole(title: str, paragraphs: list[Paragraph], url: str) -> Entry:
    return _told(title or paragraphs[0].text, paragraphs, url, digest("page", url))


def _entry(change: Change, title: str, url: str) -> Entry:
    """Return a change as an item, which is known by what it says: it is told once."""
    first = change.paragraphs[0].text
    heading = f"{title}: {_start(first)}" if title else _start(first)
    guid = digest("page", url, *(one.key for one in change.paragraphs))
    return _told(heading, change.paragraphs, f"{url}{_fragment(first)}", guid, change.before)


def _start(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    words = text[: EXCERPT + 1].rpartition(" ")[0]
    return f"{words or text[:EXCERPT]} …"


def _told(
    title: str, paragraphs: Sequence[Paragraph], url: str, guid: str, before: str = ""
) -> Entry:
    lines = [one.text for one in paragraphs]
    lines += [f"Before: {before}"] if before else []
    return Entry(
        guid=guid,
        url=url,
        title=escape(title[:TITLE], quote=False),
        content="".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)[:MARKUP],
    )


def _fragment(text: str) -> str:
    """Return a text fragment, which lets browsers scroll to ``text`` (WICG, section 3.3)."""
    words = " ".join(text.split()[:FRAGMENT_WORDS])
    return "#:~:text=" + quote(words, safe="").replace("-", "%2D") if len(words) <= EXCERPT else ""
