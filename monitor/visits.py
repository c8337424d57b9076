"""The third way into the store: the page of an item is fetched when its feed says too little.

    visit           fetch the page; read the article in a worker; match the item anew
    └─ conclude     in ONE transaction: the longer text, the hits it brings, routes and alerts

The item itself is stored, matched and told before: a page that cannot be had costs nothing but
what it would have added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from monitor import planning
from monitor.edits import wording_of
from monitor.errors import FetchError, ParseError, StoreError
from monitor.model import Article, Exchange, Item, Reason, Version, Visit, version_of
from monitor.net import Answer
from monitor.pipeline import decide
from monitor.store import Tx
from monitor.tools import Tools
from monitor.versions import dated, exchange_of, revise
from monitor.work.tasks import Finds

log = structlog.get_logger()

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.3"
OK, REDIRECTION = 200, 300
SOON = 60.0
"""Seconds until a page is read again whose item changed while it was read."""
REFUSALS = frozenset({Reason.ROBOTS, Reason.REFUSED_ADDRESS, Reason.GONE, Reason.BLOCKED})
"""Reasons that the next hours will not change: no further try is made."""


async def visit(tools: Tools, planned: Visit, now: datetime) -> bool:
    """Fetch and read one claimed page; return whether its text was stored. Never raises for a page."""
    item = await tools.store.read(lambda tx: tx.item(planned.item))
    if item is None:
        return await finish(tools, planned, "its item is gone", now)
    try:
        answer = await tools.net.get(planned.url, headers={"accept": ACCEPT}, robots=True)
        thrifty = tools.settings.monitor.careful_text == "matched"
        article = await page_of(tools, answer, now, item if thrifty else None)
    except (FetchError, ParseError) as error:
        return await put_off(tools, planned, error, now)
    if article.problems:
        said = "; ".join(article.problems[:3])
        log.info("page read with problems", source=item.source, url=answer.url, problems=said)
    source = tools.settings.sources.get(item.source)
    fuller = enriched(item, article, better_title=bool(source and source.titles_are_links))
    finds = await tools.crew.find([fuller])
    versions = (
        version_of(item, item.first_seen or now, Exchange()),
        version_of(fuller, now, exchange_of(answer)),
    )
    finds = dated(finds, {fuller.id: versions[-1]})
    found = Found(planned, fuller, finds, versions, now, paywalled=article.paywalled)
    try:
        return await tools.store.write(partial(conclude, tools, found))
    except StoreError:
        tools.stories.forget()
        raise


async def page_of(tools: Tools, answer: Answer, now: datetime, item: Item | None = None) -> Article:
    """Return the article in an answer; raises `FetchError` for one without, or `ParseError`.

    Given the ``item`` whose page it is, only what may be found by a watch is read with care.
    """
    if not OK <= answer.status < REDIRECTION:
        gone = answer.status in {404, 410, 451}
        message = f"{answer.url} answered {answer.status}"
        raise FetchError(
            Reason.GONE if gone else Reason.SERVER_ERROR,
            message,
            status=answer.status,
            retry_after=answer.retry_after(now),
        )
    kind = answer.headers.get("content-type", "")
    return await tools.crew.read_article(answer.body, kind, answer.url, now, item)


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

    planned: Visit
    item: Item
    finds: Finds
    versions: tuple[Version, Version]
    """How it read in its feed, and how with its page."""
    now: datetime
    paywalled: bool = False


def conclude(tools: Tools, found: Found, tx: Tx) -> bool:
    """Save the fuller item and decide about the hits it brings; False when another was quicker."""
    item = found.item
    if tx.item(item.id) != found.versions[0].item:  # edited in its feed meanwhile: read once more
        tx.put_off_visit(planning.later(found.planned, SOON, found.now))
        return False
    if not tx.end_visit(found.planned, None):
        return False
    tx.note_article(item.source, paywalled=found.paywalled)
    told = revise(tools, found.versions, found.finds, found.now, tx)
    if found.finds.hits:
        tx.set_wordings(item.source, {item.id: wording_of(found.versions[0].item)})
    if told.hits:
        decide(tx, tools, {item.id: item}, told, found.now)
    plan_look(tools, item, found.planned, found.now, tx)
    return True


def plan_look(tools: Tools, item: Item, made: Visit, now: datetime, tx: Tx) -> None:
    """Plan when the page of an item is looked at next, if it is a hit."""
    source = tools.settings.sources.get(item.source)
    known = tx.bare_hits([item.id]).get(item.id, [])
    if source and any(not hit.possible for hit in known):
        after = tools.settings.monitor.edits.look_again
        again = planning.look_again(item, source.full_text, after, now, made.stage)
        tx.add_visits([again] if again else [])


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
        refused = error.reason in REFUSALS
        return await finish(tools, planned, str(error), now, for_good=refused)
    log.debug("page put off", url=planned.url, why=str(error), until=again.due.isoformat())
    await tools.store.write(lambda tx: tx.put_off_visit(again))
    return False


async def finish(
    tools: Tools, planned: Visit, why: str, now: datetime, *, for_good: bool = False
) -> bool:
    """Give a visit up: its item stays as it is, and a hit is looked at later unless ``for_good``."""

    def end(tx: Tx) -> None:
        if tx.end_visit(planned, None) and not for_good and (item := tx.item(planned.item)):
            plan_look(tools, item, planned, now, tx)

    log.info("page given up", source=planned.source, url=planned.url, why=why)
    await tools.store.write(end)
    return False
