"""A query that cannot be read is pointed at inside the YAML, however it is written there."""

from __future__ import annotations

import re

import pytest

from monitor.config import ConfigError, load

HEAD = "watchlist: other\nwatches:\n  - id: trade\n    kind: topic\n    name: Trade\n"
WRITTEN = {
    "plain": "    match: cotton AND AND solar\n",
    "single": "    match: '\"it''s\" cotton AND AND solar'\n",
    "double": '    match: "\\"caf\\u00e9\\" cotton AND AND solar"\n',
    "literal": "    match: |\n      cotton\n      AND AND solar\n",
    "literal with indent": "    match: |2- # why\n        cotton\n\n        AND AND solar\n",
    "folded": "    match: >-\n      cotton OR\n      tea\n\n      AND AND solar\n",
    "plain on two lines": "    match: cotton\n      AND AND\n      solar\n",
    "double with a broken line": '    match: "cotton \\\n      AND AND solar"\n',
    "wide": "    match: 習近平 AND AND solar\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("style", WRITTEN)
def test_the_problem_stands_at_the_place_inside_the_query(style, newline, write, environ):
    text = (HEAD + WRITTEN[style]).replace("\n", newline)
    with pytest.raises(ConfigError) as caught:
        load(write({"watchlists/other.yaml": text.encode()}), environ)
    (problem,) = caught.value.problems
    line = text.split(newline)[problem.line - 1]
    assert line[problem.column - 1 :].startswith(("AND solar", "AND"))
    assert line[: problem.column - 1].rstrip().endswith("AND")
    assert problem.message == "match: AND stands between two terms"
    assert problem.hint == 'for the word write "AND"'
    shown, caret = problem.excerpt.splitlines()
    wide = len(re.findall("[一-龥]", shown))
    assert shown[caret.index("^") - wide :].startswith("AND")


def test_a_query_that_a_variable_went_into_is_pointed_at_as_a_whole(write, environ):
    text = HEAD + "    match: cotton AND ${TEA} AND AND solar\n"
    with pytest.raises(ConfigError) as caught:
        load(write({"watchlists/other.yaml": text}), environ | {"TEA": "tea"})
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (6, 12)


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("'(a OR b'", 13, "a parenthesis is not closed"),
        ("a NEAR b", 18, "NEAR needs a distance"),
        (r"x /(?<=a)b/", 15, "there is no look-ahead and no look-behind"),
        ("NOT a", 12, "this holds for nearly every item"),
        ("a titel:b", 14, "there is no field titel:"),
        ("'\"\" a'", 13, "the phrase is empty"),
    ],
)
def test_what_is_wrong_is_said_with_line_column_and_caret(query, column, said, write, environ):
    with pytest.raises(ConfigError) as caught:
        load(write({"watchlists/other.yaml": f"{HEAD}    match: {query}\n"}), environ)
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.line == 6
    assert problem.column == column
    assert problem.hint
    assert problem.excerpt.endswith("^")
