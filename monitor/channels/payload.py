"""The JSON that a webhook carries, as pydantic models: its JSON Schema is its reference.

Version 1. Fields may be added within a version; none is removed or changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from monitor.channels import wording
from monitor.channels.text import one_line, safe_address
from monitor.model import Hit, Notice, NoticeCopy, NoticeStory, Receipt, SourceList, SourceTrouble

_AUTHORS: Final = 5
_COPIES: Final = 10
_WATCHES: Final = 8
_DEVELOPMENTS: Final = 3
_SPANS: Final = 6
_TROUBLES: Final = 12
_WARNINGS: Final = 5
_CHANGES: Final = 5


Kind = Literal["hits.alert", "hits.digest", "sources.health", "monitor.notice", "test"]
_KINDS: Final[Mapping[str, Kind]] = {
    "alert": "hits.alert",
    "digest": "hits.digest",
    "health": "sources.health",
    "notice": "monitor.notice",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SpanPart(_Part):
    """Where a term stands in the original item."""

    field: str
    """``title``, ``summary`` or ``text``."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character."""
    text: str
    """What stands there."""
    term: str
    """The term of the watch that it matches."""


class WatchPart(_Part):
    """A watch that a story speaks of."""

    watch: str
    """Id of the watch."""
    watchlist: str
    """Id of its watchlist."""
    score: float
    """Strength of the evidence, 0 to 1."""
    why: str
    """The reason in one sentence."""
    spans: tuple[SpanPart, ...]
    """The first places of the evidence."""


class CopyPart(_Part):
    """The same story in another outlet, copied or in other words."""

    outlet: str
    url: str
    title: str
    language: str = ""
    """BCP 47 tag; empty when unknown."""


class StoryPart(_Part):
    """One story: its leading item, and its copies."""

    id: str
    """Id of the leading item."""
    title: str
    url: str
    """Empty when the item has no address that is safe to follow."""
    outlet: str
    authors: tuple[str, ...] = ()
    language: str
    """BCP 47 tag; empty when unknown."""
    published: datetime | None
    """When the outlet says it was published."""
    first_seen: datetime | None
    """When the monitor found it."""
    watches: tuple[WatchPart, ...]
    """The watches it speaks of, the strongest first."""
    copies: tuple[CopyPart, ...]
    more_copies: int = 0
    """Copies that are not listed."""
    developments: tuple[str, ...] = ()
    """What is new in a story that was told before, such as ``new number 37``."""
    original: CopyPart | None = None
    """The first item of the story, where it is in another language than the leading one."""


class TroublePart(_Part):
    """A source that readers should know about."""

    source: str
    name: str
    why: str


class ReceiptPart(_Part):
    """What was polled in the window of a digest; lists are cut after twelve, counts are whole."""

    start: datetime
    end: datetime
    sources: int
    polled: int
    polls: int
    items: int
    failed_count: int
    silent_count: int
    overrun_count: int
    never_count: int
    failed: tuple[TroublePart, ...]
    silent: tuple[TroublePart, ...]
    overrun: tuple[TroublePart, ...]
    never: tuple[TroublePart, ...]


class ChangePart(_Part):
    """Sources that came into one state of health; the list is cut after five, the count is whole."""

    state: str
    """The state, such as ``failing``; ``ok`` for those that are well again."""
    count: int
    sources: tuple[TroublePart, ...]


class Data(_Part):
    """The content of a message."""

    subscription: str
    """Id of the subscription."""
    title: str
    """Title of the subscription."""
    summary: str
    """What is new, in one line."""
    time_zone: str
    window_start: datetime | None = None
    window_end: datetime | None = None
    stories: tuple[StoryPart, ...] = ()
    """Ordered by the priority of the watch, then by score, then the newest first."""
    more: int = 0
    """Stories that did not fit."""
    part: int = 1
    """Which part this is of a message that is too large for one; receipt and warnings are in part 1."""
    parts: int = 1
    """How many parts there are; each has an id of its own."""
    receipt: ReceiptPart | None = None
    changes: tuple[ChangePart, ...] = ()
    """Sources whose health changed; in messages to the owner alone."""
    warnings: tuple[str, ...] = ()
    """What the reader must know about the monitor itself."""


class Payload(_Part):
    """The body of a webhook, signed by Standard Webhooks."""

    type: Kind
    version: Literal[1] = 1
    timestamp: datetime
    """When the message was made."""
    data: Data


def payload_schema() -> dict[str, Any]:
    """Return the JSON Schema of the body."""
    return Payload.model_json_schema(mode="serialization")


def payload_of(notice: Notice, most: int) -> Payload:
    """Return the body for ``notice`` with its first ``most`` stories."""
    stories = [story for group in notice.groups for story in group.stories]
    data = Data(
        subscription=notice.subscription,
        title=one_line(notice.title, 120),
        summary=wording.headline(notice),
        time_zone=notice.time_zone,
        window_start=notice.window_start,
        window_end=notice.window_end,
        stories=tuple(story_part(story) for story in stories[:most]),
        more=len(stories) - most,
        part=notice.part,
        parts=notice.parts,
        receipt=_receipt(notice.receipt) if notice.receipt else None,
        changes=tuple(_change(change) for change in notice.changes),
        warnings=tuple(one_line(warning, 300) for warning in notice.warnings[:_WARNINGS]),
    )
    return Payload(type=_KINDS.get(notice.kind, "test"), timestamp=notice.created, data=data)


def story_part(story: NoticeStory) -> StoryPart:
    """Return one story, its lists cut and its texts bounded."""
    item = story.item
    return StoryPart(
        id=item.id,
        title=one_line(item.title),
        url=safe_address(item.url),
        outlet=one_line(story.outlet, 80),
        authors=tuple(one_line(name, 60) for name in item.authors[:_AUTHORS]),
        language=one_line(item.language, 35),
        published=item.published,
        first_seen=item.first_seen,
        watches=tuple(_watch(hit) for hit in story.hits[:_WATCHES]),
        copies=tuple(map(_copy, story.copies[:_COPIES])),
        more_copies=max(0, len(story.copies) - _COPIES),
        developments=tuple(one_line(text, 240) for text in story.developments[:_DEVELOPMENTS]),
        original=_copy(story.original) if story.original else None,
    )


def _copy(copy: NoticeCopy) -> CopyPart:
    return CopyPart(
        outlet=one_line(copy.outlet, 80),
        url=safe_address(copy.url),
        title=one_line(copy.title, 160),
        language=one_line(copy.language, 35),
    )


def _watch(hit: Hit) -> WatchPart:
    spans = tuple(
        SpanPart(
            field=span.field,
            start=span.start,
            end=span.end,
            text=one_line(span.text, 100),
            term=one_line(span.term, 100),
        )
        for span in hit.spans[:_SPANS]
    )
    return WatchPart(
        watch=hit.watch,
        watchlist=hit.watchlist,
        score=round(hit.score, 4),
        why=one_line(hit.why, 240),
        spans=spans,
    )


def _change(change: SourceList) -> ChangePart:
    sources = _troubles(change.sources, _CHANGES)
    return ChangePart(state=change.state, count=len(change.sources), sources=sources)


def _troubles(troubles: tuple[SourceTrouble, ...], most: int) -> tuple[TroublePart, ...]:
    return tuple(
        TroublePart(source=t.source, name=one_line(t.name, 80), why=one_line(t.why, 160))
        for t in troubles[:most]
    )


def _receipt(receipt: Receipt) -> ReceiptPart:
    return ReceiptPart(
        start=receipt.start,
        end=receipt.end,
        sources=receipt.sources,
        polled=receipt.polled,
        polls=receipt.polls,
        items=receipt.items,
        failed_count=len(receipt.failed),
        silent_count=len(receipt.silent),
        overrun_count=len(receipt.overrun),
        never_count=len(receipt.never),
        failed=_troubles(receipt.failed, _TROUBLES),
        silent=_troubles(receipt.silent, _TROUBLES),
        overrun=_troubles(receipt.overrun, _TROUBLES),
        never=_troubles(receipt.never, _TROUBLES),
    )
