"""The tables, as SQLModel declares them.

    source_state ─ poll_record            item ─ item_key, sighting, visit
    item ─ hit ─ route                    hit ─ delivery_hit ─ delivery ─ attempt
    item ─ story_link                     digest_slot
    hit ─ mark                            item ─ version, hit ─ rule

Rows are written and read with SQLAlchemy Core (`monitor.store.rows` turns them into values of
`monitor.model`): a poll's 100 rows cost a tenth of what the ORM's unit of work would.
Identity keys and sightings carry no foreign key because they outlive the items they name: a
feed may list an entry for years after its text was pruned, and it must stay known.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, Table, text
from sqlmodel import Field, SQLModel

from monitor.store.types import CleanText, UtcDateTime


class Base(SQLModel):
    """Base of all tables, with names for every constraint so that migrations can address them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def free_text(**options: Any) -> Any:
    """Return a column for text that came from outside."""
    return Field(default="", sa_type=CleanText, **options)


def time_or_none(**options: Any) -> Any:
    """Return a column for a time that may be unknown."""
    return Field(default=None, sa_type=UtcDateTime, **options)


def serial() -> Any:
    """Return a key that counts up; SQLite only counts columns of its type INTEGER by itself."""
    number = BigInteger().with_variant(Integer, "sqlite")
    return Field(default=None, primary_key=True, sa_type=number)


class SourceStateRow(Base, table=True):
    """A source between polls; ``configured_url`` tells an edited address from a redirect."""

    __tablename__ = "source_state"
    __table_args__ = (
        Index(
            "ix_source_state_untold",
            "source",
            sqlite_where=text("trouble != told"),
            postgresql_where=text("trouble != told"),
        ),
    )
    source: str = Field(primary_key=True)
    active: bool = True
    configured_url: str = free_text()
    url: str = free_text()
    etag: str = free_text()
    last_modified: str = free_text()
    body_hash: str = free_text()
    first_poll_done: bool = False
    gone: bool = False
    failures: int = 0
    next_poll: datetime | None = time_or_none(index=True)
    last_poll: datetime | None = time_or_none()
    last_ok: datetime | None = time_or_none()
    last_new: datetime | None = time_or_none()
    last_reason: str = ""
    last_message: str = free_text()
    moved_to: str = free_text()
    moved_seen: int = 0
    memory: str = free_text()
    rhythm: str = "[]"
    hints: str = "[]"
    last_status: int = 0
    last_overrun: datetime | None = time_or_none()
    failing_since: datetime | None = time_or_none()
    paywall: float = 0.0
    trouble: str = ""
    told: str = ""
    lease_until: datetime | None = time_or_none()


class PollRecordRow(Base, table=True):
    """One poll, for the coverage receipt."""

    __tablename__ = "poll_record"
    __table_args__ = (Index(None, "source", "at"),)
    id: int | None = serial()
    source: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    outcome: str
    reason: str
    message: str = free_text()
    status: int = 0
    entries: int = 0
    new: int = 0
    hits: int = 0
    overrun: bool = False
    seconds: float = 0.0


class ItemRow(Base, table=True):
    """One piece of coverage; ``authors`` and ``keys`` are JSON lists of text."""

    __tablename__ = "item"
    __table_args__ = (Index(None, "first_seen", "id"),)
    id: str = Field(primary_key=True)
    source: str
    title: str = free_text()
    url: str = free_text()
    summary: str = free_text()
    text: str = free_text()
    outlet: str = free_text()
    authors: str = "[]"
    language: str = free_text()
    published: datetime | None = time_or_none()
    updated: datetime | None = time_or_none()
    first_seen: datetime = Field(sa_type=UtcDateTime)
    baseline: bool = False
    keys: str = "[]"


class ItemKeyRow(Base, table=True):
    """An identity key and the item it stands for; one B-tree in SQLite."""

    __tablename__ = "item_key"
    __table_args__ = {"sqlite_with_rowid": False}
    key: str = Field(primary_key=True)
    item: str


class SightingRow(Base, table=True):
    """An item seen in another source than the one it was found in."""

    __tablename__ = "sighting"
    __table_args__ = {"sqlite_with_rowid": False}
    item: str = Field(primary_key=True)
    source: str = Field(primary_key=True)


class VisitRow(Base, table=True):
    """A page to fetch for the text of its item; gone once that is done or given up."""

    __tablename__ = "visit"
    item: str = Field(primary_key=True, foreign_key="item.id")
    source: str
    url: str = free_text()
    due: datetime = Field(sa_type=UtcDateTime, index=True)
    attempts: int = 0
    lease_until: datetime | None = time_or_none()
    stage: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class HitRow(Base, table=True):
    """A hit; ``time`` is what readers see, ``found`` when it was made, ``version`` from which text."""

    __tablename__ = "hit"
    __table_args__ = (Index(None, "time", "id"), Index(None, "watch", "time", "id"))
    id: str = Field(primary_key=True)
    item: str = Field(foreign_key="item.id", index=True)
    watch: str
    watchlist: str
    score: float
    spans: str = "[]"
    rule: str = ""
    why: str = free_text()
    possible: bool = False
    time: datetime = Field(sa_type=UtcDateTime)
    found: datetime = Field(sa_type=UtcDateTime, index=True)
    version: str = Field(default="", sa_column_kwargs={"server_default": ""})


class MarkRow(Base, table=True):
    """What a reader said of a hit; the newest word stands."""

    __tablename__ = "mark"
    hit: str = Field(primary_key=True, foreign_key="hit.id")
    relevant: bool
    note: str = free_text()
    at: datetime = Field(sa_type=UtcDateTime)


class StoryLinkRow(Base, table=True):
    """An item's story with its sketch; ``seq`` grows in the order of commits."""

    __tablename__ = "story_link"
    __table_args__ = {"sqlite_autoincrement": True}
    seq: int | None = serial()
    item: str = Field(foreign_key="item.id", unique=True)
    story: str = Field(index=True)
    copy_of: str = ""
    why: str = free_text()
    development: str = free_text()
    outlet: str = free_text()
    url: str = free_text()
    title: str = free_text()
    time: datetime = Field(sa_type=UtcDateTime, index=True)
    signature: bytes = Field(sa_type=LargeBinary)
    terms: str = free_text()
    credit: str = free_text()


class RouteRow(Base, table=True):
    """What a subscription does with a hit; ``carried`` once a digest has taken it."""

    __tablename__ = "route"
    __table_args__ = (Index(None, "subscription", "mode", "carried"),)
    subscription: str = Field(primary_key=True)
    hit: str = Field(primary_key=True, foreign_key="hit.id", index=True)
    mode: str
    reason: str = free_text()
    carried: bool = False


class DeliveryRow(Base, table=True):
    """One message to one destination, with its final bytes."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "uq_delivery_slot",
            "subscription",
            "channel",
            "recipient",
            "slot",
            unique=True,
            sqlite_where=text("slot != ''"),
            postgresql_where=text("slot != ''"),
        ),
        Index(None, "status", "due"),
        Index(None, "created", "id"),
    )
    id: str = Field(primary_key=True)
    subscription: str
    kind: str
    channel: str
    recipient: str = ""
    content: bytes = Field(sa_type=LargeBinary)
    content_type: str
    message_id: str
    subject: str = free_text()
    created: datetime = Field(sa_type=UtcDateTime)
    due: datetime = Field(sa_type=UtcDateTime)
    slot: str = ""
    status: str
    attempts: int = 0
    lease_until: datetime | None = time_or_none()


class DeliveryHitRow(Base, table=True):
    """The hits a delivery speaks of, in the order it names them."""

    __tablename__ = "delivery_hit"
    delivery: str = Field(primary_key=True, foreign_key="delivery.id")
    hit: str = Field(primary_key=True, foreign_key="hit.id", index=True)
    position: int


class AttemptRow(Base, table=True):
    """What one try to send came to."""

    __tablename__ = "attempt"
    id: int | None = serial()
    delivery: str = Field(foreign_key="delivery.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    ok: bool
    detail: str = free_text()
    final: bool = False
    next_due: datetime | None = time_or_none()


class DigestSlotRow(Base, table=True):
    """The last slot that a subscription's digest was planned for."""

    __tablename__ = "digest_slot"
    subscription: str = Field(primary_key=True)
    slot: datetime = Field(sa_type=UtcDateTime)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


SOURCE_STATE = _table("source_state")
POLL_RECORD = _table("poll_record")
ITEM = _table("item")
ITEM_KEY = _table("item_key")
SIGHTING = _table("sighting")
VISIT = _table("visit")
HIT = _table("hit")
MARK = _table("mark")
STORY_LINK = _table("story_link")
ROUTE = _table("route")
DELIVERY = _table("delivery")
DELIVERY_HIT = _table("delivery_hit")
ATTEMPT = _table("attempt")
DIGEST_SLOT = _table("digest_slot")
