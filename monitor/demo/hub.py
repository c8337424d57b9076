"""A hub for practice (W3C WebSub): it verifies who asks, and sends what an outlet publishes."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PATH = "/hub"
LEASE_SECONDS = "86400"
_MODES = frozenset({"subscribe", "unsubscribe"})


@dataclass(frozen=True, slots=True)
class _Subscriber:
    callback: str
    topic: str
    secret: str = field(repr=False)


class PracticeHub:
    """Keeps subscribers in memory; an async context manager."""

    def __init__(self) -> None:
        self.pushed = 0
        """Documents that subscribers took."""
        self._subscribers: dict[str, _Subscriber] = {}
        self._told: dict[str, bytes] = {}
        self._verifying: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(trust_env=False, timeout=10.0)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever is still being verified."""
        for task in self._verifying:
            task.cancel()
        await asyncio.gather(*self._verifying, return_exceptions=True)
        await self._client.aclose()

    async def take(self, request: Request) -> Response:
        """Answer a subscription request (section 5.1); it is verified afterwards."""
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        if form.get("hub.mode") not in _MODES or not form.get("hub.callback"):
            return PlainTextResponse("hub.mode and hub.callback are needed.\n", 400)
        task = asyncio.create_task(self._verify(form))
        self._verifying.add(task)
        task.add_done_callback(self._verifying.discard)
        return Response(status_code=202)

    async def _verify(self, form: Mapping[str, str]) -> None:
        """Ask whether the request was meant (section 5.3), and act on it when it was."""
        challenge = secrets.token_hex(16)
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form.get("hub.topic", ""),
            "hub.challenge": challenge,
            "hub.lease_seconds": LEASE_SECONDS,
        }
        callback = form["hub.callback"]
        answer = await self._client.get(callback, params=query)
        if not answer.is_success or answer.text != challenge:
            return
        if form["hub.mode"] == "unsubscribe":
            self._subscribers.pop(callback, None)
        else:
            topic, secret = form.get("hub.topic", ""), form.get("hub.secret", "")
            self._subscribers[callback] = _Subscriber(callback, topic, secret)

    async def settled(self) -> None:
        """Wait until what was asked so far has been verified or turned down."""
        await asyncio.gather(*self._verifying)

    async def publish(self, hub: str, topic: str, body: bytes, content_type: str) -> None:
        """Send ``body`` to the subscribers of ``topic`` unless it is what they got last."""
        if self._told.get(topic) == body:
            return
        self._told[topic] = body
        for subscriber in [one for one in self._subscribers.values() if one.topic == topic]:
            digest = hmac.new(subscriber.secret.encode(), body, "sha256").hexdigest()
            headers = {
                "content-type": content_type,
                "link": link_header(hub, topic),
                "x-hub-signature": f"sha256={digest}",
            }
            answer = await self._client.post(subscriber.callback, content=body, headers=headers)
            self.pushed += answer.is_success


def link_header(hub: str, topic: str) -> str:
    """Return the header Link by which a document names its hub and itself (section 4)."""
    return f'<{hub}>; rel="hub", <{topic}>; rel="self"'
