"""When an article was published and updated, with the time of day and the zone where they are told.

The first place that states a time decides about the day: JSON-LD, ``<meta>``, microdata and
``<time>``, at last htmldate, which reads dates out of addresses and texts in many languages. What
it leaves open, the time of day or the zone, is taken from a later place that agrees with it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from monitor.model import DAY
from monitor.reading.moments import Moment, moment_of
from monitor.reading.page import Page, is_elsewhere, marks_of, words_of

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_PUBLISHED = (
    *("article:published_time", "article:published", "og:article:published_time"),
    *("og:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "pubdate"),
    *("publish_date", "publish-date", "publishdate", "published_time", "publication_date"),
    *("publishedtime", "article.published", "article_date_original", "originalpublicationdate"),
    *(
        "dc.date.issued",
        "dcterms.issued",
        "dc.date",
        "dcterms.date",
        "dcterms.created",
        "dc.created",
    ),
    *("dc.date.created", "dc.date.publication", "dcterms.available", "citation_publication_date"),
    *("citation_date", "citation_online_date", "datecreated", "date", "article.created", "created"),
    *("release_date", "cxenseparse:recs:publishtime", "vr:published_time", "bt:pubdate"),
    *("displaydate", "rnews:datepublished", "weibo:article:create_at", "ptime", "pdate"),
)
_UPDATED = (
    *("article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified"),
    *("article:modified", "lastmod", "last-modified", "dcterms.modified", "dc.modified"),
    *("dc.date.modified", "modified", "parsely-post-modified", "weibo:article:update_at"),
    *("cxenseparse:recs:articlemodified", "article.updated", "revision_date", "bt:moddate"),
)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)  # a page without a date is no fault
_MARKED = re.compile(
    r"\b(?:entry|post|article|publi(?:sh|cation)(?:ed)?)?[-_]?(?:date|time|published|datum|fecha)\b",
    re.IGNORECASE,
)
_MOST = 40
"""Places of one kind that are looked at."""
_LONGEST = 120
"""Characters of a line that is about a date."""
_MOST_TEXTS = 5_000
_FIRST = re.compile(r"(?<!\d)0?1(?!\d)")
_NEAR = timedelta(hours=36)
"""Zones set the dates of one moment at most this far apart."""


def times_of(page: Page, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when the article was published and updated; None for what the page does not tell.

    In the zone that is stated. A time without a zone counts as UTC, a day without a time as its
    first moment there. Dates before 1990 or more than a day ahead of ``now`` count as absent.
    """
    stated = _plausible(_stated(page), now)
    if not stated and not page.unwieldy:
        stated = _guessed(page, now)
    updated = _plausible(_updated(page), now)
    published = _most_exact(stated).time if stated else None
    change = _most_exact(updated).time if updated else None
    return published, None if published and change and change < published else change


def _plausible(moments: Iterable[Moment | None], now: datetime) -> list[Moment]:
    return [each for each in moments if each and EARLIEST <= each.time <= now + DAY]


def _most_exact(moments: list[Moment]) -> Moment:
    """Return the first of ``moments``, or one that tells the same time more exactly."""
    best = moments[0]
    for each in moments[1:]:
        same_day = abs(each.time - best.time) <= _NEAR
        same_clock = _clock(each) == _clock(best)
        if (same_day and each.clock and not best.clock) or (
            same_day and same_clock and each.zone and not best.zone
        ):
            best = each
    return best


def _clock(moment: Moment) -> datetime:
    return moment.time.replace(second=0, tzinfo=None)


def _stated(page: Page) -> Iterator[Moment | None]:
    yield from map(moment_of, page.statement.published)
    yield from map(moment_of, page.meta(*_PUBLISHED))
    yield from map(moment_of, _microdata(page, "datePublished"))
    yield from map(moment_of, _marked(page))


def _updated(page: Page) -> Iterator[Moment | None]:
    yield from map(moment_of, page.statement.updated)
    yield from map(moment_of, page.meta(*_UPDATED))
    yield from map(moment_of, _microdata(page, "dateModified"))


def _microdata(page: Page, name: str) -> Iterator[str]:
    for element in islice(page.root.iterfind(f".//*[@itemprop='{name}']"), _MOST):
        if not is_elsewhere(element):
            yield _value(element)


def _marked(page: Page) -> Iterator[str]:
    """Yield the values of ``<time>``, those marked as the date of publication first."""
    times = [each for each in islice(page.root.iter("time"), _MOST) if not is_elsewhere(each)]
    times.sort(key=lambda each: "pubdate" not in each.attrib and not _MARKED.search(marks_of(each)))
    yield from map(_value, times[:1])


def _value(element: Any) -> str:
    return element.get("datetime") or element.get("content") or words_of(element)


def _guessed(page: Page, now: datetime) -> list[Moment]:
    """Return the day that htmldate finds in the address or the text, with a visible time of day."""
    from htmldate import find_date  # noqa: PLC0415 - 10 MB that few pages need

    latest = (now + DAY).strftime("%Y-%m-%d")
    try:
        found = find_date(
            deepcopy(page.root),
            url=page.url or None,
            original_date=True,
            min_date=EARLIEST.strftime("%Y-%m-%d"),
            max_date=latest,
        )
    except (ValueError, TypeError, OverflowError, RecursionError):  # a page it was not made for
        return []
    day = moment_of(found or "")
    if day is None:
        return []
    texts = [page.url, *islice(page.root.itertext(), _MOST_TEXTS)]
    near = [each for each in texts if len(each) <= _LONGEST and str(day.time.year) in each]
    if day.time.day == 1 and not any(_FIRST.search(each) for each in near):
        return []  # htmldate makes the first of a month of a month, and of January of a year
    return [_with_visible_clock(day, near)]


def _with_visible_clock(day: Moment, texts: Iterable[str]) -> Moment:
    """Return ``day`` with the time of day that stands beside it in the text, if any does."""
    for text in texts:
        seen = moment_of(text)
        if seen and seen.clock and seen.time.date() == day.time.date():
            return seen
    return day
