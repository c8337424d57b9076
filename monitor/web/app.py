"""Puts the page together: routes, gate, static files, and answers to what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from monitor.errors import StoreError
from monitor.web import (
    acts,
    deliveries,
    feeds,
    hits,
    probes,
    sources,
    stories,
    trends,
    watches,
)
from monitor.web.gate import Gate
from monitor.web.guard import require_password
from monitor.web.metrics import Metrics
from monitor.web.pages import Page, refuse
from monitor.web.serving import serving
from monitor.web.view import Running, RunningView, ServiceView
from monitor.web.websub import Hubs, RunningHubs, routes

_PARTS = (hits, stories, trends, watches, sources, deliveries, probes, acts, feeds)
_STATIC = Path(__file__).parent / "static"


def create_app(service: ServiceView, hubs: Hubs | None = None) -> FastAPI:
    """Return the page over ``service``, and the callbacks of ``hubs``.

    Raises InputError when others could reach it and no password is set.
    """
    require_password(service.settings().monitor.web)
    app = FastAPI(title="Coverage monitor", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.page = Page(service, Metrics(service.now()))
    for part in _PARTS:
        app.include_router(part.router)
    if hubs is not None:
        app.include_router(routes(hubs))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(ValueError, _bad_request)
    app.add_exception_handler(StoreError, _no_store)
    app.add_middleware(Gate, web=lambda: service.settings().monitor.web)
    return app


@asynccontextmanager
async def serve(service: Running) -> AsyncIterator[str]:
    """Serve the page of a running service where its configuration says; yield its address.

    Raises InputError when the address cannot be listened on or would be open to others.
    """
    view = RunningView(service)
    web = view.settings().monitor.web
    async with serving(create_app(view, RunningHubs(service.app)), web.host, web.port) as address:
        yield address


async def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such page.", 405: "This page can only be read."}
    answer = refuse(request, status, words.get(status, "This request cannot be answered."))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def _bad_request(request: Request, error: Exception) -> Response:
    if isinstance(error, RequestValidationError):
        names = ", ".join(sorted({str(fault["loc"][-1]) for fault in error.errors()}))
        return refuse(request, 400, f"This address is damaged at: {names}.")
    return refuse(request, 400, f"{error}")


async def _no_store(request: Request, error: Exception) -> Response:
    return refuse(request, 503, f"{error}")
