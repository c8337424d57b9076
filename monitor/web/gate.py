"""The gate in front of every route: host name, origin, password, and the headers of every answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config.options import WebOptions
from monitor.web import guard

OPEN_PATHS = frozenset({"/healthz"})
"""What answers without a password: a container's health check has none."""
OPEN_PREFIXES = ("/websub/", "/act/", "/feeds/", "/static/")
"""Where hubs call, where links of messages lead, the feeds of hits, and the style sheet these need: whoever
comes there knows no password and perhaps no host name of ours, but a path or token that none can guess."""
MOST_VISITORS = 10_000
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Gate:
    """ASGI middleware; ``web`` returns the options in force, ``clock`` seconds of any steady clock.

    Sets ``scope["state"]["trusted"]``: whether the visitor may see details.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        web: Callable[[], WebOptions],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._web = web
        self._clock = clock
        self._failures: dict[str, tuple[float, ...]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not pass, hand on the rest, and add the headers to both."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                asset = scope["path"].startswith("/static/")
                headers.setdefault("cache-control", "no-cache" if asset else "no-store")
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, web = Headers(scope=scope), self._web()
        state = scope.setdefault("state", {})
        state["trusted"] = not web.protected
        if scope["path"].startswith(OPEN_PREFIXES):
            state["trusted"] = False
            return None
        if not guard.host_allowed(headers.get("host", ""), web):
            return PlainTextResponse("This page is not served under that host name.\n", 400)
        if guard.cross_site(scope["method"], headers):
            return PlainTextResponse("Refused: the request came from another site.\n", 403)
        if not web.protected:
            return None
        refusal = self._without_password(scope, headers, web)
        state["trusted"] = refusal is None
        return None if scope["path"] in OPEN_PATHS else refusal

    def _without_password(self, scope: Scope, headers: Headers, web: WebOptions) -> Response | None:
        given = guard.password_in(headers.get("authorization", ""))
        if given is None:
            return _ask("This page needs a password.\n")
        now, visitor = self._clock(), guard.visitor((scope.get("client") or ("",))[0])
        seconds = guard.wait(self._failures.get(visitor, ()), now)
        if seconds > 0:
            retry = {"retry-after": str(ceil(seconds))}
            return PlainTextResponse("Too many wrong passwords; wait a minute.\n", 429, retry)
        if guard.password_right(given, web):
            self._failures.pop(visitor, None)
            return None
        self._remember(visitor, now)
        return _ask("The password is wrong.\n")

    def _remember(self, visitor: str, now: float) -> None:
        """Count a wrong try; whoever failed longest ago is forgotten first."""
        failures = self._failures.pop(visitor, ())
        self._failures[visitor] = (*guard.recent(failures, now), now)
        while len(self._failures) > MOST_VISITORS:
            self._failures.pop(next(iter(self._failures)))


def _ask(text: str) -> Response:
    challenge = {"www-authenticate": 'Basic realm="Coverage monitor", charset="UTF-8"'}
    return PlainTextResponse(text, 401, challenge)
