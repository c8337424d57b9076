"""`Net`: one object through which everything leaves this machine.

HTTP goes through the one httpx client that `transport.open_client` makes. Here is what a monitor
adds to it: a turn at each host, one deadline over a whole exchange, redirects judged hop by hop,
bodies within their cap and a named reason for whatever goes wrong.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx

from monitor import __version__
from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.address import Target, parse
from monitor.net.body import read_body, read_start
from monitor.net.connect import Connector
from monitor.net.faults import explain
from monitor.net.guard import Allowed
from monitor.net.hosts import Hosts
from monitor.net.mail import MailServer, hand_over, leave
from monitor.net.mail_sessions import MailSessions
from monitor.net.options import NetOptions
from monitor.net.redirects import Trail
from monitor.net.resolver import Resolver, SystemResolver
from monitor.net.retry_after import parse_retry_after
from monitor.net.robots import LARGEST, Robots
from monitor.net.transport import open_client, tls_context
from monitor.net.wire import Answer

SHORT_BODY = 65_536
"""Bytes kept of an answer to a POST, and of a page that explains an error."""
_ASKS_FOR_PATIENCE = frozenset({429, 503})
_OURS = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Net:
    """Fetches, posts and mails within bounds; use it as ``async with Net(options) as net``.

    ``resolver`` and ``tls`` replace the system's resolver and the usual certificate authorities.
    """

    def __init__(
        self,
        options: NetOptions,
        *,
        clock: Callable[[], datetime] = _utc_now,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.options = options
        self._clock = clock
        self._resolver = resolver or SystemResolver()
        self._connector = Connector(self._resolver, Allowed.of(options.allow_private))
        self._client = open_client(
            self._connector, tls or tls_context(options.ca_file), options.proxy
        )
        self._hosts = Hosts(
            connections=options.connections,
            per_host=options.per_host,
            gap=options.per_host_gap,
            clock=clock,
        )
        self._mail = MailSessions(leave)
        self.robots = Robots(self._ask_robots, clock)
        contact = f" (+{options.contact})" if options.contact else ""
        self._user_agent = f"coverage-monitor/{__version__}{contact}".encode("ascii")

    async def __aenter__(self) -> Self:
        """Return itself: connections open only when they are used."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Let go of sockets and threads."""
        await self._mail.close()
        await self._client.aclose()
        self._resolver.close()
        await asyncio.sleep(0)  # lets the loop finish closing what was just cut off

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        deadline: float | None = None,
        robots: bool = False,
        gap: float | None = None,
    ) -> Answer:
        """Return the final answer of ``url``, whatever its status, redirects followed.

        ``deadline`` counts the seconds in which we talk to servers; waiting for one's turn at a
        busy host does not count. ``robots`` is for what nobody listed by hand: each hop then asks
        robots.txt first and keeps the distance between pages. ``gap`` keeps the next request to
        the host so many seconds away. Raises `FetchError`.
        """
        limit = self.options.max_bytes if max_bytes is None else max_bytes
        allowed = left = self.options.deadline if deadline is None else deadline
        trail: Trail | None = Trail(parse(url), dict(headers or {}))
        while trail:
            apart = await self._gap(trail.here.url) if robots else gap
            async with self._hosts.slot(trail.here.key, apart):
                started = time.monotonic()
                async with _bounded(left, allowed, trail.here.key):
                    answer, trail = await self._hop(trail, limit)
                left -= time.monotonic() - started
        return replace(answer, seconds=allowed - left)

    async def _gap(self, url: str) -> float:
        """Return the seconds to keep between pages of a site that lets us fetch ``url``."""
        return max(self.options.page_gap, (await self.robots.admit(url)).delay)

    async def _ask_robots(self, url: str) -> Answer:
        return await self.get(url, headers={"accept": "text/plain, */*;q=0.5"}, max_bytes=LARGEST)

    async def _hop(self, trail: Trail, limit: int) -> tuple[Answer, Trail | None]:
        """Ask once; return the answer, and the trail to go on with if it is a redirect."""
        request = httpx.Request(
            "GET", trail.here.wire, headers=self._headers(trail.headers, b"gzip")
        )
        async with aclosing(await self._client.send(request, stream=True)) as response:
            status, given = response.status_code, dict(response.headers.items())
            self._heed(trail.here, status, given)
            onward = trail.follow(status, given.get("location", ""))
            body = b"" if onward else await _read(response, limit, trail.here.key)
        return Answer(trail.here.url, status, given, body, trail.moved_to), onward

    async def post(
        self,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        deadline: float | None = None,
        method: str = "POST",
        gap: float | None = None,
    ) -> Answer:
        """Send ``content`` and return the answer, its body cut at 64 KB; ``gap`` as in `get`.

        Redirects are never followed: their status is the answer. Raises `FetchError`, whose
        message names host and port only, since a webhook's path may be its secret.
        """
        target, allowed = parse(url), self.options.deadline if deadline is None else deadline
        request = httpx.Request(
            method, target.wire, headers=self._headers(headers, b"identity"), content=content
        )
        async with self._hosts.slot(target.key, gap):
            started = time.monotonic()
            async with (
                _bounded(allowed, allowed, target.key),
                aclosing(await self._client.send(request, stream=True)) as response,
            ):
                status, given = response.status_code, dict(response.headers.items())
                self._heed(target, status, given)
                body = await read_start(response.aiter_raw(), "", SHORT_BODY)
            seconds = time.monotonic() - started
        return Answer(target.url, status, given, body, seconds=seconds)

    async def send_mail(
        self, server: MailServer, message: bytes, sender: str, recipients: Sequence[str]
    ) -> str:
        """Hand ``message`` over as it is and return the server's words.

        Naming a mail server in the configuration is permission to reach it at a private address.
        Raises `TemporaryFailure` or `PermanentFailure`.
        """
        connector = self._connector.permitting(server.host)
        return await hand_over(connector, server, message, sender, recipients, self._mail)

    def _headers(self, extra: Mapping[str, str], encoding: bytes) -> list[tuple[bytes, bytes]]:
        ours = [
            (b"User-Agent", self._user_agent),
            (b"Accept-Encoding", encoding),
            (b"Connection", b"close"),
        ]
        theirs = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in extra.items()
            if name.lower() not in _OURS
        ]
        return ours + theirs

    def _heed(self, target: Target, status: int, headers: Mapping[str, str]) -> None:
        """Remember a host that asks for patience."""
        if status in _ASKS_FOR_PATIENCE and "retry-after" in headers:
            wait = parse_retry_after(headers["retry-after"], self._clock())
            self._hosts.limit(target.key, wait or 0.0)


async def _read(response: httpx.Response, limit: int, key: str) -> bytes:
    """Return the unpacked body; httpx's own unpacking knows no cap."""
    encoding = response.headers.get("content-encoding", "")
    if response.is_error:
        return await read_start(response.aiter_raw(), encoding, min(limit, SHORT_BODY))
    return await read_body(response.aiter_raw(), encoding, limit, key)


@asynccontextmanager
async def _bounded(left: float, allowed: float, key: str) -> AsyncIterator[None]:
    """Give the exchange ``left`` of its ``allowed`` seconds and name what goes wrong."""
    try:
        async with asyncio.timeout(left) as clock:
            yield
    except TimeoutError as error:
        if not clock.expired():
            raise explain(error, key) from error
        message = f"{key}: the exchange did not finish within {allowed:g} s"
        raise FetchError(Reason.TIMEOUT, message) from None
    except Exception as error:  # noqa: BLE001 - every library fault becomes one named reason
        fault = explain(error, key)
        raise fault from (None if fault is error else error)
