"""Saying in plain words why a watch hit, or why not."""

from __future__ import annotations

from monitor.matching.document import Document
from monitor.matching.judge import Verdict
from monitor.matching.rules import Rule
from monitor.matching.search import Resolve

_MOST = 12
_NEARLY = 4
_LONGEST = 200
"""Characters of a piece of evidence that are quoted."""


def sentence(rule: Rule, document: Document, verdict: Verdict) -> str:
    """Return one sentence for a hit: the strongest evidence and where it stands."""
    best = max(verdict.evidence, key=lambda piece: piece.weight)
    where = "in the title" if document.in_title(best.place) else "in the text"
    written = _short(document.original(best.place.start, best.place.end))
    count = verdict.parts.mentions
    more = f", {'about ' * (verdict.share < 1)}{count:,} mentions" if count > 1 else ""
    return f"{rule.watch.name}: “{written}” {where}, {best.why}{more}."


def explain(rule: Rule, document: Document, verdict: Verdict, resolve: Resolve) -> tuple[str, ...]:
    """Return every step of a verdict as a plain sentence; ``resolve`` answers ``@watch-id``."""
    watch = rule.watch
    said = [f"{watch.id} is a {watch.kind}; a score of {watch.threshold:g} or more counts."]
    said += [
        f"{_quoted(document, piece.place.start, piece.place.end)} counts {piece.weight:.2f}: {piece.why}."
        for piece in verdict.evidence[:_MOST]
    ]
    if len(verdict.evidence) > _MOST:
        said.append(f"{len(verdict.evidence) - _MOST} more places count.")
    for place, why in verdict.dropped[:_MOST]:
        said.append(f"{_quoted(document, place.start, place.end)} does not count: {why}.")
    if not verdict.evidence:
        wanting = [*_wanting(rule, document), *_query(rule, document, resolve)]
        said += wanting
        if not verdict.dropped and not wanting:
            said.append("None of its terms stands in the item.")
    context = document.find(rule.context)
    if context:
        words = dict.fromkeys(rule.context.terms[place.term].text for place in context)
        said.append(f"Context terms in the item: {', '.join(list(words)[:_MOST])}.")
    elif watch.context:
        said.append("None of its context terms stands in the item.")
    said += [f"{note[0].upper()}{note[1:]}." for note in verdict.notes]
    result = verdict.parts.score
    outcome = (
        "a hit"
        if result >= watch.threshold
        else "only possible: shown, never alerted"
        if verdict.evidence
        else "no hit"
    )
    said.append(f"Score {verdict.parts}." if verdict.evidence else "Score 0.")
    said.append(f"That makes it {outcome}.")
    return tuple(said)


def _wanting(rule: Rule, document: Document) -> list[str]:
    """Say of the combinations that come nearest to holding which groups stand in the item, which not."""
    nearly: dict[str, int] = {}
    for rules in rule.watch.together:
        there = [name for name in rules.all if document.find(rule.group(name))]
        missing = [name for name in rules.all if name not in there]
        if there:
            close = rules.within if isinstance(rules.within, str) else f"{rules.within} words"
            names = " and ".join(rules.all)
            said = (
                f"Of {names}, the item has {' and '.join(there)}, but not {' and '.join(missing)}."
                if missing
                else f"The item has {names}, but not within one {close} and free of what speaks against it."
            )
            nearly.setdefault(said, len(missing))
    return sorted(nearly, key=nearly.__getitem__)[:_NEARLY]


def _query(rule: Rule, document: Document, resolve: Resolve) -> list[str]:
    """Say which parts of the query are wanting."""
    if rule.search is None:
        return []
    wanting = rule.search.misses(document, resolve)
    more = [f"{len(wanting) - _MOST} more parts of it are wanting."] * (len(wanting) > _MOST)
    return [f"Its query does not hold: {each}." for each in wanting[:_MOST]] + more


def _quoted(document: Document, start: int, end: int) -> str:
    index, first, last = document.locate(start, end)
    name, whole, _ = document.fields[index]
    return f"“{_short(whole[first:last])}” ({name}, characters {first} to {last})"


def _short(text: str) -> str:
    """Return ``text`` on one line, its end left out when it is long."""
    plain = " ".join(text[: _LONGEST + 1].split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
