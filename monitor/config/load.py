"""The configuration folder and the environment to `Settings`, or to every problem at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from monitor.channels.base import Channel
from monitor.config.checks import (
    check_channel,
    check_monitor,
    check_owner,
    check_source,
    check_subscription,
    check_watchlists,
    with_full_paths,
)
from monitor.config.files import WATCHLISTS, find, version_of
from monitor.config.names import names_of
from monitor.config.options import MonitorOptions
from monitor.config.sections import (
    Parsed,
    Section,
    parse_file,
    read_monitor,
    read_sources,
    read_subscriptions,
    read_watchlists,
)
from monitor.config.settings import Settings
from monitor.config.terms import check_terms
from monitor.config.validate import Placed
from monitor.errors import ConfigError, Problem
from monitor.matching import Watchlist
from monitor.planning.subscription import Subscription
from monitor.sources.base import Source

MOST_PROBLEMS = 50
"""Problems told for one file; a file with more is broken in one way many times over."""


@dataclass(frozen=True, slots=True)
class _Parts:
    options: Placed[MonitorOptions] | None
    channels: Section[Channel]
    sources: Section[Source]
    subscriptions: Section[Subscription]
    watchlists: Section[Watchlist]


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the configuration in ``folder``.

    Raises `ConfigError` with all problems of all files, each with its file, line and column.
    """
    settings, problems = _load(Path(folder), environ)
    if settings is None or problems:
        raise ConfigError(_in_order(problems))
    return settings


def _load(folder: Path, environ: Mapping[str, str]) -> tuple[Settings | None, list[Problem]]:
    found, problems = find(folder)
    parsed: dict[str, Parsed] = {}
    for path in found:
        name = path.relative_to(folder).as_posix()
        parsed[name], more = parse_file(path, environ)
        problems += more
    parts, more = _read(parsed)
    problems += more + _check(parts, folder.resolve().parent)
    if problems or parts.options is None:
        return None, problems
    version = version_of({name: each.file.data for name, each in parsed.items()})
    secrets = frozenset().union(*(each.secrets for each in parsed.values()))
    project = folder.resolve().parent
    channels = {
        name: with_full_paths(each, project).loaded() for name, each in parts.channels.by_id.items()
    }
    options = parts.options.value
    net = with_full_paths(options.net, project)
    options = options.model_copy(update={"net": net, "channels": tuple(channels.values())})
    names = {name: names_of(each) for name, each in parts.watchlists.by_id.items()}
    sources = {
        name: with_full_paths(each, project).for_watchlists(names)
        for name, each in parts.sources.by_id.items()
    }
    settings = Settings(
        folder,
        version,
        options,
        sources,
        parts.watchlists.by_id,
        {one.id: one for each in parts.subscriptions.by_id.values() for one in each.by_zone()},
        channels,
        secrets,
    )
    return settings, []


def _read(parsed: Mapping[str, Parsed]) -> tuple[_Parts, list[Problem]]:
    """Read each file as what it is; a file that is missing was reported when it was not found."""
    problems: list[Problem] = []
    nowhere = MonitorOptions()
    options, channels = None, Section[Channel](complete=False)
    if "monitor.yaml" in parsed:
        options, channels, problems = read_monitor(parsed["monitor.yaml"])
    sources, subscriptions = Section[Source](), Section[Subscription]()
    if "sources.yaml" in parsed:
        sources, more = read_sources(parsed["sources.yaml"])
        problems += more
    if "subscriptions.yaml" in parsed:
        zone = (options.value if options else nowhere).time_zone
        subscriptions, more = read_subscriptions(parsed["subscriptions.yaml"], zone)
        problems += more
    lists = [each for name, each in parsed.items() if name.startswith(f"{WATCHLISTS}/")]
    watchlists, more = read_watchlists(lists)
    return _Parts(options, channels, sources, subscriptions, watchlists), problems + more


def _check(parts: _Parts, project: Path) -> list[Problem]:
    problems: list[Problem] = []
    if parts.options is not None:
        problems += check_monitor(parts.options, project)
        problems += check_owner(parts.options, parts.channels)
    for channel in parts.channels.values:
        problems += check_channel(channel, project)
    problems += check_watchlists(parts.watchlists, project)
    for source in parts.sources.values:
        problems += check_source(source, parts.watchlists, project)
    for watchlist in parts.watchlists.values:
        problems += check_terms(watchlist)
    lists = parts.watchlists
    valid = lists.complete and len(lists.values) == len(lists.ids)
    watches = {watch.id for each in lists.values for watch in each.value.watches}
    for subscription in parts.subscriptions.values:
        known = watches if valid else None
        problems += check_subscription(subscription, lists, known, parts.channels, parts.sources)
    return problems


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems by place, each once, at most so many for one file."""
    unique = {(p.file, p.line, p.column, p.message): p for p in problems}
    ordered = sorted(unique.values(), key=lambda p: (p.file, p.line, p.column))
    kept: list[Problem] = []
    for _, group in groupby(ordered, key=lambda p: p.file):
        first, rest = (told := list(group))[:MOST_PROBLEMS], told[MOST_PROBLEMS:]
        kept += first
        if rest:
            kept.append(replace(rest[0], message=f"{len(rest)} problems more", hint="", excerpt=""))
    return kept
