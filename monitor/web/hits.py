"""The newest hits: the first page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from monitor.matching.faults import QueryError, around
from monitor.web.cursors import check_cursor
from monitor.web.health import check
from monitor.web.hit_pages import HitPage, days, find_hits
from monitor.web.hit_search import LONGEST, HitSearch
from monitor.web.pages import READ, Cursor, Words, answer, page_of, refuse

router = APIRouter(include_in_schema=False)
Search = Annotated[str, Query(max_length=LONGEST)]


@router.api_route("/", methods=READ)
async def hits(
    request: Request, watch: Words = "", q: Search = "", before: Cursor = ""
) -> Response:
    """Show the newest hits, those that a search holds for when there is one."""
    page = page_of(request)
    settings = page.view.settings()
    cursor = check_cursor(before)
    if watch and watch not in settings.watches:
        return refuse(request, 404, settings.unknown_watch(watch))
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
