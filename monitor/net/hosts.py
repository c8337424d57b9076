"""Manners towards one host: how many requests at once, how far apart, and when not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from monitor.errors import FetchError
from monitor.model import Reason

LONGEST_QUEUE = 120.0
"""Seconds that a request waits for its turn; what would wait longer had better come back."""


class _Host:
    """What is remembered of one host while it matters."""

    __slots__ = ("limited_until", "next_start", "slots", "users")

    def __init__(self, per_host: int) -> None:
        self.slots = asyncio.Semaphore(per_host)
        self.next_start = 0.0
        self.limited_until: datetime | None = None
        self.users = 0


class Hosts:
    """Slots for requests, by host and port; ``clock`` gives the time in UTC."""

    def __init__(
        self, *, connections: int, per_host: int, gap: float, clock: Callable[[], datetime]
    ) -> None:
        self._hosts: dict[str, _Host] = {}
        self._connections = asyncio.Semaphore(connections)
        self._per_host = per_host
        self._gap = gap
        self._clock = clock

    @asynccontextmanager
    async def slot(self, key: str, gap: float | None = None) -> AsyncIterator[None]:
        """Wait for a turn at ``key``; raises `FetchError` while it wants to be left alone.

        ``gap`` keeps the next request so many seconds away, when that is more than usual.

        A turn at the host comes before one of the connections, so that those who wait for a busy
        host hold nothing that others need.
        """
        host = self._hosts.setdefault(key, _Host(self._per_host))
        host.users += 1
        try:
            async with host.slots:
                self._refuse_while_limited(host, key)
                await self._keep_apart(key, host, max(self._gap, gap or 0.0))
                self._refuse_while_limited(host, key)
                async with self._connections:
                    yield
        finally:
            host.users -= 1
            self._forget(key, host)

    def limit(self, key: str, seconds: float) -> None:
        """Remember that ``key`` wants no request for ``seconds``."""
        if seconds > 0:
            host = self._hosts.setdefault(key, _Host(self._per_host))
            host.limited_until = self._clock() + timedelta(seconds=seconds)

    def _refuse_while_limited(self, host: _Host, key: str) -> None:
        if host.limited_until is None:
            return
        left = (host.limited_until - self._clock()).total_seconds()
        if left <= 0:
            host.limited_until = None
            return
        message = f"{key} asked to be left alone for another {left:.0f} s (Retry-After)"
        raise FetchError(Reason.RATE_LIMITED, message, retry_after=left)

    @staticmethod
    async def _keep_apart(key: str, host: _Host, gap: float) -> None:
        if not gap and not host.next_start:
            return
        now = asyncio.get_running_loop().time()
        start = max(now, host.next_start)
        if start - now > LONGEST_QUEUE:
            message = f"{key} has no turn for us within {LONGEST_QUEUE:g} s"
            raise FetchError(Reason.RATE_LIMITED, message, retry_after=start - now)
        host.next_start = start + gap
        if start > now:
            await asyncio.sleep(start - now)

    def _forget(self, key: str, host: _Host) -> None:
        """Drop what no longer matters, so that memory does not grow with hosts ever asked."""
        if host.users or (host.limited_until and host.limited_until > self._clock()):
            return
        if host.next_start <= asyncio.get_running_loop().time():
            self._hosts.pop(key, None)
