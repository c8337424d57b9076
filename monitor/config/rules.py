"""What ``monitor check`` warns of in rules that can be read: too much, nothing, or slowly found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from monitor.matching import Matcher, Watch, Watchlist
from monitor.matching.boundary import Script, script_of
from monitor.matching.fold import fold
from monitor.matching.query import parse
from monitor.matching.terms import Case, compile_term, expand
from monitor.matching.tree import (
    All,
    AtLeast,
    Either,
    Near,
    Node,
    Not,
    Within,
    Word,
    children,
)
from monitor.matching.watchlist import Named, Topic
from monitor.model import Item

Terms = tuple[str, ...]
Groups = Mapping[str, Terms]
Implied = tuple[frozenset[Node], frozenset[Node]]
"""What surely holds, and what surely does not, where a query holds."""

SHORT_LETTERS = 3
"""Letters up to which a Latin word stands in very many items."""
_LAST_LATIN = "\u024f"
_SHOWN = 3
_NONSENSE = "Qzvx wkjqh"
"""Words of no language: what is found here is found nearly everywhere."""


def rule_warnings(watchlists: Iterable[Watchlist]) -> Iterator[str]:
    """Yield what an owner may have overlooked in rules that loaded without an error."""
    watchlists = tuple(watchlists)
    for watchlist in watchlists:
        for watch in watchlist.watches:
            groups = {**watchlist.groups, **watch.groups}
            for warning in _of_watch(watch, groups):
                yield f"watch {watch.id!r}: {warning}"
    yield from _shared_names(watchlists)
    yield from _slow(Matcher(watchlists))


def _of_watch(watch: Watch, groups: Groups) -> Iterator[str]:
    yield from _short_terms(watch, groups)
    yield from _never_together(watch, groups)
    yield from _own_forms(watch, groups)
    yield from _never_followed(watch, groups)
    if watch.match and _implied(parse(watch.match)) is None:
        yield "its query contradicts itself and can never hold"


def forms_of(watch: Watch, groups: Groups) -> Terms:
    """Return the terms that are enough on their own, as they were written."""
    names = (watch.name, *watch.aliases) if isinstance(watch, Named) else ()
    return expand((*names, *watch.phrases), dict(groups))


def _short_terms(watch: Watch, groups: Groups) -> Iterator[str]:
    """Warn of terms that decide alone and are too short to."""
    alone = [
        f"@{each.all[0]}"
        for each in watch.together
        if len(each.all) == 1 and each.weight >= watch.threshold
    ]
    place = "soft" if isinstance(watch, Topic) else "short"
    for text in (*forms_of(watch, groups), *expand(alone, dict(groups))):
        if _too_short(text):
            yield (
                f"{text!r} is enough on its own and so short that very many items hold it; "
                f"put it under {place} and add context, or write = before it to keep its capitals"
            )


def _too_short(text: str) -> bool:
    """Tell whether a term is a few letters of any case, or one sign of a script without spaces."""
    core = fold(text.lstrip("=")).text.replace("*", " ").strip()
    term = compile_term(text)
    if term is None or not core or " " in core:
        return False
    script = script_of(core[0])
    if script is Script.UNSPACED:
        return len(core) == 1
    latin = script is Script.SPACED and core[0] <= _LAST_LATIN
    return latin and len(core) <= SHORT_LETTERS and term.case is Case.ANY


def _never_together(watch: Watch, groups: Groups) -> Iterator[str]:
    """Warn of combinations that an empty group, or one that is also excluded, makes impossible."""
    for together in watch.together:
        said = " and ".join(together.all)
        for name in together.all:
            if not expand([f"@{name}"], dict(groups)):
                yield f"the group {name!r} is empty, so that {said} never stand together"
            elif name in together.unless:
                yield f"{said} never stand together, because {name!r} is under their unless too"


def _never_followed(watch: Watch, groups: Groups) -> Iterator[str]:
    """Warn of forms under ``not_followed_by`` that the watch does not look for."""
    named = (*watch.short, *watch.roles) if isinstance(watch, Named) else ()
    together = (f"@{name}" for each in watch.together for name in each.all)
    texts = (*forms_of(watch, groups), *expand((*named, *watch.soft, *together), dict(groups)))
    known = {_core(text) for text in texts}
    for text in watch.not_followed_by:
        if not watch.match and _core(text) not in known:
            yield f"not_followed_by: {text!r} is none of its terms, so that this changes nothing"


def _core(text: str) -> str:
    return fold(text.lstrip("=")).text.strip(" *")


def _own_forms(watch: Watch, groups: Groups) -> Iterator[str]:
    """Warn of names and phrases that the watch's own exclusions hide, by looking for each."""
    hiding = watch.exclude or watch.unless or watch.not_followed_by
    if not (hiding or (isinstance(watch, Named) and watch.namesakes)):
        return
    matcher = _alone(watch, groups)
    freed = _alone(watch.model_copy(update={"unless": ()}), groups) if watch.unless else matcher
    said = list(_hidden(watch, matcher, freed, forms_of(watch, groups)))
    yield from said[:_SHOWN]
    if len(said) > _SHOWN:
        yield f"{len(said) - _SHOWN:,} more of its names and phrases are hidden in such ways"


def _hidden(watch: Watch, matcher: Matcher, freed: Matcher, forms: Terms) -> Iterator[str]:
    for text in forms:
        written = text.removeprefix("=").replace("*", "")
        item = Item(id="form", source="check", title=written)
        found, free = matcher.match(item), freed.match(item)
        if compile_term(text) is not None and not found:
            why = [said for said in matcher.explain(item, watch.id) if "does not count" in said]
            yield f"{text!r} is not found even on its own. {''.join(why[:1])}".rstrip()
        elif free and not free[0].possible and found[0].possible:
            yield f"{text!r} never counts fully, because unless holds wherever it stands"


def _alone(watch: Watch, groups: Groups) -> Matcher:
    """Return a matcher of this watch's terms, without its query, which may refer to others."""
    own: Any = watch.model_copy(update={"match": "", "groups": dict(groups)})
    return Matcher([Watchlist.model_construct(watchlist="check", groups={}, watches=(own,))])


def _shared_names(watchlists: Iterable[Watchlist]) -> Iterator[str]:
    """Warn of full names that several persons or organisations have."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for watchlist in watchlists:
        for watch in watchlist.watches:
            if isinstance(watch, Named):
                names = (watch.name, *watch.aliases)
                for text in expand(names, {**watchlist.groups, **watch.groups}):
                    owners[fold(text).text.strip(" *=")].setdefault(watch.id, text)
    for named in owners.values():
        if len(named) > 1:
            ids, (written, *_) = list(named), named.values()
            more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
            yield (
                f"watches {', '.join(map(repr, ids[:_SHOWN]))}{more}: {written!r} is a name of each, "
                "so that each is found wherever it stands"
            )


def _slow(matcher: Matcher) -> Iterator[str]:
    """Warn of queries that are tried on every item, and of those that hold for nearly every item."""
    if not matcher.slow:
        return
    nonsense = Item(id="nonsense", source="check", title=_NONSENSE, text=f"{_NONSENSE}.")
    everywhere = {hit.watch for hit in matcher.match(nonsense)}
    for watch in matcher.slow:
        if watch in everywhere:
            yield f"watch {watch!r}: its query holds for nearly every item"
        else:
            yield (
                f"watch {watch!r}: its query needs no certain word, so that it is tried on every "
                "item, which is slow; join a word to it by AND"
            )


def _implied(node: Node) -> Implied | None:  # noqa: PLR0911 - one branch for each kind of node
    """Return what must and what must not hold where ``node`` does; None when it can never hold.

    Sound, not complete: what it calls impossible is impossible, whatever the item.
    """
    match node:
        case Not(inner):
            return _denied(inner)
        case All(nodes):
            return _joined([_implied(part) for part in nodes], node)
        case Near(left, right):
            return _joined([_implied(left), _implied(right)], node)
        case Within(_, inner):
            return _joined([_implied(inner)], node)
        case Either(nodes):
            return _common([_implied(part) for part in nodes], node, 1)
        case AtLeast(count, nodes):
            return _common([_implied(part) for part in nodes], node, count)
        case _:
            return frozenset({_same(node)}), frozenset()


def _denied(node: Node) -> Implied | None:
    """Return what is implied where ``node`` does not hold."""
    if isinstance(node, Not):
        return _implied(node.node)
    if isinstance(node, Either):
        return _joined([_denied(part) for part in children(node)], None)
    return frozenset(), frozenset({_same(node)})


def _joined(parts: list[Implied | None], whole: Node | None) -> Implied | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    present = frozenset().union(*(yes for yes, _ in known), {whole} if whole else ())
    absent = frozenset().union(*(no for _, no in known))
    return None if present & absent else (present, absent)


def _common(parts: list[Implied | None], whole: Node, count: int) -> Implied | None:
    possible = [part for part in parts if part is not None]
    if len(possible) < count:
        return None
    if len(possible) == count:
        return _joined(list(possible), whole)
    present = reduce(frozenset.intersection, (yes for yes, _ in possible))
    absent = reduce(frozenset.intersection, (no for _, no in possible))
    return (present | {whole}, absent) if count == 1 else (frozenset({whole}), frozenset())


def _same(node: Node) -> Node:
    """Return one node for all ways of writing a term; what asks for capitals is a term of its own."""
    if isinstance(node, Word):
        term = compile_term(node.text)
        if term is not None and term.case is Case.ANY:
            return Word(fold(node.text).text.strip())
    return node
