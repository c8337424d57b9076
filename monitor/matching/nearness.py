"""How close two places of an item stand: in a sentence, a passage, a paragraph, or so many words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

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


class Turns:
    """Whose name was mentioned last, the watched one's or another's."""

    def __init__(self, own: Iterable[Place], others: Iterable[Place]) -> None:
        self._own = sorted(place.start for place in own)
        self._others = sorted(place.start for place in others)

    def ours(self, place: Place) -> bool:
        """Tell whether the name last mentioned before ``place`` (else the next one) is the watched one's."""
        if not self._others or not self._own:
            return not self._others
        mine, theirs = bisect_left(self._own, place.start), bisect_left(self._others, place.start)
        if mine and theirs:
            return self._own[mine - 1] >= self._others[theirs - 1]
        return mine > 0 if mine or theirs else self._own[0] <= self._others[0]


class Stretches:
    """Stretches of text, asked whether one of them covers a place."""

    def __init__(self, places: Iterable[Place]) -> None:
        merged: list[tuple[int, int]] = sorted({(place.start, -place.end) for place in places})
        self._all: list[tuple[int, int]] = []
        reach = -1
        for start, end in merged:
            if -end > reach:
                reach = -end
                self._all.append((start, reach))
        self._starts = [start for start, _ in self._all]

    def cover(self, place: Place, *, strictly: bool = False) -> bool:
        """Tell whether a stretch covers ``place``; ``strictly`` when it must be longer."""
        index = bisect_left(self._starts, place.start + 1) - 1
        if index < 0:
            return False
        start, end = self._all[index]
        return place.end <= end and not (strictly and (start, end) == (place.start, place.end))
