"""Where hubs find us: they verify what we asked for and send what feeds publish (W3C WebSub).

Hubs know no password. What opens these routes is a path that nobody can guess, and what makes
news of a request is its signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from monitor import websub
from monitor.model import Intent, Push
from monitor.web.view import RunningApp

PREFIX = "/websub/"
"""Below it lie the callbacks, each with a token of its own, and nothing else."""
NOT_FOUND, GONE, TOO_LARGE, ACCEPTED = 404, 410, 413, 202


class Hubs(Protocol):
    """The service as hubs meet it."""

    @property
    def longest_push(self) -> int:
        """Return how many bytes a hub may send at once."""

    async def confirm(self, token: str, intent: Intent) -> str | None:
        """Return what to answer a hub that verifies or denies, None when we asked for nothing."""

    async def expects(self, token: str) -> bool:
        """Tell whether a hub may send to this token."""

    async def receive(self, token: str, push: Push) -> None:
        """Take in what a hub sent; raises StoreError when it should try again."""


@dataclass(frozen=True, slots=True)
class RunningHubs:
    """Hubs in front of a running service."""

    app: RunningApp

    @property
    def longest_push(self) -> int:
        """Return the bound of any answer: a hub may send no more than a feed."""
        return self.app.settings.monitor.net.max_bytes

    async def confirm(self, token: str, intent: Intent) -> str | None:
        """Return what to answer a hub that verifies or denies, None when we asked for nothing."""
        now = self.app.clock()
        return await self.app.at_work(lambda tools: websub.confirm(tools, token, intent, now))

    async def expects(self, token: str) -> bool:
        """Tell whether a hub may send to this token."""
        return await self.app.at_work(lambda tools: websub.expected(tools, token)) is not None

    async def receive(self, token: str, push: Push) -> None:
        """Take in what a hub sent; raises StoreError when it should try again."""
        now = self.app.clock()
        await self.app.at_work(lambda tools: websub.receive(tools, token, push, now))


def routes(hubs: Hubs) -> APIRouter:
    """Return the routes of the callbacks."""
    router = APIRouter()

    @router.get(PREFIX + "{token}")
    async def confirm(request: Request, token: str) -> Response:
        answer = await hubs.confirm(token, _intent(request.query_params))
        if answer is None:
            return PlainTextResponse("Nothing was asked for here.\n", NOT_FOUND)
        return PlainTextResponse(answer)

    @router.post(PREFIX + "{token}")
    async def receive(request: Request, token: str) -> Response:
        if not await hubs.expects(token):
            return PlainTextResponse("Nothing is expected here.\n", GONE)
        body = await _body(request, hubs.longest_push)
        if body is None:
            return PlainTextResponse("That is too long.\n", TOO_LARGE)
        headers = request.headers
        push = Push(
            body,
            headers.get("content-type", ""),
            headers.get("x-hub-signature", ""),
            headers.get("link", ""),
        )
        await hubs.receive(token, push)
        return Response(status_code=ACCEPTED)

    return router


def _intent(query: Mapping[str, str]) -> Intent:
    return Intent(
        mode=query.get("hub.mode", ""),
        topic=query.get("hub.topic", ""),
        challenge=query.get("hub.challenge", ""),
        lease_seconds=query.get("hub.lease_seconds", ""),
        reason=query.get("hub.reason", ""),
    )


async def _body(request: Request, longest: int) -> bytes | None:
    """Return the body, None when it is longer: no more of it is read then."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            return None
    return bytes(body)
