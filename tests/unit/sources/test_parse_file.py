"""`monitor parse`: documents on disk to items, without a database or a network."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import parse
from monitor.cli.parse import parse_file
from monitor.errors import InputError

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FEED = """<rss version="2.0"><channel><title>A &amp;amp; B</title><item><title>One</title>
<link>/one</link><guid isPermaLink="false">1</guid><author>Ann</author>
<pubDate>Mon, 02 Nov 2026 10:00:30 +0100</pubDate><description>&lt;b&gt;Text&lt;/b&gt;</description>
</item></channel></rss>"""
ITEM = {
    "url": "https://a.example/one",
    "title": "One",
    "published": "2026-11-02T09:00:30Z",
    "updated": None,
    "authors": ["Ann"],
    "summary": "Text",
    "text": "",
    "language": "",
}


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(FEED)
    return path


def test_a_file_becomes_one_object_of_the_published_shape(feed: Path) -> None:
    result = parse_file(feed, "https://a.example/feeds/all", now=NOW)

    (item,) = result.pop("items")
    assert len(item.pop("id")) == 20
    assert item == ITEM
    assert result == {"file": str(feed), "kind": "rss20", "title": "A & B", "problems": []}


def test_without_an_address_relative_links_are_left_out(feed: Path) -> None:
    assert parse_file(feed, now=NOW)["items"][0]["url"] == ""


@pytest.mark.parametrize("name", ["feed.xml.gz", "feed.bin"])
def test_a_packed_file_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(FEED.encode()))

    assert parse_file(path, now=NOW)["items"][0]["title"] == "One"


def test_a_json_feed_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": []}))

    assert parse_file(path, now=NOW)["kind"] == "jsonfeed11"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<html></html>", "web page"),
        (gzip.compress(FEED.encode(), mtime=0)[:-20], "cannot be read"),
        (b"\x1f\x8b rubbish", "cannot be read"),
        (gzip.compress(b"\0" * 5_000, mtime=0), "larger than"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str
) -> None:
    monkeypatch.setattr(parse, "LARGEST_FILE", 4_000)
    path = tmp_path / "x"
    path.write_bytes(body)

    result = parse_file(path, now=NOW)

    assert result.keys() == {"file", "error"}
    assert said in result["error"]
    assert "\n" not in result["error"]


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    assert "No such file" in parse_file(tmp_path / "none", now=NOW)["error"]
    assert "directory" in parse_file(tmp_path, now=NOW)["error"]


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://a.example/dockers-walk-out</loc><news:news><news:publication><news:name>Gazette</news:name>
<news:language>en</news:language></news:publication><news:title>Dockers walk out</news:title>
<news:publication_date>2026-11-02T10:00:30+01:00</news:publication_date></news:news></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/1.xml</loc></sitemap><sitemap><loc>https://a.example/2.xml</loc>
</sitemap></sitemapindex>"""
FRONT = """<html lang="en"><head><title>Gazette</title></head><body><main><h2>
<a href="/2026/11/dockers-walk-out-at-port">Dockers walk out at the port</a></h2>
<p>They will be back on Monday.</p></main></body></html>"""


def parsed(tmp_path: Path, text: str, **options: str) -> dict[str, Any]:
    path = tmp_path / "document"
    path.write_text(text)
    return parse_file(path, "https://a.example/", now=NOW, **options)


def test_a_news_sitemap_is_known_by_its_content(tmp_path: Path) -> None:
    result = parsed(tmp_path, SITEMAP)
    (item,) = result["items"]
    assert result["kind"] == "news-sitemap"
    assert (item["title"], item["published"]) == ("Dockers walk out", "2026-11-02T09:00:30Z")
    assert (item["url"], item["language"]) == ("https://a.example/dockers-walk-out", "en")


def test_a_list_of_addresses_is_a_sitemap(tmp_path: Path) -> None:
    result = parsed(tmp_path, "https://a.example/one\nhttps://a.example/two\n")
    assert result["kind"] == "text-sitemap"
    assert [item["url"] for item in result["items"]] == [
        "https://a.example/one",
        "https://a.example/two",
    ]


def test_an_index_says_that_its_sitemaps_are_other_files(tmp_path: Path) -> None:
    result = parsed(tmp_path, INDEX)
    assert (result["kind"], result["items"]) == ("sitemap-index", [])
    assert result["problems"] == ["an index: its 2 sitemaps are read one by one"]


@pytest.mark.parametrize(
    ("kind", "title"),
    [("section", "Dockers walk out at the port"), ("page", "Gazette")],
)
def test_a_web_page_is_read_as_the_kind_of_source_that_is_asked_for(
    tmp_path: Path, kind: str, title: str
) -> None:
    result = parsed(tmp_path, FRONT, kind=kind)
    assert result["kind"] == kind
    assert [item["title"] for item in result["items"]] == [title]
    assert "web page" in parsed(tmp_path, FRONT)["error"]


def test_a_kind_that_reads_no_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="feed, sitemap, section, page"):
        parsed(tmp_path, FRONT, kind="folder")
