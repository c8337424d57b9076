"""JSON-LD as publishers write it: broken, nested, repeated, about everything at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading.linked_data import Statement, statement_of

URL = "https://gazette.example/wall"
ARTICLE = {"@type": "NewsArticle", "headline": "A wall", "datePublished": "2026-11-03"}


def stated(*blocks: Any) -> Statement:
    texts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    return statement_of(texts, URL)


@pytest.mark.parametrize(
    "block",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "S"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {**ARTICLE, "@type": ["Article", "ReportageNewsArticle"]},
        {**ARTICLE, "@type": "BlogPosting"},
        {**ARTICLE, "@type": "LiveBlogPosting"},
    ],
)
def test_the_article_is_found_wherever_it_stands(block: Any) -> None:
    assert stated(block).headline == "A wall"


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "NewsArticle", "headline": "A wall",}',
        '<!-- {"@type": "NewsArticle", "headline": "A wall"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "A wall"}\n//]]>',
        '/* <![CDATA[ */ {"@type": "NewsArticle", "headline": "A wall"} /* ]]> */',
        '{"@type": "NewsArticle", "headline": "A wall"};',
        '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "A wall"}',
        '{"@type": "NewsArticle", "headline": "A wall", "description": "two\nlines"}',
        '{"@type": "NewsArticle", "headline": "A wall", "description": "it\\\'s"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;A wall&quot;}",
    ],
)
def test_common_breakage_is_mended(block: str) -> None:
    assert stated(block).headline == "A wall"


@pytest.mark.parametrize("broken", ['{"@type": ', "", "nonsense", "[" * 100_000, "7", "null"])
def test_a_broken_block_costs_nothing_but_itself(broken: str) -> None:
    assert stated(broken, ARTICLE, broken).headline == "A wall"
    assert stated(broken) == Statement()


def test_the_article_of_the_page_s_own_address_counts() -> None:
    other = {**ARTICLE, "headline": "Another", "url": "https://gazette.example/other"}
    own = {**ARTICLE, "mainEntityOfPage": {"@id": f"{URL}?utm_source=feed"}}

    assert stated(other, own).headline == "A wall"


def test_articles_in_lists_are_other_articles() -> None:
    others = {"@type": "ItemList", "itemListElement": [{**ARTICLE, "headline": "Another"}]}

    assert stated(others, ARTICLE).headline == "A wall"
    assert stated(others) == Statement()


def test_what_the_article_leaves_out_is_taken_from_its_page() -> None:
    page = {"@type": "WebPage", "datePublished": "2026-11-03T07:45:00Z", "inLanguage": "en"}
    article = {"@type": "Article", "headline": "A wall"}

    found = stated({"@graph": [page, article]})

    assert (found.headline, found.published, found.language) == (
        "A wall",
        ("2026-11-03T07:45:00Z",),
        "en",
    )


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ({"@type": "Person", "name": "Jane Doe"}, ("Jane Doe",)),
        ([{"name": "Jane Doe"}, "John Roe"], ("Jane Doe", "John Roe")),
        ({"@id": "#jane"}, ("Jane Doe",)),
        ({"name": ["Jane Doe"]}, ("Jane Doe",)),
        ({"name": None}, ()),
        (7.5, ("7.5",)),
        (None, ()),
    ],
)
def test_authors_are_names_however_they_are_given(author: Any, names: tuple[str, ...]) -> None:
    jane = {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}

    assert stated({"@graph": [jane, {**ARTICLE, "author": author}]}).authors == names


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "author", "name", "headline", "hasPart", "url"]
            ),
            inner | st.sampled_from(["NewsArticle", "WebPage"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_value_raises(value: Any) -> None:
    stated(value)


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    stated(text)
