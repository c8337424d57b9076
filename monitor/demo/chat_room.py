"""A chat service on loopback that takes what a Slack workspace takes from an incoming webhook."""

from __future__ import annotations

import html
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.demo.clock import Clock, utc_now
from monitor.web.serving import serving

MAX_BYTES = 200_000
"""Far above what a message of 50 blocks can be."""


@dataclass(frozen=True, slots=True)
class ReceivedChat:
    """One message as members of the channel see it."""

    text: str
    """What its notification shows."""
    body: bytes
    blocks: tuple[dict[str, Any], ...]
    received: datetime
    duplicate: bool
    """True when the very same message came before; the service has no ids of its own."""


class ChatRoom:
    """Accepts messages at ``url``, which is secret; an async context manager.

    Answers as the service does (Slack API documentation, "Handling errors" of incoming webhooks):
    ``ok``, or 400 with ``invalid_payload`` or ``no_text``; what was refused is noted in ``refused``.
    """

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self.received: list[ReceivedChat] = []
        self.refused: list[str] = []
        self.url = ""
        self._clock = clock
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        path = f"/services/{token_urlsafe(18)}"
        app = Starlette(routes=[Route(path, self._post, methods=["POST"])])
        self.url = await self._stack.enter_async_context(serving(app)) + path
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        await self._stack.aclose()

    async def _post(self, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                return self._refuse("invalid_payload")
        try:
            message = json.loads(body)
            text, blocks = message["text"], tuple(message["blocks"])
        except (ValueError, TypeError, KeyError):
            return self._refuse("invalid_payload")
        if not isinstance(text, str) or not text or not blocks:
            return self._refuse("no_text")
        duplicate = any(chat.body == body for chat in self.received)
        shown = html.unescape(text)
        self.received.append(ReceivedChat(shown, body, blocks, self._clock(), duplicate))
        return PlainTextResponse("ok")

    def _refuse(self, reason: str) -> Response:
        self.refused.append(reason)
        return PlainTextResponse(reason, 400)
