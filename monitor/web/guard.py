"""Who may see the page: decisions as pure functions over headers and times."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from monitor.config.options import WebOptions
from monitor.errors import InputError

TRIES = 5
"""Wrong passwords that one address may send within `WINDOW`."""
WINDOW = 60.0
"""Seconds after which a wrong password is forgotten."""
SAFE_METHODS = frozenset({"GET", "HEAD"})
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def require_password(web: WebOptions) -> None:
    """Raise InputError when others could reach the page and no password is set."""
    if web.loopback or web.protected:
        return
    message = (
        f"web.host is {web.host}, which other machines may reach, and no password is set: set "
        "web.password in monitor.yaml, best as ${MONITOR_PASSWORD}, or use host 127.0.0.1"
    )
    raise InputError(message)


def host_allowed(host: str, web: WebOptions) -> bool:
    """Return whether a request may name this ``Host``.

    A page without a password trusts whoever can reach it, so a foreign site must not reach it by
    pointing its own name at this machine (DNS rebinding): only this machine's names pass. With a
    password the name does not matter, for browsers keep passwords by name.
    """
    if web.protected:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name.lower() in _OWN_NAMES | {web.host.lower()}


def cross_site(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request that may change something was sent by another site.

    Browsers say so in ``Sec-Fetch-Site`` (Fetch Metadata), older ones in ``Origin``; what sends
    neither is no browser and carries no visitor's password along. ``headers`` have lower-case names.
    """
    if method in SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def password_in(authorization: str) -> str | None:
    """Return the password of an ``Authorization: Basic`` header (RFC 7617), None without one.

    The user name may be anything: there is one password.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return pair.partition(":")[2]


def password_right(given: str, web: WebOptions) -> bool:
    """Return whether ``given`` is the password, in a time that does not depend on how wrong it is."""
    wanted = web.password.get_secret_value() if web.password else ""
    return bool(wanted) and secrets.compare_digest(
        given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace")
    )


def visitor(address: str) -> str:
    """Return what counts as one visitor: an IPv4 address, or the /64 that one IPv6 host owns."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def recent(failures: Sequence[float], now: float) -> tuple[float, ...]:
    """Return the wrong tries that still count; times and ``now`` in seconds of one clock."""
    return tuple(time for time in failures if now - time < WINDOW)


def wait(failures: Sequence[float], now: float) -> float:
    """Return the seconds until a visitor with these wrong tries may try again; 0 for at once."""
    counted = recent(failures, now)
    return counted[-TRIES] + WINDOW - now if len(counted) >= TRIES else 0.0
