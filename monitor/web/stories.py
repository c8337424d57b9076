"""The stories, and each with who told it when."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from monitor.store import Tx
from monitor.stories import Telling
from monitor.web.cursors import check_cursor
from monitor.web.health import check
from monitor.web.pages import READ, Cursor, Words, answer, page_of, refuse
from monitor.web.story_pages import MOST_ITEMS, read_story, view_story
from monitor.web.story_rows import find_stories, story_days

router = APIRouter(include_in_schema=False)
StoryId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]


@router.api_route("/stories", methods=READ)
async def stories(request: Request, watch: Words = "", before: Cursor = "") -> Response:
    """Show the stories with the newest items, those that speak of one watch if it is chosen."""
    page = page_of(request)
    settings = page.view.settings()
    cursor = check_cursor(before)
    if watch and watch not in settings.watches:
        return refuse(request, 404, settings.unknown_watch(watch))
    found = await page.view.store.read(lambda tx: find_stories(tx, watch=watch, before=cursor))
    chosen = {"watch": watch} if watch else {}
    return answer(
        page,
        "stories.html",
        "/stories",
        await check(page.view),
        days=story_days(found, settings.watches, ZoneInfo(settings.monitor.time_zone)),
        watchlists=settings.watchlists.values(),
        watch=watch,
        first=not cursor,
        searched_to=found.searched_to,
        newest="/stories?" + urlencode(chosen),
        older="/stories?" + urlencode(chosen | {"before": found.older}) if found.older else "",
    )


@router.api_route("/stories/{story}", methods=READ)
async def story(request: Request, story: StoryId) -> Response:
    """Show one story: what each item added, and who copied it."""
    page = page_of(request)
    settings = page.view.settings()
    now = page.view.now()

    def look(tx: Tx) -> tuple[Telling | None, int, dict[str, object]]:
        told = read_story(tx, story, MOST_ITEMS)
        return told, tx.story_sizes([story]).get(story, 0), dict(tx.mutes(now))

    told, size, mutes = await page.view.store.read(look)
    if told is None:
        return refuse(request, 404, f"There is no story {story}: its items may have been pruned.")
    zone = ZoneInfo(settings.monitor.time_zone)
    return answer(
        page,
        "story.html",
        "/stories",
        await check(page.view),
        story=view_story(told, settings.watches, zone, cut=size > len(told.timeline)),
        size=size,
        muted=mutes.get(f"story:{story}"),
    )
