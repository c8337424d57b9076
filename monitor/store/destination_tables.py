"""The table of destinations that fail, as SQLModel declares it."""

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Base, free_text, time_or_none
from monitor.store.types import UtcDateTime


class DestinationRow(Base, table=True):
    """A channel and a recipient that fail or are turned off; one that does well has no row."""

    __tablename__ = "destination"
    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    failing_since: datetime = Field(sa_type=UtcDateTime)
    failures: int
    held_until: datetime = Field(sa_type=UtcDateTime)
    off_since: datetime | None = time_or_none()
    reason: str = free_text()
    options: str = ""


DESTINATION = Base.metadata.tables["destination"]
