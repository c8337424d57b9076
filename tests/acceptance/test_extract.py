"""`monitor extract`: pages in files, one JSON line each."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.acceptance.test_cli import Call, call

__all__ = ["call"]

PAGES = Path(__file__).parents[1] / "golden" / "articles"
PAGE = PAGES / "news-with-json-ld.html"
FIELDS = [
    "file",
    "url",
    "title",
    "published",
    "authors",
    "language",
    "text",
    "paywalled",
    "problems",
]


def test_extract_gives_every_field_that_the_contract_names(call: Call) -> None:
    result = call("extract", PAGE)
    (line,) = result.lines

    assert (result.code, result.err) == (0, "")
    assert list(line) == FIELDS
    assert line["file"] == str(PAGE)
    assert line["published"] == "2026-11-03T07:45:00+01:00"
    assert line["paywalled"] is True


def test_a_packed_page_reads_like_the_page(call: Call, tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(PAGE.read_bytes()))
    page, same = call("extract", PAGE, packed).lines

    assert {**same, "file": ""} == {**page, "file": ""}


def test_the_address_given_resolves_what_the_page_names(call: Call, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<link rel=canonical href=/wall><p>Words of a page about a wall.</p>", "utf-8")
    (line,) = call("extract", page, "--url", "https://gazette.example/2026/wall?ref=rss").lines

    assert line["url"] == "https://gazette.example/wall"


def test_each_file_is_answered_in_order_whatever_it_is(call: Call, tmp_path: Path) -> None:
    names = {
        "empty.html": b"",
        "binary.html": bytes(range(32)) * 99,
        "deep.html": b"<div>" * 99_999,
        "cut.html.gz": gzip.compress(b"<p>words" * 99)[:-9],
    }
    for name, body in names.items():
        (tmp_path / name).write_bytes(body)
    result = call("extract", *(tmp_path / name for name in names), PAGE)

    assert (result.code, result.err) == (0, "")
    assert [Path(line["file"]).name for line in result.lines] == [*names, PAGE.name]
    assert [line.get("problems") for line in result.lines] == [
        ["the page is empty"],
        ["binary data, no page"],
        ["no article was found on the page"],
        None,
        [],
    ]
    assert result.lines[3]["error"].startswith("cannot be read: ")


def test_a_file_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    result = call("extract", tmp_path / "none.html", PAGE)

    assert result.code == 2
    assert result.lines[1]["title"] == "Harbour authority paid twice for one quay wall"
    assert "no such file" in result.complaint
