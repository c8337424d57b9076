"""``sources import`` and ``sources export``: lists of feeds as other readers write them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    settings_of,
)
from monitor.cli.edit import SOURCES, change_sources
from monitor.config.opml import plan_import, read_opml, write_opml
from monitor.config.rewrite import add_sources
from monitor.errors import InputError


def import_opml(
    file: Annotated[Path, typer.Argument(help="OPML file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be added; write nothing.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Append the feeds of a list to sources.yaml, folders as tags; those known are left out."""
    settings = settings_of(config)
    try:
        feeds = read_opml(file.read_bytes())
    except InputError as error:
        message = f"{file}: {error}"
        raise InputError(message) from None
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise InputError(message) from None
    planned = plan_import(feeds, settings.sources)
    if planned.entries and not dry_run:
        change_sources(config, lambda text, name: add_sources(text, planned.entries, name))
    if as_json:
        skipped = [{"url": url, "reason": reason} for url, reason in planned.skipped]
        print_json({"added": planned.entries, "skipped": skipped, "written": not dry_run})
        return
    for url, reason in planned.skipped:
        typer.echo(f"left out: {url}: {reason}", err=True)
    for entry in planned.entries if dry_run else ():
        console.print(escape_cell(f"{entry['id']}: {entry['url']}"))
    word = "would be added" if dry_run else f"added to {config / SOURCES}"
    console.print(escape_cell(f"{len(planned.entries)} sources {word}"))


def export_opml(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output.")
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write every feed with its tags as folders; other kinds are named on standard error."""
    settings = settings_of(config)
    text, left_out = write_opml(settings.sources.values(), settings.monitor.title)
    if left_out:
        typer.echo(f"left out, they are no feeds: {', '.join(left_out)}", err=True)
    if output is None:
        sys.stdout.buffer.write(text)
    else:
        output.write_bytes(text)
