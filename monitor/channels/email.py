"""Mail handed to an SMTP server."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from monitor.channels.base import Channel
from monitor.channels.mail import Sender, check_address, compose
from monitor.fields import Duration
from monitor.model import Delivery, Message, Notice
from monitor.net import MailServer, Net


def _check_sender(text: str) -> str:
    Sender.parse(text)
    return text


SenderText = Annotated[str, AfterValidator(_check_sender)]
"""``monitor@example.org`` or ``Coverage desk <monitor@example.org>``."""


class EmailChannel(Channel):
    """Mail handed to an SMTP server, encrypted unless told otherwise."""

    kind: Literal["email"]
    """``email``"""
    host: str = Field(min_length=1)
    """Host name of the SMTP server."""
    port: int = Field(default=587, ge=1, le=65535)
    """Port: usually 587 for ``starttls``, 465 for ``tls``."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """``starttls`` and ``tls`` refuse to go on without a trusted certificate; ``none`` is for a
    server on this machine."""
    username: str = ""
    """Name to sign in with; no sign-in when empty."""
    password: SecretStr = SecretStr("")
    """Password to sign in with, such as ``${SMTP_PASSWORD}``."""
    sender: SenderText
    """Address that mail comes from, with a name if you like: ``Desk <monitor@example.org>``."""
    reply_to: Annotated[str, AfterValidator(lambda text: check_address(text) if text else "")] = ""
    """Address that replies go to; the sender when left out."""
    ca_file: str = ""
    """PEM file of a certificate authority of your own; the system's when left out."""
    timeout: Duration = 60.0
    """Time for one message, from connecting to the server's last word."""

    def check_recipient(self, recipient: str) -> str:
        """Return one plain mail address; raises ValueError for anything else."""
        return check_address(recipient)

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the mail for ``recipient``."""
        sender = Sender.parse(self.sender)
        return compose(notice, sender, self.check_recipient(recipient), delivery_id, self.reply_to)

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Hand the stored bytes to the server and return its reply."""
        server = MailServer(
            host=self.host,
            port=self.port,
            security=self.security,
            username=self.username,
            password=self.password,
            timeout=self.timeout,
            ca_file=self.ca_file,
        )
        sender = Sender.parse(self.sender).address
        recipient = self.check_recipient(delivery.recipient)
        return await net.send_mail(server, delivery.message.content, sender, [recipient])
