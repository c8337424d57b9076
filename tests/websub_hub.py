"""A hub of our own on loopback (W3C WebSub), as good or as bad as a test wants it.

async with Hub() as hub:
    hub.lease_seconds = "600"
    ...
    await hub.settled()                      # what it verified is verified
    await hub.publish(topic, body)           # to everybody who subscribed
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import httpx

from tests.servers import Handler, HttpServer, Reply, Request


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody whose wish was verified."""

    callback: str
    topic: str
    secret: str


class Hub(HttpServer):
    """Takes requests at ``/hub``, verifies them as section 5.3 says, and sends what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = []
        """The forms that were sent, in order."""
        self.subscribers: dict[str, Subscriber] = {}
        self.lease_seconds = "864000"
        self.verifies = True
        self.answers: Handler = Reply(202)
        self._verifying: list[asyncio.Task[httpx.Response]] = []
        self.on("/hub", self._take)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.client = httpx.AsyncClient(trust_env=False, timeout=60)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()
        await super().__aexit__(kind, error, trace)

    @property
    def address(self) -> str:
        return self.url("/hub")

    async def settled(self) -> None:
        """Wait until every request so far was verified or turned down."""
        await asyncio.gather(*self._verifying)

    async def _take(self, request: Request, writer: asyncio.StreamWriter) -> None:
        form = dict(parse_qsl(request.body.decode()))
        self.asked.append(form)
        if self.verifies:
            self._verifying.append(asyncio.ensure_future(self.verify(form)))
        await self.answers(request, writer)

    async def verify(self, form: dict[str, str], **changes: str) -> httpx.Response:
        """Ask the callback of ``form`` whether that is wished; ``changes`` tell it something else."""
        challenge = secrets.token_hex(8)
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": challenge,
        }
        if form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = self.lease_seconds
        query |= {f"hub.{name}": value for name, value in changes.items()}
        answer = await self.client.get(form["hub.callback"], params=query)
        if answer.status_code == 200 and answer.text == challenge:
            self._remember(form)
        return answer

    def _remember(self, form: dict[str, str]) -> None:
        callback = form["hub.callback"]
        if form["hub.mode"] == "unsubscribe":
            self.subscribers.pop(callback, None)
        else:
            secret = form["hub.secret"]
            self.subscribers[callback] = Subscriber(callback, form["hub.topic"], secret)

    async def deny(self, form: dict[str, str], reason: str) -> httpx.Response:
        """Tell the callback of ``form`` that its wish is denied (section 5.2)."""
        query = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": reason}
        return await self.client.get(form["hub.callback"], params=query)

    async def publish(
        self,
        topic: str,
        body: bytes,
        *,
        method: str = "sha256",
        secret: str | None = None,
        signature: str | None = None,
        named: str | None = None,
    ) -> list[int]:
        """Send ``body`` to the subscribers of ``topic``; return the status of each answer.

        ``secret`` and ``signature`` replace the right ones, ``named`` the topic of the Link header.
        """
        link = f'<{self.address}>; rel="hub", <{named or topic}>; rel="self"'
        statuses = []
        for subscriber in [one for one in self.subscribers.values() if one.topic == topic]:
            key = (subscriber.secret if secret is None else secret).encode()
            signed = f"{method}={hmac.new(key, body, method).hexdigest()}"
            headers = {
                "content-type": "application/rss+xml",
                "link": link,
                "x-hub-signature": signed if signature is None else signature,
            }
            answer = await self.client.post(subscriber.callback, content=body, headers=headers)
            statuses.append(answer.status_code)
        return statuses
