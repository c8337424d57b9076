"""``hits show``: one hit with its evidence, and what its article said when."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated

import typer

from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    print_table,
)
from monitor.cli.configuration import local
from monitor.cli.data import ask, the_hit
from monitor.history import Change, History, history_of
from monitor.model import Span

SENTENCES = 20
"""Sentences of a change that are printed; JSON has all."""
SPANS = 20
AROUND = 40
"""Characters on each side of a place that is printed."""


def register(hits: typer.Typer) -> None:
    """Add the command to ``monitor hits``."""
    hits.command(
        "show",
        help="Show a hit, the versions of its article and what changed between them.\n\n"
        "Example: monitor hits show 3f9c",
    )(show_hit)


def show_hit(
    hit: Annotated[str, typer.Argument(help="Id of a hit, or how it begins.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print why it is a hit, where it was seen, its versions, and each change in sentences."""
    settings, found = ask(config, lambda tx: history_of(the_hit(hit, tx), tx))
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    for line in lines_of(found, settings.monitor.time_zone):
        console.print(escape_cell(line))
    rows = (
        (
            local(reading.at, settings.monitor.time_zone),
            reading.place,
            str(reading.status or ""),
            str(reading.characters),
            "made the hit" if reading.made else "",
            reading.title,
        )
        for reading in found.readings
    )
    columns = ("version", "read from", "status", "characters", "", "title")
    print_table(f"{len(found.readings)} versions", columns, rows)


def lines_of(found: History, zone: str) -> Iterator[str]:
    """Yield what there is to say of a hit before its versions are listed."""
    stored = found.stored
    item, hit = stored.item, stored.hit
    yield item.title or "(without a title)"
    yield item.url or "(without an address)"
    yield f"hit {hit.id} of {hit.watch}, score {hit.score:.2f}, found {local(stored.found, zone)}"
    yield f"why: {hit.why}"
    yield f"seen in: {', '.join(found.seen_in)}"
    for route in found.routes:
        yield f"for {route.subscription}: {route.mode}, {route.reason.removeprefix('skipped: ')}"
    if not found.stands:
        yield "its article does not say so any more: below is what it said"
    if found.gone_since:
        yield f"no longer there since {local(found.gone_since, zone)}"
    for span in hit.spans[:SPANS]:
        if place := _place(found, span):
            yield f"  {span.field}: {place}"
    for change in found.changes:
        yield from _change(change, zone)


def _place(found: History, span: Span) -> str:
    """Return the evidence with what stands around it; empty when the item reads otherwise now."""
    text = getattr(found.stored.item, span.field)
    if text[span.start : span.end] != span.text:
        return ""
    start, end = max(0, span.start - AROUND), span.end + AROUND
    return " ".join(f"{text[start : span.start]}»{span.text}«{text[span.end : end]}".split())


def _change(change: Change, zone: str) -> Iterator[str]:
    yield f"{local(change.at, zone)}: {change.words}"
    if change.titles:
        yield f"  - {change.titles[0]}"
        yield f"  + {change.titles[1]}"
    for mark, sentences in (("-", change.removed), ("+", change.added)):
        yield from (f"  {mark} {sentence}" for sentence in sentences[:SENTENCES])
        if len(sentences) > SENTENCES:
            yield f"  {mark} and {len(sentences) - SENTENCES} more sentences"
