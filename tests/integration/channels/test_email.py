"""Mail through a real SMTP server, and through servers that fail."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import dkim
import pytest

from monitor.channels.email import EmailChannel
from monitor.errors import DeliveryError, PermanentFailure, TemporaryFailure
from monitor.model import Delivery
from monitor.net import Net, NetOptions
from tests.servers import Authority, authority
from tests.smtp_servers import ScriptedSmtp, SmtpServer
from tests.unit.channels.dkim_keys import dns, pem
from tests.unit.channels.samples import DIGEST, NOW

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def certificates() -> Authority:
    return authority()


def make(port: int, **more: object) -> EmailChannel:
    options = {
        "id": "mail",
        "kind": "email",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Coverage desk <monitor@example.org>",
        **more,
    }
    return EmailChannel.model_validate(options)


def delivery(channel: EmailChannel) -> Delivery:
    message = channel.render(DIGEST, "desk@example.org", "delivery-1")
    recipient = "desk@example.org"
    return Delivery(
        "delivery-1", "harbour-morning", "digest", "mail", recipient, message, (), NOW, NOW
    )


async def test_the_stored_bytes_arrive_unchanged_over_starttls_and_a_login(
    certificates: Authority, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    certificates.ca.cert_pem.write_to_path(str(ca_file))
    server = SmtpServer(
        starttls=certificates.server("127.0.0.1"), login=("me", PASSWORD), need_tls=True
    )
    async with server, Net(NetOptions()) as net:
        channel = make(
            server.port,
            security="starttls",
            username="me",
            password=PASSWORD,
            ca_file=str(ca_file),
        )
        sent = delivery(channel)
        assert (await channel.send(sent, net)).startswith("250")
        await channel.send(sent, net)
    assert server.encrypted == [True, True]
    (sender, recipients, first), (_, _, second) = server.messages
    assert (sender, recipients) == ("monitor@example.org", ["desk@example.org"])
    assert first.rstrip(b"\r\n") == sent.message.content.rstrip(b"\r\n")
    assert first == second, "a repetition is the same message"
    mail = message_from_bytes(first, policy=default)
    assert mail["Message-ID"] == "<delivery-1@example.org>"
    html = mail.get_body(("html",))
    assert html is not None
    assert re.search(r"<mark[^>]*>العمل القسري</mark>", html.get_content())


async def test_what_a_server_received_carries_a_signature_that_verifies() -> None:
    async with SmtpServer() as server, Net(NetOptions()) as net:
        channel = make(server.port, dkim_key=pem("rsa"), dkim_selector="desk")
        sent = delivery(channel)
        await channel.send(sent, net)
        await channel.send(sent, net)
    (_, _, first), (_, _, second) = server.messages
    assert first == second, "the bytes that were stored are those that were signed"
    assert first.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;")
    assert dkim.verify(first, dnsfunc=dns("rsa"))
    changed = first.replace(b"Harbour", b"Hafen", 1)
    assert not dkim.verify(changed, dnsfunc=dns("rsa"))


async def test_a_wrong_password_is_said_readably_and_never_shown(
    certificates: Authority, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    certificates.ca.cert_pem.write_to_path(str(ca_file))
    server = SmtpServer(starttls=certificates.server("127.0.0.1"), login=("me", "another"))
    async with server, Net(NetOptions()) as net:
        channel = make(
            server.port, security="starttls", username="me", password=PASSWORD, ca_file=str(ca_file)
        )
        with pytest.raises(PermanentFailure, match="refused the login") as caught:
            await channel.send(delivery(channel), net)
    assert PASSWORD not in str(caught.value)
    assert server.messages == []


@pytest.mark.parametrize(
    ("replies", "failure"),
    [
        ({"RCPT": "550 no such user"}, PermanentFailure),
        ({"RCPT": "451 greylisted, come back later"}, TemporaryFailure),
        ({"MAIL": "421 too busy"}, TemporaryFailure),
        ({"END": "554 refused as spam"}, PermanentFailure),
        ({"END": "452 no room"}, TemporaryFailure),
        ({"END": None}, TemporaryFailure),
        ({"hello": "554 go away"}, PermanentFailure),
    ],
)
async def test_every_refusal_has_its_meaning(
    replies: dict[str, str | None], failure: type[DeliveryError]
) -> None:
    async with ScriptedSmtp(**replies) as server, Net(NetOptions()) as net:
        channel = make(server.port)
        with pytest.raises(failure) as caught:
            await channel.send(delivery(channel), net)
    assert len(str(caught.value).splitlines()) == 1


async def test_without_starttls_nothing_goes_out_in_the_clear() -> None:
    async with ScriptedSmtp() as server, Net(NetOptions()) as net:
        channel = make(server.port, security="starttls")
        with pytest.raises(DeliveryError):
            await channel.send(delivery(channel), net)
    assert not [line for line in server.seen if line.startswith(("MAIL", "RCPT", "DATA"))]
