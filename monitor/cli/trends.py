"""``trends``: how often each watch is spoken of, and which days stand out."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer
from rich.text import Text

from monitor import planning
from monitor.app import utc_now
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    print_json,
    print_table,
)
from monitor.cli.data import ask


def register(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command(
        "trends",
        help="Show the hits of each watch day by day, and the days that stand out.\n\n"
        "Example: monitor trends --days 30",
    )(trends)


def trends(
    config: ConfigFolder = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option(min=1, max=365, help="Days, today the last.")] = 14,
    as_json: AsJson = False,
) -> None:
    """Print one line a watch, those spoken of most today first."""
    now = utc_now()
    since = now - planning.history_of(days)
    settings, found = ask(config, lambda tx: tx.hit_times(since))
    shown = planning.trends_of(found, days, settings.monitor.time_zone, now)
    if as_json:
        print_json([dataclasses.asdict(one) | {"spiking": one.spiking} for one in shown.values()])
        return
    ordered = sorted(shown.values(), key=lambda one: (-one.counts[-1], -sum(one.counts), one.watch))
    rows = [
        (
            one.watch,
            Text(one.sparkline, "bold red" if one.spiking else "green"),
            str(one.counts[-1]),
            f"{one.baseline:g}",
            ", ".join(f"{day:%d %b}" for day in one.spikes),
        )
        for one in ordered
    ]
    print_table(f"{days} days", ("watch", "hits a day", "today", "usual", "stood out"), rows)
    console.print(planning.STATISTIC, style="dim")
