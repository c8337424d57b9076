"""SMTP servers for tests: one that is real and one that fails on demand.

async with SmtpServer(starttls=authority().server("mail.test")) as server:
    ...
    assert server.messages == [(sender, recipients, content)]
"""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.servers import TcpServer


class Session(SMTP):
    """A conversation that tells of the step for which aiosmtpd has no hook."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        self.event_handler.step("DATA")
        await super().smtp_DATA(arg)


class SmtpServer(TcpServer):
    """A real SMTP server (aiosmtpd) that keeps what it is given."""

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        need_tls: bool = False,
    ) -> None:
        super().__init__(tls)
        self._starttls = starttls
        self._login = login
        self._need_tls = need_tls
        self._sessions: list[SMTP] = []
        self.step: Callable[[str], None] = lambda _: None
        """Called when a client has come to a step and before it is answered: ``connect``, ``EHLO``,
        ``MAIL``, ``RCPT``, ``DATA``, ``END`` of the message, ``QUIT``."""
        self.messages: list[tuple[str, list[str], bytes]] = []
        """Sender, recipients and bytes of each message accepted."""
        self.encrypted: list[bool] = []
        """Of each message, whether it came over TLS."""

    @property
    def idle(self) -> bool:
        """Whether no client is connected any more."""
        return all(session.transport is None for session in self._sessions)

    async def _end(self) -> None:
        for session in self._sessions:
            transport: Any = session.transport
            if transport:
                transport.abort()
            if session._handler_coroutine:
                self._tasks.add(session._handler_coroutine)
        await super()._end()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        self.step("EHLO")
        session.host_name = hostname
        return answers

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.step("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 fine"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.step("RCPT")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 fine"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.step("QUIT")
        return "221 goodbye"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        over_tls = session.ssl is not None or self._tls is not None
        self.encrypted.append(over_tls)
        self.step("END")
        return "250 kept"

    async def _listen(self) -> asyncio.Server:
        def protocol() -> SMTP:
            self.connections += 1
            self.step("connect")
            with warnings.catch_warnings():  # it warns of logins without TLS: tests want one
                warnings.simplefilter("ignore")
                session = Session(
                    self,
                    hostname="mail.test",
                    ident="test",
                    tls_context=self._starttls,
                    require_starttls=self._need_tls,
                    authenticator=self._check if self._login else None,
                    auth_required=bool(self._login),
                    auth_require_tls=self._starttls is not None,
                    loop=asyncio.get_running_loop(),
                )
            self._sessions.append(session)
            return session

        loop = asyncio.get_running_loop()
        return await loop.create_server(protocol, "127.0.0.1", 0, ssl=self._tls)

    def _check(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self._login == (
            data.login.decode(),
            data.password.decode(),
        )
        return AuthResult(success=known, handled=False)


class ScriptedSmtp(TcpServer):
    """An SMTP server that misbehaves: ``replies`` by the first word of a command.

    ``.`` is the end of the message. A reply of ``None`` drops the connection. Commands without a
    script are accepted. ``seen`` keeps the commands, message lines apart.
    """

    def __init__(self, **replies: str | None) -> None:
        super().__init__()
        self.replies: dict[str, str | None] = {"EHLO": "250 mail.test", "DATA": "354 go on"}
        self.replies |= replies
        self.seen: list[str] = []
        self.messages: list[bytes] = []
        """Every message that came whole, whatever was answered."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = self.replies.get("hello", "220 mail.test")
        if hello is None:
            writer.transport.abort()
            return
        writer.write(f"{hello}\r\n".encode())
        while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
            self.seen.append(line)
            word = line.split(" ")[0].upper()
            reply = self.replies.get(line, self.replies.get(word, "250 fine"))
            if word == "DATA" and reply and reply.startswith("354"):
                writer.write(f"{reply}\r\n".encode())
                self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
                reply = self.replies.get("END", "250 kept")
            if reply is None:
                writer.transport.abort()
                return
            writer.write(f"{reply}\r\n".encode())
