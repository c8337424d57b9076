"""Marks: what readers said of hits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from monitor.store.base import Queries, chunks, upsert
from monitor.store.hit_queries import stored_hit, with_items
from monitor.store.rows import Row, labelled
from monitor.store.tables import HIT, MARK
from monitor.store.values import Mark, StoredHit


class MarkQueries(Queries):
    """Which hits were relevant and which were not."""

    def mark(self, mark: Mark) -> None:
        """Keep what was said of a stored hit, in the place of what was said before."""
        statement = upsert(self._dialect, MARK, "hit", "relevant", "note", "at")
        row: dict[str, Any] = {
            "hit": mark.hit,
            "relevant": mark.relevant,
            "note": mark.note,
            "at": mark.at,
        }
        self._run(statement, row)

    def marks(self, hits: Iterable[str]) -> dict[str, Mark]:
        """Return what was said of these hits, by hit; those nobody marked are left out."""
        found: dict[str, Mark] = {}
        for chunk in chunks(hits):
            for row in self._all(select(*labelled(MARK)).where(MARK.c.hit.in_(chunk))):
                found[row["mark_hit"]] = _mark_of(row)
        return found

    def marked_hits(
        self, watch: str | None = None, limit: int = 1000
    ) -> list[tuple[StoredHit, Mark]]:
        """Return the hits that were marked, of one watch or of all, what was marked last first."""
        marked = with_items().join(MARK, MARK.c.hit == HIT.c.id).add_columns(*labelled(MARK))
        if watch is not None:
            marked = marked.where(HIT.c.watch == watch)
        marked = marked.order_by(MARK.c.at.desc(), MARK.c.hit).limit(limit)
        return [(stored_hit(row), _mark_of(row)) for row in self._all(marked)]


def _mark_of(row: Row) -> Mark:
    return Mark(row["mark_hit"], row["mark_relevant"], row["mark_at"], row["mark_note"])
