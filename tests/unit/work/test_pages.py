"""Pages are read in workers like documents are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.matching import Watchlist
from monitor.model import Item
from monitor.reading import read_article
from monitor.work.crew import Crew

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "golden" / "articles" / "news-with-json-ld.html").read_bytes()
URL = "https://gazette.example/2026/11/quay-wall"


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    watch = {"id": "surveyors", "kind": "topic", "name": "Surveyors", "phrases": ["surveyors"]}
    watchlist = Watchlist.model_validate({"watchlist": "harbour", "watches": [watch]})
    crew = Crew([watchlist], workers=1, task_seconds=30)
    yield crew
    crew.close()


async def test_a_worker_reads_what_this_process_would(crew: Crew) -> None:
    assert await crew.read_article(PAGE, "text/html", URL, NOW) == read_article(
        PAGE, "text/html", URL, NOW
    )


async def test_a_page_that_is_none_comes_back_with_its_reason(crew: Crew) -> None:
    article = await crew.read_article(b"\0" * 999, "", URL, NOW)

    assert (article.url, article.problems) == (URL, ("binary data, no page",))


@pytest.mark.parametrize("summary", ["", "Said the surveyors."])
async def test_a_page_is_read_with_care_where_a_term_of_a_watch_stands_on_it_or_in_its_item(
    crew: Crew, summary: str
) -> None:
    said = b"" if summary else b"Surveyors were there."
    page = b"<p>Related: a wall of another town</p>" + PAGE.replace(b"</p>", said + b"</p>", 1)
    item = Item(id="1", source="s", title="A wall", summary=summary)
    careful = read_article(page, "text/html", URL, NOW)

    assert await crew.read_article(page, "text/html", URL, NOW, item) == careful


async def test_a_page_that_speaks_of_nothing_watched_is_read_roughly_when_its_item_is_given(
    crew: Crew,
) -> None:
    item = Item(id="1", source="s", title="A wall")
    rough = read_article(PAGE, "text/html", URL, NOW, worth_care=lambda _: False)

    assert await crew.read_article(PAGE, "text/html", URL, NOW, item) == rough
