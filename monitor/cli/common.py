"""Arguments and small helpers that the commands share."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import structlog
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from structlog.typing import Processor

from monitor.config import Settings, load
from monitor.errors import InputError
from monitor.fields import parse_duration

ConfigFolder = Annotated[
    Path, typer.Option("--config", "-c", help="Folder that holds monitor.yaml and its companions.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
DEFAULT_CONFIG = Path("config")

WIDE = 200
"""Columns of a table that no terminal shows: a pipe or a file has no edge to fold at."""

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)


def settings_of(folder: Path) -> Settings:
    """Load the configuration in ``folder``; raises InputError with every problem."""
    if not folder.is_dir():
        message = f"{folder}: no such folder; name the configuration's folder with --config"
        raise InputError(message)
    return load(folder, os.environ)


def print_json(value: Any) -> None:
    """Print one JSON document, with other scripts readable."""
    print(as_json_text(value))


def as_json_text(value: Any) -> str:
    """Return one line of JSON, other scripts readable; half a surrogate pair comes escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str | Text]]) -> None:
    """Print rows under a heading; markup in plain text is not interpreted, `Text` keeps its colour."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else escape_cell(cell) for cell in row))
    console.print(table)


def escape_cell(text: str) -> str:
    """Return ``text`` so that the terminal shows its brackets instead of obeying them."""
    return text.replace("[", r"\[")


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line number, JSON value) of a JSON Lines file; ``-`` is standard input.

    A line that is no JSON comes back as the ValueError that says so.
    """
    try:
        stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise InputError(message) from None
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, json_value(line)


def json_value(line: bytes) -> Any:
    """Return the JSON value of a line, or the ValueError that says why it is none."""
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return ValueError(f"not UTF-8: byte 0x{line[error.start]:02x} at position {error.start}")
    except RecursionError:
        return ValueError("nested too deeply")
    except ValueError as error:
        return error


def set_up_logs(*, verbose: bool = False) -> None:
    """Log lines for people on a terminal, as JSON anywhere else; to standard error.

    What libraries log by the standard library is set the same way: a line of another form would
    break whatever reads the log.
    """
    terminal = sys.stderr.isatty()
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*chain, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # a command may still turn to verbose
    )
    of_libraries = logging.StreamHandler(sys.stderr)
    of_libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *chain],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries])


def span_of(text: str, option: str) -> timedelta:
    """Return how long ``3d`` is; raises InputError that names the option."""
    try:
        return timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError) as error:
        message = f"{option} {text}: {error}"
        raise InputError(message) from None


def moment_of(text: str, zone: str, option: str) -> datetime:
    """Return a date and time, local to ``zone`` unless it says otherwise; raises InputError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{option} {text}: a date and time is expected, such as 2026-12-24T08:00"
        raise InputError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def the_only(ids: Sequence[str], prefix: str, word: str, several: str, command: str) -> str:
    """Return the one id that begins with ``prefix``; raises InputError for none or several.

    ``word`` and ``several`` name what is looked for, ``command`` is what shows ids.
    """
    if not ids:
        message = f"there is no {word} {prefix!r}; '{command}' shows ids"
        raise InputError(message)
    if len(ids) > 1:
        named = " and ".join(ids)
        message = f"several {several} begin with {prefix!r}, such as {named}; write more of it"
        raise InputError(message)
    return ids[0]
