"""A real store and a real configuration behind the page."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from monitor.config import load
from monitor.store import Store
from tests.unit.web.samples import View, browser, write_config


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("fresh") / "monitor.db"
    opened = Store.open(f"sqlite:///{path}")
    opened.migrate()
    opened.close()
    return path


@pytest.fixture
def store(tmp_path: Path, fresh_database: Path) -> Iterator[Store]:
    shutil.copyfile(fresh_database, tmp_path / "monitor.db")
    opened = Store.open(f"sqlite:///{tmp_path}/monitor.db")
    yield opened
    opened.close()


@pytest.fixture
def view(store: Store, tmp_path: Path) -> View:
    return View(store, load(write_config(tmp_path), {}))


@pytest.fixture
async def client(view: View) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(view) as opened:
        yield opened
