"""Matching many items over worker processes: in chunks, in order, never far ahead.

A worker builds its matchers once. What goes to it are the items of a chunk, what comes back are
their hits with the words that made them, and not with every place: those are many.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from pebble import ProcessExpired, ProcessPool

from monitor.errors import MonitorError
from monitor.matching import Matcher, Watchlist
from monitor.model import Hit, Item

Sides = tuple[tuple[Watchlist, ...], ...]
"""The rule sets to match against: one, or two to compare."""
Matched = tuple[tuple[Hit, ...], ...]
"""The hits of a chunk, a tuple for each rule set."""

CHUNK = 500
"""Items that go to a worker at once."""
CHARACTERS = 4_000_000
"""Characters after which a chunk goes out with fewer items: some texts are very long."""
AHEAD = 2
"""Chunks that each worker has been given beyond the one that is waited for: bounds the memory."""
MEMORY_CAP = 4 * 1024**3
"""Bytes of address space a worker may take."""

_MATCHERS: list[Matcher] = []
"""The worker's own matchers, put here once by `start`."""


def cores() -> int:
    """Return how many processes can work side by side here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start(sides: Sides) -> None:
    """Prepare a fresh worker process: cap its memory, leave Ctrl-C to the parent, build."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):  # no rlimits on this system
        import resource  # noqa: PLC0415 - only on Unix

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_CAP, MEMORY_CAP))
    _MATCHERS[:] = [Matcher(watchlists) for watchlists in sides]


def match_chunk(items: Sequence[Item]) -> Matched:
    """Return the hits of ``items`` against each rule set that this worker was started with."""
    return match_with(_MATCHERS, items)


def match_with(matchers: Sequence[Matcher], items: Sequence[Item]) -> Matched:
    """Return the hits of ``items`` by each of ``matchers``, in item order, as `lean` leaves them."""
    return tuple(
        tuple(lean(hit) for item in items for hit in matcher.match(item)) for matcher in matchers
    )


def lean(hit: Hit) -> Hit:
    """Return ``hit`` with one span for each wording: stories ask what made it, nobody asks where."""
    return replace(hit, spans=tuple({span.text: span for span in hit.spans}.values()))


def pages(items: Iterable[Item], size: int, characters: int = CHARACTERS) -> Iterator[list[Item]]:
    """Yield ``items`` in chunks of at most ``size``, cut earlier where their texts are long."""
    page: list[Item] = []
    length = 0
    for item in items:
        page.append(item)
        length += len(item.text) + len(item.summary)
        if len(page) >= size or length >= characters:
            yield page
            page, length = [], 0
    if page:
        yield page


def matched(
    chunks: Iterable[list[Item]], sides: Sides, *, workers: int
) -> Generator[tuple[list[Item], Matched]]:
    """Yield each chunk with its hits, in order; with less than 2 ``workers`` in this process.

    Raises `MonitorError` when a worker dies.
    """
    if workers < 2:  # noqa: PLR2004 - one worker would only carry items to and fro
        matchers = [Matcher(watchlists) for watchlists in sides]
        for chunk in chunks:
            yield chunk, match_with(matchers, chunk)
        return
    pool = ProcessPool(
        max_workers=workers, max_tasks=0, initializer=start, initargs=(sides,), context=_context()
    )
    try:
        yield from _in_order(
            chunks, lambda chunk: pool.schedule(match_chunk, args=(chunk,)), workers
        )
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
        pool.join()


def _in_order(
    chunks: Iterable[list[Item]], schedule: Callable[[list[Item]], Future[Any]], workers: int
) -> Iterator[tuple[list[Item], Matched]]:
    waiting: deque[tuple[list[Item], Future[Any]]] = deque()
    for chunk in chunks:
        waiting.append((chunk, schedule(chunk)))
        if len(waiting) > workers * AHEAD:
            yield _first(waiting)
    while waiting:
        yield _first(waiting)


def _first(waiting: deque[tuple[list[Item], Future[Any]]]) -> tuple[list[Item], Matched]:
    chunk, future = waiting.popleft()
    try:
        return chunk, future.result()
    except (MemoryError, ProcessExpired, RuntimeError) as error:
        message = (
            f"a worker process ended while it matched stored items ({type(error).__name__}); "
            "try again with fewer --workers"
        )
        raise MonitorError(message) from error


def _context() -> multiprocessing.context.BaseContext:
    """Return a way to start workers that share what they import: one loads it, the rest fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context
