"""The crew: a small pool of worker processes, each task under a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import datetime
from typing import Any, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from monitor.errors import ParseError
from monitor.matching import Matcher, Watchlist
from monitor.model import Article, Document, Fetched, Item, Reason
from monitor.sources.base import Source
from monitor.work import tasks
from monitor.work.tasks import Finds

log = structlog.get_logger()
T = TypeVar("T")

TASK_SECONDS = 10.0
"""A document that takes longer than this is an attack or a fault; its worker is replaced."""
POOLS = 3
"""Pools of workers that one task may see break before it is given up."""
INLINE_CHARACTERS = 20_000
"""Texts up to this many characters are matched in place: cheaper than a trip to a worker."""


def _context(workers: int) -> multiprocessing.context.BaseContext:
    """Return a way to start workers: several share what one process loads for them.

    A single worker has nobody to share with, and does without that process and its 6 MB.
    """
    if workers == 1 or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([tasks.__name__])
    return context


class Crew:
    """Runs reading and matching; the watchlists are fixed for the life of a crew.

    An edit of the watchlists builds a new crew in the background, which then takes over.
    """

    def __init__(
        self,
        watchlists: Sequence[Watchlist],
        *,
        workers: int = 2,
        task_seconds: float = TASK_SECONDS,
    ) -> None:
        self.matcher = Matcher(watchlists)
        self._watchlists = tuple(watchlists)
        self._workers = workers
        self._task_seconds = task_seconds
        self._closed = False
        self._pool = self._open_pool()

    def _open_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=0,
            initializer=tasks.start,
            initargs=(self._watchlists,),
            context=_context(self._workers),
        )

    async def read(
        self, source: Source, fetched: Fetched, now: datetime, *, baseline: bool
    ) -> tuple[Document, tuple[Item, ...]]:
        """Parse and clean an answer of ``source`` in a worker.

        Raises `ParseError` when it cannot be read, takes too long or brings its worker down.
        """
        return await self._run(tasks.read_document, source, fetched, now, baseline=baseline)

    async def read_article(
        self, body: bytes, content_type: str, url: str, now: datetime, item: Item | None = None
    ) -> Article:
        """Return the article on a page, read in a worker; see `monitor.work.tasks.read_page`.

        What is wrong with the page is in the article's problems; raises `ParseError` when reading it
        takes too long or brings its worker down.
        """
        return await self._run(tasks.read_page, body, content_type, url, now, item)

    async def read_and_find(
        self, source: Source, fetched: Fetched, now: datetime, *, baseline: bool
    ) -> tuple[Document, tuple[Item, ...], Finds]:
        """Do as `read` and `find` do for an answer of which all is new, in one trip to a worker."""
        return await self._run(tasks.read_and_find, source, fetched, now, baseline=baseline)

    async def find(self, items: Sequence[Item]) -> Finds:
        """Return what the watchlists find in ``items``: hits in item order, gists by item."""
        if sum(len(item.body) for item in items) <= INLINE_CHARACTERS:
            return tasks.find(self.matcher, items)
        return await self._run(tasks.find_items, tuple(items))

    async def _run(self, task: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        for _ in range(POOLS):
            pool = self._pool
            try:
                result = await self._run_in(pool, task, args, kwargs)
            except RuntimeError:
                if pool.active or self._closed:
                    raise
                await self._replace(pool)
            else:
                return _unwrap(result)
        message = "reading it brought the workers down again and again; given up"
        raise ParseError(Reason.MALFORMED, message)

    async def _replace(self, broken: ProcessPool) -> None:
        """Put a new pool in the place of one that gave up: it does when an idle worker is killed."""
        if self._pool is broken:
            self._pool = self._open_pool()
            await asyncio.to_thread(_stop, broken)

    async def _run_in(
        self, pool: ProcessPool, task: Callable[..., T], args: Any, kwargs: Any
    ) -> T | tasks.Failed:
        future = pool.schedule(
            tasks.attempt, args=(task, *args), kwargs=kwargs, timeout=self._task_seconds
        )
        try:
            return await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeoutError):
            message = f"reading it took longer than {self._task_seconds:g} s; given up"
            raise ParseError(Reason.MALFORMED, message) from None
        except (MemoryError, ProcessExpired):
            message = "reading it took more memory than a worker may have; given up"
            raise ParseError(Reason.MALFORMED, message) from None

    def close(self, *, seconds: float = 5.0) -> None:
        """Let running tasks finish for at most ``seconds``, then end the workers."""
        self._closed = True
        if self._pool.active:
            self._pool.close()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
            with contextlib.suppress(TimeoutError, FutureTimeoutError):
                self._pool.join(timeout=seconds)
        _stop(self._pool)


def _unwrap(result: T | tasks.Failed) -> T:
    """Return a task's result, or raise what went wrong in its worker."""
    if not isinstance(result, tasks.Failed):
        return result
    if result.trace:
        log.error("a worker failed inside this service", trace=result.trace)
    raise ParseError(result.reason, result.message)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
    pool.join()
