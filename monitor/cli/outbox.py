"""``deliveries``: what was sent, what waits, what was given up, and what to do about it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from monitor.app import build, utc_now
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
from monitor.cli.data import Limit, ask, stored
from monitor.config import Settings
from monitor.config.explain import nearest
from monitor.errors import InputError, MonitorError
from monitor.fields import parse_duration
from monitor.model import Attempt, Delivery, DeliveryStatus, Destination
from monitor.store import Tx
from monitor.trial import send_test

deliveries = typer.Typer(no_args_is_help=True, help="The outbox.")

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID...", help="Ids of messages, or how they begin.")
]
Channel = Annotated[str, typer.Option(help="Only of this channel.")]


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    commands: dict[str, tuple[Callable[..., None], str, str]] = {
        "list": (
            list_deliveries,
            "List the newest messages and what became of them.",
            "--status dead",
        ),
        "show": (show_delivery, "Show one message: its attempts and its bytes.", "3f9c --content"),
        "retry": (
            retry,
            "Send dead letters again, the same bytes.",
            "--channel newsroom --since 2d",
        ),
        "cancel": (cancel, "Take waiting messages out of the outbox.", "3f9c"),
        "test": (try_channel, "Send a test message through a channel.", "newsroom"),
    }
    for name, (command, words, example) in commands.items():
        text = f"{words}\n\nExample: monitor deliveries {name} {example}"
        deliveries.command(name, help=text)(command)
    app.add_typer(deliveries, name="deliveries")


def list_deliveries(
    config: ConfigFolder = DEFAULT_CONFIG,
    limit: Limit = 30,
    status: Annotated[DeliveryStatus | None, typer.Option(help="Only of this status.")] = None,
    channel: Channel = "",
    as_json: AsJson = False,
) -> None:
    """Print the newest messages with their status and attempts, and the destinations that fail."""
    settings, (found, failing) = ask(
        config,
        lambda tx: (
            tx.deliveries(limit, status=status, channel=channel or None),
            tx.destinations(),
        ),
    )
    rows = [row_of(one, settings) for one in found]
    if as_json:
        print_json(rows)
        return
    print_table(f"{len(rows)} deliveries", rows[0] if rows else (), (r.values() for r in rows))
    show_failing(failing, settings)


def row_of(one: Delivery, settings: Settings) -> dict[str, str]:
    """Return what a list says of a message."""
    return {
        "delivery": one.id,
        "created": local(one.created, settings.monitor.time_zone),
        "kind": one.kind,
        "subscription": one.subscription,
        "channel": one.channel,
        "recipient": settings.mask(one.recipient),
        "status": one.status.value,
        "attempts": str(one.attempts),
        "hits": str(len(one.hits)),
        "subject": one.message.subject,
    }


def show_failing(failing: Sequence[Destination], settings: Settings) -> None:
    """Print the destinations that are held back or turned off."""
    zone = settings.monitor.time_zone
    for one in failing:
        place = " ".join(filter(None, (one.channel, settings.mask(one.recipient))))
        state = f"fails since {local(one.failing_since, zone)}"
        if one.off_since is not None:
            state = f"is off since {local(one.off_since, zone)}"
        words = escape_cell(settings.mask(f"{place} {state}: {one.reason}"))
        console.print(f"[yellow]warning:[/yellow] {words}")


def show_delivery(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a message, or how it begins.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    content: Annotated[bool, typer.Option("--content", help="Print the stored bytes too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a message, what was tried, and what is known of its destination."""
    settings, (one, attempts, known) = ask(config, partial(_whole, name))
    body = settings.mask(one.message.content.decode("utf-8", "replace"))
    zone = settings.monitor.time_zone
    if as_json:
        print_json(
            row_of(one, settings)
            | {"due": one.due, "slot": one.slot, "message_id": one.message.message_id}
            | {"hits": one.hits, "content_type": one.message.content_type}
            | ({"content": body} if content else {})
            | {"attempts": [_attempt(each, settings) for each in attempts]}
            | {"destination": known and _destination(known, settings)}
        )
        return
    for key, value in row_of(one, settings).items():
        console.print(f"{key}: {escape_cell(value)}")
    if one.status is DeliveryStatus.PENDING:
        console.print(f"due: {local(one.due, zone)}")
    tried = [
        (local(each.at, zone), "sent" if each.ok else "failed", settings.mask(each.detail))
        for each in attempts
    ]
    print_table(f"{len(tried)} attempts", ("time", "came to", "what was said"), tried)
    show_failing([known] if known else [], settings)
    if content:
        print(body)


def _whole(prefix: str, tx: Tx) -> tuple[Delivery, list[Attempt], Destination | None]:
    one = the_delivery(prefix, tx)
    return one, tx.attempts(one.id), tx.destination(one.channel, one.recipient)


def _attempt(attempt: Attempt, settings: Settings) -> dict[str, Any]:
    return dataclasses.asdict(attempt) | {"detail": settings.mask(attempt.detail)}


def _destination(known: Destination, settings: Settings) -> dict[str, Any]:
    found = dataclasses.asdict(known) | {"reason": settings.mask(known.reason)}
    return {key: value for key, value in found.items() if key != "options"}


def the_delivery(prefix: str, tx: Tx) -> Delivery:
    """Return the one message whose id begins with ``prefix``; raises `InputError` for none or several."""
    ids = tx.deliveries_like(prefix.strip()) if prefix.strip() else []
    name = the_only(ids, prefix, "message", "messages", "monitor deliveries list")
    found = tx.delivery(name)
    assert found is not None  # noqa: S101 - its id was just read
    return found


def retry(
    ids: Ids = None,
    config: ConfigFolder = DEFAULT_CONFIG,
    channel: Channel = "",
    since: Annotated[
        str, typer.Option(help="Only what was made so long ago at most, such as 2d.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Put dead letters back into the outbox; their destinations are turned on again."""
    if bool(ids) == bool(channel):
        message = "name messages, or a channel with --channel, and not both"
        raise InputError(message)
    settings = settings_of(config)
    seconds = span(since) if since else None
    if channel:
        check_channel(channel, settings)

    def revive(tx: Tx) -> list[str]:
        now = utc_now()
        found = [the_delivery(one, tx).id for one in ids or ()]
        if channel:
            start = (
                None
                if seconds is None
                else now.fromtimestamp(now.timestamp() - seconds, now.tzinfo)
            )
            found = tx.dead_letters(channel, start)
            tx.forget_destination(channel)
        for one in filter(None, map(tx.delivery, found)):
            tx.forget_destination(one.channel, one.recipient)
        return [one for one in found if tx.revive_delivery(one, now)]

    with stored(settings) as store:
        revived = store.write_now(revive)
    say("retried", revived, "will be sent again by the service, or by 'monitor deliver'", as_json)


def span(text: str) -> float:
    """Return the seconds of ``2d``; raises `InputError` for anything else."""
    try:
        return float(parse_duration(text))
    except ValueError as error:
        message = f"--since: {error}"
        raise InputError(message) from None


def cancel(ids: Ids = None, config: ConfigFolder = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Take waiting messages out of the outbox; what was sent or given up stays as it is."""
    if not ids:
        message = (
            "name the messages to cancel; 'monitor deliveries list --status pending' shows them"
        )
        raise InputError(message)

    def take_out(tx: Tx) -> list[str]:
        found = [the_delivery(one, tx).id for one in ids or ()]
        return [one for one in found if tx.cancel_delivery(one)]

    with stored(settings_of(config)) as store:
        cancelled = store.write_now(take_out)
    say("cancelled", cancelled, "will not be sent", as_json)
    if len(cancelled) < len(ids):
        message = "some of them do not wait any more; see 'monitor deliveries show'"
        raise MonitorError(message)


def say(what: str, ids: Sequence[str], words: str, as_json: bool) -> None:  # noqa: FBT001 - as typer gives it
    """Print which messages something was done to."""
    if as_json:
        print_json({what: list(ids)})
    else:
        console.print(f"{len(ids)} {'message' if len(ids) == 1 else 'messages'} {words}")


def try_channel(
    channel: Annotated[str, typer.Argument(help="Id of a channel.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    to: Annotated[str, typer.Option(help="Recipient, where the channel takes one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Send a message that only shows that messages arrive; exit with 1 when it does not."""
    settings = settings_of(config)
    check_channel(channel, settings)
    try:
        settings.channels[channel].check_recipient(to)
    except ValueError as error:
        message = f"--to: {error}"
        raise InputError(message) from None
    attempt = asyncio.run(_test(settings, channel, to))
    if as_json:
        print_json(_attempt(attempt, settings))
    elif attempt.ok:
        console.print(f"sent: {escape_cell(settings.mask(attempt.detail))}")
    if not attempt.ok:
        message = f"not sent: {settings.mask(attempt.detail)}"
        raise MonitorError(message)


async def _test(settings: Settings, channel: str, recipient: str) -> Attempt:
    async with build(settings) as app:
        return await send_test(app.tools, channel, recipient, app.clock)


def check_channel(name: str, settings: Settings) -> None:
    """Raise InputError, with the nearest name, when there is no such channel."""
    if name not in settings.channels:
        message = f"there is no channel {name!r}; {nearest(name, sorted(settings.channels))}"
        raise InputError(message)
