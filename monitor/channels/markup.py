"""The markups of chat services, and plain text: every sign of strangers is escaped."""

from __future__ import annotations

import re
from html import escape as escape_html
from itertools import groupby
from typing import Final
from urllib.parse import quote

from monitor.channels.chat import Chat, Line, Run

_SIGNS: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:>])")
"""What may be markup somewhere in a line (CommonMark 0.31, section 2.4 lets each be escaped), and
the colon of emoji names and addresses."""
_BREAK: Final = "\u200b"
"""Zero width space: behind an @ it leaves no name to call, for neither service lets @ be escaped."""
_EDGES: Final = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


def escape_markdown(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is and calls nobody."""
    return _SIGNS.sub(r"\\\1", text).replace("@", "@" + _BREAK)


def markdown_line(line: Line) -> str:
    """Return a line in Markdown as Mattermost and Discord read it."""
    text = ""
    for url, runs in groupby(line.runs, lambda run: run.url):
        words = "".join(map(_bold, runs))
        text += f"[{words}]({_target(url)})" if url else words
    return f"> {text}" if line.role == "quote" else text


def _bold(run: Run) -> str:
    """Return a run escaped; emphasis may not begin or end with a space (CommonMark section 6.2)."""
    if not run.bold:
        return escape_markdown(run.text)
    before, words, after = _EDGES.fullmatch(run.text).groups()  # type: ignore[union-attr]
    return f"{before}**{escape_markdown(words)}**{after}" if words else before + after


def _target(url: str) -> str:
    """Return an address that ends nothing it stands in: brackets, quotes and spaces encoded."""
    return quote(url, safe=":/?#[]@!$&*+,;=%~-._'")


def html_line(line: Line, spoiler: str = "") -> str:
    """Return a line in HTML: bold, links and quotations, which Telegram and Matrix both know.

    ``spoiler`` is the tag, with its attributes, of what notifications do not show.
    """
    text = ""
    for url, runs in groupby(line.runs, lambda run: run.url):
        words = "".join(
            f"<b>{escape_html(run.text)}</b>" if run.bold else escape_html(run.text) for run in runs
        )
        text += f'<a href="{escape_html(url)}">{words}</a>' if url else words
    if line.hidden and spoiler:
        text = f"<{spoiler}>{text}</{spoiler.partition(' ')[0]}>"
    return f"<blockquote>{text}</blockquote>" if line.role == "quote" else text


def plain(chat: Chat) -> str:
    """Return a message as plain text, addresses written out; a discreet one in brief.

    Plain text can hide nothing, and where it is used it is what notifications show.
    """
    if chat.discreet:
        chat = chat.in_brief
    paragraphs = ["\n".join(line.text for line in chat.head)]
    for story in chat.stories:
        heading = [story.heading.text] if story.heading else []
        address = [story.url] if story.url else []
        paragraphs.append("\n".join([*heading, *(line.text for line in story.lines), *address]))
    paragraphs.append("\n".join(map(_written_out, chat.foot)))
    return "\n\n".join(filter(None, paragraphs))


def _written_out(line: Line) -> str:
    return " ".join(filter(None, (line.text, line.runs[0].url)))
