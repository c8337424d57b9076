"""The language of a text is told when it is sure, and only then."""

from __future__ import annotations

import pytest

from monitor.reading.detector import detected_language, looks_like, same_language

TEXTS = {
    "en": "The harbour authority paid twice for the same stretch of the quay wall.",
    "de": "Das Hafenamt hat denselben Abschnitt der Kaimauer zweimal bezahlt.",
    "es": "La autoridad portuaria pagó dos veces el mismo tramo del muro.",
    "fr": "L’autorité portuaire a payé deux fois le même mur du quai.",
    "tr": "Liman idaresi aynı rıhtım duvarı için iki kez ödeme yaptı.",
    "ru": "Портовое управление дважды оплатило один и тот же участок стены.",
    "uk": "Портове управління двічі сплатило за ту саму ділянку стіни, йдеться у звіті.",
    "ar": "دفعت هيئة الميناء ثمن الجزء نفسه من جدار الرصيف مرتين.",
    "zh": "港务局为同一段码头墙体支付了两次款项。",
    "ja": "港湾局は同じ岸壁の工事代金を二度支払っていた。",
    "ko": "항만청이 같은 안벽 공사비를 두 차례 지급했다.",
    "ug": "پورت ئىدارىسى ئوخشاش بىر تام ئۈچۈن ئىككى قېتىم پۇل تۆلىدى.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert detected_language(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text", ["", "Jane Doe", "M 2.1 - 27 km SE of Sampleton, 21:42:38", "🌊" * 9]
)
def test_what_is_no_sentence_tells_none(text: str) -> None:
    assert detected_language(text) == ""


def test_cantonese_and_written_chinese_are_one_language() -> None:
    assert detected_language("國泰外洩資料，港務局話同一段碼頭畀咗兩次錢，仲未公佈報告。") == "zh"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("en-GB", "en", True), ("nb", "no", True), ("zh-Hant", "zh", True), ("de", "en", False)],
)
def test_tags_are_compared_by_their_language(one: str, other: str, *, same: bool) -> None:
    assert same_language(one, other) is same


def test_a_rough_look_agrees_with_the_right_declaration() -> None:
    assert looks_like(TEXTS["de"] * 5, "de-AT")
    assert not looks_like(TEXTS["de"] * 5, "ru")
