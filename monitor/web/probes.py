"""What machines ask: is the service well, and its numbers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from monitor.web.health import check
from monitor.web.pages import READ, page_of

router = APIRouter(include_in_schema=False)


@router.api_route("/healthz", methods=READ)
async def healthz(request: Request) -> Response:
    """Answer 200 or 503 with the reasons."""
    health = await check(page_of(request).view)
    content = health.as_json(details=request.state.trusted)
    return JSONResponse(content, health.status)


@router.api_route("/metrics", methods=READ)
async def metrics(request: Request) -> Response:
    """Answer with all numbers in Prometheus' text format."""
    page = page_of(request)
    text = await page.metrics.exposition(page.view)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
