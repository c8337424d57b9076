from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.fold import fold

SAME = [
    ("Xi Jinping", "xi\u00a0jinping"),
    ("Xi Jinping", "XI\nJINPING"),
    ("Xi Jinping", "Xi \t Jinping"),
    ("Xi Jin-ping", "Xi Jin\u2011ping"),
    ("Xi Jinping", "Хi Jinping"),
    ("Xi Jinping", "X\u200bi Jinping"),
    ("Xi Jinping", "𝐗𝐢 𝐉𝐢𝐧𝐩𝐢𝐧𝐠"),
    ("Xi Jinping", "Ｘｉ　Ｊｉｎｐｉｎｇ"),
    ("习近平", "習近平"),
    ("习近平", "习 近平"),
    ("戴伦拜勒", "戴伦・拜勒"),
    ("戴伦拜勒", "戴倫.拜勒"),
    ("ルーシャンアッバス", "ﾙｰｼｬﾝ･ｱｯﾊﾞｽ"),
    ("ガ", "カ\u3099"),
    ("시진핑", "\u1109\u1175\u110c\u1175\u11ab\u1111\u1175\u11bc"),
    ("عباس", "عبّاس"),
    ("أويغور", "اويغور"),
    ("شي", "شی"),
    ("عباس", "عبـــاس"),
    ("Ouïghours", "OUIGHOURS"),
    ("İstanbul", "ISTANBUL"),
    ("ısrar", "ISRAR"),
    ("Straße", "STRASSE"),
    ("ёлка", "ЕЛКА"),
    ("Chen's", "CHEN #39;S"),
    ("Chen's", "Chen&#8217;s"),
    ("Chen's", "Chen’s"),
    ("R&D", "R&amp;D"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_writing_fold_to_one(one: str, other: str) -> None:
    assert fold(one).text.strip() == fold(other).text.strip()


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("Xi", "Xia"), ("新", "斯")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one).text != fold(other).text


def test_a_camel_case_hashtag_is_taken_apart() -> None:
    assert fold("#XinjiangPoliceFiles").text.split() == ["xinjiang", "police", "files"]


def test_words_parted_by_punctuation_never_look_like_a_phrase() -> None:
    assert "york times" not in fold("In New York. Times are hard, (York) times").text


def test_a_replaced_piece_maps_back_to_all_of_its_original() -> None:
    text = "The Straße of CHEN #39;S"
    folded = fold(text)
    start = folded.text.index("strasse")
    assert text[folded.start(start) : folded.end(start + 7)] == "Straße"
    start = folded.text.index("chen's")
    assert text[folded.start(start) : folded.end(start + 6)] == "CHEN #39;S"


PIECES = st.sampled_from(
    ["Xi ", "習 近平", "ß", "…", "\u200b", "  ", "\n\n", "#FreeUyghurs ", "&amp;", "#39;s ", "é", "e\u0301", "İ", "ı",
     "عبّاس ", "ئۇيغۇر", "ﾊﾞ", "\U0001d417", "\U0001f600", "Хi", "IOC主席", "・", ".", "’", "Ťin-p", "\ud800", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_every_offset_of_a_folded_text_maps_back_in_order(text: str) -> None:
    folded = fold(text)
    starts = [folded.start(place) for place in range(len(folded.text))]
    ends = [folded.end(place + 1) for place in range(len(folded.text))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    for letter, start, end in zip(folded.text, starts, ends, strict=True):
        assert 0 <= start <= end <= len(text)
        assert start < end or letter == " "


FILLER = " and so on in plain words" * 12


@given(st.lists(PIECES, max_size=20).map("".join))
def test_a_text_folds_the_same_among_plain_words(text: str) -> None:
    alone, among = fold(text + ".\n"), fold(text + ".\n" + FILLER)
    assert among.text.split()[: len(alone.text.split())] == alone.text.split()


@pytest.mark.parametrize(
    "text", ["‘Xi Jinping’ speaks", "'Xi Jinping' speaks", "''Xi Jinping'' speaks"]
)
def test_a_quotation_mark_before_a_name_is_no_part_of_it(text: str) -> None:
    assert " xi jinping" in " " + fold(text).text


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=20))
def test_folding_chinese_is_idempotent(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.lists(PIECES, max_size=15).map("".join))
def test_folded_text_can_be_encoded(text: str) -> None:
    fold(text).text.encode()
