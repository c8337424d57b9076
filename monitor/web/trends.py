"""How often each watch is spoken of, day by day."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from monitor import planning
from monitor.web.health import check
from monitor.web.pages import READ, answer, page_of
from monitor.web.story_rows import names_of
from monitor.web.trend_rows import trend_rows

router = APIRouter(include_in_schema=False)
SPANS: Final = (14, 30, 90)
"""Days that can be chosen."""
WATCHES_SHOWN: Final = 200


@router.api_route("/trends", methods=READ)
async def trends(
    request: Request, days: Annotated[int, Query(ge=1, le=SPANS[-1])] = SPANS[0]
) -> Response:
    """Show the hits of each watch day by day, with the days that stand out marked."""
    page = page_of(request)
    settings, now = page.view.settings(), page.view.now()
    since = now - planning.history_of(days)
    found = await page.view.store.read(lambda tx: tx.hit_times(since))
    shown = planning.trends_of(found, days, settings.monitor.time_zone, now)
    rows = trend_rows((one for one in shown.values() if any(one.counts)), settings.watches)
    spoken_of = {row.watch.id for row in rows}
    silent = [name for name in settings.watches if name not in spoken_of]
    return answer(
        page,
        "trends.html",
        "/trends",
        await check(page.view),
        rows=rows[:WATCHES_SHOWN],
        more=len(rows) - WATCHES_SHOWN,
        silent=names_of(silent[:WATCHES_SHOWN], settings.watches),
        days=days,
        spans=SPANS,
        statistic=planning.STATISTIC,
    )
