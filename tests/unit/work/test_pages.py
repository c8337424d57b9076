"""Pages are read in workers like documents are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.reading import read_article
from monitor.work.crew import Crew

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "golden" / "articles" / "news-with-json-ld.html").read_bytes()
URL = "https://gazette.example/2026/11/quay-wall"


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    crew = Crew([], workers=1, task_seconds=30)
    yield crew
    crew.close()


async def test_a_worker_reads_what_this_process_would(crew: Crew) -> None:
    assert await crew.read_article(PAGE, "text/html", URL, NOW) == read_article(
        PAGE, "text/html", URL, NOW
    )


async def test_a_page_that_is_none_comes_back_with_its_reason(crew: Crew) -> None:
    article = await crew.read_article(b"\0" * 999, "", URL, NOW)

    assert (article.url, article.problems) == (URL, ("binary data, no page",))
