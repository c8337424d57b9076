"""The plain text part of a mail, as carefully set as the other.

What a reader can do has long addresses: they stand at the end, under numbers, out of the way.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from typing import Final

from monitor.channels.snippet import Piece
from monitor.channels.text import count, listing
from monitor.channels.view import GroupView, StoryView, TitleView, View

WIDTH: Final = 74


def set_plain(view: View) -> str:
    """Return ``view`` as plain text; evidence stands between asterisks."""
    lines = [
        view.title.upper() if view.title.isascii() else view.title,
        f"{view.kicker} · {view.date} ({view.zone})",
        *([view.window] if view.window else []),
        *(["", *_wrap(view.summary)] if view.summary else []),
    ]
    for warning in view.warnings:
        lines += ["", *_wrap(f"Please note. {warning}", "! ")]
    notes: list[str] = []
    for group in view.groups:
        lines += _group(group, notes)
    lines += _ending(view)
    if notes:
        lines += ["", *(f"[{number}] {address}" for number, address in enumerate(notes, 1))]
    return "\n".join(lines) + "\n"


def _noted(notes: list[str], words: str, address: str) -> str:
    """Return ``words`` with a number, under which ``address`` is added to ``notes``."""
    notes.append(address)
    return f"{words} [{len(notes)}]"


def _group(group: GroupView, notes: list[str]) -> Iterator[str]:
    heading = f"{group.name} ({group.total})"
    yield from ("", "", heading, "=" * min(WIDTH, _columns(heading)))
    if group.trend:
        yield group.trend
    for story in group.stories:
        yield ""
        yield from _story(story, notes)
    if group.mute:
        yield from ("", *_wrap(_noted(notes, f"Mute {group.name} for a week", group.mute)))


def _story(story: StoryView, notes: list[str]) -> Iterator[str]:
    yield from _wrap(_set(story.title))
    told = (story.outlet, story.byline, story.when, story.language)
    yield " · ".join(filter(None, told))
    if story.url:
        yield story.url
    if story.original:
        yield from _titled(story.original)
    if story.snippet:
        yield from _wrap(_set(story.snippet), "    ")
    if story.development:
        yield from _wrap(f"Development: {story.development}")
    for news in story.news:
        yield from _titled(news)
    if story.why:
        yield from _wrap(f"Why: {story.why}")
    if story.also_on:
        yield from _wrap(f"Also on: {', '.join(story.also_on)}")
    if story.copies:
        names = list(story.copy_outlets)
        more = f" and {story.more_copies} more" if story.more_copies else ""
        yield from _wrap(f"{story.copies}: {listing(names, len(names))}{more}")
    if story.links:
        answers = (
            ("Relevant", story.links.relevant),
            ("Not relevant", story.links.irrelevant),
            ("Mute this story", story.links.snooze),
        )
        yield " · ".join(_noted(notes, words, address) for words, address in answers)


def _titled(other: TitleView) -> Iterator[str]:
    yield from _wrap(f"{other.label}: {other.title}")
    yield " · ".join(filter(None, (other.outlet, other.url)))


def _ending(view: View) -> Iterator[str]:
    if view.kind == "digest" and not view.groups:
        words = "No source that was read carried anything new about what you watch."
        yield from ("", *_wrap(words))
    if view.kind == "test":
        yield from ("", *_wrap("This message only shows that delivery works."))
    if view.more:
        words = f"{count(view.more, 'more story', 'more stories')} did not fit into this message."
        yield from ("", "", *_wrap(f"{words} The monitor's own page lists everything."))
        if view.page:
            yield view.page
    if view.checked:
        yield from _receipt(view)
    footer = f"{view.addressed} All times are {view.zone}."
    if view.groups:
        footer += " Words between *asterisks* are the evidence for the match."
    yield from ("", "", *_wrap(footer))
    if view.unsubscribe:
        yield f"Unsubscribe: {view.unsubscribe}"


def _receipt(view: View) -> Iterator[str]:
    heading = "Sources" if view.kind == "health" else "Coverage receipt"
    yield from ("", "", heading, "-" * len(heading), *_wrap(view.checked))
    for trouble in view.troubles:
        yield from ("", f"{trouble.heading}:")
        for name, why in trouble.sources:
            yield from _wrap(f"- {name}: {why}", hanging="  ")
        if trouble.more:
            yield f"- and {trouble.more} more"


def _set(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in pieces)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """Return ``text`` in lines of at most `WIDTH` columns; an address is never broken."""
    wide = _columns(text) > len(text) * 1.2
    return textwrap.wrap(
        text,
        WIDTH // 2 if wide else WIDTH,
        initial_indent=indent,
        subsequent_indent=indent or hanging,
        break_long_words=wide,
        break_on_hyphens=False,
    )
