"""What every test shares: logs end with the test that set them up, examples are the same on every run and
none is timed, and names of nowhere are known to be so without asking a name server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from monitor.work.crew import Crew

# Seconds by the clock, of which a busy machine gives a worker few.
Crew.__init__.__kwdefaults__["task_seconds"] = 120.0

NOWHERE = (".invalid", ".example", ".test")
"""Names that lead nowhere (RFC 6761)."""
_ask = socket.getaddrinfo

# A busy machine is no fault of the code, nor may a change be refused for an example that another change
# could have met as well: whoever wants to find new ones says ``--hypothesis-profile=exploring``.
settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("exploring", settings.get_profile("unhurried"), derandomize=False)
settings.load_profile("unhurried")


def _lead_nowhere(host: Any, *rest: Any, **more: Any) -> Any:
    if isinstance(host, str) and host.rstrip(".").endswith(NOWHERE):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _ask(host, *rest, **more)


@pytest.fixture(autouse=True)
def names_of_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once where a name server might take its time, or not be there."""
    monkeypatch.setattr(socket, "getaddrinfo", _lead_nowhere)


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    yield
    structlog.reset_defaults()
