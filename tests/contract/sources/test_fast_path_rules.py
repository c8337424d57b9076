"""The fast path's single rules beside feedparser's: its quirks, its dates, its addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feedparser.datetimes import _parse_date
from feedparser.urls import _urljoin
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Document
from monitor.sources._dates import date_of, entry_date
from monitor.sources._feedtexts import Texts
from tests.contract.sources.both_paths import ADDRESS, quick, thorough
from tests.contract.sources.samples import DATES

ITEM = "<item><title>T</title>{}</item>"
QUIRKS = {
    "a person after an author in text": "<author>Ann</author><author><name>N</name></author>",
    "an author in text after a person": "<author><name>N</name></author><author>Ann</author>",
    "a person without a name": "<author><email>ann@a.example</email></author>",
    "two descriptions": "<description>A</description><description>B</description>",
    "a description after the content": "<x:encoded>C</x:encoded><description>D</description>",
    "a caption alone": "<m:group><m:description>C</m:description></m:group>",
    "a guid before the link": "<guid>/g</guid><link>/l</link>",
    "an empty link before the guid": "<link/><guid>https://a.example/g</guid>",
    "a title of a picture in an entry": "<image><title>P</title><url>/p</url></image>",
    "a title after a source": "<source>S</source><m:title>M</m:title>",
    "an element called date": "<date>2026-11-01</date>",
    "markup in a title": "<title>a <b>b</b></title>",
    "markup in XHTML": "<content type='xhtml'><div>a</div></content>",
    "base64": "<content type='application/octet-stream'>YQ==</content>",
    "an item in an item": "<item><title>I</title></item>",
    "a name declared on the spot": "<q:creator xmlns:q='http://purl.org/dc/elements/1.1/'>Q</q:creator>",
    "a prefix for another vocabulary": "<x:creator xmlns:x='http://purl.org/dc/elements/1.1/'>X</x:creator>",
    "capitals": "<PUBDATE>Mon, 23 Nov 2026 07:05:00 GMT</PUBDATE>",
    "mojibake": "<description>CafÃ©</description>",
    "Windows-1252 in Unicode": "<description>it&#146;s</description>",
    "two dates of one kind": "<pubDate>2026-11-01</pubDate><pubDate>2026-11-02</pubDate>",
}


@pytest.mark.parametrize("inside", QUIRKS.values(), ids=QUIRKS)
@pytest.mark.parametrize("version", ["2.0", "0.92", "3"])
def test_what_feedparser_does_in_its_own_way_is_left_to_it_or_done_the_same(
    inside: str, version: str
) -> None:
    spaces = (
        "xmlns:x='http://purl.org/rss/1.0/modules/content/' xmlns:m='http://search.yahoo.com/mrss/'"
    )
    items = ITEM.format(inside) + ITEM.format("<description>next</description>")
    body = f"<rss version='{version}' {spaces}><channel>{items}</channel></rss>".encode()

    assert quick(body)[0] == thorough(body)


def test_a_plain_feed_takes_the_fast_path() -> None:
    body = f"<rss version='2.0'><channel>{ITEM.format('<link>/a</link>')}</channel></rss>".encode()

    found, fast = quick(body)

    assert fast
    assert isinstance(found, Document)
    assert [entry.url for entry in found.entries] == ["https://origin.example/a"]


@pytest.mark.parametrize("opening", ["<!DOCTYPE rss>", "<!DOCTYPE rss [<!ENTITY a 'b'>]>"])
def test_a_document_with_a_doctype_is_left_to_feedparser(opening: str) -> None:
    body = f"{opening}<rss version='2.0'><channel>{ITEM}</channel></rss>".encode()

    assert not quick(body)[1]


def test_deep_nesting_is_left_to_feedparser() -> None:
    nested = "<m:x>" * 50 + "</m:x>" * 50
    body = f"<rss version='2.0' xmlns:m='urn:x'><channel>{nested}{ITEM}</channel></rss>".encode()

    found, fast = quick(body)

    assert (found, fast) == (thorough(body), False)


def entry_s(text: str) -> datetime | None:
    return entry_date(text, _parse_date(text)) if text else None


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_read_as_feedparser_and_our_repairs_read_it(text: str) -> None:
    assert date_of(text.strip()) == entry_s(text.strip())


@given(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),  # noqa: DTZ001 - the zone follows
    st.sampled_from(["Mon, ", "Sat, ", "", "monday, ", "Mon "]),
    st.sampled_from(["GMT", "UTC", "Z", "+0000", "-0730", "+9999", "EST", "+01:00", ""]),
    st.sampled_from(["%d %b %Y %H:%M:%S ", "%d %b %y %H:%M ", "%Y-%m-%dT%H:%M:%S", "%b %d %Y %X "]),
)
def test_any_date_is_read_as_feedparser_and_our_repairs_read_it(
    time: datetime, day: str, zone: str, form: str
) -> None:
    text = (day * form.startswith("%d") + time.strftime(form) + zone).strip()

    assert date_of(text) == entry_s(text)


@given(
    st.from_regex(r"\A(\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT|[A-Z]{1,3})\Z")
)
def test_anything_like_a_mail_date_is_read_as_feedparser_and_our_repairs_read_it(text: str) -> None:
    assert date_of(text) == entry_s(text)


ADDRESS_PIECES = st.sampled_from(
    [*("http://", "https://", "a.example", "/", "?", "#", "a", "=", "&", ".", "..", ";", ":", "//"),
     *("%20", " ", "é", "[", "]", "@", "+", ",", "\t", "\n", "\\", "HTTP://", "www.", "~", "x=1")]
)  # fmt: skip


@settings(max_examples=400)
@given(
    st.lists(ADDRESS_PIECES, max_size=8).map("".join), st.sampled_from([ADDRESS, "", "ftp://b/c"])
)
def test_an_address_is_resolved_as_feedparser_resolves_it(link: str, base: str) -> None:
    assert Texts(base, controls=False).resolved(link) == _urljoin(base, link)


def test_times_of_the_fast_path_are_aware_and_in_utc() -> None:
    assert date_of("Mon, 23 Nov 2026 07:05:00 +0200") == datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
