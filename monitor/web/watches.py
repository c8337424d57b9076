"""One watch: what it looks for, how often it is spoken of, what was found last."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from monitor import planning
from monitor.model import Trend
from monitor.store import Tx
from monitor.web.health import check
from monitor.web.hit_pages import HitPage, days, find_hits
from monitor.web.pages import READ, answer, page_of, refuse
from monitor.web.trend_rows import trend_row
from monitor.web.watch_pages import watch_view

router = APIRouter(include_in_schema=False)
DAYS: Final = 30
HITS_SHOWN: Final = 15


@router.api_route("/watches/{watch}", methods=READ)
async def watch(request: Request, watch: str) -> Response:
    """Show a configured watch."""
    page = page_of(request)
    settings, now = page.view.settings(), page.view.now()
    if watch not in settings.watches:
        return refuse(request, 404, settings.unknown_watch(watch[:100]))
    since = now - planning.history_of(DAYS)

    def look(tx: Tx) -> tuple[list[tuple[str, datetime]], HitPage, datetime | None]:
        hits = find_hits(tx, watch=watch, most=HITS_SHOWN)
        return tx.hit_times(since, watch), hits, tx.mutes(now).get(f"watch:{watch}")

    times, hits, muted = await page.view.store.read(look)
    trends = planning.trends_of(times, DAYS, settings.monitor.time_zone, now)
    today = now.astimezone(ZoneInfo(settings.monitor.time_zone)).date()
    trend = trends.get(watch, Trend(watch, today, (0,) * DAYS, 0.0))
    return answer(
        page,
        "watch.html",
        "",
        await check(page.view),
        watch=watch_view(settings, watch),
        trend=trend_row(trend, settings.watches),
        statistic=planning.STATISTIC,
        days=days(hits, settings.watches, ZoneInfo(settings.monitor.time_zone)),
        more=bool(hits.older),
        muted=muted,
    )
