"""Everything a function may do inside one transaction."""

from __future__ import annotations

from monitor.store.archive_queries import ArchiveQueries
from monitor.store.hit_queries import HitQueries
from monitor.store.item_queries import ItemQueries
from monitor.store.lease_queries import LeaseQueries
from monitor.store.mark_queries import MarkQueries
from monitor.store.mute_queries import MuteQueries
from monitor.store.outbox_queries import OutboxQueries
from monitor.store.revision_queries import RevisionQueries
from monitor.store.source_queries import SourceQueries
from monitor.store.story_queries import StoryQueries
from monitor.store.upkeep_queries import UpkeepQueries
from monitor.store.version_queries import VersionQueries
from monitor.store.visit_queries import VisitQueries


class Tx(
    ArchiveQueries,
    SourceQueries,
    ItemQueries,
    HitQueries,
    MarkQueries,
    MuteQueries,
    StoryQueries,
    OutboxQueries,
    UpkeepQueries,
    VisitQueries,
    LeaseQueries,
    RevisionQueries,
    VersionQueries,
):
    """One open transaction; valid only inside the function it was handed to."""
