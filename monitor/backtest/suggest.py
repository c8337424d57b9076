"""What marks teach: changes of a watch that take wrong hits away, each with its exact price. Pure.

Every candidate is put into the watch, the marked items are matched again, and what is no longer a hit
is counted. So the figures are not estimates: pasted into the watchlist, the line does just that to
the hits that were marked. Nothing is random: the same marks give the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from monitor.backtest.candidates import ORDER, Candidate, Kind, candidates
from monitor.matching import Matcher, Topic, Watch, Watchlist
from monitor.matching.query import parse
from monitor.matching.tree import references
from monitor.model import Hit, Item

PRICE = 3
"""A right hit that is lost weighs as much as so many wrong ones that are gone."""
_PROBE = 0.0


@dataclass(frozen=True, slots=True)
class Marked:
    """A stored hit of the watch: what a reader said of it, None when nobody said anything."""

    hit: str
    item: Item
    relevant: bool | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change, and what it does to the hits that were marked."""

    kind: Kind
    text: str
    removed: tuple[str, ...]
    """Ids of wrong hits that it takes away."""
    lost: tuple[str, ...]
    """Ids of right hits that it costs."""
    unmarked: int
    """Hits that nobody marked and that go too."""
    line: str
    """The YAML to paste."""
    where: str
    """Where to paste it."""

    @property
    def benefit(self) -> int:
        """Wrong hits gone less three times the right ones lost."""
        return len(self.removed) - PRICE * len(self.lost)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is proposed for a watch."""

    watch: str
    wrong: int
    """Marked irrelevant, and a hit still under the rule as it is."""
    right: int
    settled: int
    """Marked irrelevant, but no hit any more."""
    suggestions: tuple[Suggestion, ...]
    """The most useful first."""
    together: tuple[Suggestion, ...]
    """Those that, applied one after the other, take most away; each counted after those before it."""


def suggest(watchlists: Collection[Watchlist], watch_id: str, marked: Sequence[Marked]) -> Advice:
    """Return changes of a watch that the marks speak for; raises `KeyError` when there is no such watch."""
    bench = _Bench(watchlists, watch_id)
    items = {one.hit: one.item for one in marked}
    now = bench.hits(bench.watch, items)
    wrong = [one for one in marked if one.relevant is False]
    lasting = [one for one in wrong if one.hit in now]
    right = [one for one in marked if one.relevant and one.hit in now]
    found = candidates(
        bench.watch,
        [(one.item, now[one.hit]) for one in lasting],
        [(one.item, now[one.hit]) for one in right],
    )
    panel = _Panel(bench, items, {one.hit: one.relevant for one in marked}, found)
    weighed = panel.weigh(bench.watch, now, found)
    return Advice(
        watch=watch_id,
        wrong=len(lasting),
        right=len(right),
        settled=len(wrong) - len(lasting),
        suggestions=tuple(one for _, one in weighed),
        together=panel.together(now, [candidate for candidate, _ in weighed]),
    )


class _Bench:
    """Matches items against versions of one watch, with the watches its query refers to."""

    def __init__(self, watchlists: Collection[Watchlist], watch_id: str) -> None:
        homes = {watch.id: (watch, home) for home in watchlists for watch in home.watches}
        watch, self._home = homes[watch_id]
        self.watch: Watch = watch
        self._others: list[Watchlist] = []
        for name in sorted(_referred(self.watch, homes) - {watch_id}):
            other, home = homes[name]
            self._others.append(home.model_copy(update={"watches": (other,)}))

    def hits(self, watch: Watch, items: Mapping[str, Item]) -> dict[str, Hit]:
        """Return the hits that count of ``items``, which go by hit id as the answer does."""
        home = self._home.model_copy(update={"watches": (watch,)})
        return _hits(Matcher([home, *self._others]), watch.id, items)

    def standing(self, terms: Iterable[str], items: Mapping[str, Item]) -> dict[str, set[str]]:
        """Return in which items each term stands: only there can it make a difference."""
        names = {f"probe-{number}": term for number, term in enumerate(dict.fromkeys(terms))}
        probes = tuple(
            Topic(
                id=name,
                kind="topic",
                name=term,
                phrases=(term,),
                inflect=self.watch.inflect,
                threshold=_PROBE,
            )
            for name, term in names.items()
        )
        matcher = Matcher([Watchlist(watchlist="probes", watches=probes)])
        found: dict[str, set[str]] = {term: set() for term in names.values()}
        for key, item in items.items():
            for hit in matcher.match(item):
                found[names[hit.watch]].add(key)
        return found


def _hits(matcher: Matcher, watch: str, items: Mapping[str, Item]) -> dict[str, Hit]:
    found: dict[str, Hit] = {}
    for key, item in items.items():
        for hit in matcher.match(item):
            if hit.watch == watch and not hit.possible:
                found[key] = hit
    return found


def _referred(watch: Watch, homes: Mapping[str, tuple[Watch, Watchlist]]) -> set[str]:
    """Return the watches that a query leads to, over any number of steps."""
    seen: set[str] = set()
    waiting = [watch]
    while waiting:
        one = waiting.pop()
        names = (references(parse(one.match)) if one.match else set()) - seen
        seen |= names
        waiting += [homes[name][0] for name in sorted(names)]
    return seen


class _Panel:
    """Weighs candidates by what they do to the marked hits."""

    def __init__(
        self,
        bench: _Bench,
        items: Mapping[str, Item],
        relevant: Mapping[str, bool | None],
        found: Sequence[Candidate],
    ) -> None:
        self._bench = bench
        self._items = items
        self._relevant = relevant
        added = (one.text for one in found if one.kind in {"exclude", "namesakes", "unless"})
        self._standing = bench.standing(added, items)

    def weigh(
        self, watch: Watch, now: Mapping[str, Hit], found: Iterable[Candidate]
    ) -> list[tuple[Candidate, Suggestion]]:
        """Return the candidates that are worth it on top of ``watch``, the most useful first."""
        best: dict[object, tuple[Candidate, Suggestion]] = {}
        for candidate in found:
            one = self._suggestion(candidate, watch, self._gone(candidate, watch, now))
            if one.benefit <= 0:
                continue
            # Of changes of one kind that do the same, the simplest is enough.
            effect = (one.kind, one.removed, one.lost)
            if effect not in best or _rank(one) < _rank(best[effect][1]):
                best[effect] = (candidate, one)
        return sorted(best.values(), key=lambda pair: _rank(pair[1]))

    def together(
        self, now: Mapping[str, Hit], found: Sequence[Candidate]
    ) -> tuple[Suggestion, ...]:
        """Return the best candidate, then the best on top of it, until none helps any more."""
        watch = self._bench.watch
        chosen: list[Suggestion] = []
        rest = [one for one in found if one.kind != "source"]
        while pairs := self.weigh(watch, now, rest):
            candidate, suggestion = pairs[0]
            chosen.append(suggestion)
            watch = candidate.apply(watch)
            now = self._bench.hits(watch, {key: self._items[key] for key in now})
            rest = [one for one, _ in pairs[1:]]
        return tuple(chosen)

    def _gone(self, candidate: Candidate, watch: Watch, now: Mapping[str, Hit]) -> list[str]:
        """Return the hits that the change takes away, by matching their items anew."""
        if candidate.kind == "source":
            return [key for key in now if self._items[key].source == candidate.text]
        touched = self._standing.get(candidate.text) if self._adds(candidate) else None
        again = {key: self._items[key] for key in now if touched is None or key in touched}
        left = self._bench.hits(candidate.apply(watch), again) if again else {}
        return [key for key in again if key not in left]

    @staticmethod
    def _adds(candidate: Candidate) -> bool:
        return candidate.kind in {"exclude", "namesakes", "unless"}

    def _suggestion(self, candidate: Candidate, watch: Watch, gone: list[str]) -> Suggestion:
        line, where = pasted(candidate, watch)
        return Suggestion(
            kind=candidate.kind,
            text=candidate.text,
            removed=tuple(sorted(key for key in gone if self._relevant[key] is False)),
            lost=tuple(sorted(key for key in gone if self._relevant[key])),
            unmarked=sum(self._relevant[key] is None for key in gone),
            line=line,
            where=where,
        )


def _rank(one: Suggestion) -> tuple[int, int, int, bool, int, int, str]:
    words = len(one.text.split())
    return (
        -one.benefit,
        len(one.lost),
        ORDER.index(one.kind),
        one.text.islower(),
        one.unmarked,
        words,
        one.text,
    )


def pasted(candidate: Candidate, watch: Watch) -> tuple[str, str]:
    """Return the YAML that makes the change, and where it goes."""
    changed = candidate.apply(watch)
    kind, here = candidate.kind, f"watch {watch.id}"
    if kind == "source":
        return "enabled: false", f"source {candidate.text} in sources.yaml"
    if kind in {"exclude", "namesakes", "unless"} and getattr(watch, kind):
        return f"- {_flow(candidate.text)}", f"{here}, under {kind}"
    value = getattr(changed, kind)
    text = _flow(list(value) if isinstance(value, tuple) else value)
    old = getattr(watch, kind) if kind != "threshold" else "threshold" in watch.model_fields_set
    return f"{kind}: {text}", f"{here}, {f'in the place of its {kind}' if old else 'a new line'}"


def _flow(value: object) -> str:
    """Return a value as one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")
