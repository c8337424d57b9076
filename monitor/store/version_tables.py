"""The tables of what hit items said when: their versions, with the answers they were read from."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from monitor.store.tables import Base, free_text
from monitor.store.types import UtcDateTime


class VersionRow(Base, table=True):
    """What an item said at one time; ``content`` is the item as JSON, ``body`` zlib-packed bytes."""

    __tablename__ = "version"
    __table_args__ = (Index(None, "at"),)
    item: str = Field(primary_key=True, foreign_key="item.id")
    digest: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    content: str = free_text()
    url: str = free_text()
    status: int = 0
    headers: str = "[]"
    body: bytes = Field(default=b"", sa_type=LargeBinary)
    body_digest: str = ""


class RuleRow(Base, table=True):
    """A watch as it was defined when it made a hit, with all that its rule takes from elsewhere."""

    __tablename__ = "rule"
    digest: str = Field(primary_key=True)
    watch: str
    definition: str = free_text()
    since: datetime = Field(sa_type=UtcDateTime)


VERSION = Base.metadata.tables["version"]
RULE = Base.metadata.tables["rule"]
