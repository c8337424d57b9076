from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.snippet import Piece, passages, snippet, title_pieces
from monitor.model import Hit, Item, Span
from tests.unit.channels.samples import ARABIC, CHINESE, LEAD, RUSSIAN, hit_of, make_item


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{p.text}]" if p.marked else p.text for p in pieces)


def test_words_are_marked_where_the_original_has_them() -> None:
    hits = (hit_of(LEAD, "w", "Elena Marchetti"),)
    assert shown(title_pieces(LEAD, hits)).startswith("Port minister [Elena Marchetti] resigns")


def test_a_snippet_starts_and_ends_with_a_sentence_when_one_is_near() -> None:
    hits = (hit_of(LEAD, "w", "Elena Marchetti"),)
    assert shown(snippet(LEAD, hits)) == (
        "The announcement came shortly before midnight. Port minister [Elena Marchetti] resigned on "
        "Sunday, three days after the Harbour Files showed that a company owned by her brother had "
        "received dredging contracts worth 48 million. “I will not be a burden to this government,” "
        "Marchetti said."
    )


def test_a_snippet_deep_in_a_text_is_cut_at_words_with_the_evidence_inside() -> None:
    filler = "The committee heard further evidence about tonnage and mooring fees " * 40
    item = make_item(1, "Title", f"{filler}before Elena Marchetti arrived and {filler}")
    found = shown(snippet(item, (hit_of(item, "w", "Elena Marchetti"),)))
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "[Elena Marchetti]" in found
    words = found.replace("[", "").replace("]", "").strip("… ").split()
    assert set(words) <= set(item.text.split())
    assert len(found) < 330


@pytest.mark.parametrize(
    ("item", "term"),
    [(CHINESE, "强迫劳动"), (ARABIC, "العمل القسري"), (RUSSIAN, "принудительный труд")],
)
def test_evidence_is_marked_in_any_script(item: Item, term: str) -> None:
    assert f"[{term}]" in shown(snippet(item, (hit_of(item, "w", term),)))


def test_a_long_chinese_text_is_cut_by_width() -> None:
    item = make_item(
        1, "标题", "委员会听取了关于吨位的证词" * 60 + "强迫劳动" + "港口管理局否认" * 60
    )
    found = shown(snippet(item, (hit_of(item, "w", "强迫劳动"),)))
    assert "[强迫劳动]" in found
    assert len(found) < 170


def test_the_place_with_the_most_different_evidence_is_shown() -> None:
    early = "Marchetti was seen. " + "Nothing else happened in the harbour that week. " * 20
    item = make_item(1, "t", early + "Elena Marchetti and Ledger Bank signed the dredging deal.")
    hits = (hit_of(item, "w", "Marchetti", "Elena Marchetti", "Ledger Bank"),)
    assert "[Elena Marchetti] and [Ledger Bank]" in shown(snippet(item, hits))


def test_overlapping_spans_are_one_mark() -> None:
    hits = (hit_of(LEAD, "a", "Elena Marchetti"), hit_of(LEAD, "b", "Marchetti resigns"))
    assert "[Elena Marchetti resigns]" in shown(title_pieces(LEAD, hits))


def test_a_span_that_does_not_say_what_stands_there_is_left_out() -> None:
    wrong = Span("text", 5, 9, "nope", "nope")
    beyond = Span("text", 10_000, 10_004, "nope", "nope")
    hit = replace(hit_of(LEAD, "w"), spans=(wrong, beyond))
    assert "[" not in shown(snippet(LEAD, (hit,)))


def test_without_evidence_in_the_text_its_beginning_is_shown() -> None:
    found = shown(snippet(LEAD, (hit_of(LEAD, "w"),)))
    assert found.startswith("The announcement came")
    assert snippet(replace(LEAD, text="", summary=""), (hit_of(LEAD, "w"),)) == ()


def test_the_summary_serves_when_there_is_no_text() -> None:
    item = replace(LEAD, text="", summary="Elena Marchetti resigned.")
    assert shown(snippet(item, (hit_of(item, "w", "Elena Marchetti"),))) == (
        "[Elena Marchetti] resigned."
    )


def test_passages_show_every_place_of_evidence_once_in_the_order_of_the_text() -> None:
    filler = "The committee heard further evidence about tonnage and mooring fees. " * 12
    text = f"Elena Marchetti spoke. {filler}Then Elena Marchetti left, and so did Elena Marchetti."
    item = replace(make_item(1, "Elena Marchetti speaks", text), summary="No word of her.")
    found = passages(item, hit_of(item, "w", "Elena Marchetti"))
    assert [(one.field, one.places) for one in found] == [("title", 1), ("text", 1), ("text", 2)]
    assert shown(found[0].pieces) == "[Elena Marchetti] speaks"
    assert shown(found[1].pieces).startswith("[Elena Marchetti] spoke. The committee")
    assert shown(found[2].pieces).endswith(
        "Then [Elena Marchetti] left, and so did [Elena Marchetti]."
    )


def test_a_hit_whose_spans_do_not_hold_has_no_passages() -> None:
    hit = hit_of(LEAD, "w", "Elena Marchetti")
    assert passages(replace(LEAD, title="x", text="y", summary="z"), hit) == ()


@given(
    st.text(st.sampled_from("ab .\n港\u0301ع"), min_size=200, max_size=900),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), max_size=12),
)
def test_passages_hold_each_place_once_and_never_overlap(
    text: str, places: list[tuple[int, int]]
) -> None:
    item = replace(make_item(1, "", text), summary="")
    spans = tuple(
        {
            (s, e): Span("text", s, e, text[s:e], "t")
            for s, n in places
            if (e := s + n) < len(text)
        }.values()
    )
    found = passages(item, Hit("h", item.id, "w", "l", 1.0, spans, "r"))
    assert sum(one.places for one in found) == len(spans)
    letters = "".join(piece.text for one in found for piece in one.pieces if piece.text != "… ")
    assert len("".join(letters.split())) <= len("".join(text.split())) + 2 * len(found)


@given(
    st.text(st.sampled_from("ab .\n\x00\u202e港\u0301\ud800ع"), max_size=600),
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 30)), max_size=6),
)
def test_any_text_with_any_spans_gives_clean_bounded_pieces(
    text: str, places: list[tuple[int, int]]
) -> None:
    item = make_item(1, text, text)
    spans = tuple(
        Span(field, start, start + length, text[start : start + length], "t")
        for start, length in places
        for field in ("title", "text")
    )
    hits = (Hit("h", item.id, "w", "l", 1.0, spans, "r"),)
    for pieces in (title_pieces(item, hits), snippet(item, hits)):
        line = "".join(piece.text for piece in pieces)
        assert len(line) <= 420
        assert "\n" not in line
        line.encode()  # raises for what no mail can carry
        assert all(piece.text for piece in pieces)
