"""Whether the service does its work, said in a way that a machine and a person can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.errors import StoreError
from monitor.store import Tx
from monitor.web.view import ServiceView, last_tick


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong, if anything.

    ``failures`` mean that coverage may be missed: 503. ``warnings`` do not: an edited
    configuration that is broken leaves the last good one in force, and restarting the service,
    as a supervisor does on 503, would turn a typing mistake into an outage.
    """

    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tick_age: float | None = None
    """Seconds since a round last ended well."""

    @property
    def word(self) -> str:
        """Return ``ok``, ``warning`` or ``failing``."""
        return "failing" if self.failures else "warning" if self.warnings else "ok"

    @property
    def status(self) -> int:
        """Return the HTTP status that says so."""
        return 503 if self.failures else 200

    def as_json(self, *, details: bool) -> dict[str, Any]:
        """Return the answer of ``/healthz``; without ``details`` the word alone."""
        if not details:
            return {"status": self.word}
        return {
            "status": self.word,
            "failures": list(self.failures),
            "warnings": list(self.warnings),
            "tick_age_seconds": self.tick_age,
        }


def judge(
    *,
    now: datetime,
    last: datetime | None,
    stalled: Sequence[str],
    database_error: str,
    config_error: str,
) -> Health:
    """Return the service's health; pure."""
    failures = [database_error] if database_error else []
    failures += [f"the {name} round has not ended well for minutes" for name in stalled]
    warnings = []
    if config_error:
        first = config_error.splitlines()[0]
        warnings.append(f"the edited configuration is broken, the last good one is used: {first}")
    age = None if last is None else round((now - last).total_seconds(), 3)
    return Health(tuple(failures), tuple(warnings), age)


async def check(view: ServiceView) -> Health:
    """Ask the database and the service."""
    mask = view.settings().mask
    database_error = view.store.fault
    try:
        await view.store.read(_touch)
    except StoreError as error:
        database_error = str(error)
    return judge(
        now=view.now(),
        last=last_tick(view),
        stalled=view.stalled(),
        database_error=mask(database_error),
        config_error=mask(view.config_error()),
    )


def _touch(tx: Tx) -> None:
    """Read something small from a real table, so that a database without tables is noticed."""
    tx.next_due()
