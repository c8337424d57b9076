"""A service in this process that dies at a chosen step: nothing of it goes on, the database stays.

A step is a read, a statement, a commit, the making of a message, or its hand-over to the mail server.
What dies raises `Killed`, which nothing in the service catches, and from then on everything that is
left of that life does, too.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from monitor.app import App
from monitor.errors import TemporaryFailure
from monitor.links import Links
from monitor.model import Notice, NoticeLinks
from monitor.store import Store, Tx
from monitor.tools import Tools
from monitor.work.story_memory import StoryMemory


class Killed(BaseException):
    """The end of a life."""


class Fate:
    """Counts the steps of a life and ends it at number ``at``; never when that is 0."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.steps = 0
        self.died = ""
        """The step at which it ended."""

    def step(self, name: str) -> None:
        """Go on to the next step, or die before it."""
        self.steps += 1
        if self.died or self.steps == self.at:
            self.died = self.died or name
            raise Killed(name)


@dataclass(slots=True)
class MortalStore:
    """A store of which every call may be the last."""

    store: Store
    fate: Fate

    async def read(self, fn: Callable[[Tx], Any]) -> Any:
        """Read as one step."""
        self.fate.step("read")
        return await self.store.read(fn)

    async def write(self, fn: Callable[[Tx], Any]) -> Any:
        """Write with a step before each statement, before the commit and after it."""

        def mortal(tx: Tx) -> Any:
            run, drive = tx._run, tx._drive
            tx._run = partial(self._watched, run)  # type: ignore[method-assign]
            tx._drive = partial(self._watched, drive)  # type: ignore[method-assign]
            result = fn(tx)
            self.fate.step("before a commit")
            return result

        result = await self.store.write(mortal)
        self.fate.step("after a commit")
        return result

    def _watched(self, run: Callable[..., Any], statement: Any, *values: Any) -> Any:
        self.fate.step(" ".join(re.findall(r"[a-zA-Z_]+", str(statement))[:1]).lower())
        return run(statement, *values)


@dataclass(frozen=True, slots=True)
class MortalLinks:
    """Makes no links; that it is asked for them is the step in which a message gets its bytes."""

    fate: Fate
    links: Links

    def of(self, notice: Notice, delivery: str) -> NoticeLinks | None:
        """Return the links of a message."""
        self.fate.step("before a message is made")
        return self.links.of(notice, delivery)


@dataclass(slots=True)
class Box:
    """All the mail that was ever handed over."""

    mails: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Message-IDs to digests of their bytes: one each when all is well."""
    times: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """Message-IDs to when they came."""

    def keep(self, message: bytes, now: datetime) -> None:
        """Keep a mail."""
        found = re.search(rb"^Message-ID: (\S+)\r\n", message, re.MULTILINE)
        assert found, "a mail without Message-ID"
        name = found[1].decode()
        self.mails[name].add(hashlib.sha256(message).hexdigest())
        self.times[name].append(now)


@dataclass(slots=True)
class MortalPost:
    """A network that only hands mail over, with a server that sometimes has no time."""

    fate: Fate
    world: World

    async def send_mail(
        self, server: object, message: bytes, sender: str, recipients: Sequence[str]
    ) -> str:
        """Put a mail into the box between two steps."""
        self.fate.step("before a mail is handed over")
        if self.world.chance.random() < self.world.busy:
            busy = "451 come back later"
            raise TemporaryFailure(busy)
        self.world.box.keep(message, self.world.now)
        self.fate.step("after a mail was handed over")
        return "250 kept"


@dataclass(slots=True)
class World:
    """What outlives a life: the database, the mail that was handed over, the clock."""

    tools: Tools
    now: datetime
    chance: random.Random
    box: Box = field(default_factory=Box)
    busy: float = 0.02
    """Part of the mails that the server puts off."""
    lives: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    """How many lives ended at each step."""

    async def live(self, act: Callable[[App], Awaitable[Any]], at: int = 0) -> bool:
        """Start the service anew and have it do ``act``; False when it died at step ``at``."""
        fate = Fate(at)
        tools = replace(
            self.tools,
            store=MortalStore(self.tools.store, fate),  # type: ignore[arg-type]
            net=MortalPost(fate, self),  # type: ignore[arg-type]
            links=MortalLinks(fate, self.tools.links),  # type: ignore[arg-type]
            stories=StoryMemory(),
        )
        app = App(tools, clock=lambda: self.now)
        self.lives += 1
        try:
            await act(app)
        except Killed:
            self.deaths[fate.died] += 1
            return False
        return True
