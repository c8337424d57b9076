"""The one thread that writes, and the commit that waiting writes share.

    submit(fn) ─┐
    submit(fn) ─┼─ queue ─→ BEGIN … SAVEPOINT fn(tx) RELEASE … COMMIT ─→ every caller is answered
    submit(fn) ─┘

Nothing is answered before the commit. What ``fn`` raises undoes its own savepoint and reaches its
own caller; what the database raises at the commit, or in a way that ends the transaction, reaches
every caller of the batch.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError
from monitor.store.faults import explain, is_fault
from monitor.store.tx import Tx

T = TypeVar("T")

BATCH = 32
"""Most calls that share a commit: PostgreSQL slows down beyond 64 savepoints a transaction."""


@dataclass(frozen=True, slots=True)
class _Job:
    fn: Callable[[Tx], Any]
    future: Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None
    told: bool = False


def _nobody() -> None:
    """Listen to nothing."""


class Writer:
    """Runs functions in write transactions, one thread, in the order of their arrival."""

    def __init__(self, engine: Engine, database: str) -> None:
        self._engine = engine
        self._database = database
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.fault = ""
        """What the database refused last; empty again once it has taken something."""
        self.on_told: Callable[[], object] = _nobody
        """Called on this thread after each commit that put messages into the outbox."""

    def submit(self, fn: Callable[[Tx], T]) -> Future[T]:
        """Queue ``fn``; the future is answered after its commit."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                message = f"the database {self._database} is closed"
                raise StoreError(message)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store", daemon=True)
                self._thread.start()
            self._queue.put(_Job(fn, future))
        return future

    def close(self) -> None:
        """Write what is queued, then end the thread; a second call does nothing."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._queue.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            batch: list[_Job] = []
            job = self._queue.get()
            while job is not None:
                if job.future.set_running_or_notify_cancel():
                    batch.append(job)
                if len(batch) >= BATCH or self._queue.empty():
                    break
                job = self._queue.get()
            closing = job is None
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[_Job]) -> None:
        try:
            with self._engine.connect() as connection, connection.begin():
                outcomes = [self._attempt(connection, job.fn) for job in batch]
        except BaseException as error:  # noqa: BLE001 - the thread must outlive any error, callers get it
            self.fault = str(explain(error, self._database))
            for job in batch:
                job.future.set_exception(_chained(explain(error, self._database), error))
            return
        self.fault = ""
        for job, outcome in zip(batch, outcomes, strict=True):
            if outcome.error is not None:
                job.future.set_exception(outcome.error)
            else:
                job.future.set_result(outcome.result)
        if any(outcome.told for outcome in outcomes):
            self.on_told()

    def _attempt(self, connection: Connection, fn: Callable[[Tx], Any]) -> _Outcome:
        """Run ``fn`` in a savepoint; raises only when the whole transaction is lost."""
        connection.exec_driver_sql("SAVEPOINT job")
        tx = Tx(connection, self._database)
        try:
            result = fn(tx)
            if tx.failure is not None:
                raise tx.failure  # noqa: TRY301 - fn swallowed it, yet its writes are incomplete
        except BaseException as error:  # noqa: BLE001 - whatever fn raises belongs to its caller
            self._undo(connection, error)
            return _Outcome(error=error)
        connection.exec_driver_sql("RELEASE SAVEPOINT job")
        return _Outcome(result=result, told=tx.told)

    def _undo(self, connection: Connection, error: BaseException) -> None:
        try:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
            connection.exec_driver_sql("RELEASE SAVEPOINT job")
        except SQLAlchemyError as lost:
            # A full disk or a lost server ends the transaction itself: its cause is the news.
            raise (error if is_fault(error) else lost) from lost


def _chained(error: StoreError, cause: BaseException) -> StoreError:
    error.__cause__ = cause
    return error
