"""What providers are asked, and what of their answers leads to the publisher."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Fetched
from monitor.sources import _search_bing, _search_google
from monitor.sources._search import Question
from monitor.sources._search_google import edition_of
from monitor.sources._search_rss import outlets_of, without_suffix
from monitor.sources.search import PROVIDERS

HOUR, DAY = 3_600.0, 86_400.0


def asked(provider: str, *, language: str = "", country: str = "", back: float = 2 * DAY):
    question = Question('"Maria Exemplar"', language, country, back, 1_793_700_000.0)
    return dict(PROVIDERS[provider].parameters(question))


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("", "", ("en-US", "US", "en")),
        ("en", "GB", ("en-GB", "GB", "en")),
        ("en-AU", "", ("en-AU", "AU", "en")),
        ("de", "", ("de", "DE", "de")),
        ("de", "AT", ("de", "AT", "de")),
        ("es", "MX", ("es-419", "MX", "es-419")),
        ("es", "ES", ("es", "ES", "es")),
        ("pt-BR", "", ("pt-BR", "BR", "pt-419")),
        ("pt", "", ("pt-PT", "PT", "pt-150")),
        ("zh", "", ("zh-CN", "CN", "zh-Hans")),
        ("zh", "HK", ("zh-HK", "HK", "zh-Hant")),
        ("zh-Hant", "", ("zh-TW", "TW", "zh-Hant")),
        ("xx", "", ("xx", "US", "xx")),
    ],
)
def test_an_edition_of_google_news_is_spelt_as_google_does(language, country, expected) -> None:
    assert edition_of(language, country) == expected


def test_google_is_asked_for_whole_days() -> None:
    assert asked("google-news", language="de")["q"] == '"Maria Exemplar" when:2d'
    assert asked("google-news", back=DAY + 1)["q"].endswith("when:2d")
    assert asked("google-news", back=HOUR)["q"].endswith("when:1d")
    assert asked("google-news", language="de", country="CH")["ceid"] == "CH:de"


def test_bing_is_asked_for_the_newest_of_a_market() -> None:
    assert asked("bing-news", language="fr", country="CA") == {
        "q": '"Maria Exemplar"',
        "format": "rss",
        "qft": 'sortbydate="1"',
        "setlang": "fr",
        "cc": "CA",
    }


def test_gdelt_is_asked_for_hours_and_for_a_language_it_has() -> None:
    assert asked("gdelt", back=2.5 * HOUR)["timespan"] == "3h"
    assert asked("gdelt", language="zh-Hans")["query"] == '"Maria Exemplar" sourcelang:chinese'
    assert asked("gdelt", language="xx")["query"] == '"Maria Exemplar"'


def test_gdelt_knows_names_in_latin_letters_only() -> None:
    assert PROVIDERS["gdelt"].knows("María Exemplar")
    assert not PROVIDERS["gdelt"].knows("Мария Экземплар")
    assert PROVIDERS["google-news"].knows("Мария Экземплар")


def test_hacker_news_is_asked_for_stories_since_a_time() -> None:
    said = asked("hacker-news", back=HOUR)

    assert said["numericFilters"] == f"created_at_i>{1_793_700_000 - 3_600}"
    assert said["tags"] == "story"


@pytest.mark.parametrize(
    ("back", "word"), [(HOUR, "hour"), (2 * HOUR, "day"), (2 * DAY, "week"), (90 * DAY, "year")]
)
def test_reddit_is_asked_for_the_next_longer_of_its_spans(back: float, word: str) -> None:
    assert asked("reddit", back=back)["t"] == word


def google_link(payload: bytes) -> str:
    packed = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{packed}?oc=5"


@pytest.mark.parametrize("length", [30, 127, 128, 500, 2_000])
def test_the_address_in_an_old_link_of_google_is_found(length: int) -> None:
    url = "https://courier.example/".ljust(length, "a").encode()
    size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    link = google_link(b"\x08\x13\x22" + size + url + b"\xd2\x01\x00")

    assert _search_google.publisher_address(link) == url.decode()


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://courier.example/articles/short",
        google_link(b"\x08\x13\x22\x87\x01AU_yqLN" + b"x" * 128),
        google_link(b"\x08\x13\x22\x7fhttps://courier.example/cut"),
        google_link(b"\x08\x13\x22\x1fjavascript:alert(document.coo)"),
        google_link(b"\x08\x13\x22\x1bhttps://courier.example/a\nb"),
        google_link(b"\xff" * 40),
        "https://news.google.com/rss/articles/" + "A" * 5_000,
    ],
)
def test_a_link_of_google_without_an_address_stays_what_it_is(link: str) -> None:
    assert _search_google.publisher_address(link) == ""


@given(st.binary(max_size=300))
def test_no_link_of_google_can_hurt(payload: bytes) -> None:
    address = _search_google.publisher_address(google_link(payload))

    assert address == "" or address.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            "http://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fa.example%2f1%3fp%3d2&c=1",
            "https://a.example/1?p=2",
        ),
        ("https://www.bing.com/news/apiclick.aspx?url=javascript%3aalert(1)", ""),
        ("https://www.bing.com/news/apiclick.aspx", ""),
        ("https://a.example/?url=https%3a%2f%2fb.example", ""),
        ("https://[/apiclick.aspx?url=https://a.example", ""),
    ],
)
def test_the_address_in_a_counted_link_of_bing_is_found(link: str, expected: str) -> None:
    assert _search_bing.publisher_address(link) == expected


@pytest.mark.parametrize(
    ("title", "outlet", "expected"),
    [
        ("Silt rises - Lantern", "Lantern", "Silt rises"),
        ("Silt - rises - Lantern &amp; Sons", "Lantern &amp; Sons", "Silt - rises"),
        ("Silt rises \u2013 LANTERN", "Lantern", "Silt rises"),
        ("Silt rises - Courier", "Lantern", "Silt rises - Courier"),
        ("A &lt; B - Lantern", "Lantern", "A &lt; B"),
        ("Silt rises - ", "", "Silt rises - "),
    ],
)
def test_the_outlet_behind_a_headline_is_taken_off(title, outlet, expected) -> None:
    assert without_suffix(title, outlet) == expected


def test_outlets_are_read_from_what_is_no_feed_without_harm() -> None:
    assert outlets_of(b"") == {}
    assert outlets_of(b"not xml") == {}
    bomb = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><item><guid>1</guid>'
    assert outlets_of(bomb + b"<source>&x;</source></item></r>") == {}


@pytest.mark.parametrize("provider", ["gdelt", "hacker-news"])
@pytest.mark.parametrize(
    "body", [b"", b"Please limit requests to one every 5 seconds", b"[]", b"[" * 100_000, b"\xff"]
)
def test_an_answer_in_plain_text_is_repeated_as_the_error(provider: str, body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        PROVIDERS[provider].read(Fetched("https://a.example/", 200, body))

    assert "\n" not in str(caught.value)
    if body.startswith(b"Please"):
        assert "one every 5 seconds" in str(caught.value)


@pytest.mark.parametrize("provider", ["gdelt", "hacker-news"])
@given(body=st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["articles", "hits", "url", "title", "seendate", "created_at_i", "domain"]),
        inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_no_answer_in_json_can_hurt(provider: str, body: object) -> None:
    import json  # noqa: PLC0415

    try:
        document = PROVIDERS[provider].read(
            Fetched("https://a.example/", 200, json.dumps(body).encode())
        )
    except ParseError:
        return
    assert isinstance(document.entries, tuple)
