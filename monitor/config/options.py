"""What a user writes in ``monitor.yaml``."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema

from monitor.channels.base import Channel
from monitor.fields import Duration, TimeZone, check_address
from monitor.net import NetOptions
from monitor.planning.subscription import Recipient
from monitor.registry import Options


def _check_database(value: str) -> str:
    if not re.match(_DATABASE, value):
        message = "sqlite:/// and a path, or postgresql:// and a server is expected"
        raise ValueError(message)
    return value


_DATABASE = r"^(sqlite:///|postgresql://)."
DatabaseAddress = Annotated[
    str, AfterValidator(_check_database), WithJsonSchema({"type": "string", "pattern": _DATABASE})
]


def _check_public(value: str) -> str:
    if re.search(r"[?#]", check_address(value)):
        message = "the address of the page ends with its path: no ? and no #"
        raise ValueError(message)
    return value.rstrip("/")


PublicAddress = Annotated[str, AfterValidator(_check_public)]


class WebOptions(Options):
    """Where the page is served, and who may see it."""

    host: str = Field(default="127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]+$")
    """Address to listen on; any other than this machine's own needs a password."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 takes any that is free."""
    public_url: PublicAddress = ""
    """Address at which others reach the page, such as ``https://monitor.example.org``: hubs of feeds
    are then asked to tell of news, and call it below ``/websub/`` (WebSub)."""
    password: SecretStr | None = None
    """Password that the page asks for, best as ``${MONITOR_PASSWORD}``."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the page."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def protected(self) -> bool:
        """Whether a password is set; an empty one is none."""
        return self.password is not None and bool(self.password.get_secret_value())


class EditOptions(Options):
    """When articles that are hits are looked at again, to see whether they were edited."""

    look_again: tuple[Annotated[Duration, Field(ge=60)], ...] = Field(
        default=(3_600.0, 21_600.0, 86_400.0, 604_800.0), max_length=12
    )
    """Times after an article was first seen, such as ``[1h, 6h, 24h, 7d]``; ``[]`` for never. Where a
    source has ``full_text: never``, no page is asked for. What feeds change shows in any case."""


def spare_cores() -> int:
    """Return the cores that are left beside the service's own, at least one."""
    return max(1, (os.cpu_count() or 2) - 1)


class MonitorOptions(Options):
    """The service as a whole: its store, its page, its manners on the network, its channels."""

    title: str = "Coverage monitor"
    """Name shown on the page and in messages."""
    database: DatabaseAddress = "sqlite:///data/monitor.db"
    """Where everything is kept: ``sqlite:///data/monitor.db`` or ``postgresql://…``."""
    time_zone: TimeZone = "UTC"
    """Time zone of the page, and of subscriptions that name none."""
    keep: Duration = 365 * 86400.0
    """How long poll records, and items that nothing matched, are kept; hits stay."""
    keep_pages: Duration = 365 * 86400.0
    """How long the pages of hits are kept as they answered; their texts and digests stay."""
    keep_hits: Annotated[Duration, Field(ge=7 * 86400.0)] | None = None
    """How long hits are kept, with all that proves them, at least ``7d``; for ever when left out."""
    workers: int = Field(default_factory=spare_cores, ge=1, le=64)
    """Processes that parse documents and match long texts; by default one for each core but one."""
    careful_text: Literal["always", "matched"] = "always"
    """Which article pages are read with care: all of them, or only those on which a term of a watch
    stands. The others are then read in less than half of the time, and their text, which only backtests
    look through, holds more of what stands around the article."""
    edits: EditOptions = EditOptions()
    """How articles that are hits are followed after they were told."""
    net: NetOptions = NetOptions()
    """Bounds and manners of everything that leaves this machine."""
    web: WebOptions = WebOptions()
    """The page."""
    owner: Recipient | None = None
    """Who is told once when a source fails, falls silent or moves, and when it is well again."""
    channels: tuple[Channel, ...] = ()
    """Ways that messages take; one mailbox folder, ``data/mailbox``, when left out."""
