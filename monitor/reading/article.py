"""The article on a page.

    bytes ─encoding→ markup ─page→ tree ─┬ headline, bylines, dating   JSON-LD, <meta>, microdata, htmldate
                                         ├ content                     trafilatura, lead, promotions
                                         └ detector                    what the declared language is checked by

Pure, and never raises for a page: what was wrong is in the article's problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from monitor.model import Article
from monitor.reading.addresses import canonical_address, is_front_page, link_address
from monitor.reading.bylines import authors_of
from monitor.reading.content import article_text, rough_text, whole_text
from monitor.reading.dating import times_of
from monitor.reading.detector import SURE, detected_language, looks_like, same_language
from monitor.reading.encoding import page_text
from monitor.reading.headline import headline_of, site_names
from monitor.reading.language import language_tag
from monitor.reading.obstacles import missing_text, no_page, stand_in
from monitor.reading.page import LARGEST, Page, parse_page, tamed

LONGEST_TEXT = 100_000
_LONG_ENOUGH = 200
"""Characters of text that may overrule a declared language."""
_VERY_SURE = 0.9
_LOCKED = frozenset({"locked", "premium", "paid"})


def read_article(
    body: bytes,
    content_type: str,
    url: str,
    now: datetime,
    *,
    worth_care: Callable[[str], bool] | None = None,
) -> Article:
    """Return the article in ``body``, which was served at ``url`` as ``content_type``.

    Both may be empty. ``now`` bounds the dates that are believed. ``worth_care`` is asked, with the
    title and all text of the page, whether the article is read with care; else its text is
    rougher, and takes less than half of the work.
    """
    if reason := no_page(body):
        return Article(url=url, problems=(reason,))
    markup, problems = page_text(body, content_type)
    if len(markup) > LARGEST:
        problems = (*problems, f"larger than {LARGEST:,} characters; the rest was left out")
    page = parse_page(tamed(markup), url)
    if page is None:
        return Article(url=url, problems=(*problems, "no article was found on the page"))
    return _article(page, problems, now, worth_care)


def _article(
    page: Page,
    problems: tuple[str, ...],
    now: datetime,
    worth_care: Callable[[str], bool] | None,
) -> Article:
    sites = site_names(page)
    title = headline_of(page, sites)
    rough = worth_care and not page.unwieldy and not worth_care(f"{title}\n{whole_text(page)}")
    text = (rough_text if rough else article_text)(page, title)[:LONGEST_TEXT]
    if reason := stand_in(page, text):
        return Article(url=page.url, problems=(*problems, reason))
    if reason := missing_text(page, text):
        text, problems = "", (*problems, reason)
    published, updated = times_of(page, now)
    return Article(
        url=_own_address(page),
        title=title,
        text=text,
        authors=authors_of(page, sites),
        language=_language(page, text),
        published=published,
        updated=updated,
        paywalled=_is_locked(page),
        problems=problems,
    )


def _own_address(page: Page) -> str:
    """Return the address a page names as its own, if it is one of the same site, else where it was."""
    links = (
        each for each in page.root.iter("link") if (each.get("rel") or "").lower() == "canonical"
    )
    named = [each.get("href") or "" for each in links]
    for text in (*named, *page.meta("og:url")):
        address = link_address(text, page.url)
        canonical = canonical_address(address)
        if canonical and not is_front_page(canonical) and _is_same_site(canonical, page.url):
            return address
    return page.url


def _is_same_site(address: str, url: str) -> bool:
    """Tell whether a page at ``url`` may speak for ``address``: copies elsewhere keep their own."""
    if not url:
        return True
    one, other = (urlsplit(each).hostname or "" for each in (address, canonical_address(url)))
    return one.removeprefix("www.") == other.removeprefix("www.")


def _language(page: Page, text: str) -> str:
    """Return the declared language unless the text is plainly in another one."""
    declared = next(filter(None, map(language_tag, _declared_languages(page))), "")
    if declared and (len(text) < _LONG_ENOUGH or looks_like(text, declared)):
        return declared
    found = detected_language(text, sure=_VERY_SURE if declared else SURE)
    return declared if declared and (not found or same_language(found, declared)) else found


def _declared_languages(page: Page) -> Iterator[str]:
    yield page.root.get("lang") or page.root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    yield page.root.get("xml:lang") or ""
    yield page.statement.language
    yield from page.meta("og:locale", "content-language", "inlanguage", "language", "dc.language")


def _is_locked(page: Page) -> bool:
    """Tell whether the page says that its article is not free to read."""
    marked = [*page.meta("isaccessibleforfree"), *page.meta("og:isaccessibleforfree")]
    tiers = page.meta("article:content_tier", "og:article:content_tier")
    return (
        page.statement.locked
        or any(text.lower() == "false" for text in marked)
        or any(text.lower() in _LOCKED for text in tiers)
    )
