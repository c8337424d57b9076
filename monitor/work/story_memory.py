"""The stories of the last days, kept in memory and brought up to date from the store."""

from __future__ import annotations

from datetime import datetime

from monitor.store import Tx
from monitor.stories import WINDOW, StoryIndex


class StoryMemory:
    """An index of recent stories that several processes' writes flow into.

    It is only used inside write transactions, which exclude one another. A transaction that fails
    after it read its own sketches here leaves some that were never stored: `forget` then has the
    next one start afresh.
    """

    def __init__(self) -> None:
        self._index = StoryIndex()
        self._cursor = 0
        self._fresh = False

    def current(self, tx: Tx, now: datetime) -> StoryIndex:
        """Return the index as of this transaction, without what has left the window."""
        if not self._fresh:
            self._cursor = tx.sketch_cursor()
            self._index = StoryIndex(tx.sketches_since(now - WINDOW))
            self._fresh = True
        sketches, self._cursor = tx.sketches_after(self._cursor)
        for sketch in sketches:
            self._index.add(sketch)
        self._index.drop_before(now - WINDOW)
        return self._index

    def forget(self) -> None:
        """Have the next transaction read everything anew."""
        self._fresh = False
