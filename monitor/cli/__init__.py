"""The commands. No logic here: each reads its arguments, calls the parts, prints what they say."""

from __future__ import annotations

import io
import sys
from typing import Any

import typer

from monitor.cli import (
    backtest,
    configuration,
    data,
    demo,
    evidence,
    extract,
    history,
    mute,
    outbox,
    service,
    sources,
    stages,
    stories,
    trends,
    watch,
)
from monitor.cli.common import set_up_logs
from monitor.errors import InputError, MonitorError

app = typer.Typer(
    name="monitor",
    help="Says quickly and truthfully what is new about the people and topics you watch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (
    service,
    demo,
    configuration,
    stages,
    extract,
    data,
    stories,
    outbox,
    mute,
    trends,
    backtest,
):
    group.register(app)
watch.register(configuration.watch)
sources.register(data.sources)
evidence.register(data.hits)
history.register(data.hits)

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
UsageError: type[Any] = typer.BadParameter.__mro__[1]
"""What typer raises for every wrong command line; it has no public name of its own."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exit with 0 when done, 1 when it failed, 2 on bad input or configuration."""
    set_up_logs()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # JSON is UTF-8, whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = typer.main.get_command(app).main(args=arguments, standalone_mode=False)
    except UsageError as error:
        where = error.ctx.command_path if error.ctx else "monitor"
        what = error.format_message() or "a command is missing"
        complain(f"{where}: {what} (see '{where} --help')")
        code = BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except InputError as error:
        complain(str(error))
        code = BAD_INPUT
    except MonitorError as error:
        complain(str(error))
        code = FAILED
    except OSError as error:
        complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
        code = FAILED
    sys.exit(code if isinstance(code, int) else 0)


def complain(text: str) -> None:
    """Print a message for a person on standard error."""
    print(text, file=sys.stderr)
