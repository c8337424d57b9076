"""The sources and how they are, and each with its last polls."""

from __future__ import annotations

from collections import Counter
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from monitor.channels.text import safe_address
from monitor.config.explain import nearest
from monitor.model import Lease, PollRecord, SourceState
from monitor.store import Tx
from monitor.web.health import check
from monitor.web.pages import READ, answer, page_of, refuse
from monitor.web.source_pages import POLLS_SHOWN, lease_rows, poll_rows, rhythm_words
from monitor.web.source_rows import STATE_WORDS, TONES, source_rows

router = APIRouter(include_in_schema=False)
SOURCES_SHOWN: Final = 500


@router.api_route("/sources", methods=READ)
async def sources(request: Request) -> Response:
    """Show how each source is."""
    page = page_of(request)
    settings = page.view.settings()
    states, leases = await page.view.store.read(lambda tx: (tx.source_states(), tx.leases()))
    rows = source_rows(settings.sources, states, page.view.now(), settings.mask, leases)
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


@router.api_route("/sources/{name}", methods=READ)
async def source(request: Request, name: str) -> Response:
    """Show one configured source: its health, its last polls, its interval and its hub."""
    page = page_of(request)
    settings, now = page.view.settings(), page.view.now()
    found = settings.sources.get(name)
    if found is None:
        hint = nearest(name[:100], settings.sources) if settings.sources else "there are none yet"
        return refuse(request, 404, f"there is no source {name[:100]!r}; {hint}")

    def look(tx: Tx) -> tuple[SourceState | None, list[PollRecord], list[Lease]]:
        return tx.source_state(name), tx.last_records(name, POLLS_SHOWN), tx.leases(name)

    known, records, leases = await page.view.store.read(look)
    state = known or SourceState(name)
    (row,) = source_rows({name: found}, [state], now, settings.mask)
    return answer(
        page,
        "source.html",
        "/sources",
        await check(page.view),
        source=found,
        row=row,
        url=safe_address(found.address) if row.url == found.address else "",
        state=state,
        rhythm=rhythm_words(found, state, leases, now),
        polls=poll_rows(records, settings.mask),
        leases=lease_rows(leases, settings.mask, now),
        moved=settings.mask(state.url) if state.url not in {"", found.address} else "",
    )
