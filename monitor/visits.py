"""The third way into the store: the page of an item is fetched when its feed says too little.

    visit           fetch the page; read the article in a worker; match the item anew
    └─ conclude     in ONE transaction: the longer text, the hits it brings, routes and alerts

The item itself is stored, matched and told before: a page that cannot be had costs nothing but
what it would have added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from monitor import planning
from monitor.errors import FetchError, ParseError, StoreError
from monitor.model import (
    Article,
    Exchange,
    Hit,
    Item,
    Reason,
    Span,
    Version,
    Visit,
    version_of,
)
from monitor.net import Answer
from monitor.pipeline import decide
from monitor.store import Tx
from monitor.tools import Tools
from monitor.versions import dated, exchange_of
from monitor.work.tasks import Finds

log = structlog.get_logger()

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"
OK, REDIRECTION = 200, 300
REFUSALS = frozenset({Reason.ROBOTS, Reason.REFUSED_ADDRESS, Reason.GONE, Reason.BLOCKED})
"""Reasons that the next hours will not change: no further try is made."""


async def visit(tools: Tools, planned: Visit, now: datetime) -> bool:
    """Fetch and read one claimed page; return whether its text was stored. Never raises for a page."""
    item = await tools.store.read(lambda tx: tx.item(planned.item))
    if item is None:
        return await finish(tools, planned, "its item is gone")
    try:
        answer = await fetch_page(tools, planned, now)
        kind = answer.headers.get("content-type", "")
        article = await tools.crew.read_article(answer.body, kind, answer.url, now)
    except (FetchError, ParseError) as error:
        return await put_off(tools, planned, error, now)
    source = tools.settings.sources.get(item.source)
    fuller = enriched(item, article, better_title=bool(source and source.titles_are_links))
    finds = await tools.crew.find([fuller])
    versions = (
        version_of(item, item.first_seen or now, Exchange()),
        version_of(fuller, now, exchange_of(answer)),
    )
    finds = dated(finds, {fuller.id: versions[-1]})
    found = Found(fuller, finds, versions, now, paywalled=article.paywalled)
    try:
        return await tools.store.write(partial(conclude, tools, found))
    except StoreError:
        tools.stories.forget()
        raise


async def fetch_page(tools: Tools, planned: Visit, now: datetime) -> Answer:
    """Return the page at a planned address; raises `FetchError` when there is none."""
    answer = await tools.net.get(planned.url, headers={"accept": ACCEPT}, robots=True)
    if not OK <= answer.status < REDIRECTION:
        gone = answer.status in {404, 410, 451}
        message = f"{answer.url} answered {answer.status}"
        raise FetchError(
            Reason.GONE if gone else Reason.SERVER_ERROR,
            message,
            status=answer.status,
            retry_after=answer.retry_after(now),
        )
    return answer


def enriched(item: Item, article: Article, *, better_title: bool) -> Item:
    """Return ``item`` with what its page adds; what the feed said stays where it says more.

    ``better_title`` prefers the page's title to the item's, which was only the text of a link.
    """
    longer = len(article.text) > len(item.body)
    title = (article.title if better_title else "") or item.title or article.title
    return replace(
        item,
        title=title,
        summary=item.summary or (item.text if longer else ""),
        text=article.text if longer else item.text,
        authors=item.authors or article.authors,
        language=item.language or article.language,
        published=item.published or article.published,
        updated=item.updated or article.updated,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """An item with its fuller text and what matches it now."""

    item: Item
    finds: Finds
    versions: tuple[Version, Version]
    """How it read in its feed, and how with its page."""
    now: datetime
    paywalled: bool = False


def conclude(tools: Tools, found: Found, tx: Tx) -> bool:
    """Save the fuller item and decide about the hits it brings; False when another was quicker."""
    if not tx.finish_visit(found.item.id):
        return False
    known = {name: each.hit for name, each in tx.hits_of_items([found.item.id]).items()}
    tx.note_article(found.item.source, paywalled=found.paywalled)
    tx.rewrite_item(found.item)
    if known or found.finds.hits:
        tx.add_versions(found.versions)
        watches = (hit.watch for hit in found.finds.hits)
        tx.add_rules(tools.crew.matcher.versions(watches, found.now))
    tx.revise_hits(revised(known, found))
    hits = found.finds.hits
    fresh = [hit for hit in hits if hit.id not in known]
    tx.add_hits(fresh, found.now)
    surer = [hit for hit in hits if hit.id in known and known[hit.id].possible and not hit.possible]
    tx.drop_skips(hit.id for hit in surer)
    if fresh or surer:
        told = replace(found.finds, hits=(*fresh, *surer))
        decide(tx, tools, {found.item.id: found.item}, told, found.now)
    return True


def revised(known: Mapping[str, Hit], found: Found) -> list[Hit]:
    """Return the known hits as they read now.

    A hit that is sure was told: when the fuller text would not make it, it stays as it is, less
    the evidence that no longer stands where it says.
    """
    new = {hit.id: hit for hit in found.finds.hits}
    return [
        new[name]
        if name in new and (hit.possible or not new[name].possible)
        else replace(hit, spans=tuple(span for span in hit.spans if stands(found.item, span)))
        for name, hit in known.items()
    ]


def stands(item: Item, span: Span) -> bool:
    """Tell whether the text of ``span`` is still where it says."""
    return bool(getattr(item, span.field)[span.start : span.end] == span.text)


async def put_off(
    tools: Tools, planned: Visit, error: FetchError | ParseError, now: datetime
) -> bool:
    """Plan the next try of a page that could not be had, or give it up."""
    wish = getattr(error, "retry_after", None)
    if error.reason == Reason.RATE_LIMITED and wish:
        again: Visit | None = planning.later(planned, wish, now)
    elif isinstance(error, ParseError) or error.reason in REFUSALS:
        again = None
    else:
        again = planning.next_visit(planned, wish, now)
    if again is None:
        return await finish(tools, planned, str(error))
    log.debug("page put off", url=planned.url, why=str(error), until=again.due.isoformat())
    await tools.store.write(lambda tx: tx.put_off_visit(again))
    return False


async def finish(tools: Tools, planned: Visit, why: str) -> bool:
    """Give a visit up: its item stays as its feed told it."""
    log.info("page given up", source=planned.source, url=planned.url, why=why)
    await tools.store.write(lambda tx: tx.finish_visit(planned.item))
    return False
