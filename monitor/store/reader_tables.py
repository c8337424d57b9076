"""The tables of what readers said: what they mute, what they opted out of, and the key of their links."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from monitor.store.tables import Base
from monitor.store.types import UtcDateTime


class MuteRow(Base, table=True):
    """A watch or a story, as ``watch:ID`` or ``story:ID``, that is not to be told for a time."""

    __tablename__ = "mute"
    target: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime)


class OptOutRow(Base, table=True):
    """A destination that asked to get no more of a subscription."""

    __tablename__ = "opt_out"
    subscription: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class SecretRow(Base, table=True):
    """A random key of this installation, such as the one that signs links."""

    __tablename__ = "secret"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)


MUTE = Base.metadata.tables["mute"]
OPT_OUT = Base.metadata.tables["opt_out"]
SECRET = Base.metadata.tables["secret"]
