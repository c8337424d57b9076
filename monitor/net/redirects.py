"""Following redirects: pure, one hop at a time (RFC 9110 section 15.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.address import Target, parse

MAX_HOPS = 10
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}

PASSED_ON = frozenset(
    {"accept", "accept-language", "cache-control", "if-modified-since", "if-none-match"}
)
"""Headers that follow a redirect to another origin; credentials of any name stay behind."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a request has been and where it stands."""

    here: Target
    headers: Mapping[str, str]
    moved_to: str = ""
    """Where the leading permanent redirects have led so far."""
    seen: tuple[str, ...] = ()
    hosts: tuple[str, ...] = field(default=())
    permanent: bool = True
    """Whether every hop so far was a permanent one."""

    def follow(self, status: int, location: str) -> Trail | None:
        """Return the trail one hop on, None when the answer is the final one.

        Raises `FetchError` for a loop, too many hops or an address that may not be fetched.
        """
        if status not in REDIRECTS or not location:
            return None
        seen, hosts = (*self.seen, self.here.url), (*self.hosts, self.here.key)
        target = self._target(location)
        if target.url in seen:
            raise FetchError(Reason.REDIRECTS, f"redirects in a loop: {_path(hosts, target)}")
        if len(seen) > MAX_HOPS:
            message = f"{hosts[0]} redirects more than {MAX_HOPS} times: {_path(hosts, target)}"
            raise FetchError(Reason.REDIRECTS, message)
        permanent = self.permanent and status in PERMANENT
        return replace(
            self,
            here=target,
            headers=self.headers if target.origin == self.here.origin else _strip(self.headers),
            moved_to=target.url if permanent else self.moved_to,
            seen=seen,
            hosts=hosts,
            permanent=permanent,
        )

    def _target(self, location: str) -> Target:
        try:
            return parse(location, self.here.url)
        except FetchError as error:
            message = f"{self.here.key} redirects to an address that is refused: {error}"
            raise FetchError(error.reason, message) from error


def _strip(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in PASSED_ON}


def _path(hosts: tuple[str, ...], target: Target) -> str:
    """Name the hosts only: paths and queries may hold tokens."""
    return " → ".join((*hosts, target.key))
