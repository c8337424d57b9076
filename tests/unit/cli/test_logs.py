"""What is logged: a JSON object a line where nobody watches, whoever logs it."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from monitor.cli.common import set_up_logs
set_up_logs()
structlog.get_logger().warning("ours", place="quay")
try:
    raise ValueError("two\\nlines")
except ValueError:
    logging.getLogger("library.part").exception("theirs %s", 1)
"""


def test_lines_of_libraries_are_json_as_well_with_their_traceback_in_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    ours, theirs = map(json.loads, done.stderr.splitlines())
    assert (ours["event"], ours["level"], ours["place"]) == ("ours", "warning", "quay")
    assert (theirs["event"], theirs["logger"]) == ("theirs 1", "library.part")
    assert "ValueError: two\nlines" in theirs["exception"]
