"""The table of subscriptions at hubs, as SQLModel declares it."""

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Base, free_text, time_or_none


class HubLeaseRow(Base, table=True):
    """A feed's subscription at its hub; a source has one, and those that are being given up."""

    __tablename__ = "hub_lease"
    token: str = Field(primary_key=True)
    source: str = Field(index=True)
    hub: str = free_text()
    topic: str = free_text()
    callback: str = free_text()
    secret: str = ""
    pending: str = ""
    leaving: bool = False
    due: datetime | None = time_or_none(index=True)
    expires: datetime | None = time_or_none()
    failures: int = 0
    problem: str = free_text()
    lease_until: datetime | None = time_or_none()


HUB_LEASE = Base.metadata.tables["hub_lease"]
