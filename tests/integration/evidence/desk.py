"""A press on loopback and the service that watches it, with watches that may be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from monitor.app import App, build
from monitor.config import load
from monitor.evidence import Check, verify
from monitor.store import Choice, Store
from tests.acceptance.practice import WATCHES, source, write_config
from tests.integration.test_visits import Press
from tests.servers import HttpServer

LED: dict[str, Any] = {
    "id": "speech",
    "kind": "topic",
    "name": "A speech on the harbour",
    "match": "@maria-exemplar AND (quay OR harbour)",
}


class Desk(Press):
    """A press, and a configuration whose watches change."""

    def __init__(self, server: HttpServer, folder: Path, database: str) -> None:
        super().__init__(server, folder)
        self.watches: Sequence[dict[str, Any]] = [*WATCHES, LED]
        self.options: dict[str, Any] = {"database": database} if database else {}

    @property
    def config(self) -> Path:
        """The folder of the configuration."""
        return self.folder / "config"

    def watch(self, *watches: dict[str, Any]) -> None:
        """Put other watches in the place of those there are."""
        self.watches = watches
        self._save({})

    def _save(self, more: dict[str, Any]) -> None:
        write_config(
            self.config,
            sources=[source(self.server, "gazette", **({"full_text": "auto"} | more))],
            channels=[{"id": "box", "kind": "mailbox", "folder": "data/mailbox"}],
            subscriptions=[{"id": "all", "when": "instant", "to": [{"channel": "box"}]}],
            watches=self.watches,
            net={"allow_private": ["127.0.0.1"], "deadline": "60s", "page_gap": "0s"},
            **self.options,
        )

    @asynccontextmanager
    async def service(self, **more: Any) -> AsyncIterator[App]:
        """Run the service, which has polled once."""
        self._save(more)
        async with build(load(self.config, {}), clock=self.now) as app:
            await self.round(app)
            yield app


def checked(store: Store, **choice: Any) -> list[Check]:
    """Return what a second making of every hit says."""
    return store.read_now(lambda tx: list(verify(tx, Choice(**choice))))


def differences(store: Store) -> list[str]:
    """Return what differs."""
    return [what for one in checked(store) for what in one.differences]
