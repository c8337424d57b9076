from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.net import Net
from tests.integration.net.helpers import options
from tests.servers import HttpServer


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as server:
        yield server


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with Net(options()) as net:
        yield net
