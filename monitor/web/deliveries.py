"""The outbox: what was sent, what waits, what failed for good, and who wants nothing."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from monitor.model import DeliveryStatus
from monitor.web.cursors import check_cursor
from monitor.web.delivery_rows import (
    DEAD_SHOWN,
    PAGE,
    STATUS_WORDS,
    delivery_rows,
    failing_rows,
    mute_rows,
    opt_out_rows,
    read_outbox,
)
from monitor.web.health import check
from monitor.web.pages import READ, Cursor, answer, page_of

router = APIRouter(include_in_schema=False)


@router.api_route("/deliveries", methods=READ)
async def deliveries(
    request: Request, status: DeliveryStatus | Literal[""] = "", before: Cursor = ""
) -> Response:
    """Show the newest messages; above them what failed for good, and who wants nothing."""
    page = page_of(request)
    settings, now = page.view.settings(), page.view.now()
    cursor = check_cursor(before)
    box = await page.view.store.read(lambda tx: read_outbox(tx, status or None, cursor, now))
    known = (box.last, settings.subscriptions, settings.mask)
    rows = delivery_rows(box.recent[:PAGE], *known)
    choice = {"status": str(status)} if status else {}
    more = len(box.recent) > PAGE
    return answer(
        page,
        "deliveries.html",
        "/deliveries",
        await check(page.view),
        rows=rows,
        dead=delivery_rows(box.dead[:DEAD_SHOWN], *known),
        more_dead=len(box.dead) > DEAD_SHOWN,
        failing=failing_rows(box.destinations, settings.mask),
        opted_out=opt_out_rows(box.opted_out, settings.subscriptions, settings.mask),
        mutes=mute_rows(box, settings.watches),
        statuses=list(DeliveryStatus),
        words=STATUS_WORDS,
        chosen=status,
        first=not cursor,
        older="/deliveries?" + urlencode(choice | {"before": rows[-1].cursor}) if more else "",
    )
