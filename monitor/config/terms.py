"""Checks of what watches look for: groups that exist, terms that can be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.config.explain import nearest
from monitor.config.nodes import Loc
from monitor.config.validate import Placed
from monitor.errors import Problem
from monitor.matching import Watch, Watchlist
from monitor.matching.terms import expand
from monitor.registry import Options

Terms = tuple[str, ...]


def check_terms(placed: Placed[Watchlist]) -> Iterator[Problem]:
    """Yield references to groups that there are not, circles of groups, and empty terms."""
    shared = placed.value.groups
    yield from _groups(placed, ("groups",), shared, shared)
    for index, watch in enumerate(placed.value.watches):
        loc: Loc = ("watches", index)
        known = {**shared, **watch.groups}
        yield from _groups(placed, (*loc, "groups"), watch.groups, known)
        for name, terms in _term_lists(watch):
            yield from _terms(placed, (*loc, name), terms, known)
        for text, others in watch.not_followed_by.items():
            yield from _terms(placed, (*loc, "not_followed_by", text), others, known)
        for number, together in enumerate(watch.together):
            where = (*loc, "together", number)
            yield from _references(placed, (*where, "all"), together.all, known)
            yield from _references(placed, (*where, "unless"), together.unless, known)


def _term_lists(watch: Watch) -> Iterator[tuple[str, Terms]]:
    """Yield the options of a watch that are lists of terms, by name; ``inflect`` lists words."""
    for name in type(watch).model_fields:
        value = getattr(watch, name)
        is_list = isinstance(value, tuple) and not any(isinstance(each, Options) for each in value)
        if is_list and name != "inflect":
            yield name, value


def _groups(
    placed: Placed[Watchlist], loc: Loc, groups: Mapping[str, Terms], known: Mapping[str, Terms]
) -> Iterator[Problem]:
    for name, terms in groups.items():
        problems = list(_terms(placed, (*loc, name), terms, known))
        yield from problems
        if problems:
            continue
        try:
            expand([f"@{name}"], dict(known))
        except ValueError as error:
            if "back to itself" in str(error):
                yield placed.problem((*loc, name), f"{name}: {error}")


def _terms(
    placed: Placed[Watchlist], loc: Loc, terms: Terms, known: Mapping[str, Terms]
) -> Iterator[Problem]:
    for index, term in enumerate(terms):
        if term.startswith("@"):
            if term[1:] not in known:
                message = f"there is no group {term}"
                yield placed.problem((*loc, index), message, nearest(term[1:], known))
        elif not any(letter.isalnum() for letter in term):
            message = f"{loc[-1]}: nothing in this term can be looked for"
            yield placed.problem((*loc, index), message, "a term holds letters or digits")


def _references(
    placed: Placed[Watchlist], loc: Loc, names: Terms, known: Mapping[str, Terms]
) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in known:
            message = f"there is no group {name!r}"
            yield placed.problem((*loc, index), message, nearest(name, known))
