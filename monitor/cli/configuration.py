"""``check``, ``schema``, ``watch list``, ``sources list``: what the configuration says."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.app import utc_now
from monitor.backtest import Report, backtest, check_rules
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    print_table,
    settings_of,
)
from monitor.cli.impact import (
    TerminalProgress,
    existing_store,
    no_database,
    report_as_json,
    show_short,
)
from monitor.config import CheckReport, Settings, published_schemas, report, write_schemas
from monitor.errors import InputError

IMPACT_DAYS = 30
"""How far back ``check --impact`` looks."""

watch = typer.Typer(no_args_is_help=True, help="The watches of the watchlists.")


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.command("check", help="Validate the configuration.\n\nExample: monitor check -c config")(
        check
    )
    app.command("schema", help="Print or write JSON Schemas.\n\nExample: monitor schema watchlist")(
        schema
    )
    watch.command("list", help="List every watch.\n\nExample: monitor watch list")(list_watches)
    app.add_typer(watch, name="watch")


def check(
    config: ConfigFolder = DEFAULT_CONFIG,
    impact: Annotated[
        bool,
        typer.Option("--impact", help="Say too what the rules change for the last 30 days."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Exit with 2 and every problem's place when something is wrong."""
    settings = settings_of(config)
    now = utc_now()
    found = report(settings, now)
    changes = impact_of(settings, now) if impact else None
    if as_json:
        effect = {"impact": changes and report_as_json(changes)} if impact else {}
        print_json(dataclasses.asdict(found) | effect)
        return
    show(found)
    if changes is not None:
        show_short(changes)
    elif impact:
        console.print(f"[yellow]no impact to show:[/yellow] {escape_cell(no_database(settings))}")


def impact_of(settings: Settings, now: datetime) -> Report | None:
    """Return what the rules change for the stored items of the last days; None without a database."""
    with existing_store(settings) as store, TerminalProgress() as progress:
        if store is None:
            return None
        check_rules(settings)
        start = now - timedelta(days=IMPACT_DAYS)
        return backtest(store, settings, start=start, end=now, samples=0, progress=progress)


def show(found: CheckReport) -> None:
    """Print what a configuration holds, when it speaks next, and what may be overlooked."""
    console.print("[green]The configuration is in order.[/green]")
    console.print(", ".join(f"{number} {what}" for what, number in found.counts.items()))
    for slot in found.slots:
        at = "at once"
        if slot.at is not None:
            at = slot.at.astimezone(ZoneInfo(slot.time_zone)).strftime("next %a %d %b %Y %H:%M %Z")
        console.print(f"  {escape_cell(slot.subscription)}: {slot.when}, {at}")
    for warning in found.warnings:
        console.print(f"[yellow]warning:[/yellow] {escape_cell(warning)}")


def schema(
    name: Annotated[
        str, typer.Argument(help="monitor, sources, subscriptions, watchlist, webhook.")
    ] = "",
    write: Annotated[
        Path | None, typer.Option(help="Write all of them into this folder instead.")
    ] = None,
) -> None:
    """Print one schema, or all by name."""
    if write is not None:
        write_schemas(write)
        console.print(f"schemas written to {escape_cell(str(write))}")
        return
    known = published_schemas()
    if name and name not in known:
        message = f"there is no schema {name!r}; there are {', '.join(sorted(known))}"
        raise InputError(message)
    print(json.dumps(known[name] if name else known, indent=2))


def list_watches(config: ConfigFolder = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Print id, kind, name and priority of every watch."""
    rows: list[dict[str, Any]] = [
        {
            "watch": one.id,
            "kind": one.kind,
            "name": one.name,
            "priority": one.priority,
            "watchlist": watchlist.watchlist,
        }
        for watchlist in settings_of(config).watchlists.values()
        for one in watchlist.watches
    ]
    if as_json:
        print_json(rows)
        return
    print_table("Watches", rows[0] if rows else (), (row.values() for row in rows))


def local(moment: datetime | None, zone: str) -> str:
    """Return a time as a person of ``zone`` writes it; a dash when there is none."""
    if moment is None:
        return "-"
    return moment.astimezone(UTC).astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M")
