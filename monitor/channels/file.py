"""A file of JSON Lines (https://jsonlines.org) that grows by a line for each hit."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from pydantic import Field

from monitor.channels import wording
from monitor.channels.base import Channel
from monitor.channels.payload import story_part
from monitor.channels.posting import as_json
from monitor.channels.text import one_line
from monitor.errors import TemporaryFailure
from monitor.model import Delivery, Message, Notice, NoticeStory
from monitor.net import Net

LOOKED_THROUGH: Final = 16_000_000
"""Bytes at the end of the file that are searched for what an earlier attempt has written."""


class FileChannel(Channel):
    """A file that receives a line of JSON for each hit; other programs can follow it."""

    kind: Literal["file"]
    """``file``"""
    file: str = Field(default="data/hits.jsonl", min_length=1)
    """File to append to; it is made when missing, its folder too."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the lines: one for each hit, or one that says that there is none."""
        self.check_recipient(recipient)
        common = {
            "delivery": delivery_id,
            "kind": notice.kind,
            "subscription": notice.subscription,
            "time": notice.created.isoformat(),
        }
        stories = [story for group in notice.groups for story in group.stories]
        entries = [entry for story in stories for entry in _entries(story)]
        entries = entries or [{"hit": None, "summary": wording.summary(notice)}]
        lines = [
            as_json(common | {"line": number, "lines": len(entries)} | entry) + b"\n"
            for number, entry in enumerate(entries, 1)
        ]
        content_type = "application/jsonl"
        return Message(b"".join(lines), content_type, delivery_id, wording.headline(notice))

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Append the lines that are not there yet, and have them on the disk before returning."""
        del net  # nothing leaves this machine
        try:
            return await asyncio.to_thread(self._append, delivery)
        except OSError as error:
            message = (
                f"file {self.id!r}: cannot append to {self.file!r}: {error.strerror or error}; "
                "make it writable or set another 'file'"
            )
            raise TemporaryFailure(message) from error

    def _append(self, delivery: Delivery) -> str:
        path = Path(self.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two processes must not write into one another
            end = whole_lines(file)
            lines = delivery.message.content.splitlines(keepends=True)
            there = already_there(file, end, delivery.id)
            missing = [line for number, line in enumerate(lines, 1) if number not in there]
            file.truncate(end)
            file.write(b"".join(missing))
            file.flush()
            os.fsync(file.fileno())
        return f"{len(missing)} lines written to {path}"


def _entries(story: NoticeStory) -> Iterator[dict[str, Any]]:
    """Yield what a line says of each hit of a story."""
    part = story_part(story).model_dump(mode="json")
    watches = part.pop("watches")
    for hit, watch in zip(story.hits, watches, strict=False):
        yield {"hit": hit.id, **watch, "title": one_line(story.item.title), **part}


def whole_lines(file: BinaryIO) -> int:
    """Return where the last whole line ends: what a crash left behind it is written again."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - 65_536)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def already_there(file: BinaryIO, end: int, delivery: str) -> set[int]:
    """Return the numbers of a delivery's lines that the end of the file holds."""
    start = max(0, end - LOOKED_THROUGH)
    file.seek(start)
    mark = as_json({"delivery": delivery})[:-1]
    lines = file.read(end - start).split(b"\n")
    return {
        int(line.partition(b'"line":')[2].partition(b",")[0])
        for line in lines
        if line.startswith(mark)
    }
