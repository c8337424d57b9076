"""A watch with all that its rule takes from elsewhere, as JSON: the rule can be made anew from it.

    {"watch": "ada", "watchlists": [{"watchlist": "desk", "groups": {…}, "watches": [{…}, …]}]}

The watchlists are as in YAML, cut down to the watch, the watches that its query leads to over any
number of steps, and the groups that these use. Every setting is written out: a default that
changes later changes no rule of the past.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from monitor.matching.query import parse
from monitor.matching.tree import references
from monitor.matching.watchlist import Terms, Watch, Watchlist

_GROUP = "@"


class Defined(Protocol):
    """What is asked of a rule."""

    @property
    def watch(self) -> Watch:
        """The watch that it was made of."""

    @property
    def watchlist(self) -> str:
        """The watchlist that the watch stands in."""

    @property
    def excluded_by_all(self) -> Terms:
        """What its watchlist excludes for all of its watches."""

    @property
    def groups(self) -> Mapping[str, Terms]:
        """The groups that it can use: the watch's own, and those of its watchlist."""


def definition_of(watch_id: str, rules: Mapping[str, Defined]) -> str:
    """Return what a rule rests on, the same text whenever that is the same."""
    lists: dict[str, dict[str, Any]] = {}
    for name in sorted(_led_to(watch_id, rules)):
        rule = rules[name]
        home = lists.setdefault(rule.watchlist, {"groups": {}, "watches": []})
        home["watches"].append(rule.watch.model_dump(mode="json"))
        if rule.excluded_by_all:
            home["exclude"] = rule.excluded_by_all
        shared = _used_groups(rule).keys() - rule.watch.groups.keys()
        home["groups"] |= {group: rule.groups[group] for group in shared}
    watchlists = [{"watchlist": name, **lists[name]} for name in sorted(lists)]
    # ASCII, so that whatever stands in a watch goes through any database unchanged.
    return json.dumps(
        {"watch": watch_id, "watchlists": watchlists}, sort_keys=True, separators=(",", ":")
    )


def watchlists_of(definition: str) -> tuple[Watchlist, ...]:
    """Return the watchlists that a definition holds; raises ValueError when it cannot be read."""
    held = json.loads(definition)
    if not isinstance(held, dict) or not isinstance(held.get("watchlists"), list):
        message = "it holds no watchlists"
        raise ValueError(message)
    return tuple(Watchlist.model_validate(each) for each in held["watchlists"])


def _led_to(watch_id: str, rules: Mapping[str, Defined]) -> set[str]:
    """Return the watch and all that its query leads to."""
    seen: set[str] = set()
    waiting = [watch_id]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        query = rules[name].watch.match
        waiting += references(parse(query)) - seen if _GROUP in query else ()
    return seen


def _used_groups(rule: Defined) -> dict[str, Terms]:
    """Return the groups that the terms of a watch lead to, groups inside groups among them."""
    watch = rule.watch
    waiting = [name for each in watch.together for name in (*each.all, *each.unless)]
    waiting += _named(watch.model_dump(exclude={"groups", "together"}))
    waiting += _named(rule.excluded_by_all)
    used: dict[str, Terms] = {}
    while waiting:
        name = waiting.pop()
        if name in rule.groups and name not in used:
            used[name] = rule.groups[name]
            waiting += _named(used[name])
    return used


def _named(value: Any) -> Iterator[str]:
    """Yield what may be names of groups in terms, wherever they stand in ``value``."""
    if isinstance(value, str):
        if value.startswith(_GROUP):
            yield value.removeprefix(_GROUP)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _named(key)
            yield from _named(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _named(each)
