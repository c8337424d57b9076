"""The rules to try: the configuration as edited, or with one watchlist file in its place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config import Settings
from monitor.config.sections import parse_file, read_watchlists
from monitor.config.terms import check_terms
from monitor.errors import ConfigError, InputError, Problem
from monitor.matching import Matcher


def with_watchlist(
    settings: Settings, path: Path, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Return ``settings`` with the watchlist in ``path`` added, or put in its namesake's place.

    Raises `ConfigError` with every problem of the file and its place.
    """
    parsed, problems = parse_file(path, environ)
    section, more = read_watchlists([parsed])
    problems += more + [problem for placed in section.values for problem in check_terms(placed)]
    if problems:
        raise ConfigError(problems)
    (placed,) = section.values
    watchlist = placed.value
    for other in settings.watchlists.values():
        if other.watchlist == watchlist.watchlist:
            continue
        taken = {watch.id for watch in other.watches}
        for watch in watchlist.watches:
            if watch.id in taken:
                message = f"the watch {watch.id!r} is already in watchlist {other.watchlist!r}"
                hint = "watch ids are unique over all watchlists"
                raise ConfigError([Problem(str(path), 1, 1, message, hint)])
    return replace(settings, watchlists={**settings.watchlists, watchlist.watchlist: watchlist})


def check_rules(settings: Settings) -> None:
    """Raise `InputError` when no matcher can be made of the watchlists: an unknown ``@watch-id``, a circle."""
    try:
        Matcher(tuple(settings.watchlists.values()))
    except ValueError as error:
        message = f"{settings.folder}: {error}"
        raise InputError(message) from None
