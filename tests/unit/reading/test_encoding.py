"""Bytes of pages become the characters that were meant."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading.encoding import encoding_named, page_text

TEXTS = {
    "windows-1251": "Портовое управление оплатило причальную стену дважды, говорится в проверке.",
    "koi8-r": "Портовое управление оплатило причальную стену дважды, говорится в проверке.",
    "gbk": "港务局在三月和六月为同一段码头墙体支付了两次款项，报告于九月完成。",
    "big5": "港務局在三月和六月為同一段碼頭牆體支付了兩次款項，報告於九月完成。",
    "shift_jis": "港湾局は同じ岸壁の工事代金を三月と六月の二度にわたって支払っていた。",
    "euc-jp": "港湾局は同じ岸壁の工事代金を三月と六月の二度にわたって支払っていた。",
    "iso-2022-jp": "港湾局は同じ岸壁の工事代金を三月と六月の二度にわたって支払っていた。",
    "euc-kr": "항만청이 같은 안벽 공사비를 삼월과 유월 두 차례에 걸쳐 지급했다.",
    "windows-1256": "دفعت هيئة الميناء ثمن الجزء نفسه من جدار الرصيف في شهر مارس ثم في شهر يونيو.",
    "windows-1253": "Η λιμενική αρχή πλήρωσε δύο φορές για τον ίδιο τοίχο της προβλήτας.",
    "tis-620": "การท่าเรือจ่ายเงินสองครั้งสำหรับกำแพงเดียวกัน",
}


def html(text: str, declared: str = "") -> str:
    head = f"<meta charset='{declared}'>" if declared else ""
    return f"<html><head>{head}<title>T</title></head><body><p class='a'>{text}</p></body></html>"


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("by", ["meta", "header", "nothing", "a wrong meta", "a default header"])
def test_an_encoding_is_found_by_what_declares_it_or_by_how_it_looks(
    encoding: str, by: str
) -> None:
    declared = {"meta": encoding, "a wrong meta": "utf-8"}.get(by, "")
    header = {"header": encoding, "a default header": "iso-8859-1"}.get(by, "")
    body = html(TEXTS[encoding], declared).encode(encoding)

    text, _ = page_text(body, f"text/html; charset={header}" if header else "text/html")

    assert TEXTS[encoding] in text


def test_the_meta_says_more_than_a_default_header() -> None:
    body = html(TEXTS["windows-1251"], "windows-1251").encode("windows-1251")

    assert TEXTS["windows-1251"] in page_text(body, "text/html; charset=ISO-8859-1")[0]


@pytest.mark.parametrize("header", ["", "text/html; charset=windows-1252", "text/html;charset=gbk"])
def test_what_is_utf_8_beyond_doubt_is_read_as_that(header: str) -> None:
    text, problems = page_text(html("Grüße aus 中国").encode(), header)

    assert "Grüße aus 中国" in text
    assert bool(problems) == bool(header)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_decides(mark: bytes) -> None:
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}.get(mark, "utf-16-be")
    body = mark + html("Grüße", "windows-1251").encode(encoding)

    assert page_text(body, "text/html; charset=koi8-r") == (html("Grüße", "windows-1251"), ())


def test_a_few_broken_bytes_cost_themselves_alone() -> None:
    body = html("Grüße " * 30, "utf-8").encode().replace(b"<p", b"\xff<p", 1)

    assert "Grüße Grüße" in page_text(body, "")[0]


def test_western_european_needs_no_declaration() -> None:
    sentence = "L’autorité a déclaré mardi qu’elle avait payé deux fois le même mur."

    assert sentence in page_text(html(sentence).encode("windows-1252"), "")[0]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("ISO-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("win-1251", "cp1251"),
        ("utf-16", "utf-8"),
        ("idna", ""),
        ("unicode_escape", ""),
        ("x" * 500, ""),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, name: str) -> None:
    assert encoding_named(label) == name


@given(st.binary(max_size=300), st.text(max_size=30))
def test_no_bytes_raise(body: bytes, header: str) -> None:
    assert isinstance(page_text(body, f"text/html; charset={header}")[0], str)
