"""A watch made ready: its terms by role, and the lexicons that are looked up only on candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from monitor.matching.automaton import Lexicon
from monitor.matching.definition import definition_of
from monitor.matching.fold import fold
from monitor.matching.names import MISSPELT, OtherPerson, camel_parts, misspellings, variants
from monitor.matching.query import parse
from monitor.matching.search import Search
from monitor.matching.terms import Term, Terms, compile_term, continued, expand
from monitor.matching.watchlist import (
    Inflect,
    Named,
    Person,
    Together,
    Topic,
    Watch,
    Watchlist,
)
from monitor.model import digest


class Role(IntEnum):
    """What finding a term means for its watch."""

    FULL = 0
    SHORT = 1
    SOFT = 2
    ANCHOR = 3
    """First group of a combination; the index beside it says of which."""
    QUERY = 4
    """A term that the watch's query cannot do without; once judged, a place where the query holds."""


@dataclass(frozen=True, slots=True)
class Combination:
    """A `Together` made ready: its anchor stands in the main automaton, the rest is looked up."""

    rule: Together
    others: tuple[Lexicon, ...]
    unless: tuple[Lexicon, ...]


class Rule:
    """A watch made ready to be judged; what only candidates need is built on first use."""

    def __init__(
        self, watch: Watch, watchlist: Watchlist, lexicons: Lexicons, rules: Mapping[str, Rule]
    ) -> None:
        self.watch = watch
        self.watchlist = watchlist.watchlist
        self.excluded_by_all = watchlist.exclude
        self.groups = {**watchlist.groups, **watch.groups}
        self._lexicons = lexicons
        self._rules = rules
        self.person = isinstance(watch, Person)
        self.named = watch if isinstance(watch, Named) else None

    def anchors(self) -> Iterable[tuple[Term, Role, int]]:
        """Return the terms that must stand in the main automaton, their role, and which combination."""
        watch = self.watch
        if self.named:
            yield from self._of_names(self.named)
        else:
            yield from self._compiled(self.full_forms, Role.FULL)
        if watch.soft:
            yield from self._compiled(expand(watch.soft, self.groups), Role.SOFT)
        for index, together in enumerate(watch.together):
            texts = expand([f"@{together.all[0]}"], self.groups)
            yield from self._compiled(texts, Role.ANCHOR, index)
        if watch.match and self.search is not None:
            for term in self.search.needed or ():
                yield term, Role.QUERY, -1

    def _of_names(self, watch: Named) -> Iterable[tuple[Term, Role, int]]:
        shared = self._shared_names
        for role, texts in (
            (Role.FULL, [text for text in self.full_forms if text not in shared]),
            (Role.SHORT, [text for text in self.full_forms if text in shared]),
        ):
            yield from self._compiled(texts, role, name=self.person)
        yield from self._compiled(expand(watch.short, self.groups), Role.SHORT, short=True)
        # A slip and an ending together would be too far from the name: "Abba" + "si".
        slips = self.variants.get(MISSPELT, ())
        yield from self._compiled(slips, Role.SHORT, short=True, inflect=("possessive",))

    def _compiled(
        self,
        texts: Iterable[str],
        role: Role,
        index: int = -1,
        *,
        name: bool = False,
        short: bool = False,
        inflect: tuple[Inflect, ...] | None = None,
    ) -> Iterable[tuple[Term, Role, int]]:
        kinds = self.watch.inflect if inflect is None else inflect
        terms = self._lexicons.terms(kinds, name=name, short=short)
        for text in texts:
            if term := terms[text]:
                yield term, role, index
            for part in camel_parts(text):
                if term := terms[part]:
                    yield term, role, index

    @cached_property
    def search(self) -> Search | None:
        """The watch's query made ready."""
        if not self.watch.match:
            return None
        return Search(parse(self.watch.match), self.watch.inflect, self._anchors_of)

    @property
    def slow(self) -> bool:
        """Whether the watch must be tried on every item, since its query needs no certain word."""
        return bool(self.watch.match) and self.search is not None and self.search.needed is None

    def _anchors_of(self, watch_id: str) -> tuple[Term, ...] | None:
        """Return the terms without which another watch finds nothing; None when it is slow."""
        other = self._rules[watch_id]
        return None if other.slow else tuple(term for term, _, _ in other.anchors())

    @cached_property
    def definition(self) -> str:
        """The watch with all that this rule takes from elsewhere, from which it can be made anew."""
        return definition_of(self.watch.id, self._rules)

    @cached_property
    def digest(self) -> str:
        """Digest of the definition, so that a hit tells under which rule it was made."""
        return digest(self.definition)

    @cached_property
    def full_forms(self) -> tuple[str, ...]:
        """Every form that is enough on its own: names, aliases, phrases, and variants made of them."""
        watch = self.named
        if watch is None:
            return expand(self.watch.phrases, self.groups)
        names = expand((watch.name, *watch.aliases, *watch.phrases), self.groups)
        made = (form for rule, forms in self.variants.items() if rule != MISSPELT for form in forms)
        return tuple(dict.fromkeys((*names, *made)))

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        """Forms that others bear too: the name of a ``common`` watch and spellings made from it."""
        watch = self.named
        if watch is None or not watch.common:
            return frozenset()
        made = variants(watch.name, person=self.person).values() if watch.variants else ()
        return frozenset((watch.name, *(form for forms in made for form in forms)))

    @cached_property
    def variants(self) -> dict[str, tuple[str, ...]]:
        """Spellings made from the names, by the rule that made them."""
        watch = self.named
        if watch is None or not watch.variants:
            return {}
        made: dict[str, dict[str, None]] = {}
        for name in expand((watch.name, *watch.aliases), self.groups):
            for rule, forms in variants(name, person=self.person).items():
                made.setdefault(rule, {}).update(dict.fromkeys(forms))
        if self.person:
            known = {fold(name).text for name in (watch.name, *watch.aliases)}
            slips = dict.fromkeys(form for form in misspellings(watch.name) if form not in known)
            made |= {MISSPELT: slips} if slips else {}
        return {rule: tuple(forms) for rule, forms in made.items()}

    @cached_property
    def context(self) -> Lexicon:
        """Terms that support a short or soft form."""
        roles = self.named.roles if self.named else ()
        return self._lexicon((*self.watch.context, *roles))

    @cached_property
    def exclude(self) -> Lexicon:
        """Phrases inside which nothing counts."""
        return self._lexicon(self.watch.exclude)

    @cached_property
    def nowhere(self) -> Lexicon:
        """Phrases inside which nothing counts for any watch of the watchlist."""
        return self._lexicon(self.excluded_by_all)

    @cached_property
    def followed(self) -> Lexicon:
        """Forms with what must not follow them directly."""
        return self._lexicon(
            written
            for text, others in self.watch.not_followed_by.items()
            for following in expand(others, self.groups)
            for written in continued(text, following)
        )

    @cached_property
    def namesakes(self) -> Lexicon:
        """Others who share a form."""
        return self._lexicon(self.watch.namesakes)

    @cached_property
    def unless(self) -> Lexicon:
        """Terms that speak against the topic."""
        return self._lexicon(self.watch.unless)

    @cached_property
    def combinations(self) -> tuple[Combination, ...]:
        """What must stand together."""
        return tuple(
            Combination(
                together,
                tuple(self._lexicon((f"@{group}",)) for group in together.all[1:]),
                tuple(self._lexicon((f"@{group}",)) for group in together.unless),
            )
            for together in self.watch.together
        )

    @cached_property
    def other_person(self) -> OtherPerson | None:
        """Judge of the words beside a short form of a person, or a word that is a surname too."""
        watch = self.watch
        if isinstance(watch, Topic) and watch.surnames:
            return OtherPerson((), expand(watch.context, self.groups))
        if not isinstance(watch, Person):
            return None
        return OtherPerson(
            (watch.name, *watch.aliases), (*expand(watch.context, self.groups), *watch.roles)
        )

    @cached_property
    def surnames(self) -> frozenset[str]:
        """The topic's words that are family names too, folded."""
        watch = self.watch
        return frozenset(
            fold(word).text.strip() for word in (watch.surnames if isinstance(watch, Topic) else ())
        )

    def group(self, name: str) -> Lexicon:
        """Return the lexicon of a named group, for telling which of them stand in an item."""
        return self._lexicon((f"@{name}",))

    def _lexicon(self, terms: Iterable[str]) -> Lexicon:
        return self._lexicons.of(expand(terms, self.groups), self.watch.inflect)


class Lexicons:
    """Terms, and lexicons of context, exclusions and groups, each built once and shared by all watches."""

    def __init__(self) -> None:
        self._built: dict[tuple[object, ...], Lexicon] = {}
        self._terms: dict[tuple[object, ...], Terms] = {}

    def terms(self, inflect: tuple[Inflect, ...], *, name: bool, short: bool) -> Terms:
        """Return the terms compiled in one way."""
        key = (inflect, name, short)
        if key not in self._terms:
            self._terms[key] = Terms(inflect, name=name, short=short)
        return self._terms[key]

    def forget_terms(self) -> None:
        """Let go of the terms once a matcher has those that it needs."""
        self._terms.clear()

    def of(self, terms: tuple[str, ...], inflect: tuple[Inflect, ...]) -> Lexicon:
        """Return the lexicon of ``terms``."""
        key = (terms, inflect)
        if key not in self._built:
            compiled = (compile_term(text, inflect) for text in terms)
            self._built[key] = Lexicon(term for term in compiled if term is not None)
        return self._built[key]
