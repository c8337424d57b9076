"""Web addresses, read the way browsers read them (WHATWG URL)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import ada_url
import httpx

from monitor.errors import FetchError
from monitor.model import Reason

_REFUSED = Reason.REFUSED_ADDRESS
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask, taken apart once."""

    url: str
    """The whole address, normalised, without its fragment."""
    key: str
    """``host:port``, what limits are counted by."""
    wire: httpx.URL
    """The same address as the HTTP client takes it."""

    @property
    def origin(self) -> tuple[str, str]:
        """What must be equal for credentials to be passed on: scheme and ``host:port``."""
        return self.wire.scheme, self.key


@lru_cache(maxsize=8192)
def parse(url: str, base: str = "") -> Target:
    """Read ``url``, relative to ``base``; raises `FetchError` when it may not be fetched.

    The cache is sound because the answer depends on nothing else; a monitor asks for the same
    addresses over and over.
    """
    try:
        parts = ada_url.URL(url, base or None)
    except (ValueError, UnicodeError) as error:
        raise FetchError(
            _REFUSED, "the address cannot be read: it is no http or https address"
        ) from error
    scheme = parts.protocol.rstrip(":")
    if scheme not in _DEFAULT_PORTS:
        raise FetchError(_REFUSED, f"only http and https addresses are fetched, not {scheme[:20]}")
    if parts.username or parts.password:
        raise FetchError(
            _REFUSED, f"{parts.hostname}: an address may not carry a user name or password"
        )
    parts.hash = ""
    key = f"{parts.hostname}:{parts.port or _DEFAULT_PORTS[scheme]}"
    try:
        return Target(parts.href, key, httpx.URL(parts.href))
    except httpx.InvalidURL as error:  # longer than 64 KB
        raise FetchError(_REFUSED, f"{key[:300]}: the address cannot be asked for") from error
