"""Mattermost, through an incoming webhook (Mattermost developer documentation, "Incoming webhooks")."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from monitor.channels.chat import Chat, Line, fit
from monitor.channels.markup import markdown_line
from monitor.channels.posting import Call, PostingChannel, SecretAddress, as_json
from monitor.channels.wording import headline
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 16_000
"""Characters; a post holds 16,383 (Mattermost 5.0, "Post message size")."""


class MattermostChannel(PostingChannel):
    """A message in a channel of Mattermost, through an incoming webhook."""

    mend: ClassVar[str] = "check 'webhook', and whether its channel still exists"

    kind: Literal["mattermost"]
    """``mattermost``"""
    webhook: SecretAddress
    """Address of the incoming webhook, best as ``${MATTERMOST_WEBHOOK}``: who knows it can post.
    A server in your own network needs its name in ``net: allow_private``."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body: one text in Markdown."""
        self.check_recipient(recipient)
        body = as_json({"text": fit(notice, compose, len, LARGEST)})
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request."""
        del now
        headers = {"content-type": delivery.message.content_type}
        return Call(self.webhook.get_secret_value(), delivery.message.content, headers)


def compose(chat: Chat) -> str:
    """Return ``chat`` as one text in Markdown."""
    return chat.set(_line, end="  \n")


def _line(line: Line) -> str:
    """Return a line; what follows a quotation would belong to it without an empty line between."""
    text = markdown_line(line)
    if line.role == "quote":
        return f"{text}\n"
    return {"head": "#### ", "heading": "##### "}.get(line.role, "") + text
