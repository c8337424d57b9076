"""The routes: each reads a snapshot, hands it to a pure function, fills a template."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.matching.faults import QueryError, around
from monitor.model import DeliveryStatus
from monitor.web.delivery_rows import PAGE as DELIVERIES_PAGE
from monitor.web.delivery_rows import STATUS_WORDS, delivery_rows, failing_rows, read_deliveries
from monitor.web.health import Health, check
from monitor.web.hit_pages import HitPage, check_cursor, days, find_hits
from monitor.web.hit_search import LONGEST, HitSearch
from monitor.web.metrics import Metrics
from monitor.web.source_rows import STATE_WORDS, TONES, source_rows
from monitor.web.view import ServiceView

router = APIRouter(include_in_schema=False)
SOURCES_SHOWN = 500
READ = ["GET", "HEAD"]
Words = Annotated[str, Query(max_length=200)]
Search = Annotated[str, Query(max_length=LONGEST)]
Cursor = Annotated[str, Query(max_length=120)]


@dataclass(frozen=True, slots=True)
class Page:
    """What the routes of one application share."""

    view: ServiceView
    metrics: Metrics


def page_of(request: Request) -> Page:
    """Return what the routes of this application share."""
    page: Page = request.app.state.page
    return page


def moment_in_words(moment: datetime, now: datetime) -> str:
    """Return a local time as short as it can be told at ``now``, local too."""
    if moment.date() == now.date():
        return f"{moment:%H:%M:%S}"
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{moment:%a} {moment.day} {moment:%b}{year}, {moment:%H:%M}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": lambda day: f"{day:%A}, {day.day} {day:%B %Y}",
        "clock": lambda moment: f"{moment:%H:%M}",
        "iso": lambda moment: moment.isoformat(),
    }
    return environment


def answer(
    page: Page, template: str, here: str, health: Health, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a template of this package filled in, with what every page shows."""
    settings = page.view.settings()
    zone = ZoneInfo(settings.monitor.time_zone)
    now = page.view.now().astimezone(zone)
    text = (
        _environment()
        .get_template(template)
        .render(
            site=settings.monitor.title,
            zone=settings.monitor.time_zone,
            now=now,
            when=lambda moment: moment_in_words(moment.astimezone(zone), now),
            here=here,
            health=health,
            config_error=settings.mask(page.view.config_error()),
            **values,
        )
    )
    return HTMLResponse(text, status)


@router.api_route("/", methods=READ)
async def hits(
    request: Request, watch: Words = "", q: Search = "", before: Cursor = ""
) -> Response:
    """Show the newest hits, those that a search holds for when there is one."""
    page = page_of(request)
    settings = page.view.settings()
    cursor = check_cursor(before)
    if watch and watch not in settings.watches:
        message = settings.unknown_watch(watch)
        return refuse(request, 404, message)
    found, fault = HitPage(()), None
    try:
        search = HitSearch(q, settings.watches) if q.strip() else None
    except QueryError as error:
        fault = error
    else:
        found = await page.view.store.read(
            lambda tx: find_hits(tx, watch=watch, query=search, before=cursor)
        )
    chosen = {key: value for key, value in {"watch": watch, "q": q}.items() if value}
    return answer(
        page,
        "hits.html",
        "/",
        await check(page.view),
        400 if fault else 200,
        fault=fault,
        place=around(q, fault.offset) if fault else ("", ""),
        days=days(found, settings.watches, ZoneInfo(settings.monitor.time_zone)),
        watchlists=settings.watchlists.values(),
        watch=watch,
        q=q,
        first=not cursor,
        searched_to=found.searched_to,
        newest="/?" + urlencode(chosen),
        older="/?" + urlencode(chosen | {"before": found.older}) if found.older else "",
    )


@router.api_route("/sources", methods=READ)
async def sources(request: Request) -> Response:
    """Show how each source is."""
    page = page_of(request)
    settings = page.view.settings()
    states = await page.view.store.read(lambda tx: tx.source_states())
    rows = source_rows(settings.sources, states, page.view.now(), settings.mask)
    numbers = Counter(row.state for row in rows)
    return answer(
        page,
        "sources.html",
        "/sources",
        await check(page.view),
        rows=rows[:SOURCES_SHOWN],
        more=len(rows) - SOURCES_SHOWN,
        total=len(rows),
        numbers=[(words, TONES[state], numbers[state]) for state, words in STATE_WORDS.items()],
    )


@router.api_route("/deliveries", methods=READ)
async def deliveries(
    request: Request, status: DeliveryStatus | Literal[""] = "", before: Cursor = ""
) -> Response:
    """Show what was sent, what waits and what failed for good."""
    page = page_of(request)
    settings = page.view.settings()
    cursor = check_cursor(before)
    found, destinations = await page.view.store.read(
        lambda tx: (read_deliveries(tx, status or None, cursor), tx.destinations())
    )
    rows = delivery_rows(found[:DELIVERIES_PAGE], settings.subscriptions, settings.mask)
    choice = {"status": str(status)} if status else {}
    more = len(found) > DELIVERIES_PAGE
    return answer(
        page,
        "deliveries.html",
        "/deliveries",
        await check(page.view),
        rows=rows,
        failing=failing_rows(destinations, settings.mask),
        statuses=list(DeliveryStatus),
        words=STATUS_WORDS,
        chosen=status,
        first=not cursor,
        older="/deliveries?" + urlencode(choice | {"before": rows[-1].cursor}) if more else "",
    )


@router.api_route("/healthz", methods=READ)
async def healthz(request: Request) -> Response:
    """Answer 200 or 503 with the reasons."""
    health = await check(page_of(request).view)
    content = health.as_json(details=request.state.trusted)
    return JSONResponse(content, health.status)


@router.api_route("/metrics", methods=READ)
async def metrics(request: Request) -> Response:
    """Answer with all numbers in Prometheus' text format."""
    page = page_of(request)
    text = await page.metrics.exposition(page.view)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def plain_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template that shows nothing but its values: for visitors without the password."""
    site = page_of(request).view.settings().monitor.title
    return HTMLResponse(_environment().get_template(template).render(site=site, **values), status)


def refuse(request: Request, status: int, message: str) -> Response:
    """Return a page that says in one line why there is no other."""
    page = page_of(request)
    message = page.view.settings().mask(message)
    return answer(page, "message.html", "", Health(), status, message=message)
