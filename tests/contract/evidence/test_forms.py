"""What each form is for: a table no program runs, citations, lines with everything, a web archive."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from monitor.evidence import FORMATS
from tests.contract.evidence.samples import (
    ANSWER,
    BODY,
    HIT,
    HOSTILE,
    ITEM,
    MARK,
    RULE,
    exhibit,
    hostile,
    written,
)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8"), newline="")))


def records(data: bytes) -> list[tuple[ArcWarcRecord, bytes]]:
    reader = ArchiveIterator(BytesIO(data), check_digests="raise")
    return [(record, record.content_stream().read()) for record in reader]


def header(record: ArcWarcRecord, name: str) -> str:
    return str(record.rec_headers.get_header(name))


def test_a_row_says_what_was_found_when_by_which_rule_and_what_a_reader_said() -> None:
    row, other = rows(written(FORMATS["csv"], exhibit()))
    assert row["hit"] == HIT.id
    assert (row["watch"], row["score"], row["possible"]) == ("ada", "0.85", "no")
    assert (row["mark"], row["note"]) == ("relevant", f"'{MARK.note}")
    assert (row["matched"], row["story"], row["rule"]) == ("Ada Muster", "story-1", "r1")
    assert (row["found"], row["read"]) == ("2026-11-25T09:30:00Z", "2026-11-25T08:30:00Z")
    assert (row["page"], other["page"]) == ("", hashlib.sha256(BODY).hexdigest())
    assert (other["mark"], other["read"]) == ("", "2026-11-25T09:30:00Z")


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:20]))
def test_no_cell_begins_like_a_formula_or_breaks_its_row(words: str) -> None:
    data = written(FORMATS["csv"], hostile(words))
    for line in data.decode("utf-8").split("\r\n"):
        assert "\n" not in line
        assert "\r" not in line
    for row in rows(data):
        assert not any(re.match(r"[=+\-@\t\r＝＋－＠]", cell) for cell in row.values())


def test_an_article_is_cited_with_its_names_its_day_and_the_day_it_was_read() -> None:
    text = written(FORMATS["bibtex"], exhibit()).decode()
    assert text.startswith("@online{gazette-0123456789ab,\n")
    for line in (
        "title = {{Ada Muster opens the quay}},",
        "author = {Wei Lin and {Sample News Agency, Harbour Desk}},",
        "organization = {The Gazette},",
        "date = {2026-11-25},",
        "url = {https://gazette.example/quay?a=1},",
        "urldate = {2026-11-25},",
        "language = {en},",
        "keywords = {ada, quay},",
    ):
        assert f"  {line}\n" in text


def test_what_latex_would_obey_is_printed_and_an_address_is_left_as_it_is() -> None:
    item = replace(
        ITEM, title=r"50 % of {A} & \B_C #1 ~^$", url="https://x.example/a_b?c=%20&d={e}"
    )
    text = written(FORMATS["bibtex"], exhibit(item)).decode()
    assert (
        r"title = {{50 \% of \{A\} \& \textbackslash{}B\_C \#1 \textasciitilde{}\textasciicircum{}\$}}"
        in text
    )
    assert "url = {https://x.example/a_b?c=%20&d=%7Be%7D}" in text


def test_a_line_of_json_holds_the_hit_its_rule_its_mark_and_every_reading_of_its_item() -> None:
    line = json.loads(written(FORMATS["jsonl"], exhibit()).splitlines()[0])
    assert line["hit"]["spans"][0]["text"] == "Ada Muster"
    assert line["item"]["title"] == ITEM.title
    assert line["rule"]["definition"] == RULE.definition
    assert line["mark"]["relevant"] is True
    feed, page = line["versions"]
    assert (feed["item"]["text"], page["item"]["text"]) == ("", ITEM.text)
    assert (page["url"], page["status"]) == (ANSWER.url, 200)
    assert page["body_digest"] == hashlib.sha256(BODY).hexdigest()


def test_a_web_archive_holds_page_texts_and_hits_each_with_the_time_it_is_of() -> None:
    found = records(written(FORMATS["warc"], exhibit(), name="hits.warc"))
    kinds = Counter(record.rec_type for record, _ in found)
    assert kinds == Counter(warcinfo=1, response=1, conversion=1, resource=1, metadata=4)
    assert {record.rec_headers.protocol for record, _ in found} == {"WARC/1.1"}
    by_kind = {record.rec_type: (record, content) for record, content in found}
    page, body = by_kind["response"]
    assert body == BODY
    assert header(page, "WARC-Target-URI") == ANSWER.url
    assert header(page, "WARC-Date") == "2026-11-25T09:30:00.250000Z"
    assert page.http_headers.statusline == "200 OK"
    text, said = by_kind["conversion"]
    assert said.decode() == ITEM.text
    assert header(text, "WARC-Refers-To") == header(page, "WARC-Record-ID")
    teaser, said = by_kind["resource"]
    assert said.decode() == ITEM.summary
    assert header(teaser, "WARC-Target-URI") == f"urn:coverage-monitor:item:{ITEM.id}"
    assert header(teaser, "WARC-Date") == "2026-11-25T08:30:00.250000Z"
    ids = [header(record, "WARC-Record-ID") for record, _ in found]
    assert len(ids) == len(set(ids))


def test_headers_that_speak_of_the_packed_body_are_kept_under_another_name() -> None:
    found = records(written(FORMATS["warc"], exhibit()))
    (page,) = (record for record, _ in found if record.rec_type == "response")
    headers = {name.lower(): value for name, value in page.http_headers.headers}
    assert headers["content-length"] == str(len(BODY))
    assert headers["x-archive-orig-content-encoding"] == "gzip"
    assert headers["x-archive-orig-transfer-encoding"] == "chunked"
    assert headers["x-archive-orig-content-length"] == "31"
    assert not {"content-encoding", "transfer-encoding", "set-cookie"} & headers.keys()


def test_a_page_whose_body_was_let_go_leaves_its_text_and_its_digest() -> None:
    feed, page = exhibit().versions
    bare = replace(page, source=replace(page.source, body=b""))
    found = records(written(FORMATS["warc"], exhibit(versions=(feed, bare))))
    assert "response" not in {record.rec_type for record, _ in found}
    (text,) = (record for record, _ in found if record.rec_type == "conversion")
    assert header(text, "WARC-Target-URI") == ANSWER.url
    said = [json.loads(content) for record, content in found if record.rec_type == "metadata"]
    assert hashlib.sha256(BODY).hexdigest() in {one.get("body_digest") for one in said}


@pytest.mark.parametrize("name", ["hits.warc", "hits.warc.gz"])
def test_the_checker_of_warcio_finds_nothing_wrong(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(written(FORMATS["warc"], exhibit(), *map(hostile, HOSTILE), name=name))
    run = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout
    assert path.read_bytes().startswith(b"\x1f\x8b" if name.endswith(".gz") else b"WARC/1.1")
