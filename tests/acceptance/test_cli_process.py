"""The command line as a process: streams, pipes, and the rehearsal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.practice import write_config


def monitor(*words: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "monitor", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, check=False, timeout=300, **options)  # type: ignore[call-overload,no-any-return]  # options of subprocess


def test_a_rehearsal_brings_one_of_everything(tmp_path: Path) -> None:
    ended = monitor("demo", "--once", "--json", "-o", tmp_path / "mails")
    assert (ended.returncode, ended.stderr) == (0, b"")
    summary = json.loads(ended.stdout)
    names = [
        "sources",
        "polled",
        "items",
        "hits",
        "stories",
        "alerts_sent",
        "digests_sent",
        "webhooks_delivered",
        "chats_delivered",
    ]
    assert all(summary[name] > 0 for name in names)
    assert summary["polled"] == summary["sources"]
    assert summary["seconds"] > 0
    mails = {path.suffix for path in (tmp_path / "mails").iterdir()}
    assert mails == {".eml", ".html"}


def test_standard_output_carries_the_result_alone_and_logs_go_to_standard_error(
    tmp_path: Path,
) -> None:
    config = write_config(
        tmp_path / "config",
        sources=[{"id": "refused", "url": "http://127.0.0.1:9/feed"}],
        subscriptions=[],
    )
    ended = monitor("poll", "--once", "--json", "--verbose", "-c", config)
    assert ended.returncode == 0
    assert json.loads(ended.stdout)[0]["source"] == "refused"
    assert json.loads(ended.stderr.splitlines()[0])["event"] == "polled"


def test_a_reader_that_leaves_early_leaves_no_traceback(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    lines.write_text('{"id": "a", "title": "Title"}\n' * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "monitor", "group", "-i", str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=300) in {0, 1}


def test_standard_input_and_output_are_utf8_whatever_the_locale_says() -> None:
    line = json.dumps({"id": "ä", "title": "新疆"}, ensure_ascii=False).encode()
    environ = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    ended = monitor("group", input=line + b"\n" + b'{"id": "\xff"}\n', env=environ)
    assert (ended.returncode, ended.stderr) == (0, b"")
    first, second = (json.loads(each) for each in ended.stdout.splitlines())
    assert first["id"] == "ä"
    assert "not UTF-8" in second["error"]
