"""A mail server on loopback that keeps what it is given, so that it can be looked at."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.demo.clock import Clock, utc_now

MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One accepted message, as it came over the wire."""

    message_id: str
    subject: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    received: datetime
    duplicate: bool
    """True when a message with the same Message-ID came before."""
    eml: Path | None = None
    """Where it was written; None for a duplicate, which writes nothing."""
    html: Path | None = None
    """Where its HTML part was written, if it has one."""


_WRITTEN = re.compile(r"\d{3}(?:-\w+)*\.(?:eml|html)")
"""Names that `file_stem` gives."""


def file_stem(number: int, subject: str) -> str:
    """Return a file name without extension: a running number and the words of the subject."""
    words = re.findall(r"\w+", subject.casefold())
    return "-".join([f"{number:03d}", *words])[:60].rstrip("-")


def forget_earlier(folder: Path) -> None:
    """Remove the mails that a sink wrote into ``folder`` before, and nothing else."""
    for path in folder.glob("*.*"):
        if _WRITTEN.fullmatch(path.name) and path.is_file():
            path.unlink()


def html_part(message: EmailMessage) -> str | None:
    """Return the HTML that a mail program would show, or None when the message has none."""
    part = message.get_body(("html",))
    if part is None:
        return None
    text = part.get_content()
    return text if isinstance(text, str) else None


class _Session(SMTP):
    """One client's connection, which can be ended and waited for."""

    def __init__(self, sink: MailSink, **options: Any) -> None:
        super().__init__(sink, **options)
        self.ended = asyncio.Event()
        self._peers = sink.sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to be counted among the open sessions."""
        super().connection_made(transport)
        self._peers.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Stop being counted."""
        super().connection_lost(error)
        self._peers.discard(self)
        self.ended.set()

    def hang_up(self) -> None:
        """Close the connection, whatever it is in the middle of."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class MailSink:
    """An SMTP server (RFC 5321) on a free loopback port; an async context manager.

    With ``folder`` each new message is written there as ``.eml``, byte for byte, and its HTML
    part beside it. Accepted means kept: the 250 goes out after the message is in ``received``.
    """

    def __init__(self, folder: Path | None = None, *, clock: Clock = utc_now) -> None:
        self.received: list[ReceivedMail] = []
        self.host = "127.0.0.1"
        self.port = 0
        self._folder = folder
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._turn = asyncio.Lock()
        """One message at a time: what a duplicate is depends on those before it."""
        self.sessions: set[_Session] = set()
        """Connections that are open now."""

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening and end every open connection."""
        if self._server is not None:
            self._server.close()
        sessions = tuple(self.sessions)
        for session in sessions:
            session.hang_up()
        for session in sessions:
            await session.ended.wait()

    def _session(self) -> _Session:
        # The host name is given because aiosmtpd would otherwise ask DNS for it.
        return _Session(
            self,
            hostname="localhost",
            ident="practice mail sink",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _state: Session, envelope: Envelope
    ) -> str:
        """Keep a message and accept it."""
        content = envelope.original_content or b""
        async with self._turn:
            mail = await asyncio.to_thread(self._keep, content, envelope)
            self.received.append(mail)
        return "250 2.0.0 Kept (again)" if mail.duplicate else "250 2.0.0 Kept"

    def _keep(self, content: bytes, envelope: Envelope) -> ReceivedMail:
        message = message_from_bytes(content, policy=default)
        message_id = str(message.get("Message-ID", "")).strip()
        subject = str(message.get("Subject", "")).strip()
        duplicate = any(mail.message_id == message_id for mail in self.received if message_id)
        eml = html = None
        if self._folder is not None and not duplicate:
            eml, html = self._write(content, message, subject)
        return ReceivedMail(
            message_id=message_id,
            subject=subject,
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            content=content,
            received=self._clock(),
            duplicate=duplicate,
            eml=eml,
            html=html,
        )

    def _write(
        self, content: bytes, message: EmailMessage, subject: str
    ) -> tuple[Path, Path | None]:
        folder = self._folder or Path()
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / file_stem(len(self.received) + 1, subject)
        eml = stem.with_suffix(".eml")
        eml.write_bytes(content)
        markup = html_part(message)
        if markup is None:
            return eml, None
        html = stem.with_suffix(".html")
        html.write_text(markup, encoding="utf-8")
        return eml, html
