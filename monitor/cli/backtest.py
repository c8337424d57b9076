"""``backtest`` and ``watch suggest``: what an edit of the rules would change, and which would help."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import utc_now
from monitor.backtest import Advice, Marked, backtest, check_rules, suggest, with_watchlist
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    settings_of,
)
from monitor.cli.configuration import watch
from monitor.cli.impact import (
    TerminalProgress,
    existing_store,
    no_database,
    report_as_json,
    show_report,
)
from monitor.errors import InputError, MonitorError
from monitor.fields import parse_duration
from monitor.store import Tx

UNMARKED = 200
"""Newest hits that nobody marked: how many of them go too is worth knowing."""
_LONGEST = 366 * 100


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.command(
        "backtest",
        help="Replay stored items against the rules as edited: what is gained and lost.\n\n"
        "Example: monitor backtest --since 90d --watchlist config/watchlists/xinjiang-leaks.yaml",
    )(run_backtest)
    watch.command(
        "suggest",
        help="Propose exclusions from hits that were marked irrelevant.\n\n"
        "Example: monitor watch suggest rushan-abbas",
    )(run_suggest)


def run_backtest(
    config: ConfigFolder = DEFAULT_CONFIG,
    since: Annotated[str, typer.Option(help="How far back, such as 90d or 12h.")] = "90d",
    watchlist: Annotated[
        Path | None,
        typer.Option(help="Try this watchlist file in the place of the one of its name."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Compare with the rules in this folder instead of the stored hits."),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=0, max=1000, help="Samples of each kind for each watch.")
    ] = 5,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Worker processes; by default one for each core."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print hits gained and lost, messages a day before and after, and samples; changes nothing."""
    span = duration(since)
    settings = settings_of(config)
    edited = with_watchlist(settings, watchlist) if watchlist else settings
    older = settings_of(against) if against else None
    for rules in (edited, older):
        if rules is not None:
            check_rules(rules)
    end = utc_now()
    with existing_store(settings) as store, TerminalProgress() as progress:
        if store is None:
            raise MonitorError(no_database(settings))
        report = backtest(
            store,
            edited,
            start=end - span,
            end=end,
            against=older,
            samples=samples,
            workers=workers,
            progress=progress,
        )
    if as_json:
        print_json(report_as_json(report))
    else:
        show_report(report, settings.monitor.time_zone)


def run_suggest(
    name: Annotated[
        str, typer.Argument(metavar="[WATCH]", help="Id of a watch; every marked one without it.")
    ] = "",
    config: ConfigFolder = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Print changes with the wrong hits each removes and the right ones it costs; changes nothing."""
    settings = settings_of(config)
    check_rules(settings)
    if name and name not in settings.watches:
        raise InputError(settings.unknown_watch(name))
    with existing_store(settings) as store:
        if store is None:
            raise MonitorError(no_database(settings))
        marked = store.read_now(partial(marked_by_watch, name or None))
    lists = tuple(settings.watchlists.values())
    known = {watch: said for watch, said in marked.items() if watch in settings.watches}
    advice = [suggest(lists, watch, said) for watch, said in known.items()]
    if as_json:
        print_json([dataclasses.asdict(shortened(one, limit)) for one in advice])
        return
    if not advice:
        who = name or "the watches that there are"
        console.print(
            f"No hit of {who} is marked irrelevant yet: 'monitor hits mark ID irrelevant'."
        )
    for one in advice:
        show_advice(shortened(one, limit), settings.watches[one.watch].name)


def marked_by_watch(watch: str | None, tx: Tx) -> dict[str, list[Marked]]:
    """Return the marked hits of each watch that has wrong ones, with its newest unmarked hits."""
    found: dict[str, list[Marked]] = {}
    for stored, mark in tx.marked_hits(watch):
        one = Marked(stored.hit.id, stored.item, mark.relevant)
        found.setdefault(stored.hit.watch, []).append(one)
    wrong = {
        name: marked
        for name, marked in sorted(found.items())
        if any(one.relevant is False for one in marked)
    }
    for name, marked in wrong.items():
        seen = {one.hit for one in marked}
        newest = tx.hits(UNMARKED, watch=name, possible=False)
        marked += [Marked(one.hit.id, one.item, None) for one in newest if one.hit.id not in seen]
    return wrong


def shortened(advice: Advice, limit: int) -> Advice:
    """Return the most useful suggestions."""
    return dataclasses.replace(advice, suggestions=advice.suggestions[:limit])


def show_advice(advice: Advice, name: str) -> None:
    """Print what is proposed for one watch."""
    console.print(
        f"[bold]{escape_cell(name)}[/bold] ({advice.watch}): {advice.wrong} wrong hits, "
        f"{advice.right} right ones under the rule as it is"
        + (f"; {advice.settled} wrong ones are gone already" if advice.settled else "")
    )
    if not advice.suggestions:
        said = "Nothing found that takes wrong hits away." if advice.wrong else "Nothing to mend."
        console.print(f"  {said}")
        return
    for one in advice.suggestions:
        console.print(
            f"  {one.kind} {escape_cell(one.text)}: -{len(one.removed)} wrong, "
            f"-{len(one.lost)} right, -{one.unmarked} unmarked"
        )
        console.print(f"      {escape_cell(one.line)}    [dim]# {escape_cell(one.where)}[/dim]")
    removed = sum(len(one.removed) for one in advice.together)
    lost = sum(len(one.lost) for one in advice.together)
    if len(advice.together) > 1:
        console.print(f"  Together: -{removed} wrong, -{lost} right")
        for one in advice.together:
            console.print(f"      {escape_cell(one.line)}    [dim]# {escape_cell(one.where)}[/dim]")


def duration(text: str) -> timedelta:
    """Return how long ``90d`` is; raises `InputError` for anything else."""
    try:
        span = timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError) as error:
        message = f"--since {text}: {error}"
        raise InputError(message) from None
    if not timedelta(0) < span <= timedelta(days=_LONGEST):
        message = f"--since {text}: more than nothing and at most {_LONGEST} days is expected"
        raise InputError(message)
    return span
