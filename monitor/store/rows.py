"""Rows of sources, items, hits and stories to values of `monitor.model` and back.

Values are read by the label ``table_column`` (`labelled`), so that a join of tables with columns
of one name stays unambiguous.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table

from monitor.model import (
    Hit,
    Item,
    Outcome,
    PollRecord,
    Reason,
    Sketch,
    SourceState,
    Span,
    StoryLink,
    Validators,
)
from monitor.store.rhythm_text import pack_hints, pack_rhythm, unpack_hints, unpack_rhythm

Row = RowMapping


def labelled(*tables: Table) -> list[ColumnElement[Any]]:
    """Return every column of ``tables``, labelled ``table_column``."""
    return [column.label(f"{table.name}_{column.name}") for table in tables for column in table.c]


def _pack(texts: tuple[str, ...]) -> str:
    return json.dumps(texts) if texts else "[]"


def _unpack(packed: str) -> tuple[str, ...]:
    return () if packed == "[]" else tuple(json.loads(packed))


def state_row(state: SourceState) -> dict[str, Any]:
    """Return the columns of ``state``; saving a state ends the lease on its source."""
    return {
        "source": state.source,
        "url": state.url,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.validators.body_hash,
        "first_poll_done": state.first_poll_done,
        "gone": state.gone,
        "failures": state.failures,
        "next_poll": state.next_poll,
        "last_poll": state.last_poll,
        "last_ok": state.last_ok,
        "last_new": state.last_new,
        "last_reason": state.last_reason,
        "last_message": state.last_message,
        "moved_to": state.moved_to,
        "moved_seen": state.moved_seen,
        "memory": state.memory,
        "rhythm": pack_rhythm(state.rhythm),
        "hints": pack_hints(state.hints),
        "last_status": state.last_status,
        "last_overrun": state.last_overrun,
        "failing_since": state.failing_since,
        "trouble": state.trouble,
        "lease_until": None,
    }


def state_of(row: Row) -> SourceState:
    """Return the state a row of ``source_state`` holds."""
    return SourceState(
        source=row["source_state_source"],
        url=row["source_state_url"],
        validators=Validators(
            row["source_state_etag"],
            row["source_state_last_modified"],
            row["source_state_body_hash"],
        ),
        first_poll_done=row["source_state_first_poll_done"],
        gone=row["source_state_gone"],
        failures=row["source_state_failures"],
        next_poll=row["source_state_next_poll"],
        last_poll=row["source_state_last_poll"],
        last_ok=row["source_state_last_ok"],
        last_new=row["source_state_last_new"],
        last_reason=row["source_state_last_reason"],
        last_message=row["source_state_last_message"],
        moved_to=row["source_state_moved_to"],
        moved_seen=row["source_state_moved_seen"],
        memory=row["source_state_memory"],
        rhythm=unpack_rhythm(row["source_state_rhythm"]),
        hints=unpack_hints(row["source_state_hints"]),
        last_status=row["source_state_last_status"],
        last_overrun=row["source_state_last_overrun"],
        failing_since=row["source_state_failing_since"],
        paywall=row["source_state_paywall"],
        trouble=row["source_state_trouble"],
        told=row["source_state_told"],
    )


def record_row(record: PollRecord) -> dict[str, Any]:
    """Return the columns of ``record``."""
    return {
        "source": record.source,
        "at": record.at,
        "outcome": str(record.outcome),
        "reason": str(record.reason),
        "message": record.message,
        "status": record.status,
        "entries": record.entries,
        "new": record.new,
        "hits": record.hits,
        "overrun": record.overrun,
        "seconds": record.seconds,
    }


def record_of(row: Row) -> PollRecord:
    """Return the record a row of ``poll_record`` holds."""
    return PollRecord(
        source=row["poll_record_source"],
        at=row["poll_record_at"],
        outcome=Outcome(row["poll_record_outcome"]),
        reason=Reason(row["poll_record_reason"]),
        message=row["poll_record_message"],
        status=row["poll_record_status"],
        entries=row["poll_record_entries"],
        new=row["poll_record_new"],
        hits=row["poll_record_hits"],
        overrun=row["poll_record_overrun"],
        seconds=row["poll_record_seconds"],
    )


def item_row(item: Item) -> dict[str, Any]:
    """Return the columns of ``item``; one without ``first_seen`` raises ValueError."""
    if item.first_seen is None:
        message = f"item {item.id} cannot be stored: it does not say when it was first seen"
        raise ValueError(message)
    return {
        "id": item.id,
        "source": item.source,
        "title": item.title,
        "url": item.url,
        "summary": item.summary,
        "text": item.text,
        "outlet": item.outlet,
        "authors": _pack(item.authors),
        "language": item.language,
        "published": item.published,
        "updated": item.updated,
        "first_seen": item.first_seen,
        "baseline": item.baseline,
        "keys": _pack(item.keys),
    }


def item_of(row: Row) -> Item:
    """Return the item a row of ``item`` holds."""
    return Item(
        id=row["item_id"],
        source=row["item_source"],
        title=row["item_title"],
        url=row["item_url"],
        summary=row["item_summary"],
        text=row["item_text"],
        outlet=row["item_outlet"],
        authors=_unpack(row["item_authors"]),
        language=row["item_language"],
        published=row["item_published"],
        updated=row["item_updated"],
        first_seen=row["item_first_seen"],
        baseline=row["item_baseline"],
        keys=_unpack(row["item_keys"]),
    )


def hit_row(hit: Hit) -> dict[str, Any]:
    """Return the columns of ``hit`` but for its times."""
    spans = [(span.field, span.start, span.end, span.text, span.term) for span in hit.spans]
    return {
        "id": hit.id,
        "item": hit.item,
        "watch": hit.watch,
        "watchlist": hit.watchlist,
        "score": hit.score,
        "spans": json.dumps(spans),
        "rule": hit.rule,
        "why": hit.why,
        "possible": hit.possible,
        "version": hit.version,
    }


def hit_of(row: Row) -> Hit:
    """Return the hit a row of ``hit`` holds."""
    return Hit(
        id=row["hit_id"],
        item=row["hit_item"],
        watch=row["hit_watch"],
        watchlist=row["hit_watchlist"],
        score=row["hit_score"],
        spans=tuple(Span(*span) for span in json.loads(row["hit_spans"])),
        rule=row["hit_rule"],
        why=row["hit_why"],
        possible=row["hit_possible"],
        version=row["hit_version"],
    )


def link_row(link: StoryLink, sketch: Sketch) -> dict[str, Any]:
    """Return the columns of ``link`` with its item's ``sketch``."""
    return {
        "item": link.item,
        "story": link.story,
        "copy_of": link.copy_of,
        "why": link.why,
        "development": link.development,
        "outlet": sketch.outlet,
        "url": sketch.url,
        "title": sketch.title,
        "time": sketch.time,
        "signature": sketch.signature,
        "terms": sketch.terms,
        "credit": sketch.credit,
    }


def link_of(row: Row) -> StoryLink | None:
    """Return the link a row of ``story_link`` holds, None when an outer join found none."""
    if row["story_link_item"] is None:
        return None
    return StoryLink(
        item=row["story_link_item"],
        story=row["story_link_story"],
        copy_of=row["story_link_copy_of"],
        why=row["story_link_why"],
        development=row["story_link_development"],
    )


def sketch_of(row: Row) -> Sketch:
    """Return the sketch a row of ``story_link`` holds."""
    return Sketch(
        item=row["story_link_item"],
        story=row["story_link_story"],
        outlet=row["story_link_outlet"],
        url=row["story_link_url"],
        title=row["story_link_title"],
        time=row["story_link_time"],
        signature=row["story_link_signature"],
        terms=row["story_link_terms"],
        credit=row["story_link_credit"],
    )
