"""Telegram, through a bot (Telegram Bot API, "sendMessage")."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, SecretStr

from monitor.channels.chat import Chat, fit, utf16
from monitor.channels.markup import html_line
from monitor.channels.posting import Call, PostingChannel, as_json
from monitor.channels.wording import headline
from monitor.fields import Address
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 4_096
"""Characters after entities are parsed, so without tags and addresses."""
_CHAT: Final = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
_TOKEN: Final = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", re.ASCII)


def _check_token(secret: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(secret.get_secret_value()):
        message = "a bot's token is a number, a colon and at least twenty letters"
        raise ValueError(message)
    return secret


class TelegramChannel(PostingChannel):
    """A message of a Telegram bot; a subscription's ``recipient`` is the chat."""

    mend: ClassVar[str] = "check 'token' and the recipient, and let the bot into the chat"

    kind: Literal["telegram"]
    """``telegram``"""
    token: Annotated[SecretStr, AfterValidator(_check_token)]
    """The bot's token, best as ``${TELEGRAM_TOKEN}``; @BotFather gives it out."""
    server: Address = "https://api.telegram.org"
    """Where the Bot API is, if you run a server of your own."""

    def check_recipient(self, recipient: str) -> str:
        """Return the id of a chat, such as ``-1001234567890``, or ``@name`` of a channel."""
        if not _CHAT.fullmatch(recipient):
            message = "a chat is a number, such as -1001234567890, or the @name of a channel"
            raise ValueError(message)
        return recipient

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the body: HTML of the few tags that the API knows, without a preview of links."""
        body = {
            "chat_id": self.check_recipient(recipient),
            "text": fit(notice, _compose, lambda made: made[1], LARGEST)[0],
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        return Message(as_json(body), "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request; its address holds the token, so it is shown nowhere."""
        del now
        url = f"{self.server.rstrip('/')}/bot{self.token.get_secret_value()}/sendMessage"
        headers = {"content-type": delivery.message.content_type}
        return Call(url, delivery.message.content, headers)


def _compose(chat: Chat) -> tuple[str, int]:
    """Return ``chat`` as HTML ("Formatting options", section "HTML style"), and how long it reads."""
    html = chat.set(partial(html_line, spoiler="tg-spoiler"))
    return html, utf16(chat.set(lambda line: line.text))
