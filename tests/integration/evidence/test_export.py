"""Hits that the service made of hostile, empty, very long and mixed texts hold, and are handed out."""

from __future__ import annotations

import csv
import hashlib
import json
from io import BytesIO, StringIO

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from monitor.app import App
from monitor.evidence import FORMATS, exhibits
from monitor.store import Choice, Tx
from tests.contract.evidence.samples import NOW
from tests.integration.evidence.desk import Desk, checked

TITLES = [
    "=HYPERLINK(1) Maria Exemplar",
    "Maria Exemplar\r\nBcc: evil@example.net",
    "\u202e Maria Exemplar \u202c \x7f {{''.__class__}} \\input{x} 100 %",
    "习近平 и Мария ئۇيغۇر עברית Maria Exemplar 😀",
    "",
]
LONG = "Maria Exemplar на причале 习近平 " * 60_000


async def exported(app: App, form: str) -> bytes:
    def write(tx: Tx) -> bytes:
        out = BytesIO()
        FORMATS[form].write(exhibits(tx, Choice()), out, NOW)
        return out.getvalue()

    return await app.tools.store.read(write)


async def odd(desk: Desk, app: App) -> None:
    """Let the service find hits in odd texts, one of two megabytes (of which a feed gets 100,000 characters), one on a page."""
    for number, title in enumerate(TITLES):
        desk.publish(f"/{number}", title.replace("\x7f", ""), "Maria Exemplar spoke.")
    desk.publish("/long", "Long", LONG)
    desk.server.on("/page", desk.page("Quay works", "In the hall sat Maria Exemplar."))
    desk.publish("/page", "Quay works", "The works began.")
    await desk.round(app)


async def test_odd_texts_are_found_hold_and_come_out_whole_in_every_form(desk: Desk) -> None:
    async with desk.service() as app:
        await odd(desk, app)
        checks = checked(app.tools.store)
        assert [one for one in checks if one.differences or one.unverifiable] == []
        assert len(checks) >= len(TITLES) + 2
        assert max(len(one.stored.item.body) for one in checks) >= 100_000
        ids = {one.stored.hit.id for one in checks}
        lines = [json.loads(line) for line in (await exported(app, "jsonl")).splitlines()]
        assert {line["hit"]["id"] for line in lines} == ids
        table = (await exported(app, "csv")).decode()
        rows = list(csv.DictReader(StringIO(table, newline="")))
        assert {row["hit"] for row in rows} == ids
        assert any(row["title"].startswith("'=HYPERLINK") for row in rows)
        cited = (await exported(app, "bibtex")).decode()
        assert cited.count("\n@online{") + 1 == len({line["item"]["id"] for line in lines})


async def test_the_archive_of_a_page_is_the_page_as_it_was_sent(desk: Desk) -> None:
    async with desk.service() as app:
        await odd(desk, app)
        sent = desk.page("Quay works", "In the hall sat Maria Exemplar.")
        data = await exported(app, "warc")
    found = {}
    for record in ArchiveIterator(BytesIO(data), check_digests="raise"):
        content = record.content_stream().read()
        if record.rec_type == "response":
            found[record.rec_headers.get_header("WARC-Target-URI")] = (record, content)
    record, content = found[desk.server.url("/page")]
    assert b"In the hall sat Maria Exemplar." in content
    assert len(content) == int(record.http_headers.get_header("Content-Length"))
    assert record.http_headers.get_header("Content-Type") == sent.headers["Content-Type"]
    assert record.http_headers.get_statuscode() == "200"


async def test_what_one_archive_says_of_a_page_is_what_the_other_says(desk: Desk) -> None:
    async with desk.service() as app:
        await odd(desk, app)
        lines = [json.loads(line) for line in (await exported(app, "jsonl")).splitlines()]
        data = await exported(app, "warc")
    digests = {
        version["body_digest"] for line in lines for version in line["versions"] if version["url"]
    } - {""}
    bodies = [
        record.content_stream().read()
        for record in ArchiveIterator(BytesIO(data))
        if record.rec_type == "response"
    ]
    assert bodies
    assert {hashlib.sha256(body).hexdigest() for body in bodies} == digests


@pytest.mark.parametrize("form", sorted(FORMATS))
async def test_nothing_found_makes_an_empty_archive(desk: Desk, form: str) -> None:
    async with desk.service() as app:
        assert len(await exported(app, form)) < 800


async def test_what_was_edited_in_an_article_and_when_stands_beside_its_hits(desk: Desk) -> None:
    async with desk.service(full_text="never") as app:
        desk.publish("/1", "Maria Exemplar speaks", "Maria Exemplar spoke.")
        await desk.round(app)
        desk.edit(0, title="Maria Exemplar refuses to speak")
        await desk.round(app)
        (line,) = (json.loads(line) for line in (await exported(app, "jsonl")).splitlines())
        (edit,) = line["edits"]
        assert edit["kind"] == "watch"
        assert edit["version"] == line["versions"][-1]["digest"] == line["hit"]["version"]
        assert "“Maria Exemplar speaks”" in edit["words"]
        archive = ArchiveIterator(BytesIO(await exported(app, "warc")))
        records = (json.loads(one.content_stream().read()) for one in archive if is_json(one))
        assert [record["edits"] for record in records if "hit" in record] == [[edit]]


def is_json(record: ArcWarcRecord) -> bool:
    kind: str = record.rec_headers.get_header("Content-Type")
    return kind == "application/json"
