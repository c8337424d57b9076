"""Where signed links lead, of messages and of the page of a hit: a page that asks, a POST that acts (RFC 8058).

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
    return _page(request, question=asked.question, button=asked.button, back=_back(deed))


@router.post(PREFIX + "{token}")
async def act(request: Request, token: str) -> Response:
    """Do what the link stands for: a person pressed the button, or a mail program did (RFC 8058)."""
    view = page_of(request).view
    deed: Deed | None = view.links().read(token)
    now = view.now()
    asked = await view.store.write(lambda tx: deeds.do(tx, deed, now)) if deed else None
    if asked is None:
        return _nothing(request)
    return _page(request, done=asked.done, back=_back(deed))


def _nothing(request: Request) -> HTMLResponse:
    words = "This link is damaged, or what it speaks of is no longer kept."
    return _page(request, GONE, done=words)


def _page(
    request: Request,
    status: int = 200,
    *,
    question: str = "",
    button: str = "",
    done: str = "",
    back: str = "",
) -> HTMLResponse:
    return plain_page(
        request, "act.html", status, question=question, button=button, done=done, back=back
    )


def _back(deed: Deed | None) -> str:
    """Return where a link of the page of a hit came from; empty for one of a message."""
    return f"/hits/{deed.target}" if deed and not deed.delivery else ""
