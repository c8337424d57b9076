"""The newest hits, which is the first page, and each hit with all that is kept of it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from monitor.matching.faults import QueryError, around
from monitor.web.cursors import check_cursor
from monitor.web.health import check
from monitor.web.hit_details import view_hit
from monitor.web.hit_pages import HitPage, days, find_hits
from monitor.web.hit_records import read_record
from monitor.web.hit_search import LONGEST, HitSearch
from monitor.web.pages import READ, Cursor, Words, answer, page_of, refuse

router = APIRouter(include_in_schema=False)
HitId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
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


@router.api_route("/hits/{hit}", methods=READ)
async def hit(request: Request, hit: HitId) -> Response:
    """Show one hit: why it is one, what its article said when, and what is kept of it."""
    page = page_of(request)
    settings, now = page.view.settings(), page.view.now()
    record = await page.view.store.read(lambda tx: read_record(tx, hit))
    if record is None:
        return refuse(request, 404, f"There is no hit {hit}: it may have been pruned.")
    zone = ZoneInfo(settings.monitor.time_zone)
    return answer(
        page,
        "hit.html",
        "/",
        await check(page.view),
        hit=view_hit(record, settings, zone, now, page.view.links()),
    )
