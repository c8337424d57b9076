"""The practice newsroom: a real web server on loopback that publishes invented coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.demo.clock import Clock, utc_now
from monitor.demo.conditional import not_modified, validators
from monitor.demo.coverage import (
    Coverage,
    Outlet,
    articles,
    editions_due,
    is_down,
    load_coverage,
)
from monitor.demo.hub import PATH, PracticeHub, link_header
from monitor.demo.sites import SITES, Posting, article_page, front_page, index_page, robots_txt
from monitor.web.serving import serving


def release_times(
    editions: Sequence[float], released: Sequence[datetime], opened: datetime, now: datetime
) -> tuple[datetime, ...]:
    """Return the times of all editions out by ``now``, those of ``released`` kept as they are.

    ``editions`` counts seconds after ``opened``. Times never run backwards, also when editions
    were brought forward by hand before.
    """
    due = editions_due(editions, (now - opened).total_seconds())
    times = list(released)
    for after in editions[len(times) : due]:
        times.append(max(times[-1], opened + timedelta(seconds=after)))
    return tuple(times)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an outlet publishes, for whoever writes a list of sources."""

    outlet: Outlet
    kind: str
    """The kind of source that polls it."""
    url: str


class Newsroom:
    """Publishes coverage in editions; an async context manager.

    With ``paced`` the editions come out by the clock, which starts with the first visit to a
    feed, so that a slow start hides nothing. Without it only `advance` brings them out.
    ``on_edition`` is called with the number of the newest edition, perhaps several times.
    """

    def __init__(
        self,
        coverage: Coverage | None = None,
        *,
        paced: bool = True,
        clock: Clock = utc_now,
        on_edition: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.coverage = coverage or load_coverage()
        self._on_edition = on_edition
        self.url = ""
        """Address without a slash at the end; empty before it is entered."""
        self.visits: Counter[tuple[str, int]] = Counter()
        """Answers given, by path and status."""
        self.hub = PracticeHub()
        self._paced = paced
        self._clock = clock
        self._opened: datetime | None = None
        self._released: tuple[datetime, ...] = (clock(),)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the newsroom on a free port."""
        routes = [
            Route("/", self._index),
            Route("/robots.txt", self._robots),
            Route(PATH, self.hub.take, methods=["POST"]),
            Route("/{outlet}/", self._front),
            Route("/{outlet}/{name}", self._file),
        ]
        self.url = await self._stack.enter_async_context(serving(Starlette(routes=routes)))
        await self._stack.enter_async_context(self.hub)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self._stack.aclose()

    @property
    def places(self) -> tuple[Place, ...]:
        """Return where each outlet publishes."""
        return tuple(
            Place(outlet, SITES[outlet.site].source_kind, self._posting(outlet).address)
            for outlet in self.coverage.outlets
        )

    @property
    def edition(self) -> int:
        """Return the number of the newest edition, from 0."""
        self._catch_up()
        return len(self._released) - 1

    @property
    def last_edition(self) -> int:
        """Return the number of the edition after which nothing new comes."""
        return len(self.coverage.editions) - 1

    @property
    def last_release(self) -> datetime:
        """Return when the newest edition came out."""
        self._catch_up()
        return self._released[-1]

    def advance(self, editions: int = 1) -> int:
        """Bring out the next editions now; return the number of the newest."""
        self._catch_up()
        left = min(editions, self.last_edition - self.edition)
        self._released += (max(self._clock(), self._released[-1]),) * left
        self._on_edition(len(self._released) - 1)
        return self.edition

    async def tell_hub(self) -> None:
        """Have the hub send what the outlets that name it have published since."""
        self._catch_up()
        for outlet in self.coverage.outlets:
            if outlet.hub and not is_down(outlet, self.edition):
                posting, site = self._posting(outlet), SITES[outlet.site]
                body = site.render(posting)
                await self.hub.publish(self.url + PATH, posting.address, body, site.content_type)

    def _catch_up(self) -> None:
        if self._paced and self._opened is not None:
            self._released = release_times(
                self.coverage.editions, self._released, self._opened, self._clock()
            )
            self._on_edition(len(self._released) - 1)

    def _posting(self, outlet: Outlet) -> Posting:
        return Posting(outlet, articles(self.coverage, outlet, self._released), self.url)

    def _answer(self, request: Request, response: Response) -> Response:
        self.visits[request.url.path, response.status_code] += 1
        return response

    async def _index(self, request: Request) -> Response:
        outlets = [(outlet, f"{self.url}/{outlet.id}/") for outlet in self.coverage.outlets]
        return self._answer(request, Response(index_page(outlets), media_type="text/html"))

    async def _robots(self, request: Request) -> Response:
        text = robots_txt([self._posting(outlet) for outlet in self.coverage.outlets])
        return self._answer(request, Response(text, media_type="text/plain"))

    async def _front(self, request: Request) -> Response:
        return self._answer(request, self._outlet(request, ""))

    async def _file(self, request: Request) -> Response:
        return self._answer(request, self._outlet(request, request.path_params["name"]))

    def _outlet(self, request: Request, name: str) -> Response:
        outlet = self.coverage.outlet(request.path_params["outlet"])
        if outlet is None:
            return PlainTextResponse("No such outlet here.\n", 404)
        site = SITES[outlet.site]
        if name == site.path and self._opened is None:
            self._opened = self._clock()
        if is_down(outlet, self.edition):
            return PlainTextResponse("Out of order; practice is over soon.\n", 503)
        posting = self._posting(outlet)
        if name == site.path:
            return self._conditional(request, posting, site.render(posting), site.content_type)
        if not name:
            return self._conditional(request, posting, front_page(posting), "text/html")
        for article in posting.articles:
            if name == f"{article.id}.html":
                body = article_page(posting, article)
                return self._conditional(request, posting, body, "text/html")
        return PlainTextResponse("No such page here.\n", 404)

    def _conditional(
        self, request: Request, posting: Posting, body: bytes, content_type: str
    ) -> Response:
        headers = validators(body, posting.updated, self._clock()) | {"cache-control": "no-cache"}
        if posting.outlet.hub:
            headers["link"] = link_header(self.url + PATH, posting.address)
        if not_modified(request.headers, headers):
            return Response(status_code=304, headers=headers)
        kind = f"{content_type}; charset=utf-8"
        return Response(body, headers=headers | {"content-type": kind})
