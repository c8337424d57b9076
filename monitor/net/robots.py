"""What a site's robots.txt allows (RFC 9309), remembered for a day at most.

Protego reads the file. Here is what the RFC says about asking for it: a file that is not there
allows everything (section 2.3.1.3), one whose server fails forbids everything until it answers
(2.3.1.4), 500 KiB of it are read (2.5), and it is asked for again within 24 hours (2.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.wire import Answer

AGENT: Final = "coverage-monitor"
"""The product token that a robots.txt may name (RFC 9309 section 2.2.1)."""
LARGEST: Final = 500 * 1024
KEEP: Final = timedelta(hours=24)
KEEP_FAILURE: Final = timedelta(minutes=10)
"""A server that failed is asked again this soon: until then its pages are left alone."""
LONGEST_DELAY: Final = 60.0
"""Seconds of Crawl-delay that are honoured in full; more than this is taken for a mistake."""
MOST: Final = 2_000
"""Sites remembered at once; the oldest are forgotten first."""

Ask = Callable[[str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site allows us."""

    rules: Protego | None
    """None when the site could not be asked: nothing is allowed then."""
    why: str = ""
    until: datetime = datetime.max  # noqa: DTZ901 - replaced at once, compared never

    def allows(self, url: str) -> bool:
        """Tell whether ``url`` may be fetched."""
        return self.rules is not None and bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Return the seconds that the site wants between two requests, 0 when it says nothing."""
        wish = self.rules.crawl_delay(AGENT) if self.rules else None
        return min(max(float(wish or 0.0), 0.0), LONGEST_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Return the sitemaps that the file names, in its order."""
        return tuple(self.rules.sitemaps) if self.rules else ()


class Robots:
    """The rules of every site asked lately; ``ask`` fetches, ``clock`` gives the time in UTC."""

    def __init__(self, ask: Ask, clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def rules(self, url: str) -> Rules:
        """Return the rules of the site of ``url``; one that many wait for is asked once."""
        site = _site(url)
        async with self._asking.setdefault(site, asyncio.Lock()):
            found = self._known.get(site)
            if found is None or found.until <= self._clock():
                found = await self._fetch(site)
                self._remember(site, found)
        return found

    async def admit(self, url: str) -> Rules:
        """Return the rules of a site that lets us fetch ``url``; raises `FetchError` otherwise."""
        rules = await self.rules(url)
        if rules.rules is None:
            message = (
                f"{_site(url)}/robots.txt cannot be read, so its pages are left alone: {rules.why}"
            )
            raise FetchError(Reason.ROBOTS, message)
        if not rules.allows(url):
            message = f"{_site(url)}/robots.txt asks robots to leave {url} alone"
            raise FetchError(Reason.ROBOTS, message)
        return rules

    async def _fetch(self, site: str) -> Rules:
        now = self._clock()
        try:
            answer = await self._ask(f"{site}/robots.txt")
        except FetchError as error:
            return Rules(None, str(error), now + KEEP_FAILURE)
        if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - RFC 9309 section 2.3.1.4
            return Rules(None, f"it answered {answer.status}", now + KEEP_FAILURE)
        text = answer.body.decode("utf-8", "replace") if answer.status < 300 else ""  # noqa: PLR2004 - a success
        return Rules(Protego.parse(text.replace("\0", "")), until=now + KEEP)

    def _remember(self, site: str, rules: Rules) -> None:
        self._known.pop(site, None)
        self._known[site] = rules
        while len(self._known) > MOST:
            oldest = next(iter(self._known))
            del self._known[oldest]
            lock = self._asking.get(oldest)
            if lock is not None and not lock.locked():
                del self._asking[oldest]


def _site(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
