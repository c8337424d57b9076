"""How a backtest is run and shown: in full by ``backtest``, in short by ``check --impact``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from monitor.app import open_store
from monitor.backtest import MailChange, Mails, Progress, Report, Sample
from monitor.cli.common import console, escape_cell, print_table
from monitor.config import Settings
from monitor.store import Store

_SHORT = 10
"""Watches that the short form names."""
_STEPS = 3


class TerminalProgress(Progress):
    """A bar on standard error while a person looks at a terminal; nothing anywhere else."""

    def __init__(self, doing: str = "replaying stored items") -> None:
        error = Console(stderr=True)
        self._bar = Bar(
            TextColumn(doing),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=error,
            transient=True,
            disable=not error.is_terminal,
        )
        self._task = self._bar.add_task("items", total=None)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away again."""
        self._bar.stop()

    def begin(self, total: int) -> None:
        """Set the bar's length."""
        self._bar.update(self._task, total=total)

    def advance(self, items: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, items)


@contextmanager
def existing_store(settings: Settings) -> Iterator[Store | None]:
    """Open the database for the length of a command; None, and none is made, when there is none."""
    if not Store.exists(settings.database_url):
        yield None
        return
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def no_database(settings: Settings) -> str:
    """Return what to tell when nothing was ever stored."""
    return (
        f"there is no database yet ({settings.monitor.database}): nothing is stored to replay; "
        "start the service first"
    )


def report_as_json(report: Report) -> dict[str, Any]:
    """Return the report in the published shape of ``monitor backtest --json``."""
    return {
        "start": report.start.isoformat(),
        "end": report.end.isoformat(),
        "days": round(report.days, 2),
        "items": report.items,
        "gained": report.gained,
        "lost": report.lost,
        "kept": report.kept,
        "watches": [
            dataclasses.asdict(one) | {"before": one.before, "after": one.after}
            for one in report.watches
        ],
        "subscriptions": [
            {
                "subscription": one.subscription,
                "before": _mails_as_json(one.before, report.days),
                "after": _mails_as_json(one.after, report.days),
            }
            for one in report.mails
        ],
        "samples": [
            dataclasses.asdict(one) | {"time": one.time.isoformat() if one.time else None}
            for one in report.samples
        ],
    }


def _mails_as_json(mails: Mails | None, days: float) -> dict[str, Any] | None:
    if mails is None:
        return None
    return {
        "when": mails.when,
        "messages": mails.messages,
        "entries": mails.entries,
        "messages_a_day": round(mails.messages / days, 2),
        "entries_a_day": round(mails.entries / days, 2),
        "busiest_day": mails.busiest_day.isoformat() if mails.busiest_day else None,
        "busiest_day_messages": mails.busiest,
    }


def show_report(report: Report, zone: str) -> None:
    """Print the whole report."""
    console.print(headline(report))
    changed = [one for one in report.watches if one.gained or one.lost]
    if changed:
        rows = (
            (
                one.watch,
                str(one.before),
                str(one.after),
                f"+{one.gained}",
                f"-{one.lost}",
                f"{one.possible_before} → {one.possible_after}",
            )
            for one in changed
        )
        columns = ("watch", "before", "after", "gained", "lost", "possible")
        print_table("Watches that change", columns, rows)
    if report.mails:
        show_mails(report)
    for one in report.samples:
        show_sample(one, zone)


def headline(report: Report) -> str:
    """Return the report in one line."""
    changed = sum(1 for one in report.watches if one.gained or one.lost)
    same = len(report.watches) - changed
    return (
        f"{report.items:,} items of {report.days:.0f} {'day' if report.days < 1.5 else 'days'}: "  # noqa: PLR2004 - rounds to one
        f"{report.gained:,} hits gained, {report.lost:,} lost, {report.kept:,} kept; "
        f"{changed} watches change, {same} do not"
    )


def show_mails(report: Report) -> None:
    """Print what every subscription would send a day, before and after."""
    columns = ("subscription", "when", "messages a day", "stories a day", "busiest day")
    print_table(
        "Messages before → after",
        columns,
        (_mail_row(one, report.days) for one in report.mails),
    )


def _mail_row(one: MailChange, days: float) -> tuple[str, ...]:
    def both(values: tuple[str, str]) -> str:
        return f"{values[0]} → {values[1]}"

    def a_day(mails: Mails | None, name: str) -> str:
        return "-" if mails is None else f"{getattr(mails, name) / days:.1f}"

    shown = one.after or one.before
    return (
        one.subscription,
        shown.when if shown else "",
        both((a_day(one.before, "messages"), a_day(one.after, "messages"))),
        both((a_day(one.before, "entries"), a_day(one.after, "entries"))),
        both(
            (
                str(one.before.busiest) if one.before else "-",
                str(one.after.busiest) if one.after else "-",
            )
        ),
    )


def show_sample(one: Sample, zone: str) -> None:
    """Print one sample: what it is about, why it counts on one side, and why not on the other."""
    color, other = ("green", "before") if one.kind == "gained" else ("red", "now")
    console.print(
        f"\n[{color}]{one.kind}[/{color}] {escape_cell(one.watch)}  {escape_cell(one.title)}"
    )
    console.print(f"  {escape_cell(one.outlet)}, {day_of(one.time, zone)}  {escape_cell(one.url)}")
    console.print(f"  {escape_cell(one.why)}  ({other}: {escape_cell(one.other)})")
    # The first step repeats the threshold, the last the outcome.
    for step in one.steps[1 : 1 + _STEPS] or one.steps:
        console.print(f"    now: {escape_cell(step)}")


def day_of(moment: datetime | None, zone: str) -> str:
    """Return the local date of a time."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%d %b %Y") if moment else "no date"


def show_short(report: Report) -> None:
    """Print the report in a few lines, without samples."""
    console.print(escape_cell(headline(report)))
    changed = [one for one in report.watches if one.gained or one.lost]
    for one in changed[:_SHORT]:
        console.print(
            f"  {escape_cell(one.watch)}: {one.before} → {one.after} (+{one.gained} -{one.lost})"
        )
    if len(changed) > _SHORT:
        console.print(f"  and {len(changed) - _SHORT} watches more; see 'monitor backtest'")
    for mail in report.mails:
        row = _mail_row(mail, report.days)
        console.print(f"  {escape_cell(row[0])} ({row[1]}): {row[2]} messages a day")
