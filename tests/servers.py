"""Small loopback servers for tests: HTTP scripted per path; SMTP is in ``smtp_servers``.

    async with HttpServer() as server:
        server.on("/feed.xml", Reply(body=b"<rss/>", headers={"ETag": '"1"'}))
        ...
        assert server.requests[0].headers["user-agent"]

They run in the test's own event loop and listen on 127.0.0.1 with a free port. `HttpServer(tls=…)`
speaks TLS; `authority` gives a certificate authority of the test's own; `quiet_port` is one where nobody
listens, and `pass_time` ends a deadline without waiting for it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import trustme


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary answer; Content-Length is set unless ``headers`` names one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        names = {name.lower() for name in self.headers}
        lines = [f"HTTP/1.1 {self.status} Scripted"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if "content-length" not in names and self.status not in {204, 304}:
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
        writer.write(head + self.body)
        await writer.drain()


def redirect(location: str, status: int = 302) -> Reply:
    """Answer with a redirect."""
    return Reply(status, headers={"Location": location})


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are; then the connection closes, or is reset when ``reset``."""

    data: bytes
    reset: bool = False

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(self.data)
        await writer.drain()
        if self.reset:
            reset(writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection off with a TCP reset."""
    sock = writer.get_extra_info("socket")
    # A linger time of zero makes close send RST instead of FIN.
    sock.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def pass_time(seconds: float) -> None:
    """Put the running loop's clock ahead: what waits for that long is over at once.

    So a deadline can be tested without waiting for it, and be so long that no busy machine meets it
    where it is not meant to.
    """
    loop = asyncio.get_running_loop()
    clock = loop.time
    loop.time = lambda: clock() + seconds  # type: ignore[method-assign]  # this loop alone


async def outlast(_: Request, __: asyncio.StreamWriter) -> None:
    """Answer nothing, until every deadline is over."""
    pass_time(3600)
    await asyncio.Event().wait()


@contextmanager
def quiet_port() -> Iterator[int]:
    """Keep a port where nothing listens: as long as the block runs nobody else is given it.

    A server that asks for this very port gets it, for both sides allow that it is used again.
    """
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        yield int(sock.getsockname()[1])


class TcpServer:
    """Listens on a free loopback port while its block runs, then ends every conversation."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._tasks: set[asyncio.Task[Any]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await self._listen()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls, backlog=1024)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._end()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the sockets in its next round

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side left
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class HttpServer(TcpServer):
    """Answers each path as scripted; 404 for others."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.requests: list[Request] = []
        self._script: dict[str, list[Handler]] = {}

    def on(self, path: str, *answers: Handler) -> Self:
        """Give ``answers`` to requests of ``path`` in turn; the last one is repeated."""
        self._script[path] = list(answers)
        return self

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start = await reader.readexactly(1)
        if start == b"\x16":  # a TLS handshake where plain HTTP is spoken
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(method, path, headers, body)
        self.requests.append(request)
        answers = self._script.get(path.partition("?")[0], [Reply(404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        await answer(request, writer)


class FakeResolver:
    """A resolver for tests: names to addresses, in turn when several answers are given."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self._answers: dict[str, list[Sequence[str] | OSError]] = {
            name: [addresses] for name, addresses in answers.items()
        }
        self.asked: list[str] = []

    def on(self, host: str, *answers: Sequence[str] | OSError) -> Self:
        self._answers[host] = list(answers)
        return self

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError(-2, "Name or service not known")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of the test's own."""

    ca: trustme.CA

    def server(self, *names: str, **options: Any) -> ssl.SSLContext:
        """Return a server's context with a certificate for ``names``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names, **options).configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """Return a client's context that trusts this authority only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.ca.configure_trust(context)
        return context


def authority() -> Authority:
    """Make a new certificate authority."""
    return Authority(trustme.CA())
