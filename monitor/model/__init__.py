"""Frozen values that travel through the pipeline. Standard library only.

    Source ─fetch→ Fetched ─parse→ Document of Entry ─read→ Item ─match→ Hit ─group→ Story
                                                     Hit × Subscription ─plan→ Route → Delivery

All times are aware datetimes in UTC. All identifiers are text. Identifiers of items, hits and
deliveries are digests of what they identify, so the same thing found twice is the same row.
"""

from datetime import timedelta

from monitor.model.coverage import (
    Article,
    Document,
    Entry,
    Hit,
    Item,
    Sketch,
    Span,
    StoryLink,
    digest,
)
from monitor.model.leases import Intent, Lease, Push
from monitor.model.notices import (
    Deed,
    Notice,
    NoticeCopy,
    NoticeGroup,
    NoticeLinks,
    NoticeStory,
    Receipt,
    SourceList,
    SourceTrouble,
    StoryLinks,
)
from monitor.model.outbox import (
    Attempt,
    Delivery,
    DeliveryStatus,
    Destination,
    Message,
    Mode,
    Route,
)
from monitor.model.polls import (
    Fetched,
    Outcome,
    PollRecord,
    Reason,
    SourceState,
    Validators,
    Visit,
)
from monitor.model.rhythm import Hints, Rhythm
from monitor.model.trends import Trend
from monitor.model.versions import (
    LARGEST_BODY,
    Exchange,
    Revision,
    RuleVersion,
    Version,
    version_of,
)

DAY = timedelta(days=1)

__all__ = [
    "DAY",
    "LARGEST_BODY",
    "Article",
    "Attempt",
    "Deed",
    "Delivery",
    "DeliveryStatus",
    "Destination",
    "Document",
    "Entry",
    "Exchange",
    "Fetched",
    "Hints",
    "Hit",
    "Intent",
    "Item",
    "Lease",
    "Message",
    "Mode",
    "Notice",
    "NoticeCopy",
    "NoticeGroup",
    "NoticeLinks",
    "NoticeStory",
    "Outcome",
    "PollRecord",
    "Push",
    "Reason",
    "Receipt",
    "Revision",
    "Rhythm",
    "Route",
    "RuleVersion",
    "Sketch",
    "SourceList",
    "SourceState",
    "SourceTrouble",
    "Span",
    "StoryLink",
    "StoryLinks",
    "Trend",
    "Validators",
    "Version",
    "Visit",
    "digest",
    "version_of",
]
