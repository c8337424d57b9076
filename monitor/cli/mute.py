"""``mute`` and ``unsubscribed``: what readers want to hear no more of."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.app import utc_now
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    moment_of,
    print_json,
    print_table,
    settings_of,
    span_of,
)
from monitor.cli.configuration import local
from monitor.cli.data import stored
from monitor.config import Settings
from monitor.errors import InputError
from monitor.store import Store, Tx

USUAL = "1d"


def register(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command(
        "mute",
        help="Keep a watch or a story quiet for a time; without a name list what is muted.\n\n"
        "What is found of it until then is stored and shown, and told to nobody; what waited for a "
        "digest before is told.\n\n"
        "Example: monitor mute rushan-abbas --for 3d",
    )(mute)
    app.command(
        "unsubscribed",
        help="List the destinations that unsubscribed; with a name and --resume send to them again.\n\n"
        "Example: monitor unsubscribed morning-digest --resume",
    )(unsubscribed)


def mute(
    name: Annotated[str, typer.Argument(help="Id of a watch, or of a story.")] = "",
    config: ConfigFolder = DEFAULT_CONFIG,
    span: Annotated[str, typer.Option("--for", help="How long, such as 4h or 3d.")] = "",
    until: Annotated[
        str, typer.Option(help="Until when instead, such as 2026-12-24T08:00, in local time.")
    ] = "",
    off: Annotated[bool, typer.Option("--off", help="Let it be heard again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mute, unmute or list."""
    settings = settings_of(config)
    with stored(settings) as store:
        if name:
            target = target_of(settings, store, name)
            said = unmuted(store, target) if off else muted(settings, store, target, span, until)
            if not as_json:
                console.print(escape_cell(said))
                return
        found = store.read_now(lambda tx: tx.mutes(utc_now()))
    if as_json:
        print_json({target: moment.isoformat() for target, moment in found.items()})
        return
    zone = settings.monitor.time_zone
    rows = [(*target.split(":", 1), local(moment, zone)) for target, moment in found.items()]
    print_table(f"{len(rows)} muted", ("kind", "id", "until"), rows)


def target_of(settings: Settings, store: Store, name: str) -> str:
    """Return ``watch:ID`` or ``story:ID`` for an id; raises InputError when it is neither."""
    if name in settings.watches:
        return f"watch:{name}"
    if store.read_now(lambda tx: tx.story(name)):
        return f"story:{name}"
    message = f"{settings.unknown_watch(name)}; nor is there a story of that id"
    raise InputError(message)


def muted(settings: Settings, store: Store, target: str, span: str, until: str) -> str:
    """Mute ``target`` and return what to say of it."""
    now = utc_now()
    end = (
        moment_of(until, settings.monitor.time_zone, "--until")
        if until
        else now + span_of(span or USUAL, "--for")
    )
    if end <= now:
        message = f"--until {until} is over already"
        raise InputError(message)

    def keep(tx: Tx) -> None:
        tx.mute(target, end)

    store.write_now(keep)
    return f"{target} is muted until {local(end, settings.monitor.time_zone)}"


def unmuted(store: Store, target: str) -> str:
    """Unmute ``target`` and return what to say of it."""
    was = store.write_now(lambda tx: tx.unmute(target))
    return f"{target} is heard again" if was else f"{target} was not muted"


def unsubscribed(
    name: Annotated[str, typer.Argument(help="Id of a subscription.")] = "",
    config: ConfigFolder = DEFAULT_CONFIG,
    recipient: Annotated[str, typer.Option(help="Only this recipient.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Send to them again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print who opted out of what, or take that back."""
    if resume and not name:
        message = "--resume needs the id of a subscription"
        raise InputError(message)
    with stored(settings_of(config)) as store:
        found = [
            row
            for row in sorted(store.read_now(lambda tx: tx.opted_out()))
            if name in ("", row[0]) and recipient in ("", row[2])
        ]
        if resume:
            store.write_now(lambda tx: [tx.opt_in(*row) for row in found])
    if as_json:
        keys = ("subscription", "channel", "recipient")
        print_json([dict(zip(keys, row, strict=True)) for row in found])
        return
    heading = f"{len(found)} get it again" if resume else f"{len(found)} unsubscribed"
    print_table(heading, ("subscription", "channel", "recipient"), found)
