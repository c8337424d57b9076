"""Edits of hit items: what changed in them, and what is told again for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import select, update

from monitor.model import Revision, Route
from monitor.store.base import Queries, chunks, upsert
from monitor.store.revision_tables import REVISION, WORDING
from monitor.store.tables import ROUTE


class RevisionQueries(Queries):
    """What hit items say differently."""

    def add_revisions(self, revisions: Iterable[Revision]) -> None:
        """Keep ``revisions``; one that is known stays as it is."""
        self._add(REVISION, [asdict(revision) for revision in revisions])

    def revisions(self, items: Iterable[str]) -> dict[str, list[Revision]]:
        """Return how these items changed, by item, oldest first; unchanged ones are left out."""
        found: dict[str, list[Revision]] = {}
        for chunk in chunks(items):
            statement = select(REVISION).where(REVISION.c.item.in_(chunk))
            for row in self._all(statement.order_by(REVISION.c.at, REVISION.c.version)):
                found.setdefault(row["item"], []).append(Revision(**row))
        return found

    def set_wordings(self, source: str, digests: Mapping[str, str]) -> None:
        """Keep what ``source`` says of hit items now, as digests by item."""
        rows = [{"item": i, "source": source, "digest": said} for i, said in digests.items()]
        if rows:
            self._run(upsert(self._dialect, WORDING, "item", "source", "digest"), rows)

    def wordings(self, source: str, items: Iterable[str]) -> dict[str, str]:
        """Return what ``source`` said last of those of ``items`` that are its own and hit."""
        found: dict[str, str] = {}
        for chunk in chunks(items):
            statement = select(WORDING.c.item, WORDING.c.digest)
            mine = statement.where(WORDING.c.item.in_(chunk), WORDING.c.source == source)
            found |= dict(tuple(row) for row in self._run(mine))
        return found

    def renew_routes(self, routes: Iterable[Route]) -> None:
        """Have hits that were told be told again, each as its new decision says."""
        for route in routes:
            old = update(ROUTE).where(
                ROUTE.c.subscription == route.subscription, ROUTE.c.hit == route.hit
            )
            new = {"mode": str(route.mode), "reason": route.reason, "carried": False}
            self._run(old.values(new))
