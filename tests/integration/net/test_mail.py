from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from monitor.errors import PermanentFailure, TemporaryFailure
from monitor.net import Allowed, MailServer, Net, NetOptions
from monitor.net.connect import Connector
from monitor.net.mail import hand_over, leave
from monitor.net.mail_sessions import MailSessions
from tests.servers import Authority, FakeResolver, TcpServer, authority, pass_time, quiet_port
from tests.smtp_servers import ScriptedSmtp, SmtpServer

MESSAGE = (
    b"From: monitor@example.org\r\nTo: desk@example.org\r\nMessage-ID: <1@example.org>\r\n"
    b"Subject: Coverage\r\n\r\nA line\r\n.a line that begins with a dot\r\n"
)
SENDER, DESK = "monitor@example.org", "desk@example.org"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority()


@pytest.fixture
def ca_file(ours: Authority, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    ours.ca.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    """Nothing private is allowed here: naming the mail server has to be enough."""
    resolver = FakeResolver().on("mail.test", ["127.0.0.1"]).on("far.test", ["203.0.113.1"])
    async with Net(NetOptions(), resolver=resolver) as net:
        yield net


def at(server: Any, **changes: Any) -> MailServer:
    settings = {"host": "mail.test", "port": server.port, "security": "none"} | changes
    return MailServer(**settings)


def secured(context: ssl.SSLContext, security: str) -> SmtpServer:
    if security == "tls":
        return SmtpServer(tls=context)
    return SmtpServer(starttls=context, need_tls=True)


async def send(net: Net, server: MailServer, *recipients: str) -> str:
    return await net.send_mail(server, MESSAGE, SENDER, recipients or (DESK,))


async def test_the_stored_bytes_arrive_unchanged(net: Net) -> None:
    async with SmtpServer() as server:
        reply = await send(net, at(server))
    assert reply == "250 kept"
    assert server.messages == [(SENDER, [DESK], MESSAGE)]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_over_verified_tls(
    net: Net, ours: Authority, ca_file: str, security: str
) -> None:
    async with secured(ours.server("mail.test"), security) as server:
        reply = await send(net, at(server, security=security, ca_file=ca_file))
    assert reply == "250 kept"
    assert server.messages == [(SENDER, [DESK], MESSAGE)]
    assert server.encrypted == [True]


async def test_a_login_goes_over_tls(net: Net, ours: Authority, ca_file: str) -> None:
    async with SmtpServer(starttls=ours.server("mail.test"), login=("me", PASSWORD)) as server:
        secret = SecretStr(PASSWORD)
        settings = at(server, security="starttls", ca_file=ca_file, username="me", password=secret)
        assert await send(net, settings) == "250 kept"
    assert server.encrypted == [True]


async def test_a_server_that_offers_no_starttls_gets_nothing(net: Net) -> None:
    async with ScriptedSmtp() as server:
        settings = at(server, security="starttls", username="me", password=SecretStr(PASSWORD))
        with pytest.raises(TemporaryFailure, match="does not offer STARTTLS, so nothing was sent"):
            await send(net, settings)
    assert [line.split()[0] for line in server.seen] == ["EHLO", "QUIT"][: len(server.seen)]


async def test_an_answer_that_refuses_starttls_is_no_reason_for_plain_text(net: Net) -> None:
    async with ScriptedSmtp(EHLO="250-mail.test\r\n250 STARTTLS", STARTTLS="454 not now") as server:
        with pytest.raises(TemporaryFailure, match="454 not now"):
            await send(net, at(server, security="starttls"))
    assert "STARTTLS" in server.seen
    assert not any(line.startswith(("MAIL", "AUTH", "DATA")) for line in server.seen)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_an_untrusted_certificate_is_refused_with_a_readable_reason(
    net: Net, ours: Authority, security: str
) -> None:
    async with secured(ours.server("mail.test"), security) as server:
        with pytest.raises(TemporaryFailure, match="certificate is not accepted") as caught:
            await send(net, at(server, security=security))
    assert "\n" not in str(caught.value)
    assert server.messages == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_for_another_name_is_refused(
    net: Net, ours: Authority, ca_file: str, security: str
) -> None:
    async with secured(ours.server("other.test"), security) as server:
        with pytest.raises(TemporaryFailure, match="Hostname mismatch"):
            await send(net, at(server, security=security, ca_file=ca_file))
    assert server.messages == []


async def test_a_bad_password_is_permanent_and_never_shown(
    net: Net, ours: Authority, ca_file: str
) -> None:
    async with SmtpServer(starttls=ours.server("mail.test"), login=("me", "another")) as server:
        settings = at(
            server,
            security="starttls",
            ca_file=ca_file,
            username="me",
            password=SecretStr(PASSWORD),
        )
        with pytest.raises(PermanentFailure, match="refused the login") as caught:
            await send(net, settings)
    assert "check username and password" in str(caught.value)
    assert PASSWORD not in f"{caught.value!r} {settings!r} {caught.value.__cause__!r}"
    assert server.messages == []


async def test_a_login_that_fails_for_now_is_tried_again(net: Net) -> None:
    async with ScriptedSmtp(
        EHLO="250-mail.test\r\n250 AUTH PLAIN", AUTH="454 4.7.0 Temporary failure"
    ) as server:
        with pytest.raises(TemporaryFailure, match=r"at the moment \(454\)"):
            await send(net, at(server, username="me", password=SecretStr(PASSWORD)))


class _FarSocket(socket.socket):
    """A real connection that says it leads to another machine."""

    def getpeername(self) -> tuple[str, int]:
        return ("192.0.2.1", 25)


class _FarConnector(Connector):
    async def connect(self, host: str, port: int) -> socket.socket:
        near = await super().connect(host, port)
        far = _FarSocket(fileno=near.detach())
        far.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        return far


async def test_a_password_goes_without_tls_to_this_machine_only(net: Net) -> None:
    async with SmtpServer(login=("me", PASSWORD)) as server:
        settings = at(server, username="me", password=SecretStr(PASSWORD))
        assert await send(net, settings) == "250 kept"
    far = _FarConnector(FakeResolver().on("mail.test", ["127.0.0.1"]), Allowed.of(("127.0.0.1",)))
    async with ScriptedSmtp(EHLO="250-mail.test\r\n250 AUTH PLAIN LOGIN") as elsewhere:
        settings = at(elsewhere, username="me", password=SecretStr(PASSWORD))
        with pytest.raises(PermanentFailure, match="a password is not sent without TLS"):
            await hand_over(far, settings, MESSAGE, SENDER, [DESK], MailSessions(leave))
    assert not any(line.startswith("AUTH") for line in elsewhere.seen)


async def test_a_server_without_logins_says_what_to_do(net: Net) -> None:
    async with ScriptedSmtp() as server:
        with pytest.raises(PermanentFailure, match="no way to log in"):
            await send(net, at(server, username="me", password=SecretStr(PASSWORD)))


@pytest.mark.parametrize("where", ["hello", "EHLO", "MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("421 4.3.2 closing", TemporaryFailure),
        ("450 4.2.0 greylisted, try again later", TemporaryFailure),
        ("452 4.2.2 mailbox full", TemporaryFailure),
        ("550 5.1.1 no such user", PermanentFailure),
        ("554 5.7.1 refused", PermanentFailure),
    ],
)
async def test_a_refusal_at_any_step_is_temporary_or_permanent_by_its_code(
    net: Net, where: str, reply: str, kind: type[Exception]
) -> None:
    both = {"EHLO": reply, "HELO": reply}
    script = both if where == "EHLO" else {where: reply}
    async with ScriptedSmtp(**script) as server:
        with pytest.raises((TemporaryFailure, PermanentFailure)) as caught:
            await send(net, at(server))
    assert type(caught.value) is kind
    assert reply in str(caught.value)


@pytest.mark.parametrize("where", ["hello", "EHLO", "MAIL", "RCPT"])
async def test_a_connection_dropped_before_the_message_is_tried_again(net: Net, where: str) -> None:
    async with ScriptedSmtp(**{where: None}) as server:
        with pytest.raises(TemporaryFailure, match="cut off") as caught:
            await send(net, at(server))
    assert "second copy" not in str(caught.value)


@pytest.mark.parametrize("where", ["DATA", "END"])
async def test_a_connection_dropped_after_data_warns_of_a_second_copy(net: Net, where: str) -> None:
    async with ScriptedSmtp(**{where: None}) as server:
        with pytest.raises(TemporaryFailure, match="second copy with the same Message-ID"):
            await send(net, at(server))


async def test_a_goodbye_that_fails_changes_nothing(net: Net) -> None:
    async with ScriptedSmtp(QUIT=None) as server:
        assert await send(net, at(server)) == "250 kept"


class _Silent(TcpServer):
    """A server that never says a word."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass_time(60)
        await reader.read()


async def test_a_server_that_falls_silent_meets_the_deadline(net: Net) -> None:
    async with _Silent() as server:
        with pytest.raises(TemporaryFailure, match=r"not done within 60 s"):
            await send(net, at(server, timeout=60.0))
        assert server.connections == 1


async def test_nobody_listening_and_no_such_name_are_tried_again(net: Net) -> None:
    with quiet_port() as port, pytest.raises(TemporaryFailure, match="nothing listens there"):
        await send(net, MailServer("mail.test", port, "none"))
    with pytest.raises(TemporaryFailure, match="no address found"):
        await send(net, MailServer("missing.test", port, "none"))


@pytest.mark.parametrize("host", ["169.254.169.254", "224.0.0.1"])
async def test_a_name_is_no_permission_for_addresses_no_mail_server_has(host: str) -> None:
    async with Net(NetOptions(), resolver=FakeResolver().on("mail.test", [host])) as net:
        with pytest.raises(PermanentFailure, match="not connected"):
            await send(net, MailServer("mail.test", 25, "none"))


async def test_one_recipient_refused_for_now_holds_the_message_back_for_all(net: Net) -> None:
    async with ScriptedSmtp(**{"RCPT TO:<b@example.org>": "450 later"}) as server:
        with pytest.raises(TemporaryFailure, match="450 later"):
            await send(net, at(server), DESK, "b@example.org")
    assert "DATA" not in server.seen


async def test_one_recipient_refused_for_good_does_not_keep_the_message_from_others(
    net: Net,
) -> None:
    async with ScriptedSmtp(**{"RCPT TO:<b@example.org>": "550 unknown"}) as server:
        with pytest.raises(PermanentFailure, match=r"refused for b@example.org \(550 unknown\)"):
            await send(net, at(server), DESK, "b@example.org")
    assert "DATA" in server.seen


@pytest.mark.parametrize(
    "recipient", ["a@x.org, evil@y.org", "A <a@x.org>", "a@x.org\r\nRCPT TO:<evil@y.org>", ""]
)
async def test_what_is_not_one_plain_address_is_refused(net: Net, recipient: str) -> None:
    async with ScriptedSmtp() as server:
        with pytest.raises(PermanentFailure, match="is not one plain mail address"):
            await net.send_mail(at(server), MESSAGE, SENDER, [recipient])
    assert not any("evil" in line for line in server.seen)


async def test_an_address_outside_ascii_needs_a_server_that_takes_it(net: Net) -> None:
    async with ScriptedSmtp() as server:
        with pytest.raises(PermanentFailure, match="SMTPUTF8"):
            await send(net, at(server), "büro@example.org")
    async with SmtpServer() as server:
        with pytest.raises(PermanentFailure, match="SMTPUTF8"):
            await send(net, at(server), "büro@example.org")


async def test_words_of_the_server_become_one_printable_line(net: Net) -> None:
    async with ScriptedSmtp(END="550-no\r\n550 \x1b[31mway") as server:
        with pytest.raises(PermanentFailure) as caught:
            await send(net, at(server))
    assert str(caught.value).endswith("550 no [31mway")
    assert str(caught.value).isprintable()


async def test_an_authority_file_that_is_missing_is_named(net: Net) -> None:
    async with ScriptedSmtp() as server:
        with pytest.raises(PermanentFailure, match=r"ca_file /nowhere\.pem"):
            await send(net, at(server, security="starttls", ca_file="/nowhere.pem"))
