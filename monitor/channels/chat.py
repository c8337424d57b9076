"""A message for chat services: a view as lines of runs, that each service writes in its own way.

No markup here. A service escapes the text of each `Run` by its own rules, so what strangers wrote
can neither format, link nor call anyone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from monitor.channels.snippet import Piece
from monitor.channels.text import count, listing, one_line
from monitor.channels.view import StoryView, TitleView, View, make_view
from monitor.model import Notice

T = TypeVar("T")

NAMES: Final = 5
"""Sources that a list of the receipt names; a chat is no place for all of them."""
WARNINGS: Final = 3
LONGEST_WARNING: Final = 300


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of plain text, perhaps emphasised, perhaps a link."""

    text: str
    bold: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its role is ``head``, ``heading``, ``title``, ``meta``, ``quote`` or ``text``."""

    role: str
    runs: tuple[Run, ...]
    hidden: bool = False
    """Whether services that can keep it out of notifications do so."""

    @property
    def text(self) -> str:
        """Return what a reader sees of it."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Told:
    """One story; the first of its watch brings the watch's ``heading``."""

    heading: Line | None
    lines: tuple[Line, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A whole message: what comes first, its stories, and what comes last."""

    headline: str
    """What is new in one line, for notifications."""
    head: tuple[Line, ...]
    stories: tuple[Told, ...]
    foot: tuple[Line, ...]
    discreet: bool = False
    """Whether notifications show no more than the head."""

    @property
    def in_brief(self) -> Chat:
        """Return the message without its stories, for services that show all of it outside."""
        return replace(self, stories=(), foot=())

    @property
    def paragraphs(self) -> Iterator[tuple[Line, ...]]:
        """Return the lines by paragraph, from the first to the last."""
        yield self.head
        for story in self.stories:
            yield (*([story.heading] if story.heading else []), *story.lines)
        if self.foot:
            yield self.foot

    def set(self, line: Callable[[Line], str], between: str = "\n\n", end: str = "\n") -> str:
        """Return the message as one text; ``line`` writes a line in the service's markup."""
        return between.join(end.join(map(line, paragraph)) for paragraph in self.paragraphs)


def fit(notice: Notice, compose: Callable[[Chat], T], size: Callable[[T], int], largest: int) -> T:
    """Return ``notice`` as ``compose`` sets it, with as many stories as ``largest`` allows.

    Stories are left out whole, from the end, and a line counts them. When not even the rest fits,
    it is returned all the same: `chat_of` bounds it below what every service takes but ntfy.
    """
    most = sum(len(group.stories) for group in notice.groups)
    while True:
        made = compose(chat_of(make_view(notice, most)))
        length = size(made)
        if length <= largest or most == 0:
            return made
        most = min(most - 1, most * largest // length)


def utf16(text: str) -> int:
    """Return the length of ``text`` in UTF-16 units, the longest way that services count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def chat_of(view: View) -> Chat:
    """Return ``view`` as lines; without its stories at most 3,300 characters."""
    stories, foot = tuple(_stories(view)), tuple(_foot(view))
    if view.discreet:
        stories, foot = tuple(map(_hidden_story, stories)), _hidden(foot)
    return Chat(view.headline, tuple(_head(view)), stories, foot, view.discreet)


def _hidden_story(story: Told) -> Told:
    heading = replace(story.heading, hidden=True) if story.heading else None
    return replace(story, heading=heading, lines=_hidden(story.lines))


def _hidden(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(replace(line, hidden=True) for line in lines)


def _head(view: View) -> Iterator[Line]:
    yield _line("head", f"{view.kicker} · {view.title}")
    yield _line("meta", f"{view.date} ({view.zone})")
    if view.summary:
        yield _line("text", view.summary)
    for warning in view.warnings[:WARNINGS]:
        yield _line("text", one_line(f"Please note. {warning}", LONGEST_WARNING))
    if view.kind == "test":
        yield _line("text", "This message only shows that delivery works.")
    if view.kind == "digest" and not view.groups and not view.more:
        yield _line("text", "No source that was read carried anything new about what you watch.")


def _stories(view: View) -> Iterator[Told]:
    for group in view.groups:
        heading = Line("heading", (Run(group.name, bold=True), Run(f" ({group.total})")))
        for number, story in enumerate(group.stories):
            yield Told(None if number else heading, tuple(_story(story)), story.url)


def _story(story: StoryView) -> Iterator[Line]:
    yield Line("title", _runs(story.title, story.url))
    told = (story.outlet, story.byline, story.when, story.language)
    if meta := " · ".join(filter(None, told)):
        yield _line("meta", meta)
    if story.original:
        yield _titled(story.original)
    if story.snippet:
        yield Line("quote", _runs(story.snippet))
    if story.development:
        yield _line("text", f"Development: {story.development}")
    yield from map(_titled, story.news)
    if story.why:
        yield _line("text", f"Why: {story.why}")
    if story.also_on:
        yield _line("text", f"Also on: {', '.join(story.also_on)}")
    if story.copies:
        names = list(story.copy_outlets)
        more = f" and {story.more_copies} more" if story.more_copies else ""
        yield _line("text", f"{story.copies}: {listing(names, len(names))}{more}")


def _titled(other: TitleView) -> Line:
    return _line("text", f"{other.label}: {other.title} · {other.outlet}")


def _foot(view: View) -> Iterator[Line]:
    if view.more:
        words = f"{count(view.more, 'more story', 'more stories')} did not fit into this message."
        line = _line("text", f"{words} The monitor's own page lists everything.")
        yield replace(line, runs=(replace(line.runs[0], url=view.page),))
    if view.checked:
        yield _line("meta", view.checked)
        for trouble in view.troubles:
            names = [name for name, _ in trouble.sources]
            shown = ", ".join(names[:NAMES])
            more = len(names) + trouble.more - min(NAMES, len(names))
            yield _line("meta", f"{trouble.heading}: {shown}{f' and {more} more' if more else ''}")


def _line(role: str, text: str) -> Line:
    return Line(role, (Run(text, bold=role == "head"),))


def _runs(pieces: tuple[Piece, ...], url: str = "") -> tuple[Run, ...]:
    return tuple(Run(piece.text, piece.marked, url) for piece in pieces)
