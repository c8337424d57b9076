"""What the routes share: templates, times, and the page that says why there is no other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.web.health import Health
from monitor.web.metrics import Metrics
from monitor.web.view import ServiceView

READ = ["GET", "HEAD"]
Words = Annotated[str, Query(max_length=200)]
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
        "date": lambda day: f"{day.day} {day:%B}",
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


def plain_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template that shows nothing but its values: for visitors without the password."""
    site = page_of(request).view.settings().monitor.title
    return HTMLResponse(_environment().get_template(template).render(site=site, **values), status)


def refuse(request: Request, status: int, message: str) -> Response:
    """Return a page that says in one line why there is no other."""
    page = page_of(request)
    message = page.view.settings().mask(message)
    message = message[:1].upper() + message[1:]
    return answer(page, "message.html", "", Health(), status, message=message)
