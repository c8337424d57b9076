"""The lean model answers as py3langid itself does, in a part of its memory."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from monitor.reading.lean_model import LeanIdentifier
from tests.unit.reading.test_detector import TEXTS

MEGABYTES = 45


@cache
def lean() -> LeanIdentifier:
    return LeanIdentifier()


@cache
def whole() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def assert_alike(text: str) -> None:
    expected = dict(whole().rank(text))
    assert dict(lean().rank(text)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("language", TEXTS)
def test_sentences_and_parts_of_them_are_ranked_alike(language: str) -> None:
    text = TEXTS[language]
    for part in (text, text.upper(), text[:20], text[-7:], text[0], text * 9):
        assert_alike(part)


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "🌊" * 9, "\u0301" * 300, "é", "e\u0301"]
)
def test_what_is_no_sentence_is_ranked_alike(text: str) -> None:
    assert_alike(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS.values(), "0", "\n", "Ω"]) | st.text(max_size=12)))
def test_any_mixture_is_ranked_alike(pieces: list[str]) -> None:
    assert_alike("".join(pieces))


def test_a_process_that_ranks_texts_stays_small() -> None:
    program = (
        "import psutil; from monitor.reading import detector; from tests.unit.reading import"
        " test_detector as t; before = psutil.Process().memory_info().rss;"
        "[detector.detected_language(text) for text in t.TEXTS.values()];"
        "print(psutil.Process().memory_info().rss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) < MEGABYTES * 1_000_000
