"""Matrix, through the client-server API of a homeserver (https://spec.matrix.org, version 1.12)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import ClassVar, Final, Literal
from urllib.parse import quote

from pydantic import SecretStr

from monitor.channels.chat import Chat, fit
from monitor.channels.markup import html_line, plain
from monitor.channels.posting import Call, PostingChannel, as_json
from monitor.channels.wording import headline
from monitor.fields import Address
from monitor.model import Delivery, Message, Notice

LARGEST: Final = 48_000
"""Bytes; an event as a whole holds 65,536 (section "Size limits"), with what a server adds."""
_ROOM: Final = re.compile(r"![^\s:\x00]{1,200}(:[A-Za-z0-9.:\[\]-]{1,230})?", re.ASCII)


class MatrixChannel(PostingChannel):
    """A notice in a room of Matrix; a subscription's ``recipient`` is the room's id.

    The room is not encrypted by us: in an encrypted room the notice is readable for its server.
    """

    mend: ClassVar[str] = "check 'token' and the recipient, and let its user into the room"

    kind: Literal["matrix"]
    """``matrix``"""
    server: Address
    """Address of the homeserver's client API, such as ``https://matrix.example.org``."""
    token: SecretStr
    """Access token of the user who writes, best as ``${MATRIX_TOKEN}``."""

    def check_recipient(self, recipient: str) -> str:
        """Return the id of a room, such as ``!abcdefgh:example.org``."""
        if not _ROOM.fullmatch(recipient):
            message = "a room is its id, such as !abcdefgh:example.org, and no #alias"
            raise ValueError(message)
        return recipient

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the event's content: ``m.notice`` with HTML, mentioning nobody."""
        self.check_recipient(recipient)
        body = fit(notice, _compose, len, LARGEST)
        return Message(body, "application/json", delivery_id, headline(notice))

    def call(self, delivery: Delivery, now: datetime) -> Call:
        """Return the request; its transaction id is the delivery's.

        So a repeat of what arrived is no second event ("Transaction identifiers").
        """
        del now
        room, transaction = (quote(part, safe="") for part in (delivery.recipient, delivery.id))
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}"
        headers = {
            "content-type": delivery.message.content_type,
            "authorization": f"Bearer {self.token.get_secret_value()}",
        }
        url = self.server.rstrip("/") + path
        return Call(url, delivery.message.content, headers, method="PUT")


def _compose(chat: Chat) -> bytes:
    """Return the content of an ``m.room.message`` event.

    What a discreet message hides is a spoiler (section "Spoiler messages"); notifications show ``body``.
    """
    html = partial(html_line, spoiler="span data-mx-spoiler")
    return as_json(
        {
            "msgtype": "m.notice",
            "body": plain(chat),
            "format": "org.matrix.custom.html",
            "formatted_body": chat.set(html, between="<br><br>", end="<br>"),
            "m.mentions": {},
        }
    )
