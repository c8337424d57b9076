"""Queries of other services beside what they become here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching import Matcher, Watchlist
from monitor.matching.dialects import DIALECTS, convert
from monitor.matching.query import QueryError, parse
from monitor.matching.writing import format_query
from monitor.model import Item

GOOGLE = [
    ("cotton", "cotton", ()),
    ("forced labour", "forced AND labour", ()),
    ('"forced labour" cotton OR tomatoes -candy', '"forced labour" AND (cotton OR tomatoes) AND NOT candy', ()),
    ("cotton | solar panels", "(cotton OR solar) AND panels", ()),
    ("a|b", "a OR b", ()),
    ("(cotton solar) OR (tea AND tin)", "(cotton AND solar) OR (tea AND tin)", ()),
    ('cotton -"y z" -(a OR b)', 'cotton AND NOT "y z" AND NOT (a OR b)', ()),
    ('intitle:"Xi Jinping" camp', 'title:"Xi Jinping" AND camp', ()),
    ("intitle: cotton", "title:cotton", ()),
    ("allintitle: a b c", "title:(a AND b AND c)", ()),
    ("intext:(a OR b) c", "text:(a OR b) AND c", ()),
    ("cotton site:example.org -site:www.example.com", "cotton AND url:example.org AND NOT url:www.example.com", ()),
    ("cotton site:https://example.org/", "cotton AND url:example.org", ()),
    ("cotton site:.gov", "cotton AND url:gov", ()),
    ("cotton source:reuters", "cotton AND outlet:reuters", ()),
    ("camp AROUND(3) (a OR b)", "camp NEAR/3 (a OR b)", ()),
    ('"mass detention" AROUND (12) Xinjiang', '"mass detention" NEAR/12 Xinjiang', ()),
    ("a AROUND(3) b AROUND(4) c", "a NEAR/3 b NEAR/4 c", ()),
    ("a AROUND(900) b", "a NEAR/500 b", ("500 words are the most",)),
    ('"forced * labour"', "forced BEFORE/5 labour", ("up to 5 words",)),
    ("~camp", "camp", ("similar words",)),
    ("+cotton", "cotton", ("the same word",)),
    ("tomato*", "tomato*", ()),
    ("“forced labour”", '"forced labour"', ()),
    ("x-ray well-known", "x-ray AND well-known", ()),
    ("and or", '"and" AND "or"', ()),
    ("https://example.org/a", 'url:"https://example.org/a"', ()),
]  # fmt: skip
LUCENE = [
    ("cotton AND solar", "cotton AND solar", ()),
    ("cotton OR solar AND tin", "cotton OR (solar AND tin)", ("AND was taken first",)),
    ("(cotton OR solar) AND tin", "(cotton OR solar) AND tin", ()),
    ("cotton && !solar || tin", "(cotton AND NOT solar) OR tin", ("AND was taken first",)),
    ("cotton solar", "cotton AND solar", ("joined by AND",)),
    ('+cotton +"a b" -candy', 'cotton AND "a b" AND NOT candy', ("joined by AND",)),
    ("cotton NOT solar", "cotton AND NOT solar", ("joined by AND",)),
    ('"forced labour"~5', "forced NEAR/5 labour", ()),
    ('"a b c"~3', "a NEAR/3 b NEAR/3 c", ("between each two",)),
    ('"a b"~0', '"a b"', ()),
    ("Magnitsky~", "Magnitsky~", ("one letter may differ",)),
    ("Magnitsky~1", "Magnitsky~", ()),
    ("Magnitsky~2", "Magnitsky~", ("one letter may differ",)),
    ("roam~0.8", "roam", ("from 6 letters",)),
    ("title:cotton^2 AND solar^0.5", "title:cotton AND solar", ("weights are left out", "weights are left out")),
    ("title:(a OR b) AND language:en", "title:(a OR b) AND lang:en", ()),
    ('media_name:"Example Wire" AND canonical_domain:example.org', 'outlet:"Example Wire" AND url:example.org', ()),
    ("tomato* AND *camp", "tomato* AND *camp", ()),
    ("wom?n", r"/\bwom\wn\b/", ()),
    ("te?t*", r"/\bte\wt\w*\b/", ()),
    ("/colou?rs/", r"/\b(?:colou?rs)\b/", ("whole words",)),
    (r"a\:b AND c\-d", '"a:b" AND c-d', ()),
    (r'"a \"b\" c"', '"a b c"', ()),
    ("url:https://example.org/a", 'url:"https://example.org/a"', ()),
]  # fmt: skip
CASES = [("google-alerts", *case) for case in GOOGLE] + [("lucene", *case) for case in LUCENE]


@pytest.mark.parametrize(("dialect", "query", "ours", "notes"), CASES)
def test_a_query_of_another_service_becomes_ours(
    dialect: str, query: str, ours: str, notes: tuple[str, ...]
) -> None:
    converted = convert(query, dialect)
    assert converted.query == ours
    assert format_query(parse(converted.query)) == ours
    assert len(converted.notes) == len(notes)
    for note, said in zip(converted.notes, notes, strict=True):
        assert said in note


@pytest.mark.parametrize(
    ("dialect", "query", "column", "said"),
    [
        ("google-alerts", "", 0, "empty"),
        ("google-alerts", "cotton filetype:pdf", 7, "filetype: has no equal"),
        ("google-alerts", "cotton after:2020-01-01", 7, "after: has no equal"),
        ("google-alerts", "camera $50..$100", 7, "ranges of numbers"),
        ("google-alerts", "a (b", 2, "not closed"),
        ("google-alerts", "a b)", 3, "closes nothing"),
        ("google-alerts", 'a "b', 2, "quotation mark"),
        ("google-alerts", "AROUND(3) b", 0, "between two terms"),
        ("google-alerts", "a AROUND(3)", 2, "between two terms"),
        ("google-alerts", "a OR", 4, "missing at the end"),
        ("google-alerts", "*", 0, "a star alone"),
        ("google-alerts", "-cotton", 0, "holds for nearly every item"),
        ("google-alerts", "a intitle:-b", 2, "term is missing"),
        ("lucene", "publish_date:[2020 TO 2021]", 0, "the field publish_date: has no equal"),
        ("lucene", "title:[a TO b]", 6, "ranges have no equal"),
        ("lucene", "*:*", 0, "a star alone"),
        ("lucene", "a AND (", 7, "missing at the end"),
        ("lucene", "a AND (b", 6, "not closed"),
        ("lucene", "a AND ()", 7, "nothing stands before"),
        ("lucene", "title:(url:a)", 0, "a field inside title:"),
        ("lucene", "(a b)~3", 5, "behind a word or a phrase"),
        ("lucene", "NOT a", 0, "holds for nearly every item"),
        ("lucene", "(" * 60 + "a" + ")" * 60, 30, "nested deeper"),
        ("lucene", "NOT " * 4_000 + "a", 120, "nested deeper"),
        ("lucene", "cotton OR " * 10_000, 20_000, "characters long"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_here_is_refused_at_its_place(
    dialect: str, query: str, column: int, said: str
) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        convert(query, dialect)
    assert caught.value.offset == column


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(DIALECTS)),
    st.lists(
        st.sampled_from(['"', "(", ")", "-", "+", "OR ", "AND ", "NOT ", "title:", "site:", "~", "~2", "^3", "*", "?", "AROUND(3) ",
                         "a ", "b", "cotton ", '"a b" ', "/x/", "[", "\\", ":", "|", " "]),
        max_size=12,
    ).map("".join) | st.text(max_size=20),
)  # fmt: skip
def test_whatever_is_typed_becomes_a_query_or_a_readable_error(dialect: str, query: str) -> None:
    try:
        converted = convert(query, dialect)
    except QueryError as error:
        said = str(error)
    else:
        said = "^" if parse(converted.query) else ""
    assert said.endswith("^")


def test_a_converted_query_finds_what_was_meant() -> None:
    def found(query: str, dialect: str, title: str) -> bool:
        watch = {"id": "a", "kind": "topic", "name": "A", "match": convert(query, dialect).query}
        matcher = Matcher([Watchlist.model_validate({"watchlist": "w", "watches": [watch]})])
        return bool(matcher.match(Item(id="i", source="s", title=title)))

    google = '"forced * labour" AROUND(4) cotton -candy'
    assert found(google, "google-alerts", "Forced and bonded labour in cotton fields")
    assert not found(google, "google-alerts", "Forced and bonded labour in cotton candy fields")
    lucene = '"labour forced"~2 AND wom?n'
    assert found(lucene, "lucene", "Women in forced mass labour")
    assert not found(lucene, "lucene", "Womankind in forced mass labour")
