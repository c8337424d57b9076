"""The service: APScheduler ticks that start rounds of work, and a clean end on SIGTERM.

The scheduler holds no truth. A tick that is missed, doubled or late changes nothing: the database
says what is due, and the next tick finds it. So the ticks are plain intervals; cron triggers skip
or repeat around clock changes. A commit of this process that put messages into the outbox has them
delivered at once; the tick finds those of other processes, and those to be tried again.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.app import App
from monitor.config import ConfigError, SettingsWatcher
from monitor.errors import MonitorError

log = structlog.get_logger()

JITTER = 0.25
"""Part of its interval by which a tick may come late. Of two processes on one database that
tick in step, the one a moment ahead would find all that is due, and the other nothing, for good."""
SHUTDOWN_SECONDS = 5.0
"""Time that work in flight gets to finish after SIGTERM; what is left is released."""


@dataclass(slots=True)
class Tick:
    """One kind of round: how often it starts, and when it last ended well."""

    name: str
    seconds: float
    round: Callable[[], Awaitable[Any]]
    last: datetime | None = None
    error: str = ""
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Service:
    """Ticks over an `App` until told to stop."""

    def __init__(self, app: App, watcher: SettingsWatcher | None = None) -> None:
        self.app = app
        self.watcher = watcher
        self.stopping = asyncio.Event()
        self.ticks = {
            tick.name: tick
            for tick in (
                Tick("poll", 1.0, partial(app.poll_due, keep=False)),
                Tick("visit", 1.0, partial(app.visit_due, keep=False)),
                Tick("alert", 1.0, app.release_alerts),
                Tick("hub", 1.0, partial(app.ask_hubs, keep=False)),
                Tick("deliver", 0.5, partial(app.deliver_due, keep=False)),
                Tick("digest", 1.0, app.plan_digests),
                Tick("owner", 5.0, app.tell_owner),
                Tick("reload", 2.0, self.reload),
                Tick("housekeeping", 3600.0, app.keep_house),
            )
        }
        self.scheduler = AsyncIOScheduler(timezone="UTC")

    async def run(self) -> None:
        """Tick until `stop` is called or SIGTERM or SIGINT arrives, then end cleanly."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        self.app.tools.store.listen(partial(loop.call_soon_threadsafe, self._deliver))
        for tick in self.ticks.values():
            self.scheduler.add_job(
                self._start,
                "interval",
                seconds=tick.seconds,
                jitter=tick.seconds * JITTER,
                args=[tick],
                next_run_time=self.app.clock(),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self.scheduler.start()
        log.info("service started", sources=len(self.app.settings.sources))
        await self.stopping.wait()
        await self._end()

    def stop(self) -> None:
        """Ask the service to end; returns at once."""
        self.app.stopping = True
        self.stopping.set()

    async def _start(self, tick: Tick) -> None:
        self._begin(tick)

    def _begin(self, tick: Tick) -> None:
        """Begin a round unless the last one of its kind still runs."""
        if tick.task is None or tick.task.done():
            tick.task = asyncio.create_task(self._round(tick))

    def _deliver(self) -> None:
        """Deliver what has just been put into the outbox, without waiting for the tick."""
        if not self.app.stopping:
            self._begin(self.ticks["deliver"])

    async def _round(self, tick: Tick) -> None:
        try:
            await tick.round()
        except MonitorError as error:
            tick.error = str(error)
            log.error("round failed, the next one tries again", round=tick.name, error=tick.error)
        except Exception as error:
            tick.error = f"{type(error).__name__}: {error}"
            log.exception("round failed inside this service", round=tick.name)
        else:
            tick.error = ""
            tick.last = self.app.clock()

    async def _end(self) -> None:
        log.info("service stopping")
        self.app.tools.store.listen(lambda: None)
        self.scheduler.pause()
        await asyncio.sleep(
            0
        )  # a tick that has just begun ends; cut off, it would be logged as an error
        self.scheduler.shutdown(wait=False)
        running = [tick.task for tick in self.ticks.values() if tick.task and not tick.task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=SHUTDOWN_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        log.info("service stopped")

    async def reload(self) -> None:
        """Adopt edited configuration; a broken edit leaves the last good one in force."""
        await self.app.clear_away()
        if self.watcher is None:
            return
        found = await asyncio.to_thread(self.watcher.check)
        if isinstance(found, ConfigError):
            self.app.config_error = str(found)
            log.error("configuration is broken, the last good one stays in force", error=str(found))
        elif found is not None:
            self.app.config_error = ""
            await self.app.adopt(found)

    def stalled(self, now: datetime, limit: timedelta = timedelta(minutes=5)) -> list[str]:
        """Return the frequent ticks that for ``limit`` have neither ended well nor taken up work."""

        def last(tick: Tick) -> datetime:
            looked = self.app.looked.get(tick.name, self.app.started)
            return max(looked, tick.last or self.app.started)

        return [
            tick.name
            for tick in self.ticks.values()
            if tick.seconds < limit.total_seconds() and now - last(tick) > limit
        ]
