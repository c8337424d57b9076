"""Slots of digests, numbers for the metrics, housekeeping."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, func, select, text

from monitor.model import DeliveryStatus
from monitor.store.base import Queries, chunks, upsert
from monitor.store.destination_tables import DESTINATION
from monitor.store.revision_tables import REVISION, WORDING
from monitor.store.tables import (
    DELIVERY,
    DIGEST_SLOT,
    HIT,
    ITEM,
    POLL_RECORD,
    SIGHTING,
    SOURCE_STATE,
    STORY_LINK,
    VISIT,
)
from monitor.store.version_tables import VERSION


class UpkeepQueries(Queries):
    """What keeps the service going."""

    def last_slot(self, subscription: str) -> datetime | None:
        """Return the slot of the last digest planned for ``subscription``."""
        mine = select(DIGEST_SLOT.c.slot).where(DIGEST_SLOT.c.subscription == subscription)
        slot: datetime | None = self._run(mine).scalar()
        return slot

    def last_slots(self) -> dict[str, datetime]:
        """Return the slot of the last digest planned for each subscription."""
        return {row.subscription: row.slot for row in self._run(select(DIGEST_SLOT))}

    def set_last_slot(self, subscription: str, slot: datetime) -> bool:
        """Move on to ``slot``; False when this or a later one was reached already.

        Of two processes that plan the same digest only the one that gets True may go on.
        """
        last = self.last_slot(subscription)
        if last is not None and last >= slot:
            return False
        statement = upsert(self._dialect, DIGEST_SLOT, "subscription", "slot")
        self._run(statement, {"subscription": subscription, "slot": slot})
        return True

    def counts(self) -> dict[str, int]:
        """Return the numbers that the metrics and the page show."""
        state, there = SOURCE_STATE.c, DESTINATION.c
        numbers = {
            "items": select(func.count()).select_from(ITEM),
            "hits": select(func.count()).select_from(HIT),
            "stories": select(func.count(STORY_LINK.c.story.distinct())),
            "visits": select(func.count()).where(VISIT.c.stage == 0),
            "sources": select(func.count()).where(state.active),
            "sources_failing": select(func.count()).where(state.active, state.failures > 0),
            "sources_gone": select(func.count()).where(state.active, state.gone),
            "destinations_failing": select(func.count()).where(there.off_since.is_(None)),
            "destinations_off": select(func.count()).where(there.off_since.is_not(None)),
        }
        found = {name: int(self._run(query).scalar_one()) for name, query in numbers.items()}
        found |= {f"deliveries_{status}": 0 for status in DeliveryStatus}
        grouped = select(DELIVERY.c.status, func.count()).group_by(DELIVERY.c.status)
        found |= {f"deliveries_{status}": int(number) for status, number in self._run(grouped)}
        return found

    def prune(self, before: datetime, limit: int = 5000) -> int:
        """Delete poll records and items without hits from before ``before``; return how many.

        At most ``limit`` of each, so that other writes get their turn: call again while the answer
        is not 0. The keys of deleted items stay: what is known is never news again.
        """
        records = select(POLL_RECORD.c.id).where(POLL_RECORD.c.at < before).limit(limit)
        gone = self._run(delete(POLL_RECORD).where(POLL_RECORD.c.id.in_(records))).rowcount
        old = (
            select(ITEM.c.id)
            .where(ITEM.c.first_seen < before, ~exists().where(HIT.c.item == ITEM.c.id))
            .order_by(ITEM.c.first_seen, ITEM.c.id)
            .limit(limit)
        )
        for chunk in chunks(self._run(old).scalars().all()):
            for table in (STORY_LINK, VISIT, SIGHTING, REVISION, WORDING, VERSION):
                self._run(delete(table).where(table.c.item.in_(chunk)))
            gone += self._run(delete(ITEM).where(ITEM.c.id.in_(chunk))).rowcount
        return gone

    def integrity_check(self) -> list[str]:
        """Return what is wrong with the database's files; empty when all is well."""
        if self._dialect != "sqlite":
            self._run(text("SELECT 1"))  # PostgreSQL checks its pages as it reads them
            return []
        found = [str(line) for line in self._run(text("PRAGMA integrity_check")).scalars()]
        found += [
            f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}"
            for row in self._run(text("PRAGMA foreign_key_check"))
        ]
        return [line for line in found if line != "ok"]
