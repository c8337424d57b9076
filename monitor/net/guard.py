"""Which addresses may be connected to. Pure: names are looked up elsewhere.

A monitor fetches what strangers write into feeds, so an address must not lead back into the
network it runs in. An address passes when it is global unicast after every transition format
that carries an IPv4 address has been unwrapped, or when the user has allowed it by name.
`ipaddress.is_global` is not enough: it accepts multicast, NAT64 and, in some releases, 6to4.

Sources: the IANA special-purpose address registries (RFC 6890), RFC 4291 (IPv6), RFC 3056
(6to4), RFC 4380 (Teredo), RFC 6052 and RFC 8215 (NAT64), RFC 5214 (ISATAP).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from monitor.errors import FetchError
from monitor.model import Reason

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

METADATA = "cloud metadata"
UNSPECIFIED = "unspecified"
LOOPBACK = "loopback"
PRIVATE = "private"
SHARED = "shared (carrier NAT)"
LINK_LOCAL = "link-local"
MULTICAST = "multicast"
RESERVED = "reserved"
MALFORMED = "malformed"

BY_NAME = frozenset({LOOPBACK, PRIVATE, SHARED})
"""What allowing a host by its name covers; the rest must be allowed by address."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_RULES: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), rule)
    for rule, networks in (
        # Metadata services answer any process that can reach them with credentials.
        # 168.63.129.16 and 192.0.0.192 are such services on addresses that look ordinary.
        (METADATA, "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192"),
        (METADATA, "fd00:ec2::254 fd20:ce::254"),
        (UNSPECIFIED, "0.0.0.0/8 ::/128"),
        (LOOPBACK, "127.0.0.0/8 ::1/128"),
        (PRIVATE, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        (SHARED, "100.64.0.0/10"),
        (LINK_LOCAL, "169.254.0.0/16 fe80::/10"),
        (MULTICAST, "224.0.0.0/4 ff00::/8"),
        (RESERVED, "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24"),
        (RESERVED, "203.0.113.0/24 240.0.0.0/4"),
        (RESERVED, "2001:db8::/32 3fff::/20"),
        (RESERVED, " ".join(map(str, IPv6Network("2001::/23").address_exclude(_TEREDO)))),
    )
    for network in networks.split()
)
_LAST_32_BITS = tuple(
    IPv6Network(network)
    for network in ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "::/96")
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user lets through although it is not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, values: Iterable[str]) -> Allowed:
        """Read host names, addresses and networks (CIDR); raises ValueError."""
        hosts, networks = set(), []
        for value in values:
            text = value.strip().strip("[]").lower()
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError:
                hosts.add(_host_name(text))
        return cls(frozenset(hosts), tuple(networks))

    def also(self, host: str) -> Allowed:
        """Return this with ``host``, a name or an address, let through as well."""
        more = Allowed.of((literal(host) or host,))
        return Allowed(self.hosts | more.hosts, self.networks + more.networks)

    def covers(self, host: str, address: Address, rule: str) -> bool:
        """Say whether ``address`` of ``host``, which ``rule`` forbids, is allowed after all."""
        if rule in BY_NAME and host.rstrip(".").lower() in self.hosts:
            return True
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any((mapped or address) in network for network in self.networks)


def _host_name(text: str) -> str:
    name = text.rstrip(".")
    if not name or "/" in name or ":" in name or literal(name) or any(map(str.isspace, name)):
        message = f"{text!r} is no host name, address or network such as 10.0.0.0/8"
        raise ValueError(message)
    return name


def literal(host: str) -> str:
    """Return the address that ``host`` spells, empty when it is a name.

    Knows the spellings that C libraries accept: ``127.1``, ``0x7f.1``, ``017700000001``,
    ``2130706433``.
    """
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        pass
    if not host[:1].isdigit() or not host.isascii() or any(map(str.isspace, host)):
        return ""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=4096)
def forbidden(address: str) -> str:
    """Return the rule that forbids ``address``, empty when it is public."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return MALFORMED
    return _rule(parsed)


def _rule(address: Address) -> str:
    """Judge what ``address`` carries before ``address`` itself."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return LINK_LOCAL
        address = IPv6Address(int(address))
    for network, rule in _RULES:
        if address in network:
            return rule
    if isinstance(address, IPv4Address):
        return ""
    carried = _carried(address)
    if carried:
        return next(filter(None, map(_rule, carried)), "")
    return "" if address in _GLOBAL_V6 else RESERVED


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that a transition format hides in ``address``."""
    value = int(address)
    isatap = (value >> 32 & 0xFFFFFFFF) in _ISATAP
    if isatap or any(address in network for network in _LAST_32_BITS):
        return (IPv4Address(value & 0xFFFFFFFF),)
    if address in _SIX_TO_FOUR:
        return (IPv4Address(value >> 80 & 0xFFFFFFFF),)
    if address in _TEREDO:
        return (IPv4Address(value >> 64 & 0xFFFFFFFF), IPv4Address(~value & 0xFFFFFFFF))
    return ()


def check(host: str, addresses: Sequence[str], allowed: Allowed) -> None:
    """Raise `FetchError` unless every one of ``addresses`` of ``host`` may be connected to."""
    faults = {}
    for text in addresses:
        rule = forbidden(text)
        if rule and (rule == MALFORMED or not allowed.covers(host, ip_address(text), rule)):
            faults[text] = rule
    if not faults:
        return
    address, rule = next(iter(faults.items()))
    where = host if literal(host) == address else f"{host} ({address})"
    also = ", beside public ones" if len(faults) < len(addresses) else ""
    raise FetchError(
        Reason.REFUSED_ADDRESS,
        f"{where} is a {rule} address{also}: not connected; "
        "list it under allow_private if it is meant",
    )
