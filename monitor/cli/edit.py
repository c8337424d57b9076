"""Changing a file of the configuration: tried as a whole first, then put in its place at once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from monitor.config import load
from monitor.config.files import WATCHLISTS
from monitor.errors import ConfigError, InputError

READABLE = 0o644
SOURCES = "sources.yaml"


def change_sources(config: Path, change: Callable[[str, str], str]) -> None:
    """Put what ``change`` makes of the list of sources (its text, its name) in its place."""
    path = config / SOURCES
    after = change(path.read_bytes().decode("utf-8"), str(path))
    still_loads(config, path, after)
    replace_file(path, after)


def still_loads(config: Path, path: Path, text: str) -> None:
    """Raise `InputError` with the first problem when the configuration would break.

    ``text`` is what the file ``path`` below the folder ``config`` shall hold.
    """
    copy = Path(tempfile.mkdtemp(prefix=".monitor-edit-", dir=config.resolve().parent))
    try:
        trial = copy / config.resolve().name
        (trial / WATCHLISTS).mkdir(parents=True)
        for file in [*config.glob("*.y*ml"), *(config / WATCHLISTS).glob("*.y*ml")]:
            shutil.copyfile(file, trial / file.relative_to(config))
        (trial / path.relative_to(config)).write_bytes(text.encode())
        try:
            load(trial, os.environ)
        except ConfigError as error:
            first = error.problems[0]
            hint = f" ({first.hint})" if first.hint else ""
            message = f"not added, it would break {path.name}: {first.message}{hint}"
            raise InputError(message) from None
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def replace_file(path: Path, text: str) -> None:
    """Put a file's new text in its place at once, so that nobody reads half of it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(text.encode())
    if path.exists():
        shutil.copymode(path, name)
    else:
        Path(name).chmod(READABLE)
    Path(name).replace(path.resolve())
