"""Sites without a feed through the whole service: baseline, news, hostile pages, refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, build, utc_now
from monitor.config import load
from monitor.model import Outcome, PollRecord, Reason
from tests.acceptance.practice import subscriptions, write_config
from tests.servers import HttpServer, Reply
from tests.unit.sources.newsrooms import FEED
from tests.unit.sources.sitemaps import urlset

NAME = "Maria Exemplar"
ARTICLE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="{published}"></head><body><article><h1>{title}</h1>
<p>The harbour office has put the lamps of the outer mole out of use until the cable is mended.</p>
<p>{text} The office did not say how long that would take, and the pilots did not ask.</p>
<p>Boats are asked to keep to the northern side until then, and to sound their horns in fog.</p>
</article></body></html>"""


class Site:
    """A site on loopback and a service that polls it, under a clock that can be put forward."""

    def __init__(self, server: HttpServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.moved = timedelta(0)

    def now(self) -> datetime:
        return utc_now() + self.moved

    @asynccontextmanager
    async def service(self, kind: str, path: str = "/news/", **options: Any) -> AsyncIterator[App]:
        source = {"id": "site", "kind": kind, "url": self.server.url(path), "every": "1h"}
        config = write_config(
            self.folder / "config",
            sources=[source | options],
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/mailbox"}],
            subscriptions=[
                {**one, "to": [{"channel": "box"}]} for one in subscriptions("daily at 07:30")
            ],
            net={"allow_private": ["127.0.0.1"], "deadline": "60s", "page_gap": "0s"},
        )
        async with build(load(config, {}), clock=self.now) as app:
            yield app

    async def poll(self, app: App) -> PollRecord:
        (record,) = await app.poll_due()
        await app.visit_due()
        self.moved += timedelta(hours=1.1)
        return record

    def links(self, *paths: str) -> None:
        page = "".join(f'<h2><a href="{path}">Harbour {path}</a></h2>' for path in paths)
        self.server.on(
            "/news/", Reply(body=f"<html><body><main>{page}</main></body></html>".encode())
        )

    def article(self, path: str, title: str, text: str = "", published: str = "") -> None:
        published = published or utc_now().isoformat(timespec="seconds")
        body = ARTICLE.format(title=title, text=text, published=published)
        self.server.on(path, Reply(body=body.encode(), headers={"Content-Type": "text/html"}))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with HttpServer() as server:
        yield Site(server, tmp_path)


async def hits_of(app: App) -> list[Any]:
    return await app.tools.store.read(lambda tx: tx.hits(100))


async def alerts_of(app: App) -> list[str]:
    found = await app.tools.store.read(lambda tx: tx.deliveries(100))
    return [each.message.subject for each in found if each.kind == "alert"]


async def test_a_new_article_of_a_section_is_read_on_its_own_page_and_told_once(site: Site) -> None:
    site.links("/2026/11/20/old")
    site.article("/2026/11/20/old", "Old news", f"{NAME} spoke.")
    site.article("/2026/11/20/new", "The lamps go out", f"{NAME} spoke at the quay.")
    async with site.service("section") as app:
        first = await site.poll(app)
        site.links("/2026/11/20/new", "/2026/11/20/old")
        second = await site.poll(app)
        site.links("/2026/11/20/new?utm_source=home", "/2026/11/20/old#top")
        third = await site.poll(app)
        (hit,) = await hits_of(app)
        alerts = await alerts_of(app)

    assert (first.new, second.new, third.new) == (1, 1, 0)
    assert hit.item.title == "The lamps go out"
    assert NAME in hit.item.text
    assert hit.item.published is not None
    assert len(alerts) == 1
    assert "/2026/11/20/old" not in site.server.paths


async def test_a_section_whose_links_are_all_new_has_been_overrun(site: Site) -> None:
    site.links("/2026/11/20/1", "/2026/11/20/2")
    async with site.service("section", full_text="never") as app:
        await site.poll(app)
        site.links("/2026/11/21/3", "/2026/11/21/4")
        record = await site.poll(app)

    assert record.overrun


async def test_hostile_titles_of_links_and_sitemaps_come_to_one_clean_line(site: Site) -> None:
    wild = (
        f"{NAME}&#13;&#10;Bcc: x&#x202e; \x1b[31m{{{{''.__class__}}}} &lt;svg onload=alert(1)&gt;"
        + "x" * 3_000
    )
    link = f'<h2><a href="/2026/11/20/x">{wild}</a></h2><a href="javascript:alert(1)">{NAME} was here today</a>'
    site.server.on("/news/", Reply(body=link.encode()))
    async with site.service("section", on_first_poll="alert", full_text="never") as app:
        await site.poll(app)
        (hit,) = await hits_of(app)
        (subject,) = await alerts_of(app)

    title = hit.item.title
    assert title.startswith(f"{NAME} Bcc: x {{{{''.__class__}}}}")
    assert not set("\r\n\0\x1b\u202e") & set(title + subject)
    assert len(title) <= 500
    assert hit.item.url.startswith("http://127.0.0.1")


async def test_a_sitemap_tells_what_its_baseline_did_not_hold_whatever_its_dates(
    site: Site,
) -> None:
    def entry(path: str, title: str, published: str) -> str:
        return (
            f"<url><loc>{site.server.url(path)}</loc><news:news><news:title>{title}</news:title>"
            f"<news:publication_date>{published}</news:publication_date></news:news></url>"
        )

    old = entry("/1", f"{NAME} long ago", "2026-11-01")
    past = entry("/2", f"{NAME} in the past", "1970-01-01T00:00:00Z")
    future = entry("/3", f"{NAME} in the future", "2090-01-01T00:00:00Z")
    site.server.on("/s.xml", Reply(body=urlset(old)), Reply(body=urlset(old, past, future)))
    async with site.service("sitemap", "/s.xml", full_text="never") as app:
        await site.poll(app)
        second = await site.poll(app)
        hits = {hit.item.title.rpartition(" ")[2]: hit for hit in await hits_of(app)}
        alerts = await alerts_of(app)

    assert hits["ago"].item.baseline
    assert all(hits[word].item.published is None for word in ("past", "future"))
    assert not second.overrun
    assert alerts == [f"2 new on {NAME}"]


async def test_every_change_of_a_page_is_told_and_the_page_is_never_visited(site: Site) -> None:
    def notices(*texts: str) -> Reply:
        return Reply(
            body=("<main>" + "".join(f"<p>{text}</p>" for text in texts) + "</main>").encode()
        )

    first = "The ferry leaves at ten from the northern quay."
    second = f"{NAME} has been asked to look into the matter of the lamps."
    third = f"The report of {NAME} is late and will be read in spring."
    pages = [notices(first), notices(first, second), notices(third, first, second)]
    site.server.on("/news/", *pages, notices(first), notices(first, second))
    async with site.service("page") as app:
        records = [await site.poll(app) for _ in range(5)]
        hits = await hits_of(app)

    assert [record.new for record in records] == [1, 1, 1, 0, 0]
    assert sorted(hit.item.text for hit in hits) == sorted([second, third])
    assert all(hit.item.url.startswith(site.server.url("/news/#:~:text=")) for hit in hits)
    assert not any(record.overrun for record in records)
    assert site.server.paths == ["/robots.txt", *["/news/"] * 5]


async def test_a_site_given_by_its_address_alone_is_polled_where_it_publishes(site: Site) -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/all.rss">'
    site.server.on("/news/", Reply(body=b"<html><head>" + link + b"</head><p>Hello</p></html>"))
    news = FEED.replace(
        b"<item>", f"<item><title>{NAME} speaks</title><guid>2</guid></item><item>".encode()
    )
    site.server.on("/all.rss", Reply(body=FEED), Reply(body=news))
    async with site.service("auto", full_text="never") as app:
        await site.poll(app)
        site.server.requests.clear()
        record = await site.poll(app)
        alerts = await alerts_of(app)
        state = await app.tools.store.read(lambda tx: tx.source_state("site"))

    assert (record.outcome, record.new) == (Outcome.NEW, 1)
    assert site.server.paths == ["/all.rss"]
    assert len(alerts) == 1
    assert state is not None
    assert state.url == site.server.url("/news/")


@pytest.mark.parametrize("kind", ["section", "sitemap", "page", "auto"])
async def test_a_site_that_refuses_robots_is_left_alone_and_says_so(site: Site, kind: str) -> None:
    site.server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /"))
    site.links("/2026/11/20/x")
    async with site.service(kind) as app:
        record = await site.poll(app)

    assert (record.outcome, record.reason) == (Outcome.FAILED, Reason.ROBOTS)
    assert "asks robots to leave" in record.message
    assert site.server.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("sitemap", b"<!doctype html><h1>Oops</h1>", Reason.NOT_A_FEED),
        ("section", b"<!doctype html><h1>Oops</h1>", Reason.NOT_A_FEED),
        ("page", b"%PDF-1.7", Reason.NOT_A_FEED),
        ("auto", b"<!doctype html><h1>Oops</h1>", Reason.NOT_A_FEED),
        ("sitemap", b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', Reason.MALFORMED),
    ],
)
async def test_what_is_not_what_it_should_be_is_a_failure_and_stores_nothing(
    site: Site, kind: str, body: bytes, reason: Reason
) -> None:
    site.server.on("/news/", Reply(body=body))
    async with site.service(kind) as app:
        record = await site.poll(app)
        counts = await app.tools.store.read(lambda tx: tx.counts())

    assert (record.outcome, record.reason, counts["items"]) == (Outcome.FAILED, reason, 0)


async def test_a_page_that_is_gone_is_asked_no_more(site: Site) -> None:
    site.server.on("/news/", Reply(410))
    async with site.service("section") as app:
        record = await site.poll(app)
        again = await app.poll_due()

    assert (record.reason, again) == (Reason.GONE, [])
