"""Mattermost, through an incoming webhook (Mattermost developer documentation, "Incoming webhooks")."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from monitor.channels.chat import Chat, Line, fit
from monitor.channels.markup import markdown_line
from monitor.channels.posting import Call, PostingChannel, SecretAddress, as_json
from monitor.channels.wording import headline
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 16_000
"""Characters; a post holds 16,383 (Mattermost 5.0, "Post message size")."""
_END: Final = "  \n"
"""Ends a line without ending the paragraph (CommonMark 0.31, section 6.7)."""


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
        body = as_json(fit(notice, compose, _size, LARGEST))
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request."""
        del now
        headers = {"content-type": delivery.message.content_type}
        return Call(self.webhook.get_secret_value(), delivery.message.content, headers)


def compose(chat: Chat) -> dict[str, Any]:
    """Return the body for ``chat``: one text in Markdown.

    Notifications show ``text``. So all but the head of a discreet message is an attachment, of which
    they show the ``fallback`` at most (Mattermost developer documentation, "Message attachments").
    """
    if not chat.discreet:
        return {"text": chat.set(_line, end=_END)}
    rest = replace(chat, head=()).set(_line, end=_END).strip()
    body: dict[str, Any] = {"text": chat.in_brief.set(_line, end=_END)}
    return body | ({"attachments": [{"fallback": chat.headline, "text": rest}]} if rest else {})


def _size(body: dict[str, Any]) -> int:
    return sum(len(part["text"]) for part in (body, *body.get("attachments", ())))


def _line(line: Line) -> str:
    """Return a line; what follows a quotation would belong to it without an empty line between."""
    text = markdown_line(line)
    if line.role == "quote":
        return f"{text}\n"
    return {"head": "#### ", "heading": "##### "}.get(line.role, "") + text
