"""Webhooks by the Standard Webhooks specification (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from standardwebhooks import Webhook

from monitor.channels.base import Channel
from monitor.channels.payload import set_payload
from monitor.channels.text import one_line
from monitor.channels.wording import headline
from monitor.errors import DestinationGone, FetchError, PermanentFailure, TemporaryFailure
from monitor.fields import Address, Duration
from monitor.model import Delivery, Message, Notice, Reason
from monitor.net import Answer, Net, parse_retry_after

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_TRY_AGAIN: Final = frozenset({408, 425, 429})
"""Client errors that pass: request timeout, too early, too many requests."""


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


class WebhookChannel(Channel):
    """A signed POST of JSON; the body's JSON Schema is in the reference."""

    kind: Literal["webhook"]
    """``webhook``"""
    url: Address
    """Address that messages are posted to."""
    secret: Annotated[SecretStr, AfterValidator(_check_secret)]
    """Key that the signature is made with: ``whsec_`` and 24 to 64 random bytes in base64."""
    timeout: Duration = 20.0
    """Time for one attempt."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body; the same bytes go out with every attempt."""
        self.check_recipient(recipient)
        return Message(set_payload(notice), "application/json", delivery_id, headline(notice))

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Post the stored body with a fresh timestamp and signature."""
        headers = self._headers(delivery, datetime.now(UTC))
        body = delivery.message.content
        try:
            answer = await net.post(self.url, content=body, headers=headers, deadline=self.timeout)
        except FetchError as error:
            raise self._failure(error) from error
        return self._conclude(answer, datetime.now(UTC))

    def _headers(self, delivery: Delivery, now: datetime) -> dict[str, str]:
        body = delivery.message.content.decode("utf-8")
        signer = Webhook(self.secret.get_secret_value())
        return {
            "content-type": delivery.message.content_type,
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(delivery.id, now, body),
        }

    @property
    def _host(self) -> str:
        """Return the host alone: path and query of a webhook often are its password."""
        return urlsplit(self.url).hostname or ""

    def _failure(self, error: FetchError) -> TemporaryFailure | PermanentFailure:
        """Return what a post without an answer comes to."""
        words = one_line(str(error).replace(self.url, self._host))
        if error.reason == Reason.REFUSED_ADDRESS:
            return PermanentFailure(f"webhook {self.id!r}: {words}")
        return TemporaryFailure(f"webhook {self.id!r}: {words}", retry_after=error.retry_after)

    def _conclude(self, answer: Answer, now: datetime) -> str:
        """Return the success, or raise what the status means (Standard Webhooks, "Deliverability").

        A redirect is a failure that may be mended at the other end, so it is tried again; it is
        never followed, for it would carry the message to a place that nobody configured.
        """
        status = answer.status
        said = f"webhook {self.id!r}: {self._host} answered HTTP {status}"
        if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
            return f"HTTP {status}"
        if status == 410:  # noqa: PLR2004 - RFC 9110 section 15.5.11
            message = f"{said}: it does not want to be called again; nothing more is sent there"
            raise DestinationGone(message)
        if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110 section 15.4
            message = f"{said}, a redirect, which is not followed; set 'url' to the new address"
            raise TemporaryFailure(message)
        if status >= 500 or status in _TRY_AGAIN:  # noqa: PLR2004 - RFC 9110 section 15.6
            wish = parse_retry_after(answer.headers.get("retry-after", ""), now)
            message = f"{said}; it will be tried again"
            raise TemporaryFailure(message, retry_after=wish)
        message = f"{said}: it refuses the message; check 'url' and 'secret'"
        raise PermanentFailure(message)
