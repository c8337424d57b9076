"""What counts as a change of a feed: its entries and its head, not when the document was made."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Fetched
from monitor.sources._stamps import hash_of_feed
from monitor.sources.feed import parse_feed

ITEMS = "".join(
    f"<item><guid>{n}</guid><title>Wall {n}</title><pubDate>Mon, 02 Nov 2026 10:0{n}:00 GMT</pubDate></item>"
    for n in range(3)
)
ENTRIES = "".join(
    f"<entry><id>{n}</id><title>Wall {n}</title><updated>2026-11-02T10:0{n}:00Z</updated></entry>"
    for n in range(3)
)
RSS = '<rss version="2.0"><channel><title>Gazette</title>{head}{items}</channel></rss>{tail}'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Gazette</title>{head}'
    "<items><rdf:Seq/></items></channel>{items}</rdf:RDF>{tail}"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title>{head}{items}</feed>{tail}'
SHAPES = {
    "rss": (RSS, ITEMS, "<lastBuildDate>{}</lastBuildDate><pubDate>{}</pubDate>"),
    "rdf": (RDF, ITEMS, "<dc:date>{}</dc:date>"),
    "atom": (ATOM, ENTRIES, "<updated>{}</updated>"),
    "comments": (RSS, ITEMS, "<!-- made {} -->"),
}
NINE, TEN = "Mon, 23 Nov 2026 09:00:00 GMT", "2026-11-23T10:00:00Z"


def document(shape: str, made: str, *, items: str = "") -> bytes:
    whole, usual, stamp = SHAPES[shape]
    tail = f"\n<!-- Dynamic page generated in 0.{len(made)} seconds. -->"
    return whole.format(head=stamp.format(made, made), items=items or usual, tail=tail).encode()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_document_that_was_made_anew_of_the_same_entries_did_not_change(shape: str) -> None:
    early, late = document(shape, NINE), document(shape, TEN)

    assert early != late
    assert hash_of_feed(early) == hash_of_feed(late)
    read = [parse_feed(Fetched("https://a.example/", 200, body)) for body in (early, late)]
    assert read[0] == read[1]
    assert len(read[0].entries) == 3


@pytest.mark.parametrize("shape", SHAPES)
def test_a_time_that_an_entry_has_is_a_change_of_it(shape: str) -> None:
    edited = SHAPES[shape][1].replace("10:01", "10:59")

    assert hash_of_feed(document(shape, NINE)) != hash_of_feed(document(shape, NINE, items=edited))


@pytest.mark.parametrize(
    "edit",
    [("Gazette", "Gazet"), ("version", "Version"), ("</channel>", "<ttl>5</ttl></channel>")],
)
def test_the_head_and_what_follows_the_entries_count_but_for_stamps(edit: tuple[str, str]) -> None:
    body = document("rss", NINE)

    assert hash_of_feed(body) != hash_of_feed(body.replace(*(part.encode() for part in edit)))


@given(st.integers(0, len(ITEMS) - 1), st.integers(0, 255))
def test_no_byte_of_the_entries_changes_unseen(place: int, byte: int) -> None:
    body = document("rss", NINE)
    at = body.index(ITEMS.encode()) + place
    edited = body[:at] + bytes([byte]) + body[at + 1 :]

    assert (hash_of_feed(edited) == hash_of_feed(body)) == (edited == body)


@given(st.one_of(st.binary(max_size=200), st.text("<>!-/ abitemenry", max_size=80).map(str.encode)))
def test_what_has_no_entries_counts_whole(body: bytes) -> None:
    if b"<item" not in body and b"<entry" not in body:
        assert hash_of_feed(body) == hashlib.sha256(body).hexdigest()
    assert len(hash_of_feed(body)) == 64
