"""Discord, through a webhook (Discord documentation, "Webhook resource", section "Execute Webhook")."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

from monitor.channels.chat import Chat, Told, fit, utf16
from monitor.channels.markup import escape_markdown, markdown_line
from monitor.channels.posting import Call, PostingChannel, SecretAddress, as_json
from monitor.channels.wording import headline
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 6_000
"""Characters of all embeds together ("Message resource", section "Embed Limits")."""
MOST_EMBEDS: Final = 10
_CONTENT: Final = 2_000
_TITLE, _DESCRIPTION, _AUTHOR, _FOOTER = 256, 4_096, 256, 2_048


class DiscordChannel(PostingChannel):
    """A message in a channel of Discord, through a webhook."""

    mend: ClassVar[str] = "check 'webhook', and whether its channel still exists"

    kind: Literal["discord"]
    """``discord``"""
    webhook: SecretAddress
    """Address of the webhook, best as ``${DISCORD_WEBHOOK}``: who knows it can post."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body: an embed for each story; it mentions nobody, whatever a title says."""
        self.check_recipient(recipient)
        body = as_json(fit(notice, compose, _size, LARGEST))
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request; with ``wait`` the answer says whether the message was made."""
        del now
        url = self.webhook.get_secret_value()
        url += ("&" if urlsplit(url).query else "?") + "wait=true"
        headers = {"content-type": delivery.message.content_type}
        return Call(url, delivery.message.content, headers)


def compose(chat: Chat) -> dict[str, Any]:
    """Return the body for ``chat``."""
    content = "\n".join(map(markdown_line, chat.head))
    embeds = [_embed(story) for story in chat.stories]
    if chat.foot:
        embeds.append({"description": _cut("\n".join(map(markdown_line, chat.foot)), _FOOTER)})
    return {
        "content": _cut(content, _CONTENT),
        "embeds": embeds,
        "allowed_mentions": {"parse": []},
    }


def _embed(story: Told) -> dict[str, Any]:
    title, *lines = story.lines
    embed: dict[str, Any] = {
        "title": _cut(escape_markdown(title.text), _TITLE),
        "description": _cut("\n".join(map(markdown_line, lines)), _DESCRIPTION),
    }
    if story.url:
        embed["url"] = story.url
    if story.heading:
        embed["author"] = {"name": _cut(story.heading.text, _AUTHOR)}
    return embed


def _cut(text: str, longest: int) -> str:
    """Return ``text`` within ``longest`` characters, never behind half an escape."""
    if utf16(text) <= longest:
        return text
    while utf16(text) >= longest:
        text = text[: min(len(text) - 1, longest - 1)]
    return text.rstrip("\\") + "…"


def _size(body: dict[str, Any]) -> int:
    """Return the characters of all embeds; more embeds than there may be are too large."""
    embeds = body["embeds"]
    texts = sum(
        utf16(embed.get("title", ""))
        + utf16(embed["description"])
        + utf16(embed.get("author", {}).get("name", ""))
        for embed in embeds
    )
    return max(texts, LARGEST * len(embeds) // MOST_EMBEDS if len(embeds) > MOST_EMBEDS else 0)
