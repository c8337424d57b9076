"""Properties over whole trees: writing and reading, and evaluating against the plainest way there is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching import tree as q
from monitor.matching.document import Document
from monitor.matching.query import FUZZY_LETTERS, QueryError, parse
from monitor.matching.regex import fault_in
from monitor.matching.search import Search
from monitor.matching.words import nothing_in, writes_spaces
from monitor.matching.writing import format_lines, format_query
from monitor.model import Item

# ------------------------------------------------------------------ writing and reading


def named(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Return the same strategy by a short name, since whole grammars make unreadable failures."""

    @st.composite
    def some(draw):
        return draw(strategy)

    return some()


IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
TEXTS = st.one_of(
    st.sampled_from([
        "a", "cotton", "tomato*", "习近平", "New York", "OR", "and", "x:y", "a(b", "=WHO", "Цзиньпин", "don't", "-a", "a|b",
        "NEAR", "near/5", "AT", "LEAST", "title:x", "/a/", "@a", "a~", "a, b", "“x”", "C:\\x", "é\u0301", "#Tag",
    ]),
    st.text(max_size=12),
).map(lambda text: " ".join(text.replace('"', "").split())).filter(lambda text: nothing_in(text) is None)  # fmt: skip
WORDS = named(st.builds(q.Word, TEXTS))
FUZZY = st.builds(
    q.Fuzzy,
    TEXTS.filter(
        lambda text: (
            sum(map(str.isalpha, text)) >= FUZZY_LETTERS
            and "*" not in text
            and text[0] != "="
            and writes_spaces(text)
        )
    )
    | st.sampled_from(["Magnitsky", "forced labour"]),
)
PIECES = st.sampled_from(
    ["a", "b/", r"\.", r"\b", "[a-c]", "(x|y)", "é+", r"\w", "c{2,3}", "习", r"\\/", "^", "$"]
)
REGEXES = (
    st.lists(PIECES, min_size=1, max_size=6)
    .map("".join)
    .filter(lambda pattern: fault_in(pattern) is None)
    .map(q.Regex)
)
TERMS = WORDS | named(FUZZY) | named(REGEXES)


def several(nodes: st.SearchStrategy[q.Node], but: type) -> st.SearchStrategy[tuple[q.Node, ...]]:
    kept = nodes.filter(lambda node: not isinstance(node, but))
    return st.lists(kept, min_size=2, max_size=3).map(tuple)


def joined(nodes: st.SearchStrategy[q.Node]) -> st.SearchStrategy[q.Node]:
    lists = st.lists(nodes, min_size=1, max_size=3).map(tuple)
    return (
        st.builds(q.Not, nodes)
        | st.builds(q.All, several(nodes, q.All))
        | st.builds(q.Either, several(nodes, q.Either))
        | lists.flatmap(lambda each: st.builds(q.AtLeast, st.integers(1, len(each)), st.just(each)))
    )


def nearby(terms: st.SearchStrategy[q.Node]) -> st.SearchStrategy[q.Node]:
    sides = terms | st.builds(q.Either, several(terms, q.Either))
    return named(
        st.recursive(
            sides,
            lambda inner: st.builds(q.Near, inner, inner, st.integers(0, 500), st.booleans()),
            max_leaves=3,
        )
    )


INSIDE_TEXT = named(st.recursive(nearby(TERMS | st.builds(q.Ref, IDS)), joined, max_leaves=4))
INSIDE_FIELD = named(st.recursive(nearby(TERMS), joined, max_leaves=3))
LEAVES = (
    TERMS
    | st.builds(q.Ref, IDS)
    | nearby(TERMS)
    | st.builds(q.Within, st.sampled_from(sorted(q.TEXT_FIELDS)), INSIDE_TEXT)
    | st.builds(q.Within, st.sampled_from(sorted(set(q.FIELDS) - q.TEXT_FIELDS)), INSIDE_FIELD)
)
TREES = st.recursive(LEAVES, joined, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(named(TREES), st.integers(1, 60))
def test_a_formatted_query_reads_back_as_the_same_query(tree: q.Node, width: int) -> None:
    written = format_query(tree)
    assert parse(written, everywhere=True) == tree
    assert " ".join(format_lines(tree, width)) == written


def read_or_refused(text: str) -> q.Node | QueryError:
    try:
        return parse(text, everywhere=True)
    except QueryError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text('ab "()~/@:,*|-“”\\NOT ANDOR/5', max_size=40))
def test_any_text_is_a_query_or_an_error_with_a_caret(text: str) -> None:
    read = read_or_refused(text)
    if isinstance(read, QueryError):
        assert 0 <= read.offset <= len(text)
        assert str(read).endswith("^")
    else:
        assert parse(format_query(read), everywhere=True) == read


@pytest.mark.parametrize(
    ("query", "standard"),
    [
        ("a b OR c", "(a AND b) OR c"),
        ("a (b c)", "a AND b AND c"),
        ("a NOT b", "a AND NOT b"),
        ("NOT (NOT a) b", "NOT NOT a AND b"),
        ('"a"  "b c"', 'a AND "b c"'),
        ('“b c” "or"', '"b c" AND "or"'),
        ("a NEAR/3 (b NEAR/3 c) d", "(a NEAR/3 (b NEAR/3 c)) AND d"),
        ("(a NEAR/3 b) BEFORE/3 c", "a NEAR/3 b BEFORE/3 c"),
        ("title: a", "title:a"),
        ('title:("a" or2)', "title:(a AND or2)"),
        ("AT  LEAST 2 OF(a,b ,c d)", "AT LEAST 2 OF (a, b, c AND d)"),
        ('"Magnitsky"~', "Magnitsky~"),
        ("NOT a b OR c", "(NOT a AND b) OR c"),
    ],
)
def test_the_standard_form(query: str, standard: str) -> None:
    assert format_query(parse(query)) == standard


def test_a_long_query_is_broken_between_its_outermost_parts_only() -> None:
    query = parse(" OR ".join(f'("a b" AND w{n})' for n in range(9)))
    lines = format_lines(query, 40)
    assert all(len(line) <= 40 for line in lines)
    assert all(line.startswith("OR ") for line in lines[1:])


# ------------------------------------------------------------------ evaluating

FEW = ["aa", "bb", "cc", "dd"]
SIMPLE = st.builds(q.Word, st.sampled_from([*FEW, "aa bb", "bb*"]))
SIDES = SIMPLE | st.builds(q.Either, several(SIMPLE, q.Either))
NEARS = SIDES | st.builds(q.Near, SIDES, SIDES, st.integers(0, 3), st.booleans())
QUERIES = st.recursive(
    NEARS | st.builds(q.Within, st.sampled_from(["title", "text"]), NEARS), joined, max_leaves=6
)
WORD_LISTS = st.lists(st.sampled_from([*FEW, "bbx", "zz"]), max_size=9)


def found(text: list[str], word: q.Word) -> list[tuple[int, int]]:
    """Return first and last word of each place of a word or phrase."""
    wanted = word.text.split()
    fits = (
        (lambda one, other: other.startswith(one[:-1]))
        if word.text.endswith("*")
        else (lambda one, other: one == other)
    )
    return [
        (at, at + len(wanted) - 1)
        for at in range(len(text) - len(wanted) + 1)
        if all(fits(one, other) for one, other in zip(wanted, text[at:], strict=False))
    ]


def holds(node: q.Node, fields: dict[str, list[str]]) -> bool:  # noqa: PLR0911 - one branch for each kind
    match node:
        case q.Word():
            return any(found(text, node) for text in fields.values())
        case q.Within(field, inner):
            return holds(inner, {field: fields[field]})
        case q.Not(inner):
            return not holds(inner, fields)
        case q.All(nodes):
            return all(holds(each, fields) for each in nodes)
        case q.Either(nodes):
            return any(holds(each, fields) for each in nodes)
        case q.AtLeast(count, nodes):
            return sum(holds(each, fields) for each in nodes) >= count
        case q.Near(left, right, words, ordered):
            return any(
                0 <= second[0] - first[1] - 1 <= words
                for text in fields.values()
                for one in places(left, text)
                for other in places(right, text)
                for first, second in ([(one, other)] if ordered else [(one, other), (other, one)])
            )
        case _:
            raise AssertionError(node)


def places(node: q.Node, text: list[str]) -> list[tuple[int, int]]:
    nodes = node.nodes if isinstance(node, q.Either) else (node,)
    return [place for each in nodes for place in found(text, each)]


@settings(max_examples=500, deadline=None)
@given(QUERIES, WORD_LISTS, WORD_LISTS)
def test_a_query_holds_where_the_plainest_way_of_looking_says_so(
    tree: q.Node, title: list[str], text: list[str]
) -> None:
    item = Item(id="i", source="s", title=" ".join(title), text=" ".join(text))
    search = Search(tree, (), lambda _: ())
    held = search.find(Document(item), lambda _: None) is not None
    assert held is holds(tree, {"title": title, "text": text})


@settings(max_examples=500, deadline=None)
@given(
    QUERIES | st.builds(q.Fuzzy, st.sampled_from(["aabbcc", "aa bb cc"]))
    | st.sampled_from(["bb (aa|dd)+", r"\bcc ?dd", "a+ bbx|cc.*dd", "(aa )?bb cc", "b{2} c+"]).map(q.Regex),
    WORD_LISTS,
    st.text("abcd ", max_size=12),
)  # fmt: skip
def test_a_query_never_holds_without_one_of_the_terms_that_it_needs(
    tree: q.Node, title: list[str], text: str
) -> None:
    search = Search(tree, (), lambda _: ())
    document = Document(Item(id="i", source="s", title=" ".join(title), text=text))
    if search.needed is not None and search.find(document, lambda _: None) is not None:
        assert any(term.literal in document.text for term in search.needed)


@settings(max_examples=300, deadline=None)
@given(st.text("magnitsky", min_size=6, max_size=9), st.data())
def test_a_word_with_any_single_mistake_keeps_a_foothold_and_is_found(word: str, data) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    changed = data.draw(
        st.sampled_from([
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ])
    )  # fmt: skip
    search = Search(q.Fuzzy(word), (), lambda _: ())
    document = Document(Item(id="i", source="s", title=f"The {changed} Act"))
    assert search.find(document, lambda _: None) is not None
    assert any(term.literal in document.text for term in search.needed or ())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([r"\baa", r"bb\b", r"\baa\b", r"a+\b b", r"\bbb.*cc\b", r"aa|\bcc"]),
    st.text("abcд'- ", max_size=14),
)
def test_boundaries_of_a_regular_expression_are_those_of_unicode(pattern: str, text: str) -> None:
    document = Document(Item(id="i", source="s", title=text))
    places = Search(q.Regex(pattern), (), lambda _: ()).find(document, lambda _: None) or []
    assert [(place.start, place.end) for place in places] == [
        match.span() for match in re.finditer(pattern, document.text) if match[0].strip()
    ]
