"""Markup into plain text that is safe to print anywhere."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading import clean_text, one_line
from monitor.reading.text import lead, tidy


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("Fish &amp; chips", "Fish & chips"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One\n  line</p>\n\n<p>Two</p>", "One line\nTwo"),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("in<b>si</b>de", "inside"),
        ("a <a href='https://x.example/?a=1&amp;b=2' title=\"t\">link</a> here", "a link here"),
        ('<a title="1 > 0">x</a> y', "x y"),
        ('<img alt="<b>" src=x>text', "text"),
        ("<img src=a onerror=alert(1)>text", "text"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("I <3 rivers", "I <3 rivers"),
        ("<script>alert(1)</script>left", "left"),
        ("<style>p{color:red}</style>left", "left"),
        ("<svg onload=alert(1)><text>x</text></svg>left", "left"),
        ("<math><mtext><img src=x onerror=alert(1)></mtext></math>left", "left"),
        ("<noscript><p title='</noscript><img src=x>'></noscript>left", "left"),
        ("<iframe src='https://x.example/'></iframe>left", "left"),
        ("<!-- <p>hidden</p> -->left", "left"),
        ("<!-- only a comment -->", ""),
        ("<![CDATA[x]]>left", "left"),
        ("<?php echo 1 ?>left", "left"),
        ("How <script> and <svg> tags work", "How and tags work"),
        ("<o:p>office</o:p> words", "office words"),
        ("a<custom-tag>b</custom-tag>c", "abc"),
        ("broken <b", "broken"),
        ("<p>unclosed <i>all the way", "unclosed all the way"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("it&amp;#39;s &amp;quot;so&amp;quot;", 'it\'s "so"'),
        ("R&amp;amp;D", "R&D"),
        ("a &amp;lt; b", "a &lt; b"),
        ("AT&T and Q&A", "AT&T and Q&A"),
        ("30&nbsp;km", "30 km"),
        ("&#xD800;&#0;x", "\ufffd\ufffdx"),
        ("زبان‌ها و <b>کتاب‌ها</b>", "زبان‌ها و کتاب‌ها"),
        ("क्‍या", "क्‍या"),
        ("習<br>近", "習\n近"),
        ("", ""),
    ],
)
def test_markup_becomes_the_text_a_reader_would_see(markup: str, text: str) -> None:
    assert clean_text(markup) == text


def test_tags_nested_a_hundred_thousand_deep_keep_their_text() -> None:
    assert clean_text(f"{'<b>' * 100_000}deep") == "deep"
    assert clean_text(f"<!-- x -->{'<div>' * 100_000}deep{'</div>' * 100_000} end") == "deep\nend"


@pytest.mark.parametrize(
    "start", ["<", "<a ", '<a "', "<a '", "<!--", "<![CDATA[", "&", "&#", "</"]
)
def test_a_long_run_of_openings_ends(start: str) -> None:
    assert len(clean_text(start * 30_000)) <= len(start) * 30_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Subject\r\nBcc: all@x.example", "Subject Bcc: all@x.example"),
        ("nul\0 byte", "nul byte"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07words", "words"),
        ("\x9b31mred", "red"),
        ("over\u202eride\u2066d\u2069", "overrided"),
        ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("hidden \U000e0041\U000e0042tags", "hidden tags"),
        ("{{''.__class__}} ${x} %s", "{{''.__class__}} ${x} %s"),
        ("wide\u3000and\u00a0thin\u2009spaces", "wide and thin spaces"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍🔬 works", "👩‍🔬 works"),
    ],
)
def test_a_title_is_one_clean_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_title_of_three_thousand_characters_is_cut_with_an_ellipsis() -> None:
    line = one_line("word " * 600)

    assert len(line) <= 500
    assert line.endswith("word…")


def test_the_lead_of_a_text_ends_between_words() -> None:
    assert lead("one two three", 9) == "one two…"
    assert lead("one two", 9) == "one two"
    assert lead("unbreakable", 5) == "unbr…"


ODD = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Co", "Cn"]),
        st.sampled_from("<>&;#\"'/![]-=ab \n\x1b\x9b"),
    )
)
MARKUP = st.lists(
    st.one_of(
        ODD,
        st.sampled_from(["<p>", "</p>", "<br>", "<b>", "<a href='x'>", "<script>", "</script>"]),
        st.sampled_from(["<!--", "-->", "&lt;", "&amp;", "&#39;", "&#x1b;", "<svg>", "</svg>"]),
    )
).map("".join)


def is_safe(text: str) -> bool:
    unsafe = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}
    return not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in unsafe
        for character in text.replace("\n", "")
    )


@given(MARKUP)
def test_clean_text_is_safe_and_tidy(markup: str) -> None:
    text = clean_text(markup)

    assert is_safe(text)
    assert text == tidy(text)
    assert all(line == line.strip() and line for line in text.split("\n") if text)


@given(ODD)
def test_text_without_markup_is_cleaned_once_and_for_all(text: str) -> None:
    once = clean_text(text.replace("<", "").replace("&", ""))

    assert clean_text(once) == once


@given(ODD)
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    plain = tidy(text.replace("&", "+"))

    assert clean_text(html.escape(plain)) == plain


@given(st.lists(st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<br>", "a", " ", "&amp;", "b c"])))
def test_simple_tags_read_the_same_as_through_the_parser(pieces: list[str]) -> None:
    markup = "".join(pieces)

    # the comment sends the same markup through libxml2; where blocks end is another matter
    parsed = clean_text(f"<!-- -->{markup}")
    assert "".join(clean_text(markup).split()) == "".join(parsed.split())


@given(ODD, st.integers(min_value=2, max_value=60))
def test_one_line_is_one_safe_line_and_changes_nothing_twice(text: str, limit: int) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert is_safe(line)
    assert "\n" not in line
    assert one_line(line, limit) == line
