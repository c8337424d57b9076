"""What changed on a page between two looks: paragraphs, told apart by what lasts in them.

A paragraph is known by a digest of its text, dates and counters masked, so that "updated 3
minutes ago" is no news. Digests of paragraphs that went away are kept too: what comes back, such
as one of several notices in turn, is no news either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from monitor.sources._noise import Damp, key_of

MOST_PARAGRAPHS: Final = 1_200
"""Paragraphs of a page that are watched."""
MOST_FORMER: Final = 600
"""Digests of paragraphs that went away that are remembered."""
MOST_TEXT: Final = 28_000
"""Characters of text that are remembered, to show what a paragraph was before it changed."""
LONGEST_KEPT: Final = 600
"""Characters of one paragraph that are remembered."""
ALIKE: Final = 0.6
"""Share of words in common from which a paragraph counts as another one changed."""
MOST_COMPARED: Final = 40
_WORDS = re.compile(r"\w+")
# Not "head": where its end is left out, libxml2 puts what follows into it.
_HIDDEN = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "title",
        "iframe",
        "object",
        "canvas",
        "button",
        "select",
    )
)
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "br",
            "caption",
            "dd",
            "details",
            "div",
            "dl",
        ),
        *(
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ),
        *(
            "header",
            "hr",
            "html",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
        ),
        *("thead", "tfoot", "tr", "ul"),
    )
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a page and the digest it is known by."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs that are new and stand together, or one that took the place of another."""

    paragraphs: tuple[Paragraph, ...]
    before: str = ""
    """The text that the paragraph had, empty when it is new."""


def paragraphs_of(roots: Iterable[Any], damp: Damp) -> list[Paragraph]:
    """Return the paragraphs inside ``roots`` in order, each wording once."""
    found: dict[str, Paragraph] = {}
    for root in roots:
        for text in _lines(root):
            key = key_of(text, damp)
            if key:
                found.setdefault(key, Paragraph(key, text))
            if len(found) == MOST_PARAGRAPHS:
                return list(found.values())
    return list(found.values())


def _lines(root: Any) -> Iterator[str]:
    """Yield the text of ``root`` block by block, each as one line; hidden elements say nothing."""
    line: list[str] = []
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        hidden = not isinstance(element.tag, str) or element.tag in _HIDDEN
        block = not hidden and element.tag in _BLOCKS
        if block and any(map(str.strip, line)):
            yield " ".join("".join(line).split())
        line = [] if block else line
        if closing:
            line.append(element.tail or "" if element is not root else "")
            continue
        if not hidden:
            line.append(element.text or "")
        stack.append((element, True))
        if not hidden:
            stack.extend((child, False) for child in reversed(element))
    if any(map(str.strip, line)):
        yield " ".join("".join(line).split())


def changes(
    paragraphs: Sequence[Paragraph], former: Iterable[str], old: Sequence[Paragraph]
) -> list[Change]:
    """Return what is new among ``paragraphs``; pure.

    ``old`` are those of last time, ``former`` the digests of those that went away before.

    New ones that stand together are one change, unless one of them is an old one in new words.
    """
    seen = {*former, *(one.key for one in old)}
    here = {one.key for one in paragraphs}
    gone = [one for one in old if one.key not in here and one.text]
    found: list[Change] = []
    run: list[Paragraph] = []
    for one in paragraphs:
        before = _before(one, gone) if one.key not in seen else None
        if one.key in seen or before:
            found += [Change(tuple(run))] if run else []
            run = []
        if before:
            gone.remove(before)
            found.append(Change((one,), before.text))
        elif one.key not in seen:
            run.append(one)
    return [*found, Change(tuple(run))] if run else found


def _before(new: Paragraph, gone: Sequence[Paragraph]) -> Paragraph | None:
    """Return the paragraph that ``new`` took the place of, None when it is like none."""
    words = _WORDS.findall(new.text[:LONGEST_KEPT].casefold())
    best, closest = ALIKE, None
    for old in gone[:MOST_COMPARED]:
        matcher = SequenceMatcher(None, _WORDS.findall(old.text.casefold()), words, autojunk=False)
        if (
            matcher.real_quick_ratio() > best
            and matcher.quick_ratio() > best
            and matcher.ratio() > best
        ):
            best, closest = matcher.ratio(), old
    return closest


def kept(paragraphs: Sequence[Paragraph]) -> list[list[str]]:
    """Return digests and texts of ``paragraphs`` as they are remembered, within bounds."""
    room, rows = MOST_TEXT, []
    for one in paragraphs:
        text = one.text[:LONGEST_KEPT]
        room -= len(json.dumps(text, ensure_ascii=False))
        rows.append([one.key, text] if room >= 0 else [one.key])
    return rows
