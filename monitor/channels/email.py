"""Mail handed to an SMTP server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from monitor.channels import dkim
from monitor.channels.base import Channel, OptionError
from monitor.channels.mail import Sender, check_address, compose
from monitor.fields import Duration
from monitor.model import Delivery, Message, Notice
from monitor.net import MailServer, Net


def _check_sender(text: str) -> str:
    Sender.parse(text)
    return text


SenderText = Annotated[str, AfterValidator(_check_sender)]
"""``monitor@example.org`` or ``Coverage desk <monitor@example.org>``."""


_LONGEST_KEY: Final = 20_000
"""Bytes of a key's file; an RSA key of 8,192 bits takes 6,400."""


def _check_key(secret: SecretStr) -> SecretStr:
    if text := secret.get_secret_value():
        dkim.read_key(text)
    return secret


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
    dkim_domain: str = Field(default="", max_length=253)
    """Domain that mail is signed for (DKIM); that of ``sender`` when left out."""
    dkim_key: Annotated[SecretStr, AfterValidator(_check_key)] = SecretStr("")
    """Private key that mail is signed with, RSA or ed25519 in PEM, best as ``${DKIM_KEY}``; needs the
    extra ``dkim``. Leave it out where the server signs itself."""
    dkim_file: str = ""
    """File of the private key, instead of ``dkim_key``; read when the configuration is."""
    dkim_selector: str = Field(default="", pattern=rf"^$|{dkim.SELECTOR}")
    """Name under which DNS has the public key: at ``SELECTOR._domainkey.DOMAIN``."""

    @field_validator("dkim_domain")
    @classmethod
    def _check_domain(cls, domain: str) -> str:
        return Sender.parse(f"x@{domain}").domain if domain else ""

    @field_validator("dkim_selector")
    @classmethod
    def _check_selector(cls, selector: str, info: ValidationInfo) -> str:
        key, file = info.data.get("dkim_key"), info.data.get("dkim_file")
        if selector and key is not None and bool(key.get_secret_value()) is bool(file):
            message = "goes with a key: either 'dkim_key' or 'dkim_file'"
            raise ValueError(message)
        return selector

    @model_validator(mode="after")
    def _check_pair(self) -> Self:
        if (self.dkim_key.get_secret_value() or self.dkim_file) and not self.dkim_selector:
            message = "'dkim_selector' is missing: the name under which DNS has the public key"
            raise ValueError(message)
        return self

    def loaded(self) -> Self:
        """Return it with the key of its file."""
        if not self.dkim_file:
            return self
        option = "dkim_file"
        try:
            with Path(self.dkim_file).open("rb") as file:
                key = SecretStr(file.read(_LONGEST_KEY).decode("ascii", "replace"))
            return self.model_copy(update={"dkim_key": _check_key(key)})
        except OSError as error:
            words = f"cannot be read: {error.strerror or error}"
            raise OptionError(option, words) from None
        except ValueError as error:
            raise OptionError(option, str(error)) from None

    def check_recipient(self, recipient: str) -> str:
        """Return one plain mail address; raises ValueError for anything else."""
        return check_address(recipient)

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the mail for ``recipient``, signed where a key is set."""
        sender = Sender.parse(self.sender)
        mail = compose(notice, sender, self.check_recipient(recipient), delivery_id, self.reply_to)
        if not self.dkim_selector:
            return mail
        key = dkim.read_key(self.dkim_key.get_secret_value())
        domain = self.dkim_domain or sender.domain
        signed = dkim.sign(mail.content, key, domain, self.dkim_selector, notice.created)
        return replace(mail, content=signed)

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
