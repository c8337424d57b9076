"""A server and a client for tests that fetch: real HTTP on loopback, without pauses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.net import Net, NetOptions
from tests.servers import HttpServer


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    options = NetOptions(allow_private=("127.0.0.1",), deadline=5.0, page_gap=0.0)
    async with Net(options) as running:
        yield running
