"""What a worker, and a service that polls feeds, does without until it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"alembic", "htmldate", "py3langid", "resiliparse", "trafilatura"}


@pytest.mark.parametrize(
    "modules", ["monitor.work.tasks, monitor.sources.feed", "monitor.app, monitor.web"]
)
def test_what_only_pages_or_migrations_need_is_not_loaded_beforehand(modules: str) -> None:
    program = f"import sys, {modules}; print(*sorted({HEAVY} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []


def test_the_first_page_loads_what_reads_pages() -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from monitor.work import tasks;"
        "tasks.read_page(b'<title>T</title>', 'text/html', 'https://a.example/', datetime.now(UTC));"
        "print('resiliparse' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True"]
