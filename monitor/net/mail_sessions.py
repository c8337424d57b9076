"""Sessions with mail servers, kept for a moment in case another message goes the same way.

Of a digest to hundreds most of the time would go into greetings: a connection, TLS, a login and a goodbye
for each. A session is only kept after a message that was accepted, and never for long: a server may
end it whenever it likes, and until then it costs a place there.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final

import aiosmtplib

KEPT_SECONDS: Final = 5.0
"""How long a session waits for the next message; servers wait five minutes (RFC 5321, 4.5.3.2.7)."""
MOST_MESSAGES: Final = 100
"""Messages in one session; many servers allow as many and no more."""


@dataclass(slots=True, eq=False)
class Session:
    """A session that stands, and how many messages it has taken."""

    client: aiosmtplib.SMTP
    messages: int = 0
    end: asyncio.TimerHandle | None = None
    """What ends it while it waits."""


class MailSessions:
    """Sessions that wait, by server; ``leave`` says goodbye to one."""

    def __init__(self, leave: Callable[[aiosmtplib.SMTP], Awaitable[None]]) -> None:
        self._leave = leave
        self._waiting: defaultdict[Hashable, list[Session]] = defaultdict(list)
        self._leaving: set[asyncio.Future[None]] = set()

    def take(self, server: Hashable) -> Session | None:
        """Return a session that waits and still stands; it is the caller's from now on."""
        while waiting := self._waiting[server]:
            session = waiting[-1]
            self._wait_no_more(server, session)
            if session.client.is_connected:
                return session
            self._go(session)
        return None

    def keep(self, server: Hashable, session: Session) -> None:
        """Have a session wait that has just handed a message over, or end it after its share of them."""
        session.messages += 1
        if session.messages >= MOST_MESSAGES:
            self._go(session)
            return
        loop = asyncio.get_running_loop()
        session.end = loop.call_later(KEPT_SECONDS, self._give_up, server, session)
        self._waiting[server].append(session)

    async def close(self) -> None:
        """End all that wait."""
        for server, waiting in self._waiting.items():
            for session in list(waiting):
                self._give_up(server, session)
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def _give_up(self, server: Hashable, session: Session) -> None:
        self._wait_no_more(server, session)
        self._go(session)

    def _wait_no_more(self, server: Hashable, session: Session) -> None:
        self._waiting[server].remove(session)
        if session.end:
            session.end.cancel()

    def _go(self, session: Session) -> None:
        """Say goodbye in the background."""
        task = asyncio.ensure_future(self._leave(session.client))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
