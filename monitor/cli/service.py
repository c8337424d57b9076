"""``run``, ``poll``, ``deliver``, ``digest``: the service, and its rounds one at a time."""

from __future__ import annotations

import asyncio
import dataclasses
import email
import email.policy
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import structlog
import typer

from monitor.app import App, build, utc_now
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    moment_of,
    print_json,
    set_up_logs,
    settings_of,
    span_of,
)
from monitor.config import Settings, SettingsWatcher
from monitor.errors import InputError, MonitorError
from monitor.model import Attempt, Message, Outcome, PollRecord
from monitor.planning import Schedule, Subscription
from monitor.schedule import Service
from monitor.web import serve

log = structlog.get_logger()
T = TypeVar("T")


class Form(StrEnum):
    """How a digest is shown."""

    TEXT = "text"
    HTML = "html"
    EML = "eml"


digest = typer.Typer(no_args_is_help=True, help="Look at a digest, or send one now.")


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.command("run", help="Start the service and its page.\n\nExample: monitor run -c config")(
        run
    )
    app.command("poll", help="Poll what is due, once.\n\nExample: monitor poll --once")(poll)
    app.command("deliver", help="Send what waits in the outbox.\n\nExample: monitor deliver")(
        deliver
    )
    digest.command(
        "preview",
        help="Write a digest as it would be sent now, without sending it.\n\n"
        "Example: monitor digest preview NAME --format html",
    )(preview)
    digest.command("send", help="Send a digest now.\n\nExample: monitor digest send NAME --now")(
        send
    )
    app.add_typer(digest, name="digest")


def run(
    config: ConfigFolder = DEFAULT_CONFIG,
    page: Annotated[bool, typer.Option(help="Serve the page, or only work.")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every poll.")] = False,
) -> None:
    """Run until SIGTERM or Ctrl-C."""
    set_up_logs(verbose=verbose)
    settings = settings_of(config)

    async def main() -> None:
        async with build(settings) as app:
            service = Service(app, SettingsWatcher(settings))
            if page:
                async with serve(service) as address:
                    log.info("page served", address=address)
                    await service.run()
            else:
                await service.run()

    asyncio.run(main())


def with_app(config: Path, work: Callable[[App], Awaitable[T]]) -> T:
    """Build the app, do one piece of work with it, and take it down."""

    async def main() -> T:
        async with build(settings_of(config)) as app:
            return await work(app)

    return asyncio.run(main())


def poll(
    config: ConfigFolder = DEFAULT_CONFIG,
    once: Annotated[
        bool, typer.Option("--once/--watch", help="One round, or a round whenever one is due.")
    ] = True,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every poll.")] = False,
) -> None:
    """Poll every source that is due; match, store and queue what is to be told, send nothing."""
    set_up_logs(verbose=verbose)

    async def work(app: App) -> None:
        while True:
            records = await app.poll_due()
            await app.visit_due()
            if as_json:
                print_json([dataclasses.asdict(record) for record in records])
            elif records:
                show_polls(records)
            if once:
                return
            await asyncio.sleep(1)

    with_app(config, work)


def show_polls(records: Sequence[PollRecord]) -> None:
    """Print what a round of polls came to, the failures one by one."""
    failed = [record for record in records if record.outcome is Outcome.FAILED]
    console.print(
        f"{len(records)} polls, {sum(r.new for r in records)} new items, "
        f"{sum(r.hits for r in records)} hits, {len(failed)} failed"
    )
    for record in failed:
        console.print(
            f"  {escape_cell(record.source)}: {record.reason}: {escape_cell(record.message)}"
        )


def deliver(config: ConfigFolder = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Send every message of the outbox that is due; exit with 1 when one could not be sent."""
    attempts = with_app(config, lambda app: app.deliver_due())
    if as_json:
        print_json([dataclasses.asdict(attempt) for attempt in attempts])
    else:
        console.print(f"{sum(a.ok for a in attempts)} sent, {sum(not a.ok for a in attempts)} not")
    if not all(attempt.ok for attempt in attempts):
        message = "some messages were not sent; see 'monitor deliveries list'"
        raise MonitorError(message)


Name = Annotated[str, typer.Argument(help="Id of a subscription with a schedule.")]
Since = Annotated[
    str,
    typer.Option(help="Tell all that was found since then: 7d, or 2026-11-20T08:00 local time."),
]


def start_of(settings: Settings, since: str, option: str = "--since") -> datetime | None:
    """Return the moment that ``since`` names, None when it names none; raises InputError."""
    if not since:
        return None
    try:
        if re.fullmatch(r"[\d.]+ *[^\W\d_]+", since):
            return utc_now() - span_of(since, option)
        return moment_of(since, settings.monitor.time_zone, option).astimezone(UTC)
    except OverflowError:
        message = f"{option} {since}: no calendar reaches there"
        raise InputError(message) from None


def preview(
    name: Name,
    config: ConfigFolder = DEFAULT_CONFIG,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.TEXT,
    since: Since = "",
) -> None:
    """Write the digest to standard output as its first reader by mail would get it.

    Where nobody gets it by mail, as its first destination would.
    """
    settings = settings_of(config)
    subscription, start = subscription_of(settings, name), start_of(settings, since)
    messages = with_app(config, lambda app: app.preview(subscription, start))
    if not messages:
        console.print("nothing waits for it: a digest now would say nothing")
    else:
        sys.stdout.write(form_of(min(messages, key=lambda each: not is_mail(each)), form))


def is_mail(message: Message) -> bool:
    """Tell whether a message is a mail, and no other channel's."""
    return message.content_type == "message/rfc822"


def form_of(message: Message, form: Form) -> str:
    """Return a message as text or HTML when it is a mail, else as it is."""
    if form is Form.EML or not is_mail(message):
        return message.content.decode("utf-8", "replace")
    mail = email.message_from_bytes(message.content, policy=email.policy.default)
    part = mail.get_body(("html",) if form is Form.HTML else ("plain",))
    return str(part.get_content()) if part else ""


def send(
    name: Name,
    config: ConfigFolder = DEFAULT_CONFIG,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait for the slot; --since does not either.")
    ] = False,
    since: Since = "",
) -> None:
    """Plan a digest and send it; without --now or --since only when its slot has come."""
    settings = settings_of(config)
    subscription_of(settings, name)
    start = start_of(settings, since)
    at_once = now or start is not None

    async def work(app: App) -> list[Attempt | None]:
        planned = await app.plan_digests(only=name, force=at_once, since=start)
        if not planned:
            words = "nothing to tell" if at_once else "nothing to send: no slot has come"
            console.print(words)
        attempts = {each.delivery: each for each in await app.deliver_due()} if planned else {}
        return [attempts.get(each.id) for each in planned]

    show_sent(settings, with_app(config, work))


def show_sent(settings: Settings, attempts: Sequence[Attempt | None]) -> None:
    """Print what became of each message, None where this process did not send it.

    Raises `MonitorError` when one could not be sent.
    """
    for attempt in attempts:
        said = "waits: the service sends it, see 'monitor deliveries list'"
        if attempt:
            said = f"{'sent' if attempt.ok else 'not sent'}: {settings.mask(attempt.detail)}"
        console.print(escape_cell(said))
    if any(attempt and not attempt.ok for attempt in attempts):
        message = "not every message was sent; see 'monitor deliveries list'"
        raise MonitorError(message)


def subscription_of(settings: Settings, name: str) -> Subscription:
    """Return a subscription that has digests; raises InputError that names those there are.

    Of one whose recipients are all in other zones than its own, it is that of the first of them.
    """
    scheduled = [s for s in settings.subscriptions.values() if isinstance(s.when, Schedule)]
    found = [each for each in scheduled if name in each.names]
    if not found:
        known = ", ".join(dict.fromkeys(s.names[-1] for s in scheduled)) or "none has a schedule"
        message = f"no subscription {name!r} with a schedule; there is: {known}"
        raise InputError(message)
    return min(found, key=lambda each: each.id != name)
