"""Slack, through an incoming webhook (Slack API documentation, "Incoming webhooks")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar, Final, Literal

from monitor.channels.chat import Chat, Line, Run, fit
from monitor.channels.posting import Call, PostingChannel, SecretAddress, as_json
from monitor.channels.text import one_line
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 12_000
"""Characters of all blocks. Slack documents no sum and answers ``msg_blocks_too_long`` from about
13,200 on (bolt-js issue 2509)."""
LONGEST_BLOCK: Final = 3_000
"""Characters of one block's text (Block Kit reference, "Text object")."""
MOST_BLOCKS: Final = 50
"""Blocks of a message (Block Kit reference, "Blocks")."""
_HEADER: Final = 150
"""Characters of a header (Block Kit reference, "Header block")."""


class SlackChannel(PostingChannel):
    """A message in a channel of Slack, through an incoming webhook."""

    mend: ClassVar[str] = "check 'webhook', and whether its channel still exists"

    kind: Literal["slack"]
    """``slack``"""
    webhook: SecretAddress
    """Address of the incoming webhook, best as ``${SLACK_WEBHOOK}``: who knows it can post."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body: Block Kit, and a line for notifications."""
        self.check_recipient(recipient)
        body = fit(notice, compose, _size, LARGEST)
        return Message(as_json(body), "application/json", delivery_id, body["text"])

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request."""
        del now
        headers = {"content-type": delivery.message.content_type}
        return Call(self.webhook.get_secret_value(), delivery.message.content, headers)


def compose(chat: Chat) -> dict[str, Any]:
    """Return the body for ``chat``.

    Stories are rich text, whose elements show their text as it is: unlike in ``mrkdwn`` nothing in
    it is markup, a mention or a link. ``text`` is ``mrkdwn``, so its three control characters are
    escaped ("Formatting text for app surfaces", section "Escaping text").
    """
    head, *rest = chat.paragraphs
    title = one_line(head[0].text, _HEADER)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}},
        _block(head[1:]),
        *map(_block, rest),
    ]
    if chat.foot:
        blocks.insert(-1, {"type": "divider"})
    fallback = chat.headline.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": fallback, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _block(lines: Iterable[Line]) -> dict[str, Any]:
    """Return lines as one block: a quotation stands alone, other lines share a section."""
    sections = []
    for quoted, group in groupby(lines, lambda line: line.role == "quote"):
        elements: list[dict[str, Any]] = []
        for line in group:
            elements += [{"type": "text", "text": "\n"}] if elements else []
            elements += map(_element, line.runs)
        kind = "rich_text_quote" if quoted else "rich_text_section"
        sections.append({"type": kind, "elements": elements})
    return {"type": "rich_text", "elements": sections}


def _element(run: Run) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "text", "text": run.text}
    if run.url:
        element |= {"type": "link", "url": run.url}
    if run.bold:
        element["style"] = {"bold": True}
    return element


def _size(body: dict[str, Any]) -> int:
    """Return the characters of a body; one with too many blocks is too large."""
    blocks = body["blocks"]
    texts = [_length(block) for block in blocks]
    if len(blocks) > MOST_BLOCKS or max(texts) > LONGEST_BLOCK:
        return max(LARGEST + 1, LARGEST * len(blocks) // MOST_BLOCKS)
    return sum(texts)


def _length(block: dict[str, Any]) -> int:
    parts = (element for section in block.get("elements", ()) for element in section["elements"])
    return sum(len(part["text"]) + len(part.get("url", "")) for part in parts)
