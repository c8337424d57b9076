"""The matcher: fold once, one pass for all watches, judge the candidates, keep the evidence."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from monitor.matching import score
from monitor.matching.automaton import Lexicon, Place
from monitor.matching.document import Document
from monitor.matching.explain import explain, sentence
from monitor.matching.judge import Found, Verdict, judge
from monitor.matching.query import parse
from monitor.matching.rules import Lexicons, Role, Rule
from monitor.matching.search import cycle
from monitor.matching.terms import Term
from monitor.matching.tree import references
from monitor.matching.watchlist import Watchlist
from monitor.model import Hit, Item, RuleVersion, Span, digest

_MOST_SPANS = 50
_RECENT = 8
"""How far back the same use of a term can stand: a watch names it at most in a few roles."""


Candidates = dict[Rule, list[Found]]
Use = tuple[Rule, Role, int]
"""A rule that has a term, what the term means there, and which combination it anchors (or -1)."""


class Matcher:
    """Finds the watches of all watchlists in items; immutable, safe to share between threads.

    Raises `ValueError` for a watch id that stands twice, an unknown ``@group`` or ``@watch-id``, and a
    circle of either.
    """

    def __init__(self, watchlists: Iterable[Watchlist]) -> None:
        self._rules: dict[str, Rule] = {}
        with _collecting_later():
            self._build(watchlists)

    def _build(self, watchlists: Iterable[Watchlist]) -> None:
        lexicons = Lexicons()
        for watchlist in watchlists:
            for watch in watchlist.watches:
                if watch.id in self._rules:
                    message = f"the watch id {watch.id!r} stands twice"
                    raise ValueError(message)
                self._rules[watch.id] = Rule(watch, watchlist, lexicons, self._rules)
        _refuse_cycles(self._rules)
        owners: dict[Term, tuple[Use, ...] | list[Use]] = {}
        for rule in self._rules.values():
            only: tuple[Use, ...] = ((rule, Role.FULL, -1),)
            for term, role, index in rule.anchors():
                if only[0][1:] != (role, index):
                    only = ((rule, role, index),)
                uses = owners.setdefault(term, only)
                if uses is only or only[0] in uses[-_RECENT:]:
                    continue
                if isinstance(uses, list):
                    uses.append(only[0])
                else:
                    owners[term] = [*uses, *only]
        self._owners = list(owners.values())
        self._lexicon = Lexicon(owners)
        lexicons.forget_terms()
        self._slow = tuple(rule for rule in self._rules.values() if rule.slow)

    @property
    def rules(self) -> dict[str, Rule]:
        """The watches made ready, by id."""
        return self._rules

    @property
    def slow(self) -> tuple[str, ...]:
        """Ids of the watches that must be tried on every item; worth a warning."""
        return tuple(rule.watch.id for rule in self._slow)

    def versions(self, watches: Iterable[str], now: datetime) -> tuple[RuleVersion, ...]:
        """Return the rules of these watches as they are kept with the hits that they made."""
        rules = (self._rules[name] for name in dict.fromkeys(watches))
        return tuple(RuleVersion(one.digest, one.watch.id, one.definition, now) for one in rules)

    def match(self, item: Item) -> tuple[Hit, ...]:
        """Return a hit for each watch that ``item`` speaks of, *possible* ones included, strongest first."""
        document = Document(item)
        candidates = self._candidates(document)
        if not candidates:
            return ()
        verdicts = _Verdicts(self._rules, document, candidates)
        hits = []
        for rule in candidates:
            verdict = verdicts.of(rule)
            if verdict.evidence:
                result = verdict.parts.score
                if result >= score.KEPT_FROM or result >= rule.watch.threshold:
                    hits.append(_hit(item, rule, document, verdict, result))
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.watch)))

    def may_match(self, item: Item) -> bool:
        """Tell whether a term of any watch stands in ``item``; False is certain, and quick to know."""
        return bool(self._candidates(Document(item)))

    def explain(self, item: Item, watch_id: str) -> tuple[str, ...]:
        """Return in plain sentences what of the watch stands in ``item``, what counts, what not, and why.

        Raises `KeyError` when there is no such watch.
        """
        rule = self._rules[watch_id]
        document = Document(item)
        candidates = self._candidates(document)
        verdicts = _Verdicts(self._rules, document, candidates)
        return explain(rule, document, verdicts.of(rule), verdicts.resolve)

    def _candidates(self, document: Document) -> Candidates:
        candidates: Candidates = {rule: [] for rule in self._slow}
        for place in self._lexicon.find(document):
            for rule, role, index in self._owners[place.term]:
                candidates.setdefault(rule, []).append((role, index, place))
        return candidates


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Keep the garbage collector away: it would look again and again at objects that are here to stay.

    With 25,000 rules that takes as long as all the rest of making them ready.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Verdicts:
    """The verdicts on the watches of one item: each is judged once, those that its query refers to before it."""

    def __init__(
        self, rules: Mapping[str, Rule], document: Document, candidates: Candidates
    ) -> None:
        self._rules = rules
        self._document = document
        self._candidates = candidates
        self._judged: dict[Rule, Verdict] = {}

    def of(self, rule: Rule) -> Verdict:
        """Return the verdict on a watch."""
        if rule not in self._judged:
            found = self._candidates.get(rule, [])
            self._judged[rule] = judge(rule, self._document, found, self.resolve)
        return self._judged[rule]

    def resolve(self, watch_id: str) -> list[Place] | None:
        """Return where another watch is found in the item; None when it is no hit."""
        rule = self._rules[watch_id]
        verdict = self.of(rule)
        holds = verdict.evidence and verdict.parts.score >= rule.watch.threshold
        return [piece.place for piece in verdict.evidence] if holds else None


def _hit(item: Item, rule: Rule, document: Document, verdict: Verdict, result: float) -> Hit:
    evidence = verdict.evidence
    if len(evidence) > 1:
        evidence = sorted(evidence, key=lambda piece: (-piece.weight, piece.place.start))
    spans: dict[tuple[str, int, int], Span] = {}
    for piece in evidence[:_MOST_SPANS]:
        place = piece.place
        span = document.span(place)
        spans[span.field, span.start, span.end] = span
    return Hit(
        id=digest(item.id, rule.watch.id),
        item=item.id,
        watch=rule.watch.id,
        watchlist=rule.watchlist,
        score=result,
        spans=tuple(
            sorted(
                spans.values(),
                key=lambda span: (span.field != "title", span.field, span.start, span.end),
            )
        ),
        rule=rule.digest,
        why=sentence(rule, document, verdict),
        possible=result < rule.watch.threshold,
    )


def _refuse_cycles(rules: dict[str, Rule]) -> None:
    """Raise `ValueError` for a query that refers to nobody, or leads back to itself."""
    graph = {
        name: references(parse(rule.watch.match))
        for name, rule in rules.items()
        if "@" in rule.watch.match
    }
    for name, wanted in graph.items():
        if unknown := sorted(watch for watch in wanted if watch not in rules):
            message = f"{name}: there is no watch @{unknown[0]}"
            raise ValueError(message)
    if circle := cycle(graph):
        message = (
            f"the queries lead back to themselves: {' → '.join(f'@{name}' for name in circle)}"
        )
        raise ValueError(message)
