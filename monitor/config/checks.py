"""Checks that need more than one value: references, paths, recipients, the page's door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from monitor.channels.base import Channel, OptionError
from monitor.config.explain import nearest
from monitor.config.nodes import Loc
from monitor.config.options import MonitorOptions
from monitor.config.paths import database_url, inside, seed_file
from monitor.config.sections import Section
from monitor.config.validate import Placed
from monitor.errors import Problem
from monitor.matching import Watchlist
from monitor.matching.query import parse
from monitor.matching.search import cycle
from monitor.matching.tree import references
from monitor.planning.subscription import Recipient, Subscription
from monitor.registry import Options
from monitor.sources.base import Source

O = TypeVar("O", bound=Options)  # noqa: E741 - O for options


def check_monitor(options: Placed[MonitorOptions], project: Path) -> Iterator[Problem]:
    """Yield what is wrong with the database's place and with who may reach the page."""
    try:
        database_url(project, options.value.database)
    except ValueError as error:
        yield options.problem(("database",), f"database: {error}")
    yield from _paths(options, options.value.net, ("net",), project)
    web = options.value.web
    if not web.loopback and not web.protected:
        hint = (
            "set password: ${MONITOR_PASSWORD} under web: and that variable in the environment, "
            "or listen on 127.0.0.1"
        )
        message = f"the page would be open to everyone on {web.host} without a password"
        yield options.problem(("web", "host"), message, hint)


def check_channel(placed: Placed[Channel], project: Path) -> Iterator[Problem]:
    """Yield the channel's paths that leave the project folder, and files that are no good."""
    outside = list(_paths(placed, placed.value, (), project))
    yield from outside
    if outside:
        return
    try:
        with_full_paths(placed.value, project).loaded()
    except OptionError as error:
        yield placed.problem((error.option,), f"{error.option}: {error}")


def check_source(
    placed: Placed[Source], watchlists: Section[Watchlist], project: Path
) -> Iterator[Problem]:
    """Yield the source's paths that leave the project folder, and a watchlist that there is not."""
    yield from _paths(placed, placed.value, (), project)
    wanted = getattr(placed.value, "watchlist", "")
    if wanted and watchlists.complete and wanted not in watchlists.ids:
        message = f"there is no watchlist {wanted!r}"
        yield placed.problem(("watchlist",), message, nearest(wanted, sorted(watchlists.ids)))


def _paths(placed: Placed[Any], options: Options, loc: Loc, project: Path) -> Iterator[Problem]:
    for name in path_fields(options):
        try:
            inside(project, str(getattr(options, name)))
        except ValueError as error:
            yield placed.problem((*loc, name), f"{name}: {error}")


def path_fields(options: Options) -> list[str]:
    """Return the names of the options that are paths and set: ``folder``, ``file`` and ``…_file``."""
    names = [name for name in type(options).model_fields if name.endswith(("folder", "file"))]
    return [name for name in names if getattr(options, name)]


def with_full_paths(options: O, project: Path) -> O:
    """Return the options with their paths made absolute, so that no one depends on the cwd."""
    given = {name: getattr(options, name) for name in path_fields(options)}
    paths = {name: type(value)(inside(project, str(value))) for name, value in given.items()}
    return options.model_copy(update=paths)


def check_watchlists(watchlists: Section[Watchlist], project: Path) -> Iterator[Problem]:
    """Yield watch ids used twice, seeds outside the project, queries that refer to nobody or in a circle."""
    seen: dict[str, str] = {}
    for placed in watchlists.values:
        yield from _seed(placed, ("seed",), placed.value.seed, project)
        for index, watch in enumerate(placed.value.watches):
            yield from _seed(placed, ("watches", index, "seed"), watch.seed, project)
            if watch.id in seen:
                message = f"the watch {watch.id!r} is already in watchlist {seen[watch.id]!r}"
                hint = "watch ids are unique over all watchlists"
                yield placed.problem(("watches", index, "id"), message, hint)
            seen.setdefault(watch.id, placed.value.watchlist)
    if watchlists.complete and len(watchlists.values) == len(watchlists.ids):
        yield from _queries(watchlists)


def _queries(watchlists: Section[Watchlist]) -> Iterator[Problem]:
    """Yield references of queries to watches that there are not, and one problem for each circle."""
    places = {
        watch.id: (placed, ("watches", index, "match"), references(parse(watch.match)))
        for placed in watchlists.values
        for index, watch in enumerate(placed.value.watches)
        if watch.match
    }
    known = {watch.id for placed in watchlists.values for watch in placed.value.watches}
    for placed, loc, wanted in places.values():
        for name in sorted(wanted - known):
            message = f"match: there is no watch @{name}"
            yield placed.problem(loc, message, nearest(name, sorted(known)))
    graph = {watch: wanted for watch, (_, _, wanted) in places.items()}
    while circle := cycle(graph):
        placed, loc, _ = places[circle[0]]
        way = " → ".join(f"@{name}" for name in circle)
        yield placed.problem(loc, f"match: the query leads back to itself: {way}")
        del graph[circle[0]]


def _seed(placed: Placed[Watchlist], loc: Loc, reference: str, project: Path) -> Iterator[Problem]:
    if not reference:
        return
    try:
        inside(project, seed_file(reference))
    except ValueError as error:
        yield placed.problem(loc, f"seed: {error}")


def check_owner(options: Placed[MonitorOptions], channels: Section[Channel]) -> Iterator[Problem]:
    """Yield an owner's channel that there is not, and a recipient that it refuses."""
    if options.value.owner is not None:
        yield from _target(options, ("owner",), options.value.owner, channels)


def check_subscription(
    placed: Placed[Subscription],
    watchlists: Section[Watchlist],
    watches: set[str] | None,
    channels: Section[Channel],
    sources: Section[Source],
) -> Iterator[Problem]:
    """Yield references to nowhere and recipients that their channel refuses.

    ``watches`` is None when not all watches are known; references to them are not judged then.
    """
    value = placed.value
    if watchlists.complete:
        yield from _unknown(placed, "watchlists", "watchlist", value.watchlists, watchlists.ids)
    if watches is not None:
        yield from _unknown(placed, "watches", "watch", value.watches, watches)
    if sources.complete:
        yield from _unknown(placed, "sources", "source", value.sources, sources.ids)
        tags = {tag for each in sources.values for tag in each.value.tags}
        if len(sources.values) == len(sources.ids):
            yield from _unknown(placed, "tags", "source tagged", value.tags, tags)
    for index, target in enumerate(value.to):
        yield from _target(placed, ("to", index), target, channels)


def _target(
    placed: Placed[Any], loc: Loc, target: Recipient, channels: Section[Channel]
) -> Iterator[Problem]:
    """Yield a channel that there is not, and a recipient that it refuses."""
    usable = channels.by_id
    if target.channel in usable:
        try:
            usable[target.channel].check_recipient(target.recipient)
        except ValueError as error:
            yield placed.problem((*loc, "recipient"), f"recipient: {error}")
    elif channels.complete and target.channel not in channels.ids:
        message = f"there is no channel {target.channel!r}"
        hint = nearest(target.channel, sorted(channels.ids))
        yield placed.problem((*loc, "channel"), message, hint)


def _unknown(
    placed: Placed[Subscription], key: str, word: str, names: Iterable[str], known: set[str]
) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in known:
            message = f"there is no {word} {name!r}"
            yield placed.problem(
                (key, index), message, nearest(name, sorted(known)) if known else ""
            )
