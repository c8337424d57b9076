"""Folders: whatever a person or a program drops there, read once each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from monitor.errors import ParseError
from monitor.fields import Interval
from monitor.model import Document, Entry, Fetched, Reason, SourceState
from monitor.sources._folder_files import mail_entry, note_entry, page_entry
from monitor.sources._folder_look import Dropped, Look, look, written
from monitor.sources.base import Source
from monitor.sources.feed import parse_feed

if TYPE_CHECKING:  # a worker process parses and never fetches: it does without the HTTP client
    from monitor.net import Net

FEEDS: Final = frozenset({".xml", ".rss", ".atom", ".rdf", ".json", ".feed"})
PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
MAILS: Final = frozenset({".eml"})
_OPML = ".opml"


class Folder(Source):
    """A folder inside the project: feed documents, saved pages, texts and mails dropped there."""

    kind: Literal["folder"] = "folder"
    """The word for this kind of source."""
    folder: str = Field(min_length=1)
    """Path of the folder, relative to the project folder; folders inside it are not looked into."""
    every: Interval = 60.0
    """Time between looks, such as ``1m``."""
    full_text: Literal["auto", "always", "never"] = "never"
    """Whether the pages that files link to are fetched; a link in a mail may tell who opens it."""

    @property
    def address(self) -> str:
        """Return the folder."""
        return self.folder

    async def fetch(self, net: Net, state: SourceState) -> Fetched:
        """Read the files that are new or changed; raises `monitor.errors.FetchError`.

        Each comes as a part that is named by its address. A file that was written to within the
        last second is left for the next look.
        """
        started = time.monotonic()
        seen = await asyncio.to_thread(
            look,
            Path(self.folder),
            state.memory,
            time.time(),
            net.options.max_bytes,
            state.failures,
        )
        memory = written(seen.memory)
        return Fetched(
            url=self.folder,
            status=0,
            unchanged=state.first_poll_done and not seen.problems and memory == state.memory,
            seconds=time.monotonic() - started,
            memory=memory,
            parts=_parts(seen),
            partial=True,  # only what is new: that nothing is known proves no overrun
        )

    def parse(self, fetched: Fetched) -> Document:
        """Turn the files into entries; one that cannot be read is named and left out."""
        entries: list[Entry] = []
        problems: list[str] = []
        for part in fetched.parts:
            if not part.memory:
                problems.append(part.body.decode())
                continue
            hash_, _, old = part.memory.partition(" ")
            try:
                found, said = _read(part.url, part.body, hash_)
            except ParseError as error:
                problems.append(f"{part.url}: {error}")
                continue
            baseline = bool(old) and self.on_first_poll == "baseline"
            entries += [replace(entry, baseline=baseline) for entry in found]
            problems += [f"{part.url}: {problem}" for problem in said]
        return Document(
            kind="folder",
            entries=tuple(entries),
            problems=tuple(problems),
            memory=fetched.memory,
        )


def _parts(seen: Look) -> tuple[Fetched, ...]:
    """Return the files, and behind them, without a memory, what is to be said of others."""
    files = [_part(file) for file in seen.files]
    return (*files, *(Fetched("", 0, problem.encode()) for problem in seen.problems))


def _part(file: Dropped) -> Fetched:
    return Fetched(file.name, 0, file.body, memory=f"{file.hash}{' old' if file.old else ''}")


def _read(name: str, body: bytes, hash_: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return what a file holds, and what was wrong with it; raises ParseError."""
    suffix = Path(name).suffix.lower()
    if suffix == _OPML:
        raise ParseError(Reason.NOT_A_FEED, "a list of feeds; use 'monitor sources import'")
    if suffix in FEEDS:
        document = parse_feed(Fetched("", 200, body))
        return document.entries, document.problems
    reader = _READERS.get(suffix)
    if reader is None:
        raise ParseError(Reason.NOT_A_FEED, "left out, files of this kind are not read")
    try:
        return (reader(body, hash_),), ()
    except ParseError:
        raise
    except Exception as error:  # noqa: BLE001 - hostile files bring many kinds out of the libraries
        message = f"cannot be read: {type(error).__name__}: {str(error)[:200]}"
        raise ParseError(Reason.MALFORMED, message) from None


_READERS: Final[dict[str, Callable[[bytes, str], Entry]]] = {
    **dict.fromkeys(PAGES, page_entry),
    **dict.fromkeys(MAILS, mail_entry),
    ".txt": lambda body, hash_: note_entry(body, hash_, markdown=False),
    ".md": lambda body, hash_: note_entry(body, hash_, markdown=True),
    ".markdown": lambda body, hash_: note_entry(body, hash_, markdown=True),
}
