"""``hits``, ``sources``, ``doctor``, ``migrate``: what is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.text import Text

from monitor.app import open_store, utc_now
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    print_table,
    settings_of,
    the_only,
)
from monitor.cli.configuration import local
from monitor.config import Settings
from monitor.errors import InputError, MonitorError
from monitor.store import Mark, Store, StoredHit, Tx
from monitor.web.source_rows import STATES, source_rows

T = TypeVar("T")

SHOWN_ID = 10
"""Digits of an id that a table shows: among a million hits they tell all but one in a million apart."""
MOST_NOTE = 1_000
COLOURS = {"trouble": "bold red", "look": "yellow", "well": "green", "off": "dim"}
"""How the tones of `monitor.web.source_rows` look on a terminal."""


class Verdict(StrEnum):
    """What a reader says of a hit."""

    RELEVANT = "relevant"
    IRRELEVANT = "irrelevant"


hits = typer.Typer(no_args_is_help=True, help="What was found.")
sources = typer.Typer(no_args_is_help=True, help="What is polled, and how it goes.")

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many at most.")]


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    hits.command("list", help="List the newest hits.\n\nExample: monitor hits list -n 20")(
        list_hits
    )
    hits.command(
        "mark",
        help="Say whether a hit was relevant; 'watch suggest' learns from it.\n\n"
        "Example: monitor hits mark 3f9c irrelevant --note 'another Abbas'",
    )(mark_hit)
    sources.command(
        "list", help="List the sources and their health.\n\nExample: monitor sources list"
    )(list_sources)
    app.add_typer(hits, name="hits")
    app.add_typer(sources, name="sources")
    app.command("migrate", help="Bring the database to this version.\n\nExample: monitor migrate")(
        migrate
    )
    app.command(
        "doctor", help="Check the configuration and the database.\n\nExample: monitor doctor --json"
    )(doctor)


@contextmanager
def stored(settings: Settings) -> Iterator[Store]:
    """Open the database of ``settings`` for the length of a command."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def ask(config: Path, question: Callable[[Tx], T]) -> tuple[Settings, T]:
    """Return the settings and the answer that the database gives to ``question``."""
    settings = settings_of(config)
    with stored(settings) as store:
        return settings, store.read_now(question)


def list_hits(
    config: ConfigFolder = DEFAULT_CONFIG,
    limit: Limit = 50,
    watch: Annotated[str, typer.Option(help="Only hits of this watch.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print the newest hits with outlet, score and why."""
    settings = settings_of(config)
    if watch and watch not in settings.watches:
        raise InputError(settings.unknown_watch(watch))
    with stored(settings) as store:
        found, marks = store.read_now(partial(newest_hits, limit, watch or None))
    if as_json:
        print_json([hit_as_json(one, marks.get(one.hit.id)) for one in found])
        return
    zone = settings.monitor.time_zone
    rows = (
        (
            one.hit.id[:SHOWN_ID],
            local(one.time, zone),
            one.hit.watch,
            f"{one.hit.score:.2f}",
            mark_word(marks.get(one.hit.id)),
            one.item.outlet or one.item.source,
            one.item.title,
            one.hit.why,
        )
        for one in found
    )
    columns = ("id", "time", "watch", "score", "mark", "outlet", "title", "why")
    print_table(f"{len(found)} hits", columns, rows)


def newest_hits(limit: int, watch: str | None, tx: Tx) -> tuple[list[StoredHit], dict[str, Mark]]:
    """Return the newest hits, and what was said of them by hit."""
    found = tx.hits(limit, watch=watch)
    return found, tx.marks(one.hit.id for one in found)


def hit_as_json(stored: StoredHit, mark: Mark | None) -> dict[str, Any]:
    """Return a hit with its item and its mark, null when nobody marked it."""
    return dataclasses.asdict(stored) | {"mark": mark and dataclasses.asdict(mark)}


def mark_word(mark: Mark | None) -> str:
    """Return a mark as a reader sees it."""
    if mark is None:
        return ""
    word = "relevant" if mark.relevant else "irrelevant"
    return f"{word}: {mark.note}" if mark.note else word


def mark_hit(
    hit: Annotated[str, typer.Argument(help="Id of a hit, or how it begins.")],
    verdict: Annotated[Verdict, typer.Argument(help="What it was.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    note: Annotated[str, typer.Option(help="Why, for whoever reads it later.")] = "",
) -> None:
    """Keep what a reader says of a hit; a second mark takes the place of the first."""
    settings = settings_of(config)
    with stored(settings) as store:
        found = store.read_now(partial(the_hit, hit))
        mark = Mark(found.hit.id, verdict is Verdict.RELEVANT, utc_now(), note[:MOST_NOTE])
        store.write_now(lambda tx: tx.mark(mark))
    title = escape_cell(found.item.title or found.item.url)
    console.print(f"{found.hit.id} is {verdict.value}: {found.hit.watch}, {title}")


def the_hit(prefix: str, tx: Tx) -> StoredHit:
    """Return the one hit whose id begins with ``prefix``; raises `InputError` for none or several."""
    ids = tx.hits_like(prefix.strip()) if prefix.strip() else []
    name = the_only(ids, prefix, "hit", "hits", "monitor hits list")
    return tx.hits_by_id([name])[name]


def list_sources(
    config: ConfigFolder = DEFAULT_CONFIG,
    state: Annotated[
        str, typer.Option(help="Only sources in this state, such as failing or silent.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print every source with its health, why, and when it was and will be polled."""
    if state and state not in STATES:
        message = f"there is no state {state!r}; states are {', '.join(STATES)}"
        raise InputError(message)
    settings, (states, leases) = ask(config, lambda tx: (tx.source_states(), tx.leases()))
    rows = source_rows(settings.sources, states, utc_now(), settings.mask, leases)
    rows = [row for row in rows if state in {"", row.state}]
    if as_json:
        print_json([dataclasses.asdict(row) for row in rows])
        return
    zone = settings.monitor.time_zone
    lines = (
        (
            row.id,
            row.name,
            Text(row.words, COLOURS[row.tone]),
            row.reason,
            row.every,
            local(row.hub_until, zone) if row.hub_until else "",
            local(row.last_poll, zone),
            local(row.next_poll, zone),
        )
        for row in rows
    )
    columns = (
        "source",
        "publisher",
        "state",
        "why",
        "every",
        "hub until",
        "last poll",
        "next poll",
    )
    print_table(f"{len(rows)} sources", columns, lines)


def migrate(config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Open the database, which brings its tables to this version."""
    with stored(settings_of(config)) as store:
        console.print(f"{escape_cell(store.name)} is at this version")


def doctor(config: ConfigFolder = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Exit with 1 when something is wrong with the database or a dead letter waits."""
    settings, (faults, counts) = ask(config, lambda tx: (tx.integrity_check(), tx.counts()))
    if as_json:
        print_json({"database": faults or "ok", "counts": counts, "version": settings.version})
    else:
        console.print("configuration: in order")
        console.print(f"database: {escape_cell('; '.join(faults)) or 'in order'}")
        console.print(", ".join(f"{number} {what}" for what, number in counts.items()))
    if faults:
        message = "the database is damaged: stop the service and restore the last copy"
        raise MonitorError(message)
    if counts["deliveries_dead"]:
        message = "some messages were given up; see 'monitor deliveries list --status dead'"
        raise MonitorError(message)
