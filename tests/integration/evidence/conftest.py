"""A press, and a service whose archive of hits is looked at, over SQLite and over PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.contract.store.conftest import postgresql_databases, postgresql_server
from tests.integration.evidence.desk import Desk
from tests.servers import HttpServer, Reply

__all__ = ["postgresql_databases", "postgresql_server"]


@pytest.fixture(params=["sqlite", "postgresql"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a press with one feed, and a configuration for a fresh database."""
    database = ""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgresql_databases")
        database = make()
    async with HttpServer() as server:
        server.on("/robots.txt", Reply(404))
        yield Desk(server, tmp_path, database)
