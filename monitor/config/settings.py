"""The configuration as the program uses it: frozen, checked, with its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from monitor.channels.base import Channel
from monitor.config.explain import nearest
from monitor.config.options import MonitorOptions
from monitor.config.paths import database_url
from monitor.matching import Watch, Watchlist
from monitor.planning.subscription import Subscription
from monitor.sources.base import Source

_SHORTEST_SECRET = 4


@dataclass(frozen=True)
class Settings:
    """Everything under the configuration folder, by id; ``version`` changes with any edit."""

    folder: Path
    version: str
    monitor: MonitorOptions = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    watchlists: Mapping[str, Watchlist] = field(repr=False)
    subscriptions: Mapping[str, Subscription] = field(repr=False)
    channels: Mapping[str, Channel] = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """Values that `mask` hides: what stands under secret keys or came from secret variables."""

    @property
    def project(self) -> Path:
        """Return the folder that relative paths count from: the configuration's parent."""
        return self.folder.resolve().parent

    @property
    def database_url(self) -> str:
        """Return the database's address; a relative SQLite path made absolute."""
        return database_url(self.project, self.monitor.database)

    @cached_property
    def watches(self) -> Mapping[str, Watch]:
        """Return all watches of all watchlists by id."""
        return {watch.id: watch for each in self.watchlists.values() for watch in each.watches}

    def unknown_watch(self, name: str) -> str:
        """Return what to tell someone who asks for a watch that there is not."""
        hint = nearest(name, self.watches) if self.watches else "there are no watches yet"
        return f"there is no watch {name!r}; {hint}"

    def mask(self, text: str) -> str:
        """Return ``text`` with every secret of the configuration replaced by ``***``."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        return text
