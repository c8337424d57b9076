"""Watches and stories that nobody wants to hear of for a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from monitor.store.base import Queries, upsert
from monitor.store.tables import MUTE


class MuteQueries(Queries):
    """Mutes, by ``watch:ID`` or ``story:ID``."""

    def mute(self, target: str, until: datetime) -> None:
        """Keep ``target`` quiet until then; the newest word stands."""
        self._run(
            upsert(self._dialect, MUTE, "target", "until"), {"target": target, "until": until}
        )

    def unmute(self, target: str) -> bool:
        """Let ``target`` be heard again; False when it was not muted."""
        return self._run(delete(MUTE).where(MUTE.c.target == target)).rowcount == 1

    def mutes(self, now: datetime) -> dict[str, datetime]:
        """Return what is muted at ``now``, and until when."""
        statement = select(MUTE.c.target, MUTE.c.until).where(MUTE.c.until > now)
        return {row.target: row.until for row in self._run(statement.order_by(MUTE.c.target))}
