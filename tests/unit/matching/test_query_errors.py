"""Queries that cannot be read: what is said, and where the caret stands."""

from __future__ import annotations

import pytest

from monitor.matching.faults import columns
from monitor.matching.query import LONGEST, QueryError, parse

CASES = [
    ("", 0, "empty", "write what"),
    ("a AND", 5, "missing at the end", "operator before"),
    ("a AND AND b", 6, "AND stands between two terms", '"AND"'),
    ("OR b", 0, "OR stands between two terms", ""),
    ("(a OR b", 0, "parenthesis is not closed", "add the missing )"),
    ("a (b (c)", 2, "parenthesis is not closed", ""),
    ("a)", 1, "closes nothing", "remove it"),
    ("a (b)) c", 5, "closes nothing", ""),
    ('a "b', 2, "quotation mark is not closed", 'missing "'),
    ("a “b", 2, "quotation mark is not closed", "missing ”"),
    ("a b” c", 3, "closed that was not opened", ""),
    ('a ""', 2, "phrase is empty", "between"),
    ('"  " a', 0, "phrase is empty", ""),
    ('a "…"', 2, "nothing in … can be looked for", "letters or digits"),
    ("a * b", 2, "nothing in * can be looked for", ""),
    ("()", 1, "nothing stands before this )", ""),
    ("NEAR/3 b", 0, "NEAR stands between two terms", "NEAR/10"),
    ("a NEAR/3", 8, "missing at the end", ""),
    ("a NEAR/3 ()", 10, "nothing stands before this )", ""),
    ("a NEAR b", 6, "NEAR needs a distance", "NEAR/10"),
    ("a NEAR/ b", 7, "NEAR needs a distance", "NEAR/10"),
    ("a BEFORE b", 8, "BEFORE needs a distance", "BEFORE/10"),
    ("a near/5 b", 2, "not an operator here", "NEAR/5"),
    ("a W/5 b", 2, "not an operator here", "NEAR/5"),
    ("a NEAR/1000 b", 7, "500 words at most", "AND"),
    ("a NEAR/501 b", 7, "500 words at most", "AND"),
    ("a NEAR/3 NOT b", 9, "a term is expected here, not NOT", "outside"),
    ("a NEAR/3 (NOT b)", 2, "NEAR stands between terms", "outside"),
    ("(a AND lang:en) NEAR/3 b", 16, "NEAR stands between terms", "outside"),
    ("(forced labour) NEAR/3 b", 16, "NEAR stands between terms", '"forced labour"'),
    ("lang:en NEAR/3 b", 8, "NEAR stands between terms", "lang: by AND"),
    ("a BEFORE/3 AT LEAST 1 OF (b, c)", 2, "BEFORE stands between terms", ""),
    ("abc~", 0, "6 letters", ""),
    ("tomato*~", 0, "6 letters", "do not go with"),
    ("中华人民共和国~", 0, "spaces between words", "OR"),
    ("a ~", 2, "stands directly behind a term", ""),
    ("Magnitsky~2", 9, "stands directly behind a term", ""),
    ("x /(a/", 5, "not a regular expression: missing )", ""),
    ("x /ab[z-a]/", 6, "invalid character class range", ""),
    ("/(?<=a)b/", 1, "no look-ahead and no look-behind", "NEAR"),
    ("x /b(?!a)/", 4, "no look-ahead and no look-behind", "NOT"),
    (r"/(a)\1/", 4, "no back-references", ""),
    (r"/a\Bb/", 2, "cannot be used here", ""),
    (r"/a[\W_]b/", 2, "cannot be used here", r"[^\pL\pN]"),
    ("/a*/", 1, "hold everywhere", "+"),
    ("//", 0, "regular expression is empty", ""),
    ("/abc/i", 0, "nothing may follow", "case makes no difference"),
    ("/abc", 0, "begins and ends with /", ""),
    ("AT LEAST 3 OF (a, b)", 0, "can never be told apart", "write 1 to 2"),
    ("AT LEAST 0 OF (a, b)", 0, "can never be told apart", ""),
    ("AT LEAST 2 OF a, b", 14, "needs a list in parentheses", ""),
    ("AT LEAST OF (a, b)", 0, "AT is an operator", ""),
    ("a, b", 1, "a comma parts", ""),
    ("@Rushan", 0, "id of a watch", "@rushan-abbas"),
    ("@ada_holt", 0, "id of a watch", ""),
    ("titel:x", 0, "no field titel:", "did you mean title:?"),
    ("intitle:x", 0, "no field intitle:", "did you mean title:?"),
    ("a Title:x", 2, "no field Title:", "did you mean title:?"),
    ("zzz:x", 0, "no field zzz:", "fields: title"),
    ("a :x", 2, "between a field and a term", ""),
    ("title:", 6, "missing at the end", ""),
    ("title:(lang:en)", 0, "title: holds words", ""),
    ("author:@a", 0, "author: holds words", ""),
    ("a -b", 2, "- before a word means nothing", "NOT b"),
    ("a +b", 2, "+ before a word means nothing", ""),
    ("a || b", 2, "|| is not an operator", "OR"),
    ("a|b", 1, "| means nothing here", "OR"),
    ("a & b", 2, "& is not an operator", "AND"),
    ("wom?n", 3, "? means nothing here", "*"),
    ("a^2", 1, "^ means nothing here", "weights"),
    ("[a]", 0, "[ means nothing here", "parentheses"),
    ("a or b", 2, "or in small letters", "write OR"),
    ("a not b", 2, "not in small letters", '"not"'),
    ("NOT a", 0, "holds for nearly every item", "cotton NOT candy"),
    ("a OR NOT b", 5, "holds for nearly every item", ""),
    ("title:(NOT a)", 7, "holds for nearly every item", ""),
    ('"NOT" OR NOT b', 9, "holds for nearly every item", ""),
    ("a\nb AND", 7, "missing at the end", ""),
    ("習近平 AND AND b", 8, "AND stands between two terms", ""),
]  # fmt: skip


@pytest.mark.parametrize(("query", "column", "said", "hint"), CASES)
def test_a_query_that_cannot_be_read_gets_a_caret_and_a_hint(
    query: str, column: int, said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    error = caught.value
    assert said in error.reason
    assert hint in error.hint
    assert error.offset == column
    first, line, caret = str(error).splitlines()
    assert first.startswith(error.reason)
    begin = query.rfind("\n", 0, column) + 1
    assert line == "  " + query[begin:].split("\n", 1)[0]
    assert caret == " " * (2 + columns(query[begin:column])) + "^"


def test_a_query_nested_too_deeply_is_refused_at_its_deepest_place() -> None:
    query = "a AND (" * 60 + "b" + " OR c)" * 60
    with pytest.raises(QueryError, match="deeper than 50 levels") as caught:
        parse(query)
    assert query[caught.value.offset] == "("
    assert caught.value.offset == query.rindex("(")
    with pytest.raises(QueryError, match="deeper than"):
        parse("title:(" + "NOT " * 4_000 + "a)")
    with pytest.raises(QueryError, match="deeper than"):
        parse(" NEAR/1 ".join("a" * 900))


def test_many_needless_parentheses_are_no_depth() -> None:
    assert parse("(" * 9_000 + "a" + ")" * 9_000) == parse("a")


def test_a_query_of_100_kilobytes_is_refused_in_one_short_message() -> None:
    with pytest.raises(QueryError) as caught:
        parse("cotton OR " * 10_000 + "solar")
    assert "100,005 characters" in str(caught.value)
    assert caught.value.offset == LONGEST
    assert all(len(line) < 200 for line in str(caught.value).splitlines())


def test_the_longest_query_is_read() -> None:
    words = " OR ".join(f"w{number}" for number in range(1_900))
    assert len(words) <= LONGEST
    parse(words)


def test_the_caret_of_a_long_line_stands_under_its_place() -> None:
    query = "cotton " * 100 + "AND AND b" + " solar" * 100
    with pytest.raises(QueryError) as caught:
        parse(query)
    _, line, caret = str(caught.value).splitlines()
    assert line[caret.index("^") :].startswith("AND b solar")


def test_control_characters_of_a_query_do_not_reach_the_terminal() -> None:
    with pytest.raises(QueryError) as caught:
        parse("a\x1b[31m \u202e AND AND")
    assert str(caught.value).replace("\n", "").isprintable()


def test_not_alone_makes_sense_among_what_was_found_already() -> None:
    assert parse("NOT a", everywhere=True) == parse("b NOT a").nodes[1]
