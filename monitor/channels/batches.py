"""A message for machines that is too large for one body, cut into several that are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from monitor.channels.envelopes import LARGEST
from monitor.channels.payload import payload_of, story_part
from monitor.model import Notice, NoticeGroup, NoticeStory

MOST_HITS: Final = 100
"""Hits in one message; a digest of more comes in several."""
_ENVELOPE: Final = 900
"""Bytes kept free for what is not known before: an envelope, and the summary of the part."""

_Told = tuple[NoticeGroup, NoticeStory]


def parts_of(notice: Notice) -> tuple[Notice, ...]:
    """Return ``notice`` in parts of at most `MOST_HITS` hits whose bodies fit, in order.

    Most messages are one part. Only the first carries receipt and warnings.
    """
    bare = replace(notice, groups=(), receipt=None, warnings=())
    parts: list[list[_Told]] = [[]]
    left, hits = _room(replace(notice, groups=())), 0
    for told in ((group, story) for group in notice.groups for story in group.stories):
        size = len(story_part(told[1]).model_dump_json().encode()) + 1
        if parts[-1] and (size > left or hits + len(told[1].hits) > MOST_HITS):
            parts.append([])
            left, hits = _room(bare), 0
        parts[-1].append(told)
        left, hits = left - size, hits + len(told[1].hits)
    if len(parts) == 1:
        return (notice,)
    return tuple(
        replace(bare if index else notice, groups=grouped(part), part=index + 1, parts=len(parts))
        for index, part in enumerate(parts)
    )


def _room(empty: Notice) -> int:
    """Return the bytes that are left for stories in the body of a notice."""
    return LARGEST - _ENVELOPE - len(payload_of(empty, 0).model_dump_json().encode())


def grouped(part: Iterable[_Told]) -> tuple[NoticeGroup, ...]:
    """Return the groups that these stories make, each in the group that it came from."""
    groups: dict[str, tuple[NoticeGroup, list[NoticeStory]]] = {}
    for group, story in part:
        groups.setdefault(group.watch, (group, []))[1].append(story)
    return tuple(replace(group, stories=tuple(stories)) for group, stories in groups.values())
