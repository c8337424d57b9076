"""The tables of edits: what changed in hit items, and what their sources said of them last."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from monitor.store.tables import Base, free_text
from monitor.store.types import UtcDateTime


class RevisionRow(Base, table=True):
    """What changed in an item when it came to read as one of its versions does."""

    __tablename__ = "revision"
    item: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, primary_key=True)
    version: str = Field(primary_key=True)
    kind: str
    words: str = free_text()


class WordingRow(Base, table=True):
    """A digest of what the source of a hit item said of it last, to see that it says something else."""

    __tablename__ = "wording"
    __table_args__: ClassVar = {"sqlite_with_rowid": False}
    item: str = Field(primary_key=True)
    source: str
    digest: str


REVISION = Base.metadata.tables["revision"]
WORDING = Base.metadata.tables["wording"]
