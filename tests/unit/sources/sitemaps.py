"""Sitemaps for tests, in the words that publishers use; all they name is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SITE = "https://courier.example"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


def urlset(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {NAMESPACES}>{"".join(entries)}</urlset>'.encode()


def plain(path: str, lastmod: str = "") -> str:
    changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url><loc>{SITE}{path}</loc>{changed}</url>"


def news(path: str, title: str, published: str, *, keywords: str = "", language: str = "en") -> str:
    return (
        f"<url><loc>{SITE}{path}</loc><lastmod>{published}</lastmod><news:news><news:publication>"
        f"<news:name>The Courier</news:name><news:language>{language}</news:language>"
        f"</news:publication><news:publication_date>{published}</news:publication_date>"
        f"<news:title>{title}</news:title><news:keywords>{keywords}</news:keywords></news:news>"
        f"<image:image><image:loc>{SITE}/i.jpg</image:loc><image:title>A quay</image:title>"
        "</image:image></url>"
    )


def index(*children: tuple[str, str]) -> bytes:
    entries = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for url, lastmod in children
    )
    return f'<?xml version="1.0"?><sitemapindex {NAMESPACES}>{entries}</sitemapindex>'.encode()
