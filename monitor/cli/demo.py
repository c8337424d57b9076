"""``demo``: the service against a practice newsroom; no network, no accounts."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from pathlib import Path
from typing import Annotated

import structlog
import typer

from monitor.cli.common import AsJson, console, escape_cell, print_json
from monitor.demo.rehearsal import Summary, Tell, rehearse_live, rehearse_rounds
from monitor.demo.stage import Stage, practice_stage
from monitor.errors import MonitorError

STYLES = {
    "alert": "bold red",
    "digest": "bold green",
    "webhook": "bold magenta",
    "chat": "bold blue",
    "hit": "yellow",
    "possible": "dim yellow",
    "failed": "dim red",
}


def register(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command(
        "demo",
        help="Watch the service at work against a practice newsroom on this machine.\n\n"
        "Example: monitor demo --once --json",
    )(demo)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Run one whole cycle at full speed.")
    ] = False,
    as_json: AsJson = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the mails that arrive.")
    ] = Path("demo-output"),
) -> None:
    """Exit with 0 when every planned message arrived, else with 1."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    quiet = once or as_json
    summary = asyncio.run(rehearse(output, once=once, tell=say_nothing if quiet else Teller()))
    if as_json:
        print_json(dataclasses.asdict(summary))
    else:
        show(summary, output)
    if not summary.complete:
        message = (
            f"{summary.arrived} of {summary.planned} messages arrived "
            f"({summary.alerts_sent} alerts, {summary.digests_sent} digests, "
            f"{summary.webhooks_delivered} webhooks, {summary.chats_delivered} chat messages)"
        )
        raise MonitorError(message)


async def rehearse(output: Path, *, once: bool, tell: Tell) -> Summary:
    """Set the stage and run a rehearsal on it."""
    async with practice_stage(output, paced=not once) as stage:
        introduce(stage, tell)
        if once:
            return await rehearse_rounds(stage)
        return await rehearse_live(stage, tell)


def introduce(stage: Stage, tell: Tell) -> None:
    """Tell who publishes and where messages will arrive."""
    outlets = ", ".join(place.outlet.name for place in stage.newsroom.places)
    tell("newsroom", f"{stage.newsroom.url}/: {outlets}")
    tell("mail", f"server on {stage.mail_sink.host} port {stage.mail_sink.port}")
    tell("webhook", f"receiver at {stage.receiver.url}, checks signatures")
    tell(
        "chat",
        "a room that takes what Slack takes, at an address that only the configuration knows",
    )


class Teller:
    """Prints each happening with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, kind: str, text: str) -> None:
        """Print one line."""
        seconds = time.monotonic() - self._started
        style = STYLES.get(kind, "cyan")
        console.print(
            f"[dim]{seconds:5.1f}[/dim] [{style}]{kind:>8}[/{style}]  {escape_cell(text)}",
            soft_wrap=True,
        )


def say_nothing(_kind: str, _text: str) -> None:
    """Tell nothing: for a run whose result alone is wanted."""


def show(summary: Summary, output: Path) -> None:
    """Print what the rehearsal came to, and where to look at the mails."""
    console.print(
        f"\n[bold]{summary.polled} of {summary.sources} sources polled[/bold], "
        f"{summary.items} items, {summary.hits} hits in {summary.stories} stories; "
        f"{summary.alerts_sent} alerts, {summary.digests_sent} digests, "
        f"{summary.webhooks_delivered} webhooks and {summary.chats_delivered} chat messages "
        f"arrived in {summary.seconds} s."
    )
    console.print(
        f"The mails, as .eml and .html: {escape_cell(str(output.resolve()))}", soft_wrap=True
    )
