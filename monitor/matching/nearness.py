"""How close two places of an item stand: in a sentence, a passage, a paragraph, or so many words."""

from __future__ import annotations

from bisect import bisect_left

from monitor.matching.automaton import Place
from monitor.matching.document import Document

_PASSAGE = 40
"""Words that may stand between the parts of one passage."""
_TOP = 1_000
"""Characters of a text that its title speaks of."""


def nearest(
    document: Document, anchor: Place, places: list[Place], within: str | int
) -> Place | None:
    """Return the place of ``places`` nearest to ``anchor`` that is close enough, if any."""
    middle = bisect_left(places, anchor)
    near = sorted(
        {*places[:1], *places[max(0, middle - 2) : middle + 2]},
        key=lambda place: abs(place.start - anchor.start),
    )
    for place in near:
        if isinstance(within, int):
            fits = document.words_between(anchor, place) <= within
        elif within == "sentence":
            fits = document.same_sentence(anchor, place)
        elif within == "passage":
            fits = _same_passage(document, anchor, place)
        else:
            fits = within == "item" or document.same_paragraph(anchor, place)
        if fits:
            return place
    return None


def speaks_against(
    document: Document, anchor: Place, places: list[Place], within: str | int
) -> bool:
    """Tell whether one of ``places`` stands in the anchor's sentence; of a passage, also in the title."""
    if not places:
        return False
    titled = within == "passage" and document.in_title(places[0])
    return titled or nearest(document, anchor, places, "sentence") is not None


def _same_passage(document: Document, one: Place, other: Place) -> bool:
    """Tell whether two places stand in one sentence, within 40 words, or in the title and near the top."""
    if document.in_title(one) or document.in_title(other):
        return all(
            document.in_title(place) or document.locate(place.start, place.end)[1] < _TOP
            for place in (one, other)
        )
    return document.words_between(one, other) <= _PASSAGE or document.same_sentence(one, other)
