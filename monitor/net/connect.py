"""Connections that go only where the guard lets them.

httpcore asks a network backend for every connection. Ours looks the name up once, checks every
address found and connects to one of those, so a name cannot change between check and connect.
The name itself stays what TLS verifies and what the Host header says.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.guard import Allowed, check, literal
from monitor.net.resolver import Resolver

ATTEMPT_SECONDS = 5.0
"""Time for one address of a host while others are left to try."""


class Stream(httpcore.AsyncNetworkStream):
    """A connected asyncio stream; the deadline around the exchange bounds every wait."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - httpcore's signature
        """Return at most ``max_bytes``, none at the end; raises OSError."""
        return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - httpcore's signature
        """Send ``buffer``; raises `httpcore.WriteError`."""
        if not buffer:
            return
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            # httpcore then still reads the answer, which servers may send before they close.
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close at once: nothing that is still under way matters."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
    ) -> Stream:
        """Speak TLS from here on, verified for ``server_hostname``; raises `ssl.SSLError`."""
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._writer.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks about the transport."""
        return self._writer.get_extra_info(info)


class Connector(httpcore.AsyncNetworkBackend):
    """Opens checked connections."""

    def __init__(self, resolver: Resolver, allowed: Allowed) -> None:
        self._resolver = resolver
        self._allowed = allowed

    def permitting(self, host: str) -> Connector:
        """Return a connector that may also go to ``host``, which the user has named."""
        return Connector(self._resolver, self._allowed.also(host))

    def check_literal(self, host: str) -> None:
        """Check ``host`` when it spells an address; names are left to whoever looks them up."""
        spelled = literal(host)
        if spelled:
            check(host, (spelled,), self._allowed)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above
    ) -> Stream:
        """Connect to a checked address of ``host``; raises `FetchError` or OSError."""
        sock = await self.connect(host, port)
        return Stream(*await asyncio.open_connection(sock=sock))

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket connected to a checked address of ``host``."""
        addresses = await self.addresses(host, port)
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    return await _open(address, port)
            except OSError:  # TimeoutError is one too: the next address may do better
                continue
        return await _open(addresses[-1], port)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of ``host``, all of them permitted; raises `FetchError`."""
        spelled = literal(host)
        found = (spelled,) if spelled else await self._look_up(host, port)
        check(host, found, self._allowed)
        return found

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolver.resolve(host, port)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise FetchError(Reason.DNS, f"{host}: no address found ({why})") from error
        if not found:
            raise FetchError(Reason.DNS, f"{host}: no address found")
        return found


async def _open(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock
