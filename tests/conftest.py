"""What every test shares: logs end with the test that set them up, and no example is timed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    yield
    structlog.reset_defaults()
