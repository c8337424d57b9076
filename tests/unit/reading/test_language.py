"""Language tags as BCP 47 writes them."""

from __future__ import annotations

import pytest

from monitor.reading import language_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("en_GB", "en-GB"),
        (" zh-hans-cn ", "zh-Hans-CN"),
        ("zh_Hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("ug-Arab", "ug-Arab"),
        ("sl-rozaj-biske", "sl"),
        ("de-CH-1901", "de-CH"),
        ("en-US-u-ca-gregory", "en-US"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("und", ""),
        ("mul", ""),
        ("English", ""),
        ("en us", ""),
        ("", ""),
        ("x-klingon", ""),
        ("../../etc", ""),
        ("a" * 500, ""),
    ],
)
def test_a_tag_is_mended_or_dropped(text: str, tag: str) -> None:
    assert language_tag(text) == tag
