"""Hostile, broken and odd feed documents, through the whole of parsing."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Document, Fetched, Reason
from monitor.sources.feed import Feed, parse_feed

ADDRESS = "https://news.example/feeds/all.xml"
ENCODINGS = 'encoding="x" ' * 5_000


def parse(body: bytes | str, content_type: str = "") -> Document:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(Fetched(url=ADDRESS, status=200, body=data, content_type=content_type))


def rss(items: str, head: str = '<?xml version="1.0"?>\n', attributes: str = "") -> str:
    start = f'{head}<rss version="2.0" {attributes}><channel><title>T</title>'
    return f"{start}{items}</channel></rss>"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # up to microseconds


def refusal(body: bytes | str, content_type: str = "") -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(body, content_type)
    assert "\n" not in str(caught.value)
    return caught.value


# --------------------------------------------------------------------------- attacks


def laughs(separator: str) -> str:
    levels = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    declared = separator.join(['<!ENTITY l0 "ha">', *levels])
    return rss("<item><title>&l9;</title></item>", f"<!DOCTYPE rss [{separator}{declared}]>\n")


def blow_up(separator: str) -> str:
    declared = f'<!ENTITY a "{"x" * 20_000}">'
    head = f'<?xml version="1.0"?>\n<!DOCTYPE rss [{separator}{declared}{separator}]>\n'
    return rss(f"<item><title>{'&a;' * 50_000}</title></item>", head)


@pytest.mark.parametrize("separator", ["\n", " "])
@pytest.mark.parametrize("bomb", [laughs, blow_up])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused_before_it_unfolds(
    bomb: Callable[[str], str], separator: str, encoding: str
) -> None:
    error = refusal(bomb(separator).encode(encoding))

    assert error.reason == Reason.MALFORMED
    assert "entities" in str(error)


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "x"'])
@pytest.mark.parametrize("parameter", ["", "% "])
def test_an_external_entity_is_refused_and_its_file_never_read(
    tmp_path: Path, kind: str, parameter: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret word")
    entity = f'<!ENTITY {parameter}x {kind} "{secret.as_uri()}">'

    error = refusal(rss("<item><title>&x;</title></item>", f"<!DOCTYPE rss [\n{entity}\n]>\n"))

    assert error.reason == Reason.MALFORMED
    assert "secret word" not in str(error)


def test_an_entity_hidden_in_another_s_value_does_not_slip_through() -> None:
    hidden = f"<!ENTITY a 'x\n<!ENTITY b \"{'y' * 20_000}\">\n'>"
    head = f'<?xml version="1.0"?>\n<!DOCTYPE rss [\n{hidden}\n]>\n'

    assert "unfold" in str(refusal(rss(f"<item><title>{'&b;' * 50_000}</title></item>", head)))


@pytest.mark.parametrize("filler", ["\n", " \n\t", "<!DOCTYPE\n", "<!ENTITY\n"])
def test_a_head_made_to_be_searched_slowly_is_collapsed_or_refused(filler: str) -> None:
    body = rss("<item><title>a</title></item>", f'<?xml version="1.0"?>{filler * 50_000}')

    result = outcome(body.encode())

    assert result == Reason.MALFORMED or (
        isinstance(result, Document) and result.entries[0].title == "a"
    )


def test_a_feed_on_one_line_about_encodings_is_read() -> None:
    body = rss(f"<item><title><![CDATA[{ENCODINGS}]]></title></item>")

    assert len(parse(body.replace("\n", "")).entries) == 1


def test_an_ordinary_entity_of_a_feed_s_own_is_kept() -> None:
    head = '<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY eacute "&#233;">\n]>\n'

    (entry,) = parse(rss("<item><title>Caf&eacute;</title></item>", head)).entries

    assert entry.title == "Café"


def test_a_body_that_is_the_path_of_a_file_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>from the disk</title></item>"))

    assert refusal(str(file)).reason == Reason.NOT_A_FEED


@pytest.mark.parametrize("closing", ["", "</a>" * 100_000])
def test_a_hundred_thousand_nested_tags_do_not_crash(closing: str) -> None:
    body = rss(f"<item><title>kept</title></item>{'<a>' * 100_000}{closing}")

    assert [entry.title for entry in parse(body).entries] == ["kept"]


def test_deeply_nested_json_is_refused() -> None:
    body = '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 200_000

    assert refusal(body).reason == Reason.MALFORMED


def test_no_more_than_five_thousand_entries_are_read_and_that_is_said() -> None:
    document = parse(rss("".join(f"<item><title>{n}</title></item>" for n in range(6_000))))

    assert [document.entries[0].title, document.entries[-1].title] == ["0", "4999"]
    assert document.problems == ("only the first 5,000 of 6,000 entries were read",)


def test_oversized_fields_are_cut_and_oversized_links_dropped() -> None:
    body = rss(
        f"<item><title>{'t' * 9_000}</title><link>https://a.example/{'l' * 9_000}</link>"
        f"<guid isPermaLink='false'>{'g' * 9_000}</guid>"
        f"<description>{'d' * 900_000}</description></item>"
    )

    (entry,) = parse(body).entries

    assert (len(entry.title), len(entry.summary), entry.url) == (3_000, 200_000, "")
    assert len(entry.guid) == 20


@pytest.mark.parametrize("codec", ["punycode", "idna", "undefined", "unicode_escape", "rot13", "x"])
def test_a_declared_codec_that_is_no_encoding_is_passed_over(codec: str) -> None:
    body = rss("<item><title>Größe</title></item>", f'<?xml version="1.0" encoding="{codec}"?>\n')

    (entry,) = parse(body, f"application/xml; charset={codec}").entries

    assert entry.title == "Größe"


# --------------------------------------------------------------------------- damage


def test_an_empty_answer_is_no_feed() -> None:
    assert refusal(b" \n").reason == Reason.NOT_A_FEED


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><head><title>502</title></head><body>Bad gateway</body></html>",
        '<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"><p>No</p></html>',
        "\ufeff<HTML><BODY><item>not an entry</item></BODY></HTML>",
    ],
)
def test_a_web_page_served_instead_of_a_feed_is_said_to_be_one(body: str) -> None:
    error = refusal(body, "application/rss+xml")

    assert error.reason == Reason.NOT_A_FEED
    assert "web page" in str(error)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("just words", "neither XML nor JSON"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', "<urlset>"),
        ('{"data": []}', "no JSON Feed"),
        ('{"version": 2, "items": []}', "no JSON Feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a feed"),
    ],
)
def test_another_document_is_named_for_what_it_is(body: str | bytes, said: str) -> None:
    error = refusal(body)

    assert error.reason == Reason.NOT_A_FEED
    assert said in str(error)


def test_words_sent_as_json_are_malformed_json() -> None:
    assert refusal("Not found", "application/json").reason == Reason.MALFORMED


def test_a_feed_of_which_nothing_can_be_read_is_a_failure_and_not_a_quiet_day() -> None:
    error = refusal('<rss version="2.0"><channel><<<>>> &&& <title>T')

    assert error.reason == Reason.MALFORMED
    assert "no entry could be read" in str(error)


def test_a_sound_feed_without_entries_is_a_quiet_day() -> None:
    document = parse(rss(""))

    assert (document.kind, document.entries, document.problems) == ("rss20", (), ())


def test_warnings_printed_before_a_feed_do_not_hide_it() -> None:
    noise = "<br />\n<b>Warning</b>: Undefined variable in /srv/feed.php on line 3<br />\n"

    document = parse(noise + rss("<item><title>still here</title></item>"))

    assert [entry.title for entry in document.entries] == ["still here"]
    assert document.problems[0].startswith("not well-formed XML at line ")


@pytest.mark.parametrize("reference", ["&#xD800;", "&#99999999;", "&#xFFFFFFFF;", "&#0;", "&#xB;"])
def test_a_reference_to_no_character_is_taken_out(reference: str) -> None:
    document = parse(rss(f"<item><title>so{reference} it goes</title></item>"))

    assert document.entries[0].title == "so it goes"
    assert document.problems == ("control characters, which XML forbids, were removed",)


def test_references_to_real_characters_stay() -> None:
    document = parse(rss("<item><title>&#8217;&#x1F600;&#65;&#10;b</title></item>"))

    assert document.entries[0].title == "’😀A\nb"
    assert document.problems == ()


def test_several_problems_are_all_told() -> None:
    document = parse(rss("<item><title>a\0 & b</title></item>"))

    assert [problem.split(",")[0] for problem in document.problems] == [
        "control characters",
        "not well-formed XML at line 2: not well-formed (invalid token); read leniently",
    ]


@pytest.mark.parametrize("keep", [40, 120, 200, 260, 330])
def test_a_feed_cut_anywhere_gives_only_whole_entries(keep: int) -> None:
    items = "".join(
        f"<item><title>Title {n}</title><link>https://a.example/{n}</link>"
        f"<description>Summary {n}</description></item>"
        for n in range(3)
    )
    body = rss(items)[:keep].encode()

    try:
        entries = parse(body).entries
    except ParseError:
        entries = ()

    assert [entry.summary for entry in entries] == [f"Summary {n}" for n in range(len(entries))]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", "В городском саду расцвели старые липы, вход свободный до вечера"),
        ("windows-1252", "Le vieux marché a rouvert après deux années d'été très chaud"),
        ("euc-kr", "시립 도서관이 주말에도 문을 열기로 하였다고 합니다"),
        ("windows-1256", "افتتحت المكتبة العامة أبوابها يوم الأحد بعد أعمال الصيانة"),
    ],
)
def test_undeclared_legacy_encodings_are_recognised(encoding: str, text: str) -> None:
    body = rss(f"<item><title>{text}</title></item>").encode(encoding)

    document = parse(body)

    assert document.entries[0].title == text
    assert "encoding is missing or wrong" in document.problems[0]


def test_the_header_s_charset_needs_no_declaration() -> None:
    body = rss("<item><title>Größe</title></item>").encode("latin-1")

    document = parse(body, "application/rss+xml; charset=ISO-8859-1")

    assert (document.entries[0].title, document.problems) == ("Größe", ())


def test_xml_sent_as_plain_text_without_a_charset_is_no_problem() -> None:
    document = parse(rss("<item><title>Größe</title></item>"), "text/xml")

    assert (document.entries[0].title, document.problems) == ("Größe", ())


# --------------------------------------------------------------------------- what entries say


def test_a_caption_does_not_replace_the_summary() -> None:
    media = 'xmlns:m="http://search.yahoo.com/mrss/"'
    caption = "<m:description type='plain'>A caption</m:description>"
    content = "<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>Full</encoded>"
    body = rss(f"<item><description>Summary</description>{content}{caption}</item>", "", media)

    (entry,) = parse(body).entries

    assert (entry.summary, entry.content) == ("Summary", "Full")


def test_a_lone_caption_stands_in_for_the_summary() -> None:
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    group = "<media:group><media:description>Of the film</media:description></media:group>"

    (entry,) = parse(rss(f"<item><title>F</title>{group}</item>", "", media)).entries

    assert entry.summary == "Of the film"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020/1/10", utc(2020, 1, 10)),
        ("2020/1/10 14:33:00 +0800", utc(2020, 1, 10, 6, 33)),
        ("31.12.2020 23:05", utc(2020, 12, 31, 23, 5)),
        ("12/31/2020 11:05 PM", utc(2020, 12, 31, 23, 5)),
        ("12/31/2020 12:05:09 AM", utc(2020, 12, 31, 0, 5, 9)),
        ("31/12/2020", utc(2020, 12, 31)),
        ("1/10/2020", None),
        ("5/5/2020", utc(2020, 5, 5)),
        ("Mon, 02 Nov 2026 10:15:30 +0100", utc(2026, 11, 2, 9, 15, 30)),
        ("Mon, 2 Nov 2026 10:15:30 EST", utc(2026, 11, 2, 15, 15, 30)),
        ("Mon, 02 Nov 2026 10:15:30", utc(2026, 11, 2, 10, 15, 30)),
        ("2026-11-02T10:15:30+0530", utc(2026, 11, 2, 4, 45, 30)),
        ("2026-11-02T10:15:30.5-03:30", utc(2026, 11, 2, 13, 45, 30, 500_000)),
        ("2026-11-02", utc(2026, 11, 2)),
        ("2026-1-5 10:00:00", utc(2026, 1, 5, 10)),
        ("2026-11-02T10:15:3+01:00", utc(2026, 11, 2, 9, 15, 3)),
        ("20261102T101530Z", utc(2026, 11, 2, 10, 15, 30)),
        ("1793607330", utc(2026, 11, 2, 8, 15, 30)),
        ("1793607330123", utc(2026, 11, 2, 8, 15, 30)),
        ("2026-02-30", None),
        ("yesterday", None),
        ("10:15", None),
        ("11-02", None),
        ("20", None),
    ],
)
def test_a_date_is_what_its_text_says_or_nothing(text: str, expected: datetime | None) -> None:
    (entry,) = parse(rss(f"<item><title>a</title><pubDate>{text}</pubDate></item>")).entries

    assert entry.published == expected


def test_a_relative_link_is_resolved_against_the_feed_s_address() -> None:
    (entry,) = parse(rss("<item><link>../story?a=1&amp;b=2</link></item>")).entries

    assert entry.url == "https://news.example/story?a=1&b=2"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("<ttl>60</ttl>", 3_600.0),
        ("<ttl>0</ttl>", None),
        ("<ttl>often</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>1e300</ttl>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        (
            "<sy:updatePeriod> hourly\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            900.0,
        ),
        ("<sy:updatePeriod>now</sy:updatePeriod>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            None,
        ),
    ],
)
def test_the_wished_time_between_polls_is_in_seconds(channel: str, expected: float | None) -> None:
    namespace = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'

    assert parse(rss(channel, "", namespace)).ttl == expected


@pytest.mark.parametrize("element", ["author", "dc:creator"])
@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ada@gazette.media (Ada Sample)", "Ada Sample"),
        ("ada.sample@gazette.example (Ada Sample)", "Ada Sample"),
        ("ada@gazette.com (Ada Sample)", "Ada Sample"),
        ("Ada Sample (ada@gazette.agency)", "Ada Sample"),
        ("Ada Sample &lt;ada@gazette.media&gt;", "Ada Sample"),
        ("ada@gazette.media", "ada@gazette.media"),
        ("Ada Sample, @ada", "Ada Sample, @ada"),
    ],
)
def test_a_mail_address_under_any_domain_is_no_part_of_a_name(
    element: str, said: str, name: str
) -> None:
    namespace = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    item = f"<item><title>T</title><{element}>{said}</{element}></item>"

    (entry,) = parse(rss(item, attributes=namespace)).entries

    assert entry.authors == (name,)


def test_json_feed_fields_of_a_wrong_type_are_passed_over() -> None:
    item = {"id": 7.5, "title": ["x"], "url": None, "content_html": {}, "authors": ["me", {}]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": 3, "items": [item]}

    (entry,) = parse(json.dumps(feed)).entries

    assert (entry.guid, entry.title, entry.url, entry.content, entry.authors) == (
        ("7.5", "", "", "", ())
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_json_feed_is_known_by_its_first_character(encoding: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "é"}]}

    document = parse(json.dumps(feed, ensure_ascii=False).encode(encoding), "text/plain")

    assert (document.kind, document.entries[0].title) == ("jsonfeed11", "é")


def test_a_json_feed_without_items_says_so() -> None:
    document = parse('{"version": "https://jsonfeed.org/version/1"}')

    assert document.problems == ("the feed has no list of items",)


def test_documents_travel_between_processes() -> None:
    document = parse(rss("<item><title>a & b</title></item>"))

    assert pickle.loads(pickle.dumps(document)) == document
    assert document.problems


def test_the_source_parses_what_it_fetched() -> None:
    fetched = Fetched(url=ADDRESS, status=200, body=rss("<item><title>a</title></item>").encode())

    assert Feed(id="s", url=ADDRESS).parse(fetched) == parse_feed(fetched)


# --------------------------------------------------------------------------- anything at all

PIECES = st.sampled_from(
    [
        *('<?xml version="1.0"?>', '<rss version="2.0">', "<channel>", "<item>", "</item>"),
        *("<title>", "</title>", "<![CDATA[", "]]>", "<!--", "-->", "&amp;", "&#x", ";", "<", ">"),
        *('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry>", "</entry>", "<link href='/x'/>"),
        *("<!DOCTYPE x [", "<!ENTITY a 'b'>", "&a;", "\0", "\x1b[0m", "é", "\ufeff", "<pubDate>"),
        *("2020/1/1", "</pubDate>", "{", '"version"', "https://jsonfeed.org/version/1.1", " "),
    ]
)


def outcome(body: bytes) -> Document | str:
    """Return the document or the reason of the refusal; nothing else may come out."""
    try:
        return parse(body)
    except ParseError as error:
        return error.reason


REFUSALS = {Reason.NOT_A_FEED, Reason.MALFORMED}


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["utf-8", "utf-16", "cp437"]))
def test_any_soup_is_read_or_refused_with_a_reason(soup: str, encoding: str) -> None:
    result = outcome(soup.encode(encoding, "replace"))

    assert result in REFUSALS if isinstance(result, str) else pickle.dumps(result)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_reason(body: bytes) -> None:
    for data in (body, rss("<item>").encode() + body, gzip.compress(body)):
        result = outcome(data)

        assert result in REFUSALS if isinstance(result, str) else pickle.dumps(result)
