"""``stories``: what events the hits tell of, and who told each when."""

from __future__ import annotations

import dataclasses
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
    the_only,
)
from monitor.cli.configuration import local
from monitor.cli.data import SHOWN_ID, Limit, ask
from monitor.store import Tx
from monitor.stories import Moment, Telling
from monitor.web.story_pages import read_story

stories = typer.Typer(
    invoke_without_command=True, help="List the newest stories.\n\nExample: monitor stories -n 10"
)


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    stories.callback()(list_stories)
    stories.command(
        "show", help="Show who told a story when.\n\nExample: monitor stories show 3f9c"
    )(show_story)
    app.add_typer(stories, name="stories")


def list_stories(
    context: typer.Context,
    config: ConfigFolder = DEFAULT_CONFIG,
    limit: Limit = 30,
    as_json: AsJson = False,
) -> None:
    """Print the newest stories with their items, outlets and developments."""
    if context.invoked_subcommand is not None:
        return
    settings, found = ask(config, lambda tx: tx.stories(limit))
    if as_json:
        print_json([dataclasses.asdict(story) for story in found])
        return
    zone = settings.monitor.time_zone
    rows = (
        (
            story.story[:SHOWN_ID],
            local(story.first, zone),
            local(story.last, zone),
            str(story.items),
            str(story.outlets),
            str(story.copies),
            str(story.developments),
            story.outlet,
            story.title,
        )
        for story in found
    )
    columns = (
        "id", "first", "last", "items", "outlets", "copies", "developments", "outlet", "title",
    )  # fmt: skip
    print_table(f"{len(found)} stories", columns, rows)


def show_story(
    story: Annotated[str, typer.Argument(help="Id of a story, or how it begins.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print a story with its timeline, why each item belongs to it, and what was edited in them."""
    settings, found = ask(config, lambda tx: the_story(story, tx))
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    zone = settings.monitor.time_zone
    console.print(escape_cell(found.headline or "(without a title)"))
    if found.why_original:
        console.print(f"the original: {escape_cell(found.why_original)}")
    console.print(f"from {local(found.first, zone)} to {local(found.last, zone)}")
    console.print(f"outlets: {escape_cell(', '.join(found.outlets))}")
    console.print(f"watches: {', '.join(found.watches) or 'none'}")
    rows = (
        (local(moment.time, zone), moment.outlet, moment.role, moment.title, _why(moment))
        for moment in found.timeline
    )
    columns = ("time", "outlet", "role", "title", "why")
    print_table(f"{len(found.timeline)} items", columns, rows)
    for moment in found.timeline:
        for edit in moment.edits:
            line = f"{local(edit.at, zone)} {moment.outlet}: {edit.words}"
            console.print(escape_cell(line))


def _why(moment: Moment) -> str:
    """Return what an item adds, if anything, and why it belongs to its story."""
    return "; ".join(filter(None, (moment.new, moment.joined)))


def the_story(prefix: str, tx: Tx) -> Telling:
    """Return the one story whose id begins with ``prefix``; `InputError` for none or several."""
    ids = tx.stories_like(prefix.strip()) if prefix.strip() else []
    name = the_only(ids, prefix, "story", "stories", "monitor stories")
    found = read_story(tx, name)
    assert found is not None  # noqa: S101 - its id was just read
    return found
