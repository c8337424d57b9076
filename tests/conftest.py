"""What every test shares: logs set up by one command do not outlive its test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    yield
    structlog.reset_defaults()
