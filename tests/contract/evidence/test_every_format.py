"""What holds for every form in which hits are handed out."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence import FORMATS
from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from tests.contract.evidence.samples import HOSTILE, ITEM, NOW, exhibit, hostile, written

LONG = ("Ada Muster 习近平 ئۇيغۇر " * 100_000)[:2_000_000]


def of_csv(data: bytes) -> list[str]:
    rows = list(csv.DictReader(StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    return [row["hit"] for row in rows]


def of_jsonl(data: bytes) -> list[str]:
    return [json.loads(line)["hit"]["id"] for line in data.decode("utf-8").split("\n")[:-1]]


def of_bibtex(data: bytes) -> list[str]:
    text = data.decode("utf-8")
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert "\\input" not in text
    return re.findall(r"^@online\{([^,\n]+),$", text, re.MULTILINE)


def of_warc(data: bytes) -> list[str]:
    found = []
    for record in ArchiveIterator(BytesIO(data), check_digests="raise"):
        content = record.content_stream().read()
        if record.rec_type == "metadata" and b'"hit"' in content[:10]:
            found.append(json.loads(content)["hit"]["id"])
    return found


READERS: dict[str, Callable[[bytes], list[str]]] = {
    "bibtex": of_bibtex,
    "csv": of_csv,
    "jsonl": of_jsonl,
    "warc": of_warc,
}


@pytest.fixture(params=sorted(READERS))
def form(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def read(form: Format, data: bytes) -> list[str]:
    """Return the ids of the hits, or the keys of the articles, that a reader finds."""
    return READERS[form.kind](data)


def test_every_form_is_found_and_can_be_read_here() -> None:
    assert sorted(FORMATS) == sorted(READERS)


def test_the_same_hits_give_the_same_bytes(form: Format) -> None:
    assert written(form, exhibit()) == written(form, exhibit())


def test_every_hit_comes_once_or_its_article_does(form: Format) -> None:
    other = replace(ITEM, id="a" * 20)
    found = read(form, written(form, exhibit(), exhibit(other)))
    assert len(found) == (2 if form.kind == "bibtex" else 4)


def test_no_hits_make_a_file_that_can_be_read(form: Format) -> None:
    assert read(form, written(form)) == []


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:20]))
def test_hostile_words_change_nothing_but_what_is_read(form: Format, words: str) -> None:
    data = written(form, hostile(words))
    assert len(read(form, data)) == len(read(form, written(form, exhibit())))
    if form.kind != "warc":  # its texts are as they were matched
        assert not {0, 27} & {*data}


@pytest.mark.parametrize("text", ["", LONG], ids=["empty", "2 MB"])
def test_empty_and_very_long_texts_are_handed_out(form: Format, text: str) -> None:
    item = replace(ITEM, title="", summary="", text=text)
    assert len(read(form, written(form, exhibit(item)))) == (1 if form.kind == "bibtex" else 2)


def test_hits_from_before_texts_and_rules_were_kept_are_handed_out(form: Format) -> None:
    old = exhibit(versions=(), rules={}, marks={})
    old = replace(old, hits=tuple(replace(o, hit=replace(o.hit, version="")) for o in old.hits))
    assert len(read(form, written(form, old))) == (1 if form.kind == "bibtex" else 2)
    mixed = replace(old, versions=exhibit().versions)
    assert len(read(form, written(form, mixed))) == (1 if form.kind == "bibtex" else 2)


def test_each_item_is_written_before_the_next_is_asked_for(form: Format) -> None:
    out, sizes = BytesIO(), []

    def items() -> Iterator[Exhibit]:
        for number in range(5):
            sizes.append(out.tell())
            yield exhibit(replace(ITEM, id=f"{number:020}"))

    form.write(items(), out, NOW)
    assert sizes == sorted(set(sizes))
