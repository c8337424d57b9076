"""What is read of a page, whatever the page is."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article
from monitor.reading import read_article
from monitor.reading.obstacles import asks_for_consent

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://gazette.example/2026/11/wall"
ARTICLES = Path(__file__).parents[2] / "golden" / "articles"
SENTENCE = "The harbour authority paid for the same stretch of the quay wall in March and in June. "
PARAGRAPHS = "".join(
    f"<p>{SENTENCE}{number} metres of it, says the audit that was finished in September.</p>"
    for number in range(10, 15)
)


def page(head: str = "", body: str = "", attributes: str = 'lang="en"') -> bytes:
    article = f"<article><h1>A wall paid for twice</h1>{body}{PARAGRAPHS}</article>"
    return f"<html {attributes}><head>{head}</head><body>{article}</body></html>".encode()


def read(body: bytes, url: str = URL) -> Article:
    return read_article(body, "text/html", url, NOW)


def json_ld(fields: str) -> str:
    kind = '"@context": "https://schema.org", "@type": "NewsArticle", "headline": "A wall"'
    return f'<script type="application/ld+json">{{{kind}, {fields}}}</script>'


def rough(body: bytes) -> Article:
    return read_article(body, "text/html", URL, NOW, worth_care=lambda _: False)


CANONICAL = '<link rel="canonical" href="{}">'


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("https://gazette.example/wall", "https://gazette.example/wall"),
        ("/2026/11/wall?page=all", "https://gazette.example/2026/11/wall?page=all"),
        ("https://www.gazette.example/wall", "https://www.gazette.example/wall"),
        ("https://other.example/stolen", URL),
        ("https://gazette.example/", URL),
        ("javascript:alert(1)", URL),
        ("", URL),
    ],
)
def test_a_page_may_name_another_address_of_its_own_site(named: str, address: str) -> None:
    assert read(page(CANONICAL.format(named))).url == address


def test_a_page_without_an_address_has_the_one_it_names_itself() -> None:
    assert read(page(CANONICAL.format(URL)), url="").url == URL
    assert read(page(), url="").url == ""


@pytest.mark.parametrize(
    "fields",
    [
        '"isAccessibleForFree": false',
        '"isAccessibleForFree": "False"',
        '"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false}',
        '"hasPart": [{"isAccessibleForFree": true}, {"isAccessibleForFree": "false"}]',
    ],
)
def test_a_page_that_is_not_free_is_paywalled(fields: str) -> None:
    assert read(page(json_ld(fields))).paywalled


@pytest.mark.parametrize(
    ("tier", "paywalled"), [("locked", True), ("metered", False), ("free", False)]
)
def test_a_locked_tier_is_a_paywall_and_a_metered_one_is_not(tier: str, *, paywalled: bool) -> None:
    head = f'<meta property="article:content_tier" content="{tier}">'

    assert read(page(head)).paywalled is paywalled


def test_a_page_that_says_nothing_of_a_price_is_free() -> None:
    assert not read(page(json_ld('"isAccessibleForFree": true'))).paywalled
    assert not read(page()).paywalled


@pytest.mark.parametrize(
    ("attributes", "head", "language"),
    [
        ('lang="en_gb"', "", "en-GB"),
        ('xml:lang="en-US"', "", "en-US"),
        ("", '<meta property="og:locale" content="en_AU">', "en-AU"),
        ("", json_ld('"inLanguage": {"@type": "Language", "alternateName": "en"}'), "en"),
        ("", '<meta http-equiv="content-language" content="en-IE">', "en-IE"),
        ("", "", "en"),
        ('lang="de"', "", "en"),
        ('lang="English"', "", "en"),
    ],
)
def test_a_declared_language_stands_unless_the_text_is_plainly_in_another(
    attributes: str, head: str, language: str
) -> None:
    assert read(page(head, attributes=attributes)).language == language


def test_the_lead_above_the_body_is_a_part_of_the_text() -> None:
    lead = "Two payments for one wall: what an audit found, and why nobody noticed for months."
    first, second, *_ = read(page(body=f'<p class="standfirst">{lead}</p>')).text.split("\n")

    assert first == lead
    assert second.startswith(SENTENCE)


def test_a_lead_that_the_body_repeats_is_told_once() -> None:
    lead = f'<p class="lead">{SENTENCE}10 metres of it, says the audit that was finished in September.</p>'

    assert read(page(body=lead)).text.count("10 metres") == 1


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Who dredges the northern basin",
        "Lesen Sie auch: Wer das Hafenbecken ausbaggert",
        "Lea también: Quién draga la dársena norte",
        "Lire aussi : Qui drague le bassin nord",
        "Читайте также: Кто углубляет северную гавань",
        "相关阅读：谁在疏浚北港",
        "Sign up for our weekly letter",
        "Follow us on any of our channels",
    ],
)
def test_what_asks_the_reader_to_go_on_is_no_part_of_the_text(line: str) -> None:
    assert line not in read(page(body=f"<p>{line}</p>")).text


@pytest.mark.parametrize(
    "line",
    [
        "Read more than a page of it and you will find the same number twice, said the auditor.",
        "Follow the money, the auditor told the council, and you will arrive at a second account.",
        "See more in that than a slip, and you are called a troublemaker, says the councillor.",
    ],
)
def test_a_sentence_that_begins_like_a_promotion_stays(line: str) -> None:
    assert line in read(page(body=f"<p>{line}</p>")).text


def test_boxes_around_the_article_are_no_part_of_it() -> None:
    boxes = "".join(
        f'<div class="{name}"><p>Words of a box, the {name}, which no reporter wrote at all.</p></div>'
        for name in ("cookie-consent", "newsletter-box", "related-articles", "kommentare", "promo")
    )

    text = read(page(body=boxes)).text

    assert "Words of a box" not in text
    assert SENTENCE.strip() in text


def test_a_class_that_sounds_like_a_box_does_not_cost_the_article() -> None:
    body = f'<html><body><h1>A wall</h1><div class="kommentar">{PARAGRAPHS}</div></body></html>'

    assert SENTENCE.strip() in read(body.encode()).text


def test_text_in_json_ld_stands_for_a_page_that_shows_less() -> None:
    said = " ".join(f"{SENTENCE}Line {number}." for number in range(60))

    assert "Line 59." in read(page(json_ld(f'"articleBody": "{said}"'))).text


def test_text_in_json_ld_of_something_else_does_not() -> None:
    said = "Another article altogether, about the weather on the cape. " * 60

    assert "weather" not in read(page(json_ld(f'"articleBody": "{said}"'))).text


CONSENT = (
    "<p>We and our 842 partners store and read data such as cookies on your device, to show you advertising and to measure who"
    " reads what.</p><p>You can change your mind at the foot of each page.</p><button>Accept all</button>"
)
EMPTY = "no article was found on the page"
HOSTILE = {
    "empty": (b"", "the page is empty"),
    "white": (b" \r\n\t ", "the page is empty"),
    "binary": (os.urandom(50_000), "binary data, no page"),
    "nul": (b"\0" * 10_000, "binary data, no page"),
    "pdf": (b"%PDF-1.7\n...", "a PDF document, no page"),
    "json": (b'{"title": "T"}', "JSON data, no page"),
    "gzip": (gzip.compress(os.urandom(3_000)), "binary data, no page"),
    "no text": (b"<html><body></body></html>", EMPTY),
    "comments": (b"<!--" * 100_000, EMPTY),
    "frames": (
        b"<html><frameset cols='1,2'><frame src=a><frame src=b></frameset></html>",
        "a frameset: the article is in another document",
    ),
    "script alone": (
        b"<body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
        "the page shows its text only with JavaScript",
    ),
    "shell": (
        b"<html><body><div id='__next'></div><script src=a.js></script></body></html>",
        "the page shows its text only with JavaScript",
    ),
    "consent": (
        f"<html><body><main><h1>A wall paid for twice</h1>{CONSENT}</main></body></html>".encode(),
        "the page asks for consent to cookies before it shows the article",
    ),
    "challenge": (
        b"<title>Just a moment...</title><body><p>Checking your browser before you go on.</p>",
        "the site asks for a proof of being human (challenge page)",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_article_says_why(name: str) -> None:
    body, problem = HOSTILE[name]
    article = read(body)

    assert (article.text, article.url) == ("", URL)
    assert article.problems[-1] == problem


@pytest.mark.parametrize(
    "text",
    [
        "Wir und unsere Partner verwenden Cookies, um Inhalte zu zeigen.\nSo finanzieren wir die Redaktion.",
        "Nous et nos 120 partenaires déposons des cookies.\nVous pouvez tout refuser.",
        "Мы и наши партнёры храним файлы cookie на вашем устройстве.",
    ],
)
def test_a_page_that_asks_for_consent_is_known_in_many_languages(text: str) -> None:
    assert asks_for_consent(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ministry said on Tuesday that cookies were found in the harbour, and took them away.",
        "We and our partners use cookies.\n" + SENTENCE * 3,
        "We and our partners use cookies on this site. Accept all.\n" * 40,
        "",
    ],
)
def test_an_article_with_a_banner_or_about_cookies_is_one(text: str) -> None:
    assert not asks_for_consent(text)


def test_the_name_of_a_challenge_is_not_the_headline() -> None:
    assert read(HOSTILE["challenge"][0]).title == ""


def test_a_page_without_text_still_says_what_its_head_says() -> None:
    head = '<meta property="og:title" content="A wall paid for twice">' + json_ld(
        '"datePublished": "2026-11-03T07:45:00+01:00", "author": "Jane Doe"'
    )
    body = f"<html><head>{head}</head><body><div id=root></div></body></html>".encode()

    article = read(body)

    assert (article.authors, str(article.published)) == (
        ("Jane Doe",),
        "2026-11-03 07:45:00+01:00",
    )
    assert article.problems == ("the page shows its text only with JavaScript",)


def test_an_article_about_challenges_is_an_article() -> None:
    body = (
        "<p>Sites that ask “Are you a robot?” were asked to enable JavaScript less often.</p>" * 3
    )

    assert "robot" in read(page(body=body)).text


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "a href=x", "font"])
def test_a_hundred_thousand_nested_tags_hide_no_words(tag: str) -> None:
    body = f"<html><body>{f'<{tag}>' * 100_000}{SENTENCE * 5}"

    assert SENTENCE.strip() in read(body.encode()).text


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><article>" + b"<p>A paragraph that is like all of the others.</p>" * 450_000,
        b"<html><body><p>" + b"word " * 4_000_000,
    ],
    ids=["paragraphs", "one paragraph"],
)
def test_of_twenty_megabytes_the_beginning_is_read(body: bytes) -> None:
    article = read(body)

    assert 0 < len(article.text) <= 100_000
    assert article.problems == ("larger than 5,000,000 characters; the rest was left out",)


@pytest.mark.parametrize(
    "junk",
    [
        "<div " + " ".join(f"a{number}=1" for number in range(200_000)) + ">",
        '<div class="' + "lead " * 1_000_000 + '">',
        '<script type="application/ld+json">' + '{"a":' * 100_000 + "</script>",
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<meta name="author" content="' + "By A and " * 100_000 + '">',
        "<title>" + "a | " * 10_000 + "</title>",
        "<time datetime='x'>y</time>" * 20_000,
        "<span class='author'>1</span>" * 20_000,
    ],
    ids=["attributes", "class", "objects", "lists", "author", "title", "times", "bylines"],
)
def test_hostile_markup_leaves_the_article_readable(junk: str) -> None:
    assert SENTENCE.strip() in read(page(body=junk)).text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000), st.text(max_size=60))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    for each in (body, b"<html><body><p>" + body, page() + body):
        read_article(each, content_type, URL, NOW)


def test_nothing_in_an_article_steers_what_shows_it() -> None:
    head = '<meta property="og:title" content="Wall&#13;&#10;Bcc: x@x.example&#27;[31m&#8238;">'
    head += '<meta name="author" content="Jane&#0; D&#8238;oe">'
    article = read(
        page(
            head, body="<p>Words\x1b[31m in red \u202eand back, with a <svg onload=x> in them.</p>"
        )
    )

    told = "".join((article.title, *article.authors, article.text.replace("\n", "")))
    assert told.isprintable()
    assert "<" not in told


def test_a_date_far_ahead_is_not_believed() -> None:
    ahead = (NOW + timedelta(days=3)).isoformat()

    assert read(page(json_ld(f'"datePublished": "{ahead}"'))).published is None


def test_a_short_article_keeps_its_paragraphs_and_leaves_headline_and_date_out() -> None:
    page = b"""<html lang="en"><head><title>Choir ends its season</title></head><body>
    <header><a href="/">The Quay</a></header><main><article><h1>Choir ends its season</h1>
    <p><time>Wed, 4 Mar 2026 09:30:00 +0000</time></p>
    <p>The harbour choir ended its season with four lullabies, sung from memory.</p>
    <p>The recording can be borrowed from the sound archive.</p></article></main></body></html>"""
    found = read_article(page, "text/html", "https://quay.example/choir", NOW)
    assert found.text.split("\n") == [
        "The harbour choir ended its season with four lullabies, sung from memory.",
        "The recording can be borrowed from the sound archive.",
    ]


def test_whether_care_is_worth_it_is_asked_with_all_that_a_page_says() -> None:
    asked: list[str] = []
    head = json_ld('"articleBody": "Only machines read this."')
    head += '<meta name="description" content="A wall, in short.">'

    read_article(
        page(head, '<aside>A box</aside><img alt="A picture">'),
        "text/html",
        URL,
        NOW,
        worth_care=lambda whole: bool(asked.append(whole)),
    )

    (whole,) = asked
    for words in ("A wall paid for twice", "Only machines", "in short", "A box", "A picture", "14"):
        assert words in whole


def test_what_is_not_worth_care_keeps_all_but_the_text_as_it_is() -> None:
    box = (
        '<div class="paywall-offer"><p>Another wall, in another town, was paid for once.</p></div>'
    )
    body = page('<meta name="author" content="Ada Sample">', box)
    careful, quick = read(body), rough(body)

    assert replace(quick, text="") == replace(careful, text="")
    assert careful.text in quick.text


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.html")), ids=lambda path: path.stem)
def test_no_word_of_an_article_is_missing_in_what_care_is_judged_by(path: Path) -> None:
    asked: list[str] = []
    careful = read_article(path.read_bytes(), "", URL, NOW)

    read_article(
        path.read_bytes(), "", URL, NOW, worth_care=lambda whole: bool(asked.append(whole))
    )

    assert careful.text
    assert set(f"{careful.title}\n{careful.text}".split()) <= set(asked[0].split())
