"""The invented coverage as values, and which of it is out at a given time. No I/O but the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files

import yaml
from pydantic import Field, model_validator

from monitor.fields import Identifier
from monitor.registry import Options


class Editions(Options):
    """A run of editions, first and last included."""

    first: int
    last: int


class Outlet(Options):
    """An invented publisher."""

    id: Identifier
    name: str
    language: str
    """BCP 47 tag."""
    site: str
    """How it publishes: one of `monitor.demo.sites.SITES`."""
    full_text: bool = False
    """Whether its feed carries whole articles or only their first paragraph."""
    link_suffix: str = ""
    """What its feed appends to its links, such as a tracker."""
    outage: Editions | None = None
    """While these are the newest, it answers 503."""
    hub: bool = False
    """Whether its feed names the newsroom's hub, which tells of news unasked."""


class Edit(Options):
    """A small change that an outlet makes to an agency's text."""

    old: str
    new: str


class Entry(Options):
    """One invented article; the fields are explained atop ``coverage.yaml``."""

    id: Identifier
    outlet: Identifier
    edition: int = Field(ge=0)
    title: str
    text: str = ""
    language: str = ""
    age: int = Field(default=0, ge=0)
    about: tuple[Identifier, ...] = ()
    trap: str = ""
    copy_of: str = ""
    edits: tuple[Edit, ...] = ()
    corrects: str = ""


class Rewrites(Options):
    """One event as many outlets tell it, each in words of its own."""

    id: Identifier
    outlets: tuple[Identifier, ...]
    """They take turns."""
    editions: Editions
    count: int
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    middles: tuple[str, ...]
    endings: tuple[str, ...]
    about: tuple[Identifier, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the articles, spread evenly over the editions."""
        span = self.editions.last - self.editions.first + 1
        return tuple(
            Entry(
                id=f"{self.id}-{number + 1}",
                outlet=self.outlets[number % len(self.outlets)],
                edition=self.editions.first + number * span // self.count,
                title=self.titles[number % len(self.titles)],
                text=" ".join(
                    part[number % len(part)] for part in (self.openings, self.middles, self.endings)
                ),
                about=self.about,
            )
            for number in range(self.count)
        )


class Letter(Options):
    """One invented newsletter, which falls into the practice inbox."""

    id: Identifier
    edition: int = Field(ge=0)
    sender: str
    title: str
    text: str
    language: str = "en"
    about: tuple[Identifier, ...] = ()


class Coverage(Options):
    """Everything the practice newsroom will ever publish."""

    outlets: tuple[Outlet, ...]
    editions: tuple[float, ...]
    """Seconds after the first visit at which each edition comes out, ascending from 0."""
    entries: tuple[Entry, ...]
    rewrites: tuple[Rewrites, ...] = ()
    letters: tuple[Letter, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Coverage:
        """Refuse references to nowhere: the data is as strict as a configuration."""
        outlets = {outlet.id for outlet in self.outlets}
        entries = self.all_entries
        ids = {entry.id for entry in entries}
        problems = [f"{e.id}: no outlet {e.outlet!r}" for e in entries if e.outlet not in outlets]
        problems += [
            f"{entry.id}: no entry {other!r}"
            for entry in entries
            for other in (entry.copy_of, entry.corrects)
            if other and other not in ids
        ]
        dated: list[Entry | Letter] = [*entries, *self.letters]
        problems += [
            f"{e.id}: no edition {e.edition}" for e in dated if e.edition >= len(self.editions)
        ]
        if len(ids) != len(entries):
            problems.append("two entries share an id")
        if self.editions[:1] != (0,) or list(self.editions) != sorted(set(self.editions)):
            problems.append("editions ascend from 0")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @cached_property
    def all_entries(self) -> tuple[Entry, ...]:
        """Return every article there will be, those of the rewrites too."""
        return (*self.entries, *(entry for told in self.rewrites for entry in told.entries))

    def outlet(self, outlet_id: str) -> Outlet | None:
        """Return the outlet of that id, if there is one."""
        return next((outlet for outlet in self.outlets if outlet.id == outlet_id), None)


@dataclass(frozen=True, slots=True)
class Article:
    """An entry as it stands in its outlet now."""

    id: str
    outlet: str
    title: str
    paragraphs: tuple[str, ...]
    language: str
    published: datetime
    updated: datetime
    edition: int
    """The edition that brought it or its latest correction."""

    @property
    def summary(self) -> str:
        """Return the first paragraph."""
        return self.paragraphs[0]


def load_coverage() -> Coverage:
    """Read the coverage that ships with the package."""
    text = (files("monitor.demo") / "coverage.yaml").read_text(encoding="utf-8")
    return Coverage.model_validate(yaml.safe_load(text))


def editions_due(editions: Sequence[float], elapsed: float) -> int:
    """Return how many editions are out ``elapsed`` seconds after the first visit (at least one)."""
    return max(1, sum(after <= elapsed for after in editions))


def paragraphs_of(coverage: Coverage, entry: Entry) -> tuple[str, ...]:
    """Return an entry's paragraphs, with the edits of a copy applied to the text it copies.

    Raises ValueError when an edit changes nothing: the copy would not be what the data says.
    """
    text = entry.text
    if entry.copy_of:
        text = next(other for other in coverage.entries if other.id == entry.copy_of).text
    for edit in entry.edits:
        if edit.old not in text:
            message = f"{entry.id}: the text it copies does not hold {edit.old!r}"
            raise ValueError(message)
        text = text.replace(edit.old, edit.new)
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def articles(
    coverage: Coverage, outlet: Outlet, released: Sequence[datetime]
) -> tuple[Article, ...]:
    """Return what ``outlet`` shows, newest first, when ``released`` holds the time of each edition.

    A correction takes the place and the id of the entry it corrects; its ``updated`` is later.
    """
    shown: dict[str, Article] = {}
    for entry in sorted(coverage.all_entries, key=lambda entry: entry.edition):
        if entry.outlet != outlet.id or entry.edition >= len(released):
            continue
        out = released[entry.edition] - timedelta(minutes=entry.age)
        earlier = shown.get(entry.corrects)
        shown[entry.corrects or entry.id] = Article(
            id=entry.corrects or entry.id,
            outlet=outlet.id,
            title=entry.title,
            paragraphs=paragraphs_of(coverage, entry),
            language=entry.language or outlet.language,
            published=earlier.published if earlier else out,
            updated=out,
            edition=entry.edition,
        )
    return tuple(sorted(shown.values(), key=lambda article: article.updated, reverse=True))


def is_down(outlet: Outlet, edition: int) -> bool:
    """Return whether ``outlet`` is out of order while ``edition`` is the newest."""
    return outlet.outage is not None and outlet.outage.first <= edition <= outlet.outage.last
