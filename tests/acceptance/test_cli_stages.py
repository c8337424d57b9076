"""Each stage alone on files: JSON Lines in and out, no database, no network."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.practice import Feed, prose, write_config
from tests.acceptance.test_cli import Call, call

__all__ = ["call"]

BAD_LINES = [
    b"no json",
    b'["a list"]',
    b'{"title": "no id"}',
    b'{"id": 7}',
    b'{"id": "x", "title": ["no text"]}',
    b'{"id": "\xff\xfe"}',
    b"[" * 100_000,
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", sources=[], subscriptions=[])


def write(path: Path, *lines: Any) -> Path:
    rows = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    return path


def item(name: str, title: str = "Maria Exemplar speaks", **more: str) -> dict[str, str]:
    return {"id": name, "title": title, "text": f"Text of {name}.", **more}


def test_parse_gives_every_field_that_the_contract_names(call: Call, tmp_path: Path) -> None:
    feed = Feed("gazette")
    feed.publish("Ein Titel", "Der Text", "https://gazette.example/a")
    path = tmp_path / "feed.xml"
    path.write_bytes(feed.render())
    (line,) = call("parse", path, "--url", "https://gazette.example/feed.xml").lines
    assert list(line) == ["file", "kind", "title", "items", "problems"]
    assert (line["file"], line["kind"], line["title"]) == (str(path), "rss20", "gazette")
    (one,) = line["items"]
    fields = [
        "id",
        "url",
        "title",
        "published",
        "updated",
        "authors",
        "summary",
        "text",
        "language",
    ]
    assert list(one) == fields
    assert (one["title"], one["url"]) == ("Ein Titel", "https://gazette.example/a")


def test_parse_answers_for_a_file_that_is_no_feed_and_goes_on(call: Call, tmp_path: Path) -> None:
    page, feed = tmp_path / "page.html", tmp_path / "feed.xml"
    page.write_bytes(b"<html><p>Hello")
    feed.write_bytes(Feed("gazette").render())
    result = call("parse", page, feed)
    assert (result.code, result.err) == (0, "")
    assert list(result.lines[0]) == ["file", "error"]
    assert result.lines[1]["kind"] == "rss20"


def test_match_gives_labels_and_spans_into_the_original(
    call: Call, config: Path, tmp_path: Path
) -> None:
    lines = [
        item("a"),
        item("b", "Nobody of note"),
        item("c", "On the Sample Harbour Board", lang="en"),
    ]
    source, target = write(tmp_path / "in.jsonl", *lines), tmp_path / "out.jsonl"
    result = call("match", "-c", config, "--input", source, "--output", target)
    assert (result.code, result.out, result.err) == (0, "", "")
    found = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [(each["id"], each["labels"]) for each in found] == [
        ("a", ["maria-exemplar"]),
        ("b", []),
        ("c", ["sample-board"]),
    ]
    (hit,) = found[0]["hits"]
    assert {"watch", "watchlist", "score", "spans"} <= set(hit)
    span = hit["spans"][0]
    assert lines[0][span["field"]][span["start"] : span["end"]] == span["text"] == "Maria Exemplar"
    assert span["term"]


@pytest.mark.parametrize("command", ["match", "group"])
def test_bad_lines_are_answered_with_their_error_in_their_place(
    call: Call, config: Path, tmp_path: Path, command: str
) -> None:
    source = write(tmp_path / "in.jsonl", item("first"), *BAD_LINES, item("last"))
    options = ["-c", config] if command == "match" else []
    result = call(command, *options, "-i", source)
    assert (result.code, result.err) == (0, "")
    assert [line["id"] for line in result.lines] == [
        "first",
        "line 2",
        "line 3",
        "line 4",
        7,
        "x",
        "line 7",
        "line 8",
        "last",
    ]
    assert ["error" in line for line in result.lines] == [False] + [True] * 7 + [False]
    for number, line in enumerate(result.lines[1:-1], 2):
        assert line["error"].startswith(f"line {number}: ")
        assert "\n" not in line["error"]


@pytest.mark.parametrize("command", ["match", "group"])
@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_empty_input_gives_empty_output(
    call: Call, config: Path, tmp_path: Path, command: str, content: bytes
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(content)
    options = ["-c", config] if command == "match" else []
    result = call(command, *options, "-i", source, "-o", target)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert target.read_bytes() == b""


@pytest.mark.parametrize("command", ["match", "group"])
def test_half_a_surrogate_pair_passes_through_as_it_came(
    call: Call, config: Path, tmp_path: Path, command: str
) -> None:
    source = write(tmp_path / "in.jsonl", item("\ud800"), item("b", "\udfff Maria Exemplar"))
    options = ["-c", config] if command == "match" else []
    target = tmp_path / "out.jsonl"
    assert call(command, *options, "-i", source, "-o", target).code == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["\ud800", "b"]
    assert call("explain", "maria-exemplar", "-c", config, "-i", source).code == 0


def test_an_item_of_five_megabytes_is_matched_and_grouped(
    call: Call, config: Path, tmp_path: Path
) -> None:
    text = "Harbour news of the day, nothing else. " * 130_000 + "Maria Exemplar"
    source = write(
        tmp_path / "in.jsonl",
        item(
            "big",
            "News",
        )
        | {"text": text},
    )
    assert source.stat().st_size > 5_000_000
    (line,) = call("match", "-c", config, "-i", source).lines
    assert line["labels"] == ["maria-exemplar"]
    assert line["hits"][0]["spans"][0]["end"] == len(text)
    (line,) = call("group", "-i", source).lines
    assert line["copy_of"] == ""


def test_group_decides_in_order_and_names_the_original(call: Call, tmp_path: Path) -> None:
    chance = random.Random(5)
    text, other = prose(chance, 80), prose(chance, 80)
    times = [f"2026-03-0{day}T12:00:00Z" for day in (1, 2, 3)]
    source = write(
        tmp_path / "in.jsonl",
        {"id": "a", "title": "One", "text": text, "time": times[0], "outlet": "A"},
        {"id": "b", "title": "Other", "text": other, "time": times[1], "outlet": "B"},
        {"id": "c", "title": "One", "text": f"{text} (agency)", "time": times[2], "outlet": "C"},
        {"id": "d", "title": "x", "time": "0001-01-01T00:00:00+05:00"},
        {"id": "e", "title": "x", "time": "yesterday"},
    )
    lines = call("group", "-i", source).lines
    assert [list(line) for line in lines[:3]] == [["id", "story", "copy_of", "why"]] * 3
    assert [line["copy_of"] for line in lines[:3]] == ["", "", "a"]
    assert lines[0]["story"] == lines[2]["story"] != lines[1]["story"]
    assert "shared text" in lines[2]["why"]
    assert "out of range" in lines[3]["error"]
    assert "yesterday" in lines[4]["error"]


def test_explain_says_why_and_why_not(call: Call, config: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", item("a"), b"broken", item("b", "Nobody"))
    plain = call("explain", "maria-exemplar", "-c", config, "-i", source)
    assert plain.code == 0
    assert "a: Maria Exemplar speaks" in plain.out
    assert "line 2: " in plain.out
    lines = call("explain", "maria-exemplar", "-c", config, "-i", source, "--json").lines
    assert [list(line) for line in lines] == [
        ["id", "title", "watch", "why"],
        ["id", "error"],
        ["id", "title", "watch", "why"],
    ]
    assert lines[0]["why"] != lines[2]["why"]


def test_no_stage_opens_a_database(call: Call, config: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", item("a"))
    for words in (["match", "-c", config], ["group"], ["explain", "maria-exemplar", "-c", config]):
        assert call(*words, "-i", source).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"config", "in.jsonl"}
