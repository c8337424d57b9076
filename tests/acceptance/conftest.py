"""Parts that the tests of the whole service share."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from monitor.demo.mail_sink import MailSink
from monitor.demo.receiver import WebhookReceiver
from tests.acceptance.practice import SECRET, SECRET_NAME, until
from tests.contract.store.conftest import postgresql_databases, postgresql_server
from tests.servers import HttpServer

__all__ = ["postgresql_databases", "postgresql_server"]


class Running:
    """A ``monitor run`` in a process of its own; its log lines can be asked for."""

    def __init__(self, config: Path, log: Path, *options: str) -> None:
        self._log = log
        command = [sys.executable, "-m", "monitor", "run", "-c", str(config), *options]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=file,
                env=os.environ | {SECRET_NAME: SECRET.get_secret_value()},
            )

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return the log lines so far, or those of one event; every whole line is JSON."""
        text = self._log.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        return [line for line in lines if event in ("", line["event"])]

    async def said(self, event: str, times: int = 1) -> dict[str, Any]:
        """Return the log line of an event once there were so many."""
        found = await until(
            lambda: self.lines(event)[times - 1 :], f"log says {event!r}", alive=[self.process]
        )
        return dict(found[0])

    async def address(self) -> str:
        """Return the page's address once it is served."""
        return str((await self.said("page served"))["address"])

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        await until(lambda: self.process.poll() is not None, "its end")
        return int(self.process.returncode)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start services; whatever still runs at the end of the test is killed."""
    started: list[Running] = []

    def start(config: Path, *options: str) -> Running:
        started.append(Running(config, tmp_path / f"run-{len(started)}.log", *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as server:
        yield server


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with MailSink() as sink:
        yield sink


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver(SECRET) as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Undo what a command set up for its own standard error."""
    yield
    structlog.reset_defaults()
