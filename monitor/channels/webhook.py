"""Webhooks by the Standard Webhooks specification (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, SecretStr
from standardwebhooks import Webhook

from monitor.channels.batches import parts_of
from monitor.channels.envelopes import cloud_event, set_payload
from monitor.channels.posting import Call, PostingChannel, forms_of
from monitor.channels.wording import headline
from monitor.fields import Address
from monitor.model import Delivery, Message, Notice

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def _check_secret(secret: SecretStr) -> SecretStr:
    """Return the secret when it is ``whsec_`` and 24 to 64 bytes in base64; it is never shown."""
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        message = "a webhook secret is whsec_ followed by 24 to 64 random bytes in base64"
        raise ValueError(message)
    return secret


SigningSecret = Annotated[SecretStr, AfterValidator(_check_secret)]


class WebhookChannel(PostingChannel):
    """A signed POST of JSON; the body's JSON Schema is in the reference."""

    mend: ClassVar[str] = "check 'url' and 'secret'"

    kind: Literal["webhook"]
    """``webhook``"""
    url: Address
    """Address that messages are posted to."""
    secret: SigningSecret
    """Key that the signature is made with: ``whsec_`` and 24 to 64 random bytes in base64."""
    old_secrets: tuple[SigningSecret, ...] = ()
    """Keys that were in use before: calls are signed with each, until every receiver has the new one."""
    envelope: Literal["plain", "cloudevents"] = "plain"
    """``cloudevents`` puts the body into a CloudEvents 1.0 envelope, structured mode."""

    def parts(self, notice: Notice) -> tuple[Notice, ...]:
        """Return ``notice`` in parts of at most 100 hits that each fit into one body."""
        return parts_of(notice)

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body; the same bytes go out with every attempt."""
        self.check_recipient(recipient)
        if self.envelope == "cloudevents":
            body = cloud_event(notice, delivery_id)
            return Message(body, "application/cloudevents+json", delivery_id, headline(notice))
        return Message(set_payload(notice), "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the stored body with a fresh timestamp and a signature of each secret."""
        body = delivery.message.content
        signatures = (
            Webhook(secret.get_secret_value()).sign(delivery.id, now, body.decode("utf-8"))
            for secret in (self.secret, *self.old_secrets)
        )
        headers = {
            "content-type": delivery.message.content_type,
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        return Call(self.url, body, headers)

    def _secrets(self) -> Iterator[str]:
        yield from super()._secrets()
        yield from forms_of(self.url)  # its path or query often is its password
