"""The HTTP client: httpx over a transport of our own, one checked connection for each request.

A monitor asks thousands of hosts once each, so a pool of connections only costs. What httpx does
by itself for a browser's user (cookies, redirects, proxies of the environment, logging whole
addresses) is switched off here, in one place.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from monitor.errors import InputError
from monitor.net.connect import Connector

Connection = httpcore.AsyncHTTPConnection | httpcore.AsyncHTTPProxy


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return the one context of all connections; raises `InputError`.

    Building one costs tens of milliseconds, so it is shared.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            message = f"ca_file {ca_file}: no certificates can be read from it ({error})"
            raise InputError(message) from error
    return context


def open_client(
    connector: Connector, context: ssl.SSLContext, proxy: str = ""
) -> httpx.AsyncClient:
    """Return the client of all HTTP; the caller bounds the time of each exchange.

    Requests are built in full and handed to ``send``, so the client adds no header.
    """
    for name in ("httpx", "httpcore"):  # at INFO they log addresses, whose paths may be secrets
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        transport=Transport(connector, context, proxy),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[], netscape=False)),
        headers=httpx.Headers(),
        follow_redirects=False,
        timeout=None,  # noqa: S113 - httpx's restart with every byte; ours bounds the exchange
        trust_env=False,
    )


class Transport(httpx.AsyncBaseTransport):
    """Opens a checked connection for each request and closes it with the response.

    Faults of sockets, TLS and HTTP pass as they are: httpx's own classes would say less than
    `monitor.net.faults` can read from them.
    """

    def __init__(self, connector: Connector, context: ssl.SSLContext, proxy: str) -> None:
        self._connector = connector
        self._context = context
        self._proxy = proxy
        proxy_host = urlsplit(proxy).hostname  # naming a proxy permits its own address
        self._to_proxy = connector.permitting(proxy_host) if proxy_host else connector

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` over a connection of its own."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.content
        )
        connection = self._open(url)
        try:
            response = await connection.handle_async_request(sent)
        except BaseException:
            # A second cancellation can end httpcore's own tidying up; this one waits for nothing.
            await connection.aclose()
            raise
        return Response(response.status, response.headers, _Body(response, connection))

    def _open(self, url: httpcore.URL) -> Connection:
        if not self._proxy:
            return httpcore.AsyncHTTPConnection(
                url.origin, ssl_context=self._context, network_backend=self._connector
            )
        self._connector.check_literal(url.host.decode("ascii"))
        return httpcore.AsyncHTTPProxy(
            self._proxy, ssl_context=self._context, network_backend=self._to_proxy
        )


class Response(httpx.Response):
    """An answer whose headers give every byte back as it came, and whose redirects are ours."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: _Body) -> None:
        super().__init__(status, headers=headers, stream=body)
        self.headers.encoding = "latin-1"

    @property
    def has_redirect_location(self) -> bool:
        """Return False: httpx reads a Location even if told not to follow, and chokes on some."""
        return False


class _Body(httpx.AsyncByteStream):
    """The bytes of a response as they arrive, packed as they are."""

    def __init__(self, response: httpcore.Response, connection: Connection) -> None:
        self._response = response
        self._connection = connection

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_stream()

    async def aclose(self) -> None:
        """Close the connection, whatever is left unread."""
        await self._connection.aclose()
