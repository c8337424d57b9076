"""A small configuration that is in order, for tests to break in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ENVIRONMENT = {
    "SMTP_PASSWORD": "hunter2-hunter2",
    "OPS_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5",
    "EMPTY": "",
}

GOOD = {
    "monitor.yaml": """\
time_zone: Europe/Berlin
net:
  contact: desk@example.org
channels:
  - {id: mailbox, kind: mailbox, folder: data/mailbox}
  - {id: ops, kind: webhook, url: "https://ops.example.org/", secret: "${OPS_SECRET}"}
""",
    "sources.yaml": """\
sources:
  - id: example-world
    url: https://www.example.org/rss.xml
""",
    "subscriptions.yaml": """\
subscriptions:
  - id: urgent
    when: instant
    to: [{channel: ops}]
  - id: morning
    watchlists: [example]
    when: daily at 07:30
    time_zone: America/New_York
    to: [{channel: mailbox, recipient: desk@example.org}]
""",
    "watchlists/example.yaml": """\
watchlist: example
title: Example
watches:
  - {id: maria-exemplar, kind: person, name: María Exemplar, priority: high}
  - {id: sample-board, kind: organisation, name: Sample Board}
""",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the good configuration, changed files in place of its own; None leaves one out."""

    def write_folder(changes: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "config"
        for name, text in (GOOD | (changes or {})).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write_folder


@pytest.fixture
def environ() -> dict[str, str]:
    """Return the variables that the good configuration and the golden cases use."""
    return dict(ENVIRONMENT)
