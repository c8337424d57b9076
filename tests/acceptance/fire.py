"""Starts lives of the service that are meant to be cut short; told to by lines on standard input.

``<hours>`` starts a life whose clock runs that far ahead, so that leases of the killed have ended;
``finish <hours>`` one that ends by itself when all is polled and told; ``before:settle <hours>`` and
``after:settle <hours>`` ones that kill themselves around the commit of what a function wrote. The
answer is the process id, then, when it has ended, its exit code. Lives are forked from a process that has everything
loaded, so that a kill costs little more than the work it interrupts.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine, Pool, event

from monitor import destinations, digests, pipeline
from monitor.app import build, utc_now
from monitor.config import load
from monitor.store import Tx

POINTS: dict[str, tuple[Any, str]] = {
    "conclude": (pipeline, "conclude"),
    "digest": (digests, "compose_digest"),
    "claim": (Tx, "claim_deliveries"),
    "settle": (destinations, "settle_attempt"),
}
"""Functions that write: a poll with its alert, a digest, the claim of messages, what came of one."""
ROUND = timedelta(seconds=30)
"""How far the clock moves on after each round: every source is due again."""


async def live(folder: Path, hours: float, *, finish: bool) -> None:
    """Poll, plan and deliver in rounds, for ever or until three rounds had nothing left to do."""
    moved = [timedelta(hours=hours)]
    settings = load(folder, os.environ)
    async with build(settings, clock=lambda: utc_now() + moved[0]) as app:
        idle = 0
        while idle < 3:
            records = await app.poll_due()
            planned = await app.plan_digests()
            attempts = await app.deliver_due()
            counts = await app.tools.store.read(lambda tx: tx.counts())
            busy = any(record.new for record in records) or planned or attempts
            idle = 0 if busy or counts["deliveries_pending"] or not finish else idle + 1
            moved[0] += ROUND


def die(moment: str, point: str) -> None:
    """Have this process killed ``before`` or ``after`` the commit of what a function first wrote."""
    place, name = POINTS[point]
    function = getattr(place, name)
    wrote = threading.Event()

    def noted(*given: Any, **named: Any) -> Any:
        result = function(*given, **named)
        if result != []:
            wrote.set()
        return result

    def kill(*_: Any) -> None:
        if wrote.is_set() and threading.current_thread().name == "store":
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, noted)
    event.listen(*((Engine, "commit") if moment == "before" else (Pool, "checkin")), kill)


def run(folder: str, hours: float, word: str) -> None:
    """Be one life."""
    moment, _, point = word.partition(":")
    if point:
        die(moment, point)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    asyncio.run(live(Path(folder), hours, finish=word == "finish"))


def main(folder: str) -> None:
    """Start one life for each line."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.acceptance.fire"])
    for line in sys.stdin:
        *word, hours = line.split()
        life = context.Process(target=run, args=(folder, float(hours), "".join(word)))
        life.start()
        sys.stdout.write(f"{life.pid}\n")
        sys.stdout.flush()
        life.join()
        sys.stdout.write(f"{life.exitcode}\n")
        sys.stdout.flush()
