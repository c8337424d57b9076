"""``sources discover``: what a site offers to be polled, and its entry for ``sources.yaml``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final

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
from monitor.config.rewrite import add_source
from monitor.errors import InputError, MonitorError
from monitor.fields import check_address
from monitor.model import Entry
from monitor.net import Net, NetOptions
from monitor.reading import clean_text, one_line
from monitor.sources.discovery import Candidate
from monitor.sources.discovery import discover as discovered

_SHOWN: Final = 100

Place = Annotated[
    int, typer.Option("--take", min=1, help="Which of the places found to write, by its number.")
]


def discover(
    url: Annotated[str, typer.Argument(help="A site's front page, or one of its sections.")],
    write: Annotated[
        bool, typer.Option("--write", help="Add what was found to sources.yaml.")
    ] = False,
    source: Annotated[str, typer.Option("--id", help="Id of the source that is written.")] = "",
    publisher: Annotated[str, typer.Option(help="Name shown to readers.")] = "",
    take: Place = 1,
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Exit with 1 when nothing is found; robots.txt is obeyed and pages are asked a second apart."""
    address = checked(url)
    if write and not source:
        message = "name the source that is written with --id, such as --id example-news"
        raise InputError(message)
    found = asyncio.run(search(address, net_options(config, needed=write)))
    if not found:
        message = (
            f"{address}: no feed, no news sitemap and no links to articles were found; the text of"
            " one page can be watched with 'kind: page'"
        )
        raise MonitorError(message)
    if as_json:
        print_json([as_plain(candidate) for candidate in found])
    else:
        show(found)
    if write:
        add(config, chosen(found, take), source, publisher)


def checked(url: str) -> str:
    """Return an address, ``https`` put before one without a scheme; raises `InputError`."""
    try:
        return check_address(url if "://" in url else f"https://{url}")
    except ValueError as error:
        message = f"{url}: {error}"
        raise InputError(message) from None


def net_options(config: Path, *, needed: bool) -> NetOptions:
    """Return how the configuration has us behave on the network; without one, the usual way."""
    if needed or config.is_dir():
        return settings_of(config).monitor.net
    return NetOptions()


async def search(url: str, options: NetOptions) -> tuple[Candidate, ...]:
    """Return the places where a site publishes."""
    async with Net(options) as net:
        return await discovered(net, url)


def chosen(found: tuple[Candidate, ...], take: int) -> Candidate:
    """Return the place of that number, the first being 1."""
    if take > len(found):
        message = f"--take {take}: there are {len(found)} places"
        raise InputError(message)
    return found[take - 1]


def show(found: tuple[Candidate, ...]) -> None:
    """Print each place with a few of its entries."""
    for number, candidate in enumerate(found, 1):
        newest = f", newest of {candidate.newest:%d %b %Y %H:%M} UTC" if candidate.newest else ""
        console.print(
            f"[bold]{number}. {candidate.kind}[/bold] {escape_cell(candidate.url)}", soft_wrap=True
        )
        about = f"{candidate.form}, {candidate.entries} entries{newest}; {candidate.why}"
        console.print(f"   {escape_cell(about)}", soft_wrap=True)
        for entry in candidate.samples:
            said = title_of(entry) or entry.url
            console.print(f"   [dim]·[/dim] {escape_cell(one_line(said, _SHOWN))}", soft_wrap=True)
        for problem in candidate.problems:
            console.print(f"   [yellow]note:[/yellow] {escape_cell(problem)}", soft_wrap=True)


def title_of(entry: Entry) -> str:
    """Return the title of an entry as plain text on one line."""
    return one_line(clean_text(entry.title))


def as_plain(candidate: Candidate) -> dict[str, Any]:
    """Return a place as JSON shows it."""
    return {
        "kind": candidate.kind,
        "url": candidate.url,
        "why": candidate.why,
        "form": candidate.form,
        "title": one_line(clean_text(candidate.title)),
        "language": candidate.language,
        "entries": candidate.entries,
        "newest": candidate.newest and candidate.newest.isoformat(),
        "samples": [
            {
                "title": title_of(entry),
                "url": entry.url,
                "published": entry.published and entry.published.isoformat(),
            }
            for entry in candidate.samples
        ],
        "problems": list(candidate.problems),
    }


def add(config: Path, candidate: Candidate, source: str, publisher: str) -> None:
    """Write a place into ``sources.yaml``; nothing is written unless the whole still loads."""
    options: dict[str, str | list[str]] = {
        "id": source,
        "kind": candidate.kind,
        "url": candidate.url,
        "publisher": publisher or one_line(clean_text(candidate.title)),
    }
    given = {key: value for key, value in options.items() if value}
    change_sources(config, lambda text, name: add_source(text, given, name))
    typer.echo(f"{source} added to {config / SOURCES}", err=True)
