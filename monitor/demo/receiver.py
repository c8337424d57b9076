"""A webhook endpoint on loopback that checks what it is sent, by Standard Webhooks."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.demo.clock import Clock, utc_now
from monitor.web.serving import serving

MAX_BYTES = 1_000_000
"""Far above the 20 kB that Standard Webhooks asks senders to stay under."""


@dataclass(frozen=True, slots=True)
class ReceivedHook:
    """One call whose signature and timestamp were right."""

    id: str
    """The ``webhook-id``: the same on every retry of one message."""
    body: bytes
    payload: Any
    """The body as JSON."""
    received: datetime
    duplicate: bool
    """True when a call with the same id was accepted before."""


class WebhookReceiver:
    """Accepts signed calls at ``url``; an async context manager.

    A right call gets 204, a repeated one too (and is marked); a wrong signature or a timestamp
    more than five minutes off gets 401 and is noted in ``refused`` with its reason.
    """

    def __init__(self, secret: SecretStr, *, clock: Clock = utc_now) -> None:
        self.received: list[ReceivedHook] = []
        self.refused: list[str] = []
        self.url = ""
        self._verifier = Webhook(secret.get_secret_value())
        self._clock = clock
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])
        self.url = await self._stack.enter_async_context(serving(app)) + "/hook"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        await self._stack.aclose()

    async def _hook(self, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                return self._refuse(413, f"the body is larger than {MAX_BYTES} bytes")
        try:
            payload = self._verifier.verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            return self._refuse(401, str(error))
        except ValueError:
            return self._refuse(400, "a signature that is no base64, or a body that is no JSON")
        return self._accept(request.headers["webhook-id"], body, payload)

    def _accept(self, webhook_id: str, body: bytes, payload: Any) -> Response:
        duplicate = any(hook.id == webhook_id for hook in self.received)
        self.received.append(ReceivedHook(webhook_id, body, payload, self._clock(), duplicate))
        return Response(status_code=204)

    def _refuse(self, status: int, reason: str) -> Response:
        self.refused.append(reason)
        return PlainTextResponse(f"{reason}\n", status)
