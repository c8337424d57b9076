"""Microsoft Teams, through the webhook of a workflow ("Create incoming webhooks with Workflows")."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from monitor.channels.chat import Chat, Line, Told, fit, utf16
from monitor.channels.posting import Call, PostingChannel, SecretAddress, as_json
from monitor.channels.wording import headline
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 27_000
"""Bytes; about 28 kB are taken (Teams connector, "Known issues and limitations"). They are counted
in UTF-16, as Teams does elsewhere ("Format your bot messages"): cards of 21 kB were refused."""


class TeamsChannel(PostingChannel):
    """A card in a channel or chat of Microsoft Teams, through the webhook of a workflow."""

    mend: ClassVar[str] = "check 'webhook', and whether the workflow is on"

    kind: Literal["teams"]
    """``teams``"""
    webhook: SecretAddress
    """Address that the workflow gave out, best as ``${TEAMS_WEBHOOK}``: who knows it can post."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body: one adaptive card."""
        self.check_recipient(recipient)
        body = fit(notice, compose, lambda made: 2 * utf16(made.decode()), LARGEST)
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request."""
        del now
        headers = {"content-type": delivery.message.content_type}
        return Call(self.webhook.get_secret_value(), delivery.message.content, headers)


def compose(chat: Chat) -> bytes:
    """Return ``chat`` as an adaptive card in a message.

    All text stands in rich text blocks: unlike text blocks they know neither Markdown nor
    ``{{DATE(…)}}`` (Adaptive Cards schema 1.4, "TextRun"). Mentions would need entities.
    """
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": chat.headline,
        "msteams": {"width": "Full"},
        "body": [
            *map(_block, chat.head),
            *(_container(story) for story in chat.stories),
            *map(_block, chat.foot),
        ],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return as_json({"type": "message", "attachments": [attachment]})


def _container(story: Told) -> dict[str, Any]:
    lines = (*([story.heading] if story.heading else []), *story.lines)
    container = {"type": "Container", "separator": True, "items": [_block(line) for line in lines]}
    if story.url:
        container["selectAction"] = {"type": "Action.OpenUrl", "url": story.url}
    return container


def _block(line: Line) -> dict[str, Any]:
    bold = line.role in {"head", "heading", "title"}
    runs: list[dict[str, Any]] = []
    for run in line.runs:
        text: dict[str, Any] = {"type": "TextRun", "text": run.text}
        if run.bold or bold:
            text["weight"] = "Bolder"
        if run.url:
            text["color"] = "Accent"  # a tap opens it
            if line.role != "title":  # a story's container has the action
                text["selectAction"] = {"type": "Action.OpenUrl", "url": run.url}
        if run.bold and line.role == "title":
            text["highlight"] = True
        if line.role == "meta":
            text["isSubtle"] = True
        runs.append(text)
    return {"type": "RichTextBlock", "inlines": runs}
