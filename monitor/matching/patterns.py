"""Small misspellings, found in folded text."""

from __future__ import annotations

from monitor.matching.automaton import Place
from monitor.matching.document import Document
from monitor.matching.fold import fold
from monitor.matching.terms import Case, Right, Term


def footholds(text: str) -> tuple[str, ...]:
    """Return pieces one of which stands wherever ``text`` does with a single letter wrong.

    A wrong, missing or added letter leaves one of the halves whole; only swapping the two letters
    where they meet touches both, and that word is known.
    """
    middle = len(text) // 2
    swapped = text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
    halves = (text[:middle].strip(), text[middle:].strip())
    return tuple(dict.fromkeys((*halves, swapped)))


def misspelt(text: str, document: Document) -> list[Place]:
    """Return where ``text`` stands with at most one letter wrong, missing, added or swapped with its neighbour.

    A possessive ending counts as part of the word.
    """
    wanted = fold(text).text.strip()
    whole = document.text
    places = []
    for first, end in sorted(_stretches(wanted, whole)):
        written = whole[first:end]
        if "  " in written or abs(len(written) - len(wanted)) > 3:  # noqa: PLR2004 - one letter and 's
            continue
        if within_one(wanted, written) or (
            "'" in written[-2:] and within_one(wanted, written.rpartition("'")[0])
        ):
            places.append(Place(first, end, -1))
    return places


def _stretches(wanted: str, text: str) -> set[tuple[int, int]]:
    """Return the runs of as many words as ``wanted`` has that hold one of its footholds."""
    count = wanted.count(" ") + 1
    found: set[tuple[int, int]] = set()
    for foothold in footholds(wanted):
        place = text.find(foothold)
        while place >= 0:
            first = place + 1
            for _ in range(count):
                first = text.rfind(" ", 0, first - 1) + 1
                found.add((first, _end_of(text, first, count)))
            place = text.find(foothold, place + 1)
    return found


def _end_of(text: str, first: int, count: int) -> int:
    """Return where the run of ``count`` words that begins at ``first`` ends."""
    end = first - 1
    for _ in range(count):
        end = text.find(" ", end + 1)
        if end < 0:
            return len(text)
    return end


def within_one(one: str, other: str) -> bool:
    """Tell whether two words differ by at most one edit (optimal string alignment distance)."""
    if one == other:
        return True
    start = next(
        (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    rest, others = one[start:], other[start:]
    if rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]:
        return True
    return rest[:2] == others[1::-1] and len(rest) > 1 and rest[2:] == others[2:]


def bare(literal: str) -> Term:
    """Return a term for a piece of a word, which may stand anywhere."""
    return Term(literal, literal, Right.FREE, None, Case.ANY, glued=False)
