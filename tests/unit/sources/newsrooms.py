"""Sites of each shape for tests of discovery: how invented outlets publish, path by path."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.servers import HttpServer, Reply, redirect
from tests.unit.sources.sitemaps import index, urlset

FEED = b"""<rss version="2.0"><channel><title>The Courier</title><language>en</language>
<item><title>Ferry waits for its engine</title><link>/2026/11/20/ferry</link><guid>1</guid>
<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "The Courier",
"items": [{"id": "1", "url": "/a", "title": "Ferry waits"}]}"""
ARTICLES = "".join(
    f'<article><h2><a href="/2026/11/20/story-{n}">Story number {n} of the day</a></h2></article>'
    for n in range(5)
)


def home(head: str = "", body: str = "") -> Reply:
    markup = f"<html><head><title>The Courier</title>{head}</head><body>{body}</body></html>"
    return Reply(body=markup.encode(), headers={"Content-Type": "text/html"})


def news_sitemap(server: HttpServer) -> Reply:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = (
        f"<url><loc>{server.url('/2026/11/20/lamp')}</loc><news:news><news:title>A lamp for the mole"
        f"</news:title><news:publication_date>{now}</news:publication_date></news:news></url>"
    )
    return Reply(body=urlset(entry))


def feed_in_head(server: HttpServer) -> tuple[str, str]:
    link = '<link rel="alternate" type="application/rss+xml" href="/feeds/all">'
    comments = '<link rel=alternate type="application/rss+xml" title="Comments" href="/comments">'
    server.on("/", home(comments + link, ARTICLES)).on("/feeds/all", Reply(body=FEED))
    server.on("/comments", Reply(body=FEED))
    return "feed", "/feeds/all"


def json_feed_in_head(server: HttpServer) -> tuple[str, str]:
    link = '<link rel="alternate" type="application/json" href="feed-1.1">'
    api = '<link rel="alternate" type="application/json" href="/api">'
    server.on("/", home(api + link)).on("/feed-1.1", Reply(body=JSON_FEED))
    server.on("/api", Reply(body=b'{"posts": []}'))
    return "feed", "/feed-1.1"


def feed_linked_in_the_text(server: HttpServer) -> tuple[str, str]:
    server.on("/", home(body='<a href="/news.rss">Subscribe</a>')).on("/news.rss", Reply(body=FEED))
    return "feed", "/news.rss"


def well_known_path_only(server: HttpServer) -> tuple[str, str]:
    server.on("/", home(body=ARTICLES)).on("/rss.xml", Reply(body=FEED))
    return "feed", "/rss.xml"


def news_sitemap_in_robots(server: HttpServer) -> tuple[str, str]:
    robots = f"Sitemap: {server.url('/all.xml')}\nSitemap: {server.url('/s/news.xml')}\n"
    server.on("/", home(body=ARTICLES)).on("/robots.txt", Reply(body=robots.encode()))
    server.on("/all.xml", Reply(body=urlset(f"<url><loc>{server.url('/a')}</loc></url>")))
    server.on("/s/news.xml", news_sitemap(server))
    return "sitemap", "/s/news.xml"


def news_sitemap_in_an_index(server: HttpServer) -> tuple[str, str]:
    robots = f"Sitemap: {server.url('/index.xml.gz')}"
    server.on("/", home()).on("/robots.txt", Reply(body=robots.encode()))
    server.on("/index.xml.gz", Reply(body=index((server.url("/news-1.xml"), ""))))
    server.on("/news-1.xml", news_sitemap(server))
    return "sitemap", "/index.xml.gz"


def only_a_section_page(server: HttpServer) -> tuple[str, str]:
    server.on("/", home(body=ARTICLES))
    return "section", "/"


def only_a_plain_sitemap(server: HttpServer) -> tuple[str, str]:
    robots = f"Sitemap: {server.url('/all.xml')}"
    server.on("/", home(body="Nothing here")).on("/robots.txt", Reply(body=robots.encode()))
    server.on("/all.xml", Reply(body=urlset(f"<url><loc>{server.url('/a')}</loc></url>")))
    return "sitemap", "/all.xml"


def a_redirect_to_another_page(server: HttpServer) -> tuple[str, str]:
    link = '<link rel="alternate" type="application/atom+xml" href="old-feed">'
    server.on("/", redirect("/en/", 301)).on("/en/", home(link))
    server.on("/en/old-feed", redirect("/en/feed")).on("/en/feed", Reply(body=FEED))
    return "feed", "/en/feed"


def the_feed_itself(server: HttpServer) -> tuple[str, str]:
    server.on("/", Reply(body=FEED))
    return "feed", "/"


def a_front_page_that_is_broken(server: HttpServer) -> tuple[str, str]:
    server.on("/", Reply(404)).on("/feed", Reply(body=FEED))
    return "feed", "/feed"


SHAPES = (
    feed_in_head,
    json_feed_in_head,
    feed_linked_in_the_text,
    well_known_path_only,
    news_sitemap_in_robots,
    news_sitemap_in_an_index,
    only_a_section_page,
    only_a_plain_sitemap,
    a_redirect_to_another_page,
    the_feed_itself,
    a_front_page_that_is_broken,
)
"""Each writes a site into a server, and returns the kind and the path of its best place."""
