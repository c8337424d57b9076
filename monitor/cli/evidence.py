"""``hits verify`` and ``hits export``: what proves a hit, checked anew and handed out."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from monitor.app import utc_now
from monitor.backtest import Progress
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    as_json_text,
    console,
    escape_cell,
    settings_of,
)
from monitor.cli.impact import TerminalProgress, existing_store, no_database
from monitor.cli.service import start_of
from monitor.config import Settings
from monitor.config.explain import nearest
from monitor.errors import InputError, MonitorError
from monitor.evidence import FORMATS, Check, Exhibit, Format, exhibits, verify
from monitor.store import Choice, Tx

Form = StrEnum("Form", {name: name for name in FORMATS})  # type: ignore[misc]  # what there is decides
LINES = Form("jsonl")
Since = Annotated[
    str, typer.Option(help="Only what was found since then: 90d, or 2026-11-20T08:00 local time.")
]
OfWatch = Annotated[str, typer.Option(help="Only hits of this watch.")]
FAILED = 1


def register(hits: typer.Typer) -> None:
    """Add these commands to ``monitor hits``."""
    hits.command(
        "verify",
        help="Make every hit anew from the archive and report what differs.\n\n"
        "Example: monitor hits verify --since 90d",
    )(run_verify)
    hits.command(
        "export",
        help="Hand hits out with what proves them: as a web archive, a table, JSON or citations.\n\n"
        "Example: monitor hits export --format warc --since 30d --output hits.warc.gz",
    )(run_export)


def run_verify(
    config: ConfigFolder = DEFAULT_CONFIG,
    since: Since = "",
    watch: OfWatch = "",
    as_json: AsJson = False,
) -> None:
    """Hold each hit against the text and the rule that made it; exit with 1 when any differs."""
    settings = settings_of(config)
    choice = Choice(start=start_of(settings, since), watch=watch)
    tally = Tally()
    with (
        existing_store(settings) as store,
        TerminalProgress("making hits anew") as progress,
    ):
        if store is None:
            raise MonitorError(no_database(settings))
        store.read_now(lambda tx: refuse_unknown(tx, choice, settings))
        store.read_now(lambda tx: report(tx, choice, tally, progress, as_json=as_json))
    if tally.different:
        raise typer.Exit(FAILED)


def refuse_unknown(tx: Tx, choice: Choice, settings: Settings) -> None:
    """Raise InputError for a misspelt name, of which there would be no hits and nothing amiss.

    What was removed from the configuration can be named as long as there are hits of it.
    """
    watch, watchlist, story = choice.watch, choice.watchlist, choice.story
    message = ""
    if watch not in {"", *settings.watches} and not tx.count_archived(Choice(watch=watch)):
        message = settings.unknown_watch(watch)
    known = {"", *settings.watchlists}
    if watchlist not in known and not tx.count_archived(Choice(watchlist=watchlist)):
        message = f"there is no watchlist {watchlist!r}; {nearest(watchlist, settings.watchlists)}"
    if story and not tx.story_sizes([story]):
        message = f"there is no story {story!r}; 'monitor stories --json' shows whole ids"
    if message:
        raise InputError(message)


@dataclasses.dataclass(slots=True)
class Tally:
    """How many hits there are of each sort."""

    hits: int = 0
    well: int = 0
    different: int = 0
    not_verifiable: int = 0

    def add(self, one: Check) -> None:
        """Count one hit."""
        self.hits += 1
        if one.differences:
            self.different += 1
        elif one.unverifiable:
            self.not_verifiable += 1
        else:
            self.well += 1


def report(tx: Tx, choice: Choice, tally: Tally, progress: Progress, *, as_json: bool) -> None:
    """Print what differs as it is found, then the counts; as text or as one JSON document."""
    progress.begin(tx.count_archived(choice))
    if as_json:
        print('{"differences": [', end="")
    between = ""
    for one in _counted(verify(tx, choice), tally, progress):
        for what in one.differences:
            if as_json:
                print(between + as_json_text(_as_json(one, what)), end="")
                between = ", "
            else:
                console.print(escape_cell(f"{one.stored.hit.id} {one.stored.hit.watch}: {what}"))
    if as_json:
        print("], " + as_json_text(dataclasses.asdict(tally)).removeprefix("{"))
    else:
        console.print(summary(tally))


def _counted(checks: Iterator[Check], tally: Tally, progress: Progress) -> Iterator[Check]:
    for one in checks:
        tally.add(one)
        progress.advance(1)
        yield one


def _as_json(one: Check, what: str) -> dict[str, str]:
    hit = one.stored.hit
    return {"hit": hit.id, "watch": hit.watch, "item": hit.item, "difference": what}


def summary(tally: Tally) -> str:
    """Return the counts in one line."""
    line = f"{tally.hits:,} hits: {tally.well:,} as they were found, {tally.different:,} different"
    if tally.not_verifiable:
        line += (
            f", {tally.not_verifiable:,} not verifiable (found before texts and rules were kept)"
        )
    return line


def run_export(
    config: ConfigFolder = DEFAULT_CONFIG,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = LINES,
    since: Since = "",
    until: Annotated[str, typer.Option(help="Only what was found before: 7d, or a time.")] = "",
    watch: OfWatch = "",
    watchlist: Annotated[str, typer.Option(help="Only hits of this watchlist.")] = "",
    story: Annotated[str, typer.Option(help="Only hits of this story; its whole id.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; standard output when left out.")
    ] = None,
) -> None:
    """Write the hits that are meant, possible ones too; a file appears once it is whole."""
    settings = settings_of(config)
    chosen = FORMATS[form]
    if output is None and chosen.binary and sys.stdout.isatty():
        message = f"{form} is nothing for a terminal: name a file with --output, or pipe it on"
        raise InputError(message)
    choice = Choice(
        start=start_of(settings, since),
        end=start_of(settings, until, "--until"),
        watch=watch,
        watchlist=watchlist,
        story=story,
    )
    with (
        existing_store(settings) as store,
        TerminalProgress("writing hits") as progress,
    ):
        if store is None:
            raise MonitorError(no_database(settings))
        store.read_now(lambda tx: refuse_unknown(tx, choice, settings))
        with into(output) as stream:
            name = output.name if output else ""
            hits = store.read_now(lambda tx: hand_out(tx, choice, chosen, stream, name, progress))
    if output is not None:
        console.print(f"{escape_cell(str(output))}: {hits:,} hits")


def hand_out(
    tx: Tx, choice: Choice, chosen: Format, stream: BinaryIO, name: str, progress: Progress
) -> int:
    """Write the hits and return how many they are."""
    progress.begin(tx.count_archived(choice))
    written = 0

    def counted() -> Iterator[Exhibit]:
        nonlocal written
        for exhibit in exhibits(tx, choice):
            yield exhibit
            written += len(exhibit.hits)
            progress.advance(len(exhibit.hits))

    chosen.write(counted(), stream, utc_now(), name)
    return written


@contextmanager
def into(output: Path | None) -> Iterator[BinaryIO]:
    """Open a draft that takes the place of ``output`` once it is whole; without one, standard output."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = output.with_name(f"{output.name}.part")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(output)
    except OSError as error:
        message = f"{output}: {error.strerror or error}"
        raise InputError(message) from None
    finally:
        draft.unlink(missing_ok=True)
