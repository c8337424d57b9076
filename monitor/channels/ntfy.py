"""ntfy, a push service for telephones and desktops (https://docs.ntfy.sh/publish/)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, SecretStr

from monitor.channels.chat import fit
from monitor.channels.markup import plain
from monitor.channels.posting import Call, PostingChannel, as_json
from monitor.channels.text import joined, one_line, safe_address
from monitor.channels.wording import headline
from monitor.fields import Address
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 4_096
"""Bytes of a message; what is longer becomes an attachment ("Publishing", section "Limitations")."""
_TITLE: Final = 200
_TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}", re.ASCII)


class NtfyChannel(PostingChannel):
    """A push notification through ntfy; a subscription's ``recipient`` is the topic."""

    mend: ClassVar[str] = "check 'token', and whether it may write to the topic"

    kind: Literal["ntfy"]
    """``ntfy``"""
    server: Address = "https://ntfy.sh"
    """Where ntfy is, if you run a server of your own."""
    token: SecretStr = SecretStr("")
    """Access token of a topic that is protected, best as ``${NTFY_TOKEN}``."""
    priority: int = Field(default=3, ge=1, le=5)
    """Priority of digests, from 1 (no sound) to 5 (long vibration)."""
    alert_priority: int = Field(default=4, ge=1, le=5)
    """Priority of alerts."""

    def check_recipient(self, recipient: str) -> str:
        """Return the name of a topic: letters, digits, hyphens and underscores, at most 64."""
        if not _TOPIC.fullmatch(recipient):
            message = "a topic is letters, digits, hyphens and underscores, at most 64"
            raise ValueError(message)
        return recipient

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body; a tap opens the first story, or the page when the stories are hidden."""
        text = fit(notice, plain, lambda made: len(made.encode()), LARGEST)
        body: dict[str, Any] = {
            "topic": self.check_recipient(recipient),
            "title": one_line(headline(notice), _TITLE),
            "message": within(text, LARGEST),
            "priority": self.alert_priority if notice.kind == "alert" else self.priority,
        }
        if click := _target(notice):
            body["click"] = click
        return Message(as_json(body), "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request ("Publish as JSON": to the server's root, the topic is in the body)."""
        del now
        headers = {"content-type": delivery.message.content_type}
        if token := self.token.get_secret_value():
            headers["authorization"] = f"Bearer {token}"
        return Call(f"{self.server.rstrip('/')}/", delivery.message.content, headers)


def _target(notice: Notice) -> str:
    """Return what a tap opens; empty for nothing."""
    stories = [story for group in notice.groups for story in group.stories]
    if notice.discreet and len(stories) > 1 and notice.links:
        return notice.links.page
    return safe_address(stories[0].item.url) if stories else ""


def within(text: str, largest: int) -> str:
    """Return ``text`` in at most ``largest`` bytes of UTF-8, no character of it cut in two."""
    if len(text.encode()) <= largest:
        return text
    cut = len(text.encode()[: largest - 3].decode("utf-8", "ignore"))
    while joined(text, cut):
        cut -= 1
    return text[:cut] + "…"
