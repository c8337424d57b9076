"""Judging a candidate: which places count for a watch, which do not and why, and how strongly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.matching import score
from monitor.matching.automaton import Place
from monitor.matching.document import Document
from monitor.matching.junk import is_junk
from monitor.matching.nearness import Stretches, Turns, nearest, speaks_against
from monitor.matching.rules import Combination, Role, Rule
from monitor.matching.score import NOTHING, Parts
from monitor.matching.search import Resolve

_ACRONYM = 5
_MOST_PLACES = 2_000
"""Places of one role that are judged; more would only repeat the same evidence."""
_ROLES = tuple(Role)
Found = tuple[Role, int, Place]
"""A role, which combination it anchors (or -1), and the place."""


class Evidence(NamedTuple):
    """A place that counts, how strongly, and why in a few words."""

    place: Place
    weight: float
    why: str
    junk: bool = False


@dataclass(slots=True)
class Verdict:
    """What became of a candidate."""

    evidence: list[Evidence] = field(default_factory=list)
    dropped: list[tuple[Place, str]] = field(default_factory=list)
    context: int = 0
    parts: Parts = NOTHING
    notes: list[str] = field(default_factory=list)
    share: float = 1.0
    """Share of the places found that were judged."""


def judge(rule: Rule, document: Document, found: list[Found], resolve: Resolve) -> Verdict:
    """Decide what ``found`` says about the watch of ``rule``; ``resolve`` answers ``@watch-id``."""
    verdict = Verdict()
    others = document.find(rule.namesakes) if rule.watch.namesakes else []
    if rule.search is not None:
        found = _with_query(rule.search.find(document, resolve), document, found)
    if len(found) > _MOST_PLACES:
        every, found = len(found), _first_of_each(found)
        verdict.share = len(found) / every
    nowhere = document.find(rule.nowhere) if rule.excluded_by_all else []
    found = _allowed(rule, document, found, others, nowhere, verdict)
    if not found:
        return verdict
    by_role: list[list[Place]] = [[] for _ in _ROLES]
    for role, _, place in found:
        by_role[role].append(place)
    full = _not_surnames(rule, document, by_role[Role.FULL], verdict)
    verdict.evidence += [_weighed(document, place, score.FULL, "named in full") for place in full]
    verdict.evidence += [
        _weighed(document, place, score.FULL, "the query holds") for place in by_role[Role.QUERY]
    ]
    _judge_short(rule, document, by_role[Role.SHORT], full, others, verdict)
    _judge_soft(rule, document, by_role[Role.SOFT], verdict)
    if by_role[Role.ANCHOR]:
        anchors: dict[int, list[Place]] = {}
        for role, index, place in found:
            if role is Role.ANCHOR:
                anchors.setdefault(index, []).append(place)
        for index in sorted(anchors):
            one = rule.combinations[index]
            _judge_combination(document, one, anchors[index], nowhere, verdict)
    _sum_up(rule, document, bool(others), verdict)
    return verdict


def _with_query(places: list[Place] | None, document: Document, found: list[Found]) -> list[Found]:
    """Put where the query holds in the place of the terms that made it a candidate."""
    rest = [piece for piece in found if piece[0] is not Role.QUERY]
    if places is None or not document.fields:
        return rest
    shown = places or [
        Place(document.bases[0], document.bases[0] + len(document.fields[0][2].text), -1)
    ]
    return rest + [(Role.QUERY, -1, place) for place in shown]


def _first_of_each(found: list[Found]) -> list[Found]:
    """Return the first places of each role, and for anchors of each combination."""
    counts: Counter[tuple[Role, int]] = Counter()
    kept = []
    for piece in found:
        counts[piece[:2]] += 1
        if counts[piece[:2]] <= _MOST_PLACES:
            kept.append(piece)
    return kept


def _allowed(
    rule: Rule,
    document: Document,
    found: list[Found],
    others: list[Place],
    nowhere: list[Place],
    verdict: Verdict,
) -> list[Found]:
    """Leave out what lies inside an excluded phrase, a namesake, a longer form, or is followed by what it must not be."""
    excluded = [*nowhere, *(document.find(rule.exclude) if rule.watch.exclude else ())]
    followed = document.find(rule.followed) if rule.watch.not_followed_by else []
    if not excluded and not followed and not others and len(found) == 1:
        return found
    reach = {place.start: place.end for place in followed}
    blocked, namesakes = Stretches(excluded), Stretches(others)
    longer = Stretches([place for role, _, place in found if role <= Role.SHORT])
    kept: list[Found] = []
    theirs = {document.text[place.start : place.end].split(" ")[-1] for place in others}
    own = {
        place
        for role, _, place in found
        if role is Role.FULL
        and document.text[place.start : place.end] not in theirs
        and not (others and _acronym(document, place))
    }
    turns = Turns(own, others)
    for role, index, place in found:
        if role is not Role.ANCHOR and longer.cover(place, strictly=True):
            continue
        if reach.get(place.start, 0) >= place.end:
            verdict.dropped.append((place, _what_follows(document, place, reach[place.start])))
        elif blocked.cover(place):
            verdict.dropped.append((place, "it is part of an excluded phrase"))
        elif namesakes.cover(place):
            verdict.dropped.append((place, "it is part of a namesake's name"))
        elif role is Role.FULL and others and place not in own and not turns.ours(place):
            verdict.dropped.append((place, "the name last mentioned before it is a namesake's"))
        else:
            kept.append((role, index, place))
    return kept


def _what_follows(document: Document, place: Place, end: int) -> str:
    written = document.original(place.start, end)[len(document.original(*place[:2])) :].strip()
    return f"“{written}” follows it, which makes it something else"


def _acronym(document: Document, place: Place) -> bool:
    """Tell whether a place reads as an acronym, which a namesake may bear as well (``IOC``)."""
    written = document.original(place.start, place.end)
    return len(written) <= _ACRONYM and written.isupper()


def _not_surnames(
    rule: Rule, document: Document, full: list[Place], verdict: Verdict
) -> list[Place]:
    """Leave out a topic's words that are somebody's family name, in an item without any context."""
    if not rule.surnames or rule.other_person is None or document.find(rule.context):
        return full
    kept = []
    for place in full:
        shared = document.text[place.start : place.end] in rule.surnames
        if other := rule.other_person(document, place) if shared else "":
            verdict.dropped.append((place, f"{other!r} reads as somebody's name"))
        else:
            kept.append(place)
    return kept


def _judge_short(
    rule: Rule,
    document: Document,
    short: list[Place],
    full: list[Place],
    others: list[Place],
    verdict: Verdict,
) -> None:
    """Count short forms that are the watched one's: by company, never beside another's given name."""
    if not short:
        return
    if not full:
        verdict.context = len({place.term for place in document.find(rule.context)})
    strength = score.SHORT_BESIDE_FULL if full else score.short_strength(verdict.context)
    strangers = _strangers(rule, document, short)
    turns = Turns(full, [*others, *strangers])
    for place in short:
        if place in strangers:
            verdict.dropped.append((place, f"{strangers[place]!r} reads as somebody else"))
        elif not turns.ours(place):
            verdict.dropped.append((place, "the name last mentioned before it is a namesake's"))
        elif full:
            verdict.evidence.append(
                _weighed(document, place, strength, "short form beside the full name")
            )
        else:
            said = f"short form with {verdict.context} context terms in the item"
            verdict.evidence.append(_weighed(document, place, strength, said))


def _strangers(rule: Rule, document: Document, short: list[Place]) -> dict[Place, str]:
    """Return the short forms that belong to somebody else by the words beside them, and to whom."""
    if rule.other_person is None:
        return {}
    named = ((place, rule.other_person(document, place)) for place in short)
    return {place: other for place, other in named if other}


def _judge_soft(rule: Rule, document: Document, soft: list[Place], verdict: Verdict) -> None:
    """Count weak phrases by the company of context terms."""
    if not soft:
        return
    context = len({place.term for place in document.find(rule.context)})
    verdict.context = max(verdict.context, context)
    strength = score.short_strength(context)
    said = f"weak phrase with {context} context terms in the item"
    verdict.evidence += [_weighed(document, place, strength, said) for place in soft]


def _judge_combination(
    document: Document,
    combination: Combination,
    anchors: list[Place],
    nowhere: list[Place],
    verdict: Verdict,
) -> None:
    """Count anchors that have a term of every other group close enough, outside of ``nowhere``."""
    groups: list[list[Place]] = []
    blocked = Stretches(nowhere)
    for lexicon in combination.others:
        places = document.find(lexicon)
        if nowhere:
            places = [place for place in places if not blocked.cover(place)]
        if not places:
            return
        groups.append(sorted(places))
    within = combination.rule.within
    said = f"{' and '.join(combination.rule.all)} within one {within if isinstance(within, str) else f'{within} words'}"
    against = [sorted(document.find(lexicon)) for lexicon in combination.unless]
    for anchor in anchors:
        if any(speaks_against(document, anchor, places, within) for places in against):
            verdict.dropped.append((anchor, "what speaks against it stands in the same sentence"))
            continue
        company = [nearest(document, anchor, places, within) for places in groups]
        if None not in company:
            weight = combination.rule.weight
            members = [anchor, *(place for place in company if place is not None)]
            verdict.evidence += [_weighed(document, place, weight, said) for place in members]


def _weighed(document: Document, place: Place, weight: float, why: str) -> Evidence:
    junk = is_junk(document, place)
    return Evidence(
        place,
        weight * score.JUNK if junk else weight,
        f"{why}, in a credit or list of links" if junk else why,
        junk,
    )


def _sum_up(rule: Rule, document: Document, namesakes: bool, verdict: Verdict) -> None:  # noqa: FBT001 - one private caller
    """Put the parts of the score together."""
    if not verdict.evidence:
        return
    if len(verdict.evidence) > 1:
        verdict.evidence = _strongest_of_each(verdict.evidence)
    best = max(piece.weight for piece in verdict.evidence)
    against = document.find(rule.unless) if rule.watch.unless else []
    if against:
        best *= score.UNLESS
        verdict.notes.append(
            f"{document.original(against[0].start, against[0].end)!r} speaks against it"
        )
    places = [piece.place for piece in verdict.evidence]
    verdict.parts = Parts(
        strength=best,
        title=any(map(document.in_title, places)),
        lead=any(map(document.in_lead, places)),
        mentions=round(len(places) / verdict.share),
        distinct=len({document.text[place.start : place.end] for place in places}),
        context=verdict.context,
        namesakes=namesakes and best < score.FULL,
    )


def _strongest_of_each(evidence: list[Evidence]) -> list[Evidence]:
    """Return the strongest evidence of each place: two spellings may find the same one."""
    strongest: dict[tuple[int, int], Evidence] = {}
    for piece in evidence:
        known = strongest.setdefault(piece.place[:2], piece)
        if piece.weight > known.weight:
            strongest[piece.place[:2]] = piece
    return list(strongest.values())
