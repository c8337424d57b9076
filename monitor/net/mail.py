"""Mail over SMTP: handed over once, in full or not at all.

The bytes were made and stored before; they go out unchanged. A password never travels in the
clear, and `starttls` never falls back to plain text when a server, or someone between, does not
offer it. RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, Literal

import aiosmtplib
from pydantic import SecretStr

from monitor.errors import DeliveryError, InputError, PermanentFailure, TemporaryFailure
from monitor.model import Reason
from monitor.net.connect import Connector
from monitor.net.faults import explain, one_line
from monitor.net.mail_sessions import MailSessions, Session
from monitor.net.transport import tls_context

QUIT_SECONDS = 2.0
"""Time for a goodbye once the message has been accepted; it changes nothing any more."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where and how mail is handed over.

    To name a server is permission to reach it at a private or loopback address: mail servers
    often live inside. Addresses that no server has (multicast, metadata) stay refused.
    """

    host: str
    port: int = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: float = 60.0
    """Seconds for the whole exchange."""
    ca_file: str = ""
    """PEM file of certificate authorities to accept beside the usual ones."""


@lru_cache(maxsize=8)
def _context(ca_file: str) -> ssl.SSLContext:
    """Return a context for mail, apart from the one that announces HTTP; ``ca_file`` is read once."""
    return tls_context(ca_file)


class _Hand:
    """How far a message has got; once it is ``sent``, an answer may be lost but not the mail."""

    def __init__(self) -> None:
        self.sent = False


async def hand_over(
    connector: Connector,
    server: MailServer,
    message: bytes,
    sender: str,
    recipients: Sequence[str],
    sessions: MailSessions,
) -> str:
    """Return the server's words on accepting ``message`` for every one of ``recipients``.

    A session among ``sessions`` is used when there is one, and afterwards kept there. Raises
    `TemporaryFailure` when another try may help and `PermanentFailure` when none will.
    """
    hand, session = _Hand(), sessions.take(server)
    try:
        async with asyncio.timeout(server.timeout):
            if session and not await _stands(session.client):
                _close(session.client)
                session = None
            session = session or Session(await _connect(connector, server))
            reply = await _send(session.client, hand, message, sender, recipients)
        sessions.keep(server, session)
        session = None
    except DeliveryError:
        raise
    except Exception as error:
        raise _failure(error, server, hand) from error
    else:
        return reply
    finally:
        if session:
            await leave(session.client)


async def _stands(client: aiosmtplib.SMTP) -> bool:
    """Ask a server whether a session that was kept still stands: RSET, then all is as after EHLO."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def _connect(connector: Connector, server: MailServer) -> aiosmtplib.SMTP:
    """Return a session that is greeted, secured and logged in as the configuration says."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        timeout=None,  # the deadline around everything bounds every wait
        use_tls=server.security == "tls",
        start_tls=False,
        tls_context=None if server.security == "none" else _context(server.ca_file),
    )
    sock = await connector.connect(server.host, server.port)
    here, peer = (
        ip_address(name[0].partition("%")[0]) for name in (sock.getsockname(), sock.getpeername())
    )
    # An address in brackets is what a client without a name of its own says (RFC 5321 4.1.3).
    greeting = f"[{'IPv6:' if isinstance(here, IPv6Address) else ''}{here}]"
    try:
        await client.connect(sock=sock, local_hostname=greeting)
        if server.security == "starttls":
            await _start_tls(client, server)
        if server.username:
            await _log_in(client, server, loopback=peer.is_loopback)
    except BaseException:
        _close(client)
        raise
    return client


async def _start_tls(client: aiosmtplib.SMTP, server: MailServer) -> None:
    await client.ehlo()
    if not client.supports_extension("starttls"):
        message = (
            f"{_name(server)} does not offer STARTTLS, so nothing was sent: "
            "use security: tls if it speaks TLS from the start"
        )
        raise TemporaryFailure(message)
    await client.starttls()


async def _log_in(client: aiosmtplib.SMTP, server: MailServer, *, loopback: bool) -> None:
    if server.security == "none" and not loopback:
        message = (
            f"{_name(server)}: a password is not sent without TLS; set security: starttls or tls"
        )
        raise PermanentFailure(message)
    try:
        await client.login(server.username.encode(), server.password.get_secret_value().encode())
    except aiosmtplib.SMTPResponseException as error:
        # The server's own words are left out: they may repeat what it was given.
        if not _is_permanent(error.code):
            message = f"{_name(server)} does not accept the login at the moment ({error.code})"
            raise TemporaryFailure(message) from None
        message = f"{_name(server)} refused the login ({error.code}): check username and password"
        raise PermanentFailure(message) from None
    except aiosmtplib.SMTPServerDisconnected:
        raise
    except aiosmtplib.SMTPException:
        message = f"{_name(server)} offers no way to log in that is known here; leave username out"
        raise PermanentFailure(message) from None


async def _send(
    client: aiosmtplib.SMTP,
    hand: _Hand,
    message: bytes,
    sender: str,
    recipients: Sequence[str],
) -> str:
    """Hand the message over; a temporary refusal of one recipient holds it back for all.

    Otherwise a later try would bring the others a second copy.
    """
    options, encoding = await _international(client, [*filter(None, [sender]), *recipients])
    await client.mail(sender, options=options, encoding=encoding)
    refused = []
    for recipient in recipients:
        try:
            await client.rcpt(recipient, encoding=encoding)
        except aiosmtplib.SMTPRecipientRefused as error:
            refused.append(error)
    temporary = [error for error in refused if not _is_permanent(error.code)]
    if temporary or len(refused) == len(recipients):
        raise (temporary or refused)[0]
    hand.sent = True
    reply = await client.data(message)
    if refused:
        those = "; ".join(f"{error.recipient} ({_said(error)})" for error in refused)
        message_ = f"delivered to the other recipients, but refused for {one_line(those)}"
        raise PermanentFailure(message_)
    return one_line(f"{reply.code} {reply.message}")


async def _international(
    client: aiosmtplib.SMTP, addresses: Sequence[str]
) -> tuple[list[str], str]:
    """Return MAIL options and encoding for ``addresses`` (RFC 6531 when they need it)."""
    for address in addresses:
        if not address or parseaddr(address)[1] != address:
            message = f"{one_line(address, 80)!r} is not one plain mail address"
            raise PermanentFailure(message)
    if all(map(str.isascii, addresses)):
        return [], "ascii"
    await client.ehlo()
    if not client.supports_extension("smtputf8"):
        message = "the mail server takes no addresses outside ASCII (SMTPUTF8)"
        raise PermanentFailure(message)
    return ["SMTPUTF8"], "utf-8"


async def leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, briefly, and close."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):  # TimeoutError is an OSError
            async with asyncio.timeout(QUIT_SECONDS):
                await client.quit()
    finally:
        _close(client)


def _close(client: aiosmtplib.SMTP) -> None:
    """Close at once: a TLS goodbye would wait for the other side."""
    transport: Any = client.transport
    client.close()
    if transport:
        transport.abort()


def _failure(error: Exception, server: MailServer, hand: _Hand) -> DeliveryError:
    """Return what ``error`` means for the message."""
    name = _name(server)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        kind = PermanentFailure if _is_permanent(error.code) else TemporaryFailure
        return kind(f"{name}: {_said(error)}")
    if hand.sent:
        return TemporaryFailure(
            f"{name}: the connection was lost after the message had been handed over; "
            "the next try may bring a second copy with the same Message-ID"
        )
    if isinstance(error, InputError | ValueError) and not isinstance(error, OSError):
        return PermanentFailure(f"{name}: {one_line(error)}")
    if isinstance(error, TimeoutError) and not error.args:
        return TemporaryFailure(f"{name}: not done within {server.timeout:g} s")
    cause = error.__cause__ if isinstance(error, aiosmtplib.SMTPException) else None
    fault = explain(cause if isinstance(cause, OSError) else error, name)
    final = fault.reason == Reason.REFUSED_ADDRESS
    return (PermanentFailure if final else TemporaryFailure)(str(fault))


def _is_permanent(code: int) -> bool:
    """Say whether a reply asks not to try again (RFC 5321 section 4.2.1)."""
    return 500 <= code < 600  # noqa: PLR2004 - the class of permanent replies


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return one_line(f"{error.code} {error.message}")


def _name(server: MailServer) -> str:
    return f"{server.host}:{server.port}"
