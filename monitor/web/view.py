"""What the page may see of the service: a small window, read only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.config import Settings
from monitor.links import Links
from monitor.store import Store
from monitor.tools import Tools

R = TypeVar("R")


class ServiceView(Protocol):
    """The service as the page needs it; every call answers at once, from memory."""

    @property
    def store(self) -> Store:
        """Where everything is kept; the page only reads."""

    def settings(self) -> Settings:
        """Return the configuration in force."""

    def links(self) -> Links:
        """Return what makes and reads the links of messages."""

    def config_error(self) -> str:
        """Return what is wrong with an edited configuration that is not in force, or nothing."""

    def rounds(self) -> Mapping[str, datetime | None]:
        """Return when each kind of round last ended well, by name; None when none has yet."""

    def stalled(self) -> Sequence[str]:
        """Return the names of the rounds that have not ended well for too long."""

    def now(self) -> datetime:
        """Return the time now, aware and in UTC."""


def last_tick(view: ServiceView) -> datetime | None:
    """Return when any round last ended well, None when none has yet."""
    return max((ended for ended in view.rounds().values() if ended is not None), default=None)


class _Tick(Protocol):
    @property
    def last(self) -> datetime | None: ...


class RunningApp(Protocol):
    """The shape of `monitor.app.App`, as far as the page and hubs use it."""

    @property
    def settings(self) -> Settings:
        """Return the configuration in force."""

    @property
    def tools(self) -> Tools:
        """Return the parts at work."""

    @property
    def config_error(self) -> str:
        """Return what is wrong with an edited configuration, or nothing."""

    async def at_work(self, work: Callable[[Tools], Awaitable[R]]) -> R:
        """Do ``work`` with the tools in force."""

    def clock(self) -> datetime:
        """Return the time now."""


class Running(Protocol):
    """The shape of `monitor.schedule.Service`, as far as the page uses it."""

    @property
    def app(self) -> RunningApp:
        """The parts at work."""

    @property
    def ticks(self) -> Mapping[str, _Tick]:
        """The kinds of rounds by name."""

    def stalled(self, now: datetime) -> Sequence[str]:
        """Return the names of the rounds that have not ended well for too long."""


@dataclass(frozen=True, slots=True)
class RunningView:
    """A running service seen through the window."""

    service: Running

    @property
    def store(self) -> Store:
        """Return the store of the running service."""
        return self.service.app.tools.store

    def settings(self) -> Settings:
        """Return the configuration in force."""
        return self.service.app.settings

    def links(self) -> Links:
        """Return what makes and reads the links of messages."""
        return self.service.app.tools.links

    def config_error(self) -> str:
        """Return what is wrong with an edited configuration that is not in force, or nothing."""
        return self.service.app.config_error

    def rounds(self) -> Mapping[str, datetime | None]:
        """Return when each kind of round last ended well."""
        return {name: tick.last for name, tick in self.service.ticks.items()}

    def stalled(self) -> Sequence[str]:
        """Return the names of the rounds that have not ended well for too long."""
        return self.service.stalled(self.now())

    def now(self) -> datetime:
        """Return the service's time."""
        return self.service.app.clock()
