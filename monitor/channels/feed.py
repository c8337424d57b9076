"""A feed of what a subscription was told, for feed readers to come and fetch.

Nothing is sent: what others push, readers pull here. A message becomes available when its turn in
the outbox comes, and the page serves the last ones at ``/feeds/SUBSCRIPTION.atom`` (``.rss``,
``.json``) to whoever knows the token.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from monitor.channels.base import Channel
from monitor.channels.payload import payload_of
from monitor.channels.wording import headline
from monitor.model import Delivery, Message, Notice
from monitor.net import Net

_SHORTEST: Final = 24


def _check_token(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if len(text) < _SHORTEST or not (text.isascii() and text.replace("-", "").isalnum()):
        message = (
            "a token is at least 24 letters, digits and hyphens, such as of 'openssl rand -hex 20'"
        )
        raise ValueError(message)
    return secret


class FeedChannel(Channel):
    """An Atom, RSS or JSON feed on this monitor's own page, for whoever knows its token."""

    kind: Literal["feed"]
    """``feed``"""
    token: Annotated[SecretStr, AfterValidator(_check_token)]
    """What opens the feed, at least 24 letters, digits and hyphens, best as ``${FEED_TOKEN}``."""
    entries: int = Field(default=100, ge=1, le=500)
    """Stories in the feed; older ones drop out."""

    def opens(self, token: str) -> bool:
        """Return whether ``token`` is the right one, in a time that does not depend on how wrong it is."""
        wanted = self.token.get_secret_value().encode()
        return secrets.compare_digest(token.encode("utf-8", "replace"), wanted)

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return what the feed tells of ``notice``: the same JSON as a webhook's, uncut."""
        self.check_recipient(recipient)
        stories = sum(len(group.stories) for group in notice.groups)
        body = payload_of(notice, stories).model_dump_json().encode()
        return Message(body, "application/json", delivery_id, headline(notice))

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Make it available: as soon as this is kept, the page serves it."""
        del net  # readers come for it
        return f"in the feed /feeds/{delivery.subscription}.atom"
