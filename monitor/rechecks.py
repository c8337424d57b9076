"""The pages of hits looked at again, to see what was edited in them or that they were taken down.

    look            fetch the page; read it, and as it was last kept, in a worker; compare
    └─ conclude     in ONE transaction: version, what it changed, and when the next look is due

Both texts are read by the same program: what an update of ours reads otherwise is no edit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from monitor.alerts import settle_now
from monitor.edits import REAL, Edited, Reading, edited, take_over
from monitor.errors import FetchError, ParseError, StoreError
from monitor.model import Article, Item, Revision, Version, Visit, version_of
from monitor.net import Answer
from monitor.pipeline import decide
from monitor.reading.addresses import canonical_address, is_front_page
from monitor.store import Tx
from monitor.stories import is_another
from monitor.tools import Tools
from monitor.versions import exchange_of
from monitor.visits import ACCEPT, enriched, finish, page_of, plan_look, put_off

log = structlog.get_logger()

GONE: Final = frozenset({404, 410, 451})
FOR_GOOD: Final = frozenset({410, 451})
"""Meant to last (RFC 9110 section 15.5.11, RFC 7725 section 3)."""
NOT_MODIFIED: Final = 304
REDIRECTION: Final = 300
WHOLE: Final = 0.8
"""Part of what we have of an item that its page must say, to be compared at all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a page came to."""

    planned: Visit
    now: datetime
    change: Edited | None = None
    """What was edited; None when nothing was."""
    first: Version | None = None
    """The page as it was read for the first time; None when it had been read before."""
    gone: str = ""
    """What says that the page is no longer there; empty when it is."""
    for_good: bool = False


async def look(tools: Tools, planned: Visit, now: datetime) -> bool:
    """Look at the page of a hit again; return whether it was there. Never raises for a page."""
    item, versions = await tools.store.read(
        lambda tx: (tx.item(planned.item), tx.versions([planned.item]).get(planned.item, []))
    )
    if item is None:
        return await finish(tools, planned, "its item is gone", now)
    pages = [version for version in versions if version.body_digest]
    last = pages[-1] if pages else None
    try:
        seen = await compare_page(tools, planned, item, last, versions, now)
    except (FetchError, ParseError) as error:
        return await put_off(tools, planned, error, now)
    try:
        return await tools.store.write(partial(conclude, tools, seen))
    except StoreError:
        tools.stories.forget()
        raise


async def compare_page(
    tools: Tools,
    planned: Visit,
    item: Item,
    last: Version | None,
    versions: list[Version],
    now: datetime,
) -> Seen:
    """Fetch a page and return what it came to beside its ``last`` version.

    Raises `FetchError` or `ParseError` when it cannot be had or read.
    """
    headers = {"accept": ACCEPT, **(_conditions(last) if last else {})}
    answer = await tools.net.get(planned.url, headers=headers, robots=True)
    if answer.status == NOT_MODIFIED:
        return Seen(planned, now)
    gone = gone_by(answer, planned)
    # A page that nobody has read may always have led elsewhere; what answers 404 was listed once.
    if gone and (last or (versions and answer.status in GONE)):
        return Seen(planned, now, gone=gone, for_good=answer.status in FOR_GOOD)
    article = await page_of(tools, answer, now)
    if last is None:
        whole = enriched(item, article, better_title=False)
        return Seen(planned, now, first=version_of(whole, now, exchange_of(answer)))
    old = await _article_of(tools, last, now)
    if not _comparable(article, old, item):
        return Seen(planned, now)
    return Seen(planned, now, await _compared(tools, item, old, article, answer, versions, now))


def gone_by(answer: Answer, planned: Visit) -> str:
    """Return what says that a page was taken down; empty when nothing does."""
    if answer.status in GONE:
        return f"it answered {answer.status}"
    there, asked = canonical_address(answer.url), canonical_address(planned.url)
    moved = answer.status < REDIRECTION and is_front_page(there) and not is_front_page(asked)
    return "it leads to the front page" if moved else ""


def _conditions(last: Version) -> dict[str, str]:
    """Return the headers that ask for a page only if it changed (RFC 9110 section 13.1)."""
    given = dict(last.source.headers)
    asked = {"if-none-match": "etag", "if-modified-since": "last-modified"}
    return {ours: given[theirs] for ours, theirs in asked.items() if theirs in given}


async def _article_of(tools: Tools, version: Version, now: datetime) -> Article:
    """Return the article of a page as it was kept, read anew; its text where the bytes are gone."""
    page = version.source
    if not page.body:
        return Article(page.url, version.item.title, version.item.text)
    kind = dict(page.headers).get("content-type", "")
    return await tools.crew.read_article(page.body, kind, page.url, now)


def _comparable(article: Article, old: Article, item: Item) -> bool:
    """Tell whether two readings of a page are of the whole article: no wall, no teaser of the feed's text."""
    return bool(article.text) and not article.paywalled and len(old.text) >= WHOLE * len(item.body)


async def _compared(
    tools: Tools,
    item: Item,
    old: Article,
    article: Article,
    answer: Answer,
    versions: list[Version],
    now: datetime,
) -> Edited | None:
    """Return what was edited, None when nothing of the article was.

    The headline of a page is taken only once it changes: until then that of the feed stands. A
    page that asks for consent, or says that there is nothing here, is no edit of the article.
    """
    retitled = bool(old.title and article.title) and old.title != article.title
    was = replace(item, text=old.text)
    new = replace(item, text=article.text, title=article.title if retitled else item.title)
    change = await edited(tools, Reading(item, was, new, exchange_of(answer)), versions, now)
    if not change.finds.hits and is_another(
        replace(was, title=old.title or item.title), replace(new, title=article.title)
    ):
        log.info("page shows another text", source=item.source, url=answer.url)
        return None
    return change if change.edit.kind in REAL else None


def conclude(tools: Tools, seen: Seen, tx: Tx) -> bool:
    """Save what a look came to and plan the next; False when another was quicker, or it is gone."""
    planned, now = seen.planned, seen.now
    item = tx.item(planned.item)
    if item is None or not tx.end_visit(planned, None):
        return False
    if seen.first:
        tx.add_versions([seen.first])
    changes = take_over(tools, [seen.change] if seen.change else [], tx)
    if changes.finds.hits:
        decide(tx, tools, dict(changes.items), changes.finds, now)
    settle_now(tools, changes.instant, now, tx)
    note_presence(seen, tx)
    if not seen.for_good:
        plan_look(tools, item, planned, now, tx)
    return not seen.gone


def note_presence(seen: Seen, tx: Tx) -> None:
    """Keep since when a page is no longer there, or that it is there again."""
    name = seen.planned.item
    known = [one for one in tx.revisions([name]).get(name, []) if one.kind in {"gone", "back"}]
    was_gone = bool(known) and known[-1].kind == "gone"
    if bool(seen.gone) == was_gone:
        return
    words = f"the page is no longer there: {seen.gone}" if seen.gone else "the page is back"
    version = tx.versions([name], bodies=False)[name][-1].digest
    kind = "gone" if seen.gone else "back"
    tx.add_revisions([Revision(name, seen.now, version, kind, words)])
