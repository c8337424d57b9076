"""Where the links of messages lead: a page that asks, and a POST that acts (RFC 8058).

These routes know no password. What opens them is a link that only this service can have made.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from monitor import deeds
from monitor.links import PREFIX
from monitor.model import Deed
from monitor.web.pages import page_of, plain_page

router = APIRouter(include_in_schema=False)
GONE = 404


@router.get(PREFIX + "{token}")
async def ask(request: Request, token: str) -> Response:
    """Show what the link would do; changes nothing, whoever looks."""
    view = page_of(request).view
    deed = view.links().read(token)
    asked = await view.store.read(lambda tx: deeds.ask(tx, deed)) if deed else None
    if asked is None:
        return _nothing(request)
    return plain_page(request, "act.html", question=asked.question, button=asked.button, done="")


@router.post(PREFIX + "{token}")
async def act(request: Request, token: str) -> Response:
    """Do what the link stands for: a person pressed the button, or a mail program did (RFC 8058)."""
    view = page_of(request).view
    deed: Deed | None = view.links().read(token)
    now = view.now()
    asked = await view.store.write(lambda tx: deeds.do(tx, deed, now)) if deed else None
    if asked is None:
        return _nothing(request)
    return plain_page(request, "act.html", question="", button="", done=asked.done)


def _nothing(request: Request) -> HTMLResponse:
    words = "This link is damaged, or what it speaks of is no longer kept."
    return plain_page(request, "act.html", status=GONE, question="", button="", done=words)
