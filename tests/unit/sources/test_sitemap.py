"""Sitemaps as documents become entries: what each form says, and what hostile ones must not do."""

from __future__ import annotations

import contextlib
import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Document, Entry, Fetched, Reason
from monitor.sources._limits import ENTRIES
from monitor.sources._memory import note
from monitor.sources._sitemapxml import Link
from monitor.sources.sitemap import Sitemap, chosen
from tests.unit.sources.sitemaps import NAMESPACES, SITE, days_ago, index, news, plain, urlset

SOURCE = Sitemap(id="s", url=f"{SITE}/sitemap.xml")


def parse(body: bytes, *, memory: str = "") -> Document:
    return SOURCE.parse(Fetched(SOURCE.url, 200, body, memory=memory))


def refusal(body: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(body)
    assert "\n" not in str(caught.value)
    return caught.value


def urls(document: Document) -> list[str]:
    return [entry.url.removeprefix(SITE) for entry in document.entries]


def test_a_news_sitemap_gives_title_time_language_and_keywords():
    document = parse(
        urlset(news("/a", "Quay &amp; mole", "2026-11-20T10:00:30+01:00", keywords="quay, mole"))
    )

    assert (document.kind, document.title) == ("news-sitemap", "The Courier")
    assert document.entries == (
        Entry(
            url=f"{SITE}/a",
            title="Quay &amp; mole",
            summary="quay, mole",
            published=datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC),
            language="en",
        ),
    )


def test_the_last_change_of_a_page_is_never_taken_for_its_publication():
    (entry,) = parse(urlset(plain("/a", "2026-11-20"))).entries

    assert (entry.published, entry.updated, entry.title) == (None, None, "")


@pytest.mark.parametrize(
    "declared",
    [
        "",
        'xmlns="https://www.sitemaps.org/schemas/sitemap/0.9"',
        'xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"',
    ],
)
def test_namespaces_that_are_missing_or_misspelt_are_no_obstacle(declared):
    prefix = "sm:" if "xmlns:sm" in declared else ""
    body = (
        f"<{prefix}urlset {declared}><{prefix}url><{prefix}loc>{SITE}/a</{prefix}loc><news:news>"
        f"<news:title>Quay</news:title></news:news></{prefix}url></{prefix}urlset>"
    )

    document = parse(body.encode())

    assert [(entry.url, entry.title) for entry in document.entries] == [(f"{SITE}/a", "Quay")]


def test_a_picture_of_an_entry_is_not_its_page():
    picture = f"<image:image><image:loc>{SITE}/i.jpg</image:loc></image:image>"
    body = urlset(f"<url>{picture}<loc>/a</loc>{picture}</url>", f"<url>{picture}</url>")

    document = parse(body)

    assert urls(document) == ["/a"]
    assert "without a web address that were left out: 1" in document.problems[0]


def test_a_packed_sitemap_is_known_by_its_content():
    body = urlset(plain("/a"))

    assert urls(parse(gzip.compress(body))) == ["/a"]
    assert urls(parse(gzip.compress(body[:50]) + gzip.compress(body[50:]))) == ["/a"]


def test_a_text_file_of_addresses_is_a_sitemap():
    document = parse(f"\ufeff{SITE}/a\r\n\r\n  {SITE}/b#part\n{SITE}/a\n".encode())

    assert (document.kind, urls(document)) == ("text-sitemap", ["/a", "/b"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"Come back later.\nWe are busy.", "plain text"),
        (b"<!doctype html><p>Not found", "a web page"),
        (b"<html><body>No</body></html>", "a web page"),
        (b'<rss version="2.0"><channel/></rss>', "a document of <rss>"),
        (b"<x><urls/></x>", "a document of <x>"),
    ],
)
def test_what_is_no_sitemap_is_called_that(body, said):
    error = refusal(body)

    assert error.reason == Reason.NOT_A_FEED
    assert said in str(error)


def test_a_sitemap_without_entries_is_a_quiet_one():
    assert parse(urlset()).entries == ()


@pytest.mark.parametrize("entries", [1, 30])
def test_of_a_sitemap_that_breaks_off_the_whole_entries_are_kept(entries):
    body = urlset(*(plain(f"/{n}") for n in range(entries)), plain("/broken"))
    cut = body[: body.index(b"/broken") + 4]

    document = parse(cut)

    assert urls(document) == [f"/{n}" for n in range(entries)]
    assert "breaks off" in document.problems[-1]


def test_control_characters_and_a_false_encoding_cost_no_entry():
    body = urlset(plain("/a\0"), news("/b", "Größe \x08", "2026-11-20"))
    body = body.replace(b'version="1.0"', b'version="1.0" encoding="us-ascii"')

    named, bare = parse(body).entries

    assert (named.title, bare.url) == ("Größe", f"{SITE}/a")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % c SYSTEM "http://127.0.0.1/x.dtd"> %c;]>',
    ],
)
def test_entities_are_refused_unread(declaration):
    body = urlset("<url><loc>&c;</loc></url>").replace(
        b"<urlset", declaration.encode() + b"<urlset"
    )

    error = refusal(body)

    assert error.reason == Reason.MALFORMED
    assert "entities" in str(error)


def test_a_document_type_elsewhere_is_never_asked_for():
    body = urlset(plain("/a")).replace(
        b"<urlset", b'<!DOCTYPE urlset SYSTEM "http://127.0.0.1:1/x.dtd"><urlset'
    )

    assert urls(parse(body)) == ["/a"]


def test_a_hundred_thousand_nested_tags_lose_nothing_before_them():
    deep = b"<url>" * 100_000
    body = urlset(plain("/a")).replace(b"</urlset>", deep + b"</urlset>")

    document = parse(body)

    assert "/a" in urls(document)


def test_a_bomb_of_gzip_is_refused_before_it_fills_the_memory():
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000, compresslevel=9)

    error = refusal(bomb)

    assert error.reason == Reason.TOO_LARGE
    assert "unpacks to more than" in str(error)


def test_a_damaged_gzip_file_is_named():
    assert "damaged" in str(refusal(b"\x1f\x8b rubbish, and more of it"))


def test_of_more_addresses_than_a_sitemap_may_hold_the_rest_is_left_and_said():
    count = 50_001
    now = days_ago(0)
    body = urlset(*(plain(f"/{n}", now) for n in range(count)))

    document = parse(body)

    assert len(document.entries) == ENTRIES
    assert any("50,000" in problem for problem in document.problems)


def test_an_old_address_is_passed_over_and_a_young_one_is_not():
    memory = note("sitemap", since=days_ago(3))
    young = [plain(f"/young/{n}", days_ago(n / 10)) for n in range(12)]
    old = [plain(f"/old/{n}", days_ago(4 + n)) for n in range(12)]

    document = parse(urlset(*old, *young, plain("/undated")), memory=memory)

    assert urls(document) == [*(f"/young/{n}" for n in range(12)), "/undated"]


def test_a_date_that_is_a_mistake_does_not_make_an_address_old():
    memory = note("sitemap", since=days_ago(3))
    young = [plain(f"/{n}", days_ago(0)) for n in range(20)]
    body = urlset(*young, news("/x", "X", "1970-01-01T00:00:00Z"))

    assert "/x" in urls(parse(body, memory=memory))


def test_of_a_slow_site_the_newest_addresses_are_read_however_old():
    memory = note("sitemap", since=days_ago(3))
    body = urlset(*(plain(f"/{n}", days_ago(10 + n)) for n in range(40)))

    assert urls(parse(body, memory=memory)) == [f"/{n}" for n in range(10)]


def test_of_too_many_addresses_without_a_date_both_ends_are_read():
    body = "\n".join(f"{SITE}/{n}" for n in range(20_000)).encode()

    document = parse(body)

    assert len(document.entries) == ENTRIES
    assert {"/0", "/2499", "/17500", "/19999"} <= set(urls(document))
    assert "20,000 addresses without a date" in document.problems[-1]


TIMES = st.none() | st.integers(0, 3_000).map(
    lambda days: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days)
)


@given(st.lists(TIMES, max_size=60), TIMES, st.integers(0, 20))
def test_no_address_that_is_young_or_undated_is_ever_left_out(times, since, kept):
    links = [Link(Entry(url=f"{SITE}/{n}"), time) for n, time in enumerate(times)]

    entries, problems = chosen(links, since, kept=kept)

    wanted = {
        link.entry for link in links if link.time is None or since is None or link.time >= since
    }
    assert wanted <= set(entries)
    assert len(set(entries)) == len(entries)
    assert len(set(entries) - wanted) <= kept
    assert len(entries) >= min(kept, sum(time is not None for time in times))
    assert problems == ()


def test_the_parts_of_an_index_are_read_together_and_a_broken_one_is_named():
    parts = (
        Fetched(f"{SITE}/1.xml", 200, urlset(news("/a", "A", days_ago(0)))),
        Fetched(f"{SITE}/2.xml", 200, b"<html>oops</html>"),
        Fetched(
            f"{SITE}/3.xml", 200, urlset(plain("/b"), plain("/c", days_ago(1))), memory="archive"
        ),
    )
    memory = note("sitemap", index=True, since=days_ago(3), said=["x: gone"])

    document = SOURCE.parse(Fetched(SOURCE.url, 200, index(), parts=parts, memory=memory))

    assert document.kind == "sitemap-index"
    assert urls(document) == ["/a", "/c", "/b"]
    assert [entry.baseline for entry in document.entries] == [False, False, True]
    assert document.problems[0].startswith(f"left out: {SITE}/2.xml: the answer is a web page")
    assert "x: gone" in document.problems
    assert "since" not in (document.memory or "")


def test_when_no_part_of_an_index_can_be_read_that_is_a_failure():
    parts = (Fetched(f"{SITE}/2.xml", 200, b"<html>oops</html>"),)
    memory = note("sitemap", index=True)

    with pytest.raises(ParseError, match="a web page"):
        SOURCE.parse(Fetched(SOURCE.url, 200, index(), parts=parts, memory=memory))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    for wrapped in (body, b"<urlset>" + body, f"<urlset {NAMESPACES}>".encode() + body):
        with contextlib.suppress(ParseError):
            assert parse(wrapped).kind.endswith(("sitemap", "index"))


def test_a_moment_far_from_now_is_no_reason_to_fail():
    body = urlset(
        plain("/a", "9999-12-31T23:59:59-14:00"), plain("/b", "0001-01-01T00:00:00+14:00")
    )

    assert len(parse(body, memory=note("sitemap", since=days_ago(3))).entries) == 2
