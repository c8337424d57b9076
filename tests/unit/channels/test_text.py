from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.text import clean, count, listing, one_line, safe_address

NASTY = [
    ("Budget\r\nBcc: evil@example.net", "Budget Bcc: evil@example.net"),
    ("zero\x00byte", "zero byte"),
    ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ("file\u202egpj.exe\u202c", "filegpj.exe"),
    ("\u2067isolated\u2069", "isolated"),
    ("\x1b[31mred\x1b[0m alert \x1b]0;title\x07end", "red alert end"),
    ("{{''.__class__}}", "{{''.__class__}}"),
    ("  many \t\n spaces\u2028here ", "many spaces here"),
    ("می‌خواهم", "می‌خواهم"),
    ("\ufeffmark", "mark"),
]


@pytest.mark.parametrize(("given_text", "line"), NASTY)
def test_hostile_text_becomes_one_clean_line(given_text: str, line: str) -> None:
    assert one_line(given_text) == line


def test_three_thousand_characters_are_cut_at_a_word() -> None:
    line = one_line("lorem ipsum " * 250)
    assert len(line) <= 300
    assert line.endswith(("ipsum…", "lorem…"))


def test_a_script_without_spaces_is_cut_but_never_inside_a_character() -> None:
    assert one_line("港" * 500) == "港" * 299 + "…"
    thai = "กำ" * 200
    cut = one_line(thai, 100)
    assert unicodedata.category(thai[len(cut) - 1])[0] != "M"


@given(st.text(st.characters(), max_size=400), st.integers(10, 300))
def test_any_text_becomes_one_line_that_can_be_encoded(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip() or line.endswith("…")
    assert all(unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} for c in line)
    line.encode()  # raises for what no mail can carry


@given(st.text(max_size=80), st.text(max_size=80))
def test_cleaning_twice_changes_nothing(one: str, other: str) -> None:
    assert clean(clean(one + other)) == clean(one + other)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "http://user:password@example.org/",
        "https://example.org:port/",
        "http://[::1/",
        "//example.org",
        "",
        "https://example.org/a b",
        "https://example.org/\u202egpj.exe",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_an_address_that_is_not_safe_to_follow_is_left_out(url: str) -> None:
    assert safe_address(url) == ""


def test_a_safe_address_stays_as_it_is() -> None:
    url = "https://example.org/путь?a=1&b=2#c"
    assert safe_address(url) == url


def test_numbers_and_lists_read_well() -> None:
    assert count(1, "poll") == "1 poll"
    assert count(1204, "poll") == "1,204 polls"
    assert count(2, "story", "stories") == "2 stories"
    assert listing(["A", "B", "C"], 3) == "A, B, C"
    assert listing(["A", "B", "C"], 2) == "A, B and 1 more"
