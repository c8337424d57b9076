"""What a user may set about fetching and sending."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.fields import Duration
from monitor.net.guard import Allowed
from monitor.registry import Options


def _check_allowed(values: tuple[str, ...]) -> tuple[str, ...]:
    Allowed.of(values)
    return values


class NetOptions(Options):
    """Bounds and manners of everything that leaves this machine."""

    contact: str = Field(default="", max_length=200, pattern=r"^[\x21-\x7e]*$")
    """Address or mailbox that servers may write to about us; part of the User-Agent."""
    allow_private: Annotated[tuple[str, ...], AfterValidator(_check_allowed)] = ()
    """Host names, addresses or networks (CIDR) that may be loopback or private."""
    deadline: Duration = Field(default=30.0, gt=0, le=600)
    """Longest time one exchange may take, with its redirects, such as ``30s``."""
    max_bytes: int = Field(default=10_000_000, ge=1_000, le=1_000_000_000)
    """Longest body in bytes, after unpacking."""
    connections: int = Field(default=200, ge=1, le=10_000)
    """Requests under way at once."""
    per_host: int = Field(default=2, ge=1, le=100)
    """Requests under way at once to one host and port."""
    per_host_gap: Duration = Field(default=0.0, ge=0, le=3600)
    """Shortest time between two requests to one host and port, such as ``1s``."""
    page_gap: Duration = Field(default=1.0, ge=0, le=3600)
    """Shortest time between two pages of one host; its robots.txt may ask for more."""
    proxy: str = Field(default="", pattern=r"^(https?://[^/?#@\s\\]+/?)?$")
    """Address of an HTTP proxy; variables such as ``HTTP_PROXY`` are never read.

    The proxy looks names up itself, so only addresses written as numbers are checked here.
    """
    ca_file: str = ""
    """PEM file of certificate authorities to accept beside the usual ones."""
