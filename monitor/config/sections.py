"""The four kinds of file, each read into validated values that know their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar, cast

from monitor import channels, sources
from monitor.channels.base import Channel
from monitor.config.explain import missing_kind, nearest, unknown_kind
from monitor.config.files import ConfigFile, read
from monitor.config.options import MonitorOptions
from monitor.config.tree import Node, Place, Scalar, Sequence, Table, parse
from monitor.config.validate import Placed, validate
from monitor.errors import Problem
from monitor.matching import Watchlist
from monitor.planning.subscription import Subscription
from monitor.registry import Kind, Options, discover
from monitor.sources.base import Source

T = TypeVar("T", bound=Options)
K = TypeVar("K", bound=Kind)

DEFAULT_SOURCE = "feed"
DEFAULT_CHANNELS = ({"id": "mailbox", "kind": "mailbox", "folder": "data/mailbox"},)
"""Where messages go when ``channels`` is left out: a folder, no account needed."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file as a tree; ``root`` is None when nothing further can be said about it."""

    file: ConfigFile
    root: Table | None
    secrets: frozenset[str] = field(repr=False)


@dataclass(slots=True)
class Section(Generic[T]):
    """The values of one part of the configuration, and every id it was seen to name.

    ``ids`` holds those of refused entries too, so that one fault is told only once;
    ``complete`` is False when a file could not be read and any further id may exist.
    """

    values: list[Placed[T]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    complete: bool = True
    key: str = "id"
    """The option that is the id."""

    @property
    def by_id(self) -> dict[str, T]:
        """Return the values by id."""
        return {getattr(placed.value, self.key): placed.value for placed in self.values}


def parse_file(path: Path, environ: Mapping[str, str]) -> tuple[Parsed, list[Problem]]:
    """Read one file into a tree whose root is a mapping."""
    file, problems = read(path)
    if problems:
        return Parsed(file, None, frozenset()), problems
    tree = parse(file.text, environ)
    problems = [file.problem(fault.place, fault.message, fault.hint) for fault in tree.faults]
    root = tree.root
    if root is None and not tree.faults:
        root = Table(Place(1, 1))
    if root is not None and not isinstance(root, Table):
        message = "the file is a mapping (key: value) at its outermost level"
        problems.append(file.problem(root.place, message))
        root = None
    return Parsed(file, root, tree.secrets), problems


def read_monitor(
    parsed: Parsed,
) -> tuple[Placed[MonitorOptions] | None, Section[Channel], list[Problem]]:
    """Return the options of ``monitor.yaml`` and its channels, or the default channel."""
    kinds = cast("dict[str, type[Channel]]", discover(channels, Channel))
    if parsed.root is None:
        return None, Section(complete=False), []
    rest = dict(parsed.root.entries)
    listed = rest.pop("channels", None)
    own = Table(parsed.root.place, rest, parsed.root.keys)
    options, problems = validate(MonitorOptions, own, parsed.file)
    if listed is None:
        section: Section[Channel] = Section()
        for default in DEFAULT_CHANNELS:
            value = kinds[default["kind"]].model_validate(default)
            section.values.append(Placed(value, parsed.file, parsed.root))
            section.ids.add(value.id)
        return options, section, problems
    section, more = _entries(listed, "channels", kinds, "", parsed.file)
    return options, section, problems + more


def read_sources(parsed: Parsed) -> tuple[Section[Source], list[Problem]]:
    """Return the sources of ``sources.yaml``."""
    kinds = cast("dict[str, type[Source]]", discover(sources, Source))
    listed, problems = _only_key(parsed, "sources")
    if listed is None:
        return Section(complete=parsed.root is not None), problems
    section, more = _entries(listed, "sources", kinds, DEFAULT_SOURCE, parsed.file)
    return section, problems + more


def read_subscriptions(
    parsed: Parsed, time_zone: str
) -> tuple[Section[Subscription], list[Problem]]:
    """Return the subscriptions; those that name no time zone get ``time_zone``."""
    listed, problems = _only_key(parsed, "subscriptions")
    section: Section[Subscription] = Section(complete=parsed.root is not None)
    for node in _items(listed, "subscriptions", parsed.file, problems):
        value, more = validate(Subscription, node, parsed.file, time_zone=time_zone)
        problems += more + _remember(section.ids, node, "id", parsed.file)
        section.values += [value] if value else []
    return section, problems


def read_watchlists(files: Iterable[Parsed]) -> tuple[Section[Watchlist], list[Problem]]:
    """Return the watchlists, one a file."""
    section: Section[Watchlist] = Section(key="watchlist")
    problems: list[Problem] = []
    for parsed in files:
        if parsed.root is None:
            section.complete = False
            continue
        value, more = validate(Watchlist, parsed.root, parsed.file)
        problems += more + _remember(section.ids, parsed.root, "watchlist", parsed.file)
        section.values += [value] if value else []
    return section, problems


def _only_key(parsed: Parsed, key: str) -> tuple[Node | None, list[Problem]]:
    """Return what stands under the one key that a file may have."""
    if parsed.root is None:
        return None, []
    problems = [
        parsed.file.problem(place, f"unknown key {name!r}", nearest(name, [key]), key=True)
        for name, place in parsed.root.keys.items()
        if name != key
    ]
    return parsed.root.entries.get(key), problems


def _items(
    listed: Node | None, key: str, file: ConfigFile, problems: list[Problem]
) -> Iterable[Node]:
    if listed is None or listed.broken:
        return
    if not isinstance(listed, Sequence):
        hint = "begin each entry with -, or write [] for none"
        problems.append(file.problem(listed.place, f"{key}: a list is expected", hint))
        return
    yield from listed.items


def _entries(
    listed: Node, key: str, kinds: Mapping[str, type[K]], default: str, file: ConfigFile
) -> tuple[Section[K], list[Problem]]:
    """Validate each entry of a list as its kind's model."""
    section: Section[K] = Section()
    problems: list[Problem] = []
    refused = next(iter(kinds.values())).refused
    for node in _items(listed, key, file, problems):
        problems += _remember(section.ids, node, "id", file)
        given = node.entries.get("kind") if isinstance(node, Table) else None
        if given is not None and given.broken:
            continue
        kind = given.text if isinstance(given, Scalar) else default
        if isinstance(given, Scalar) and kind not in kinds:
            problems.append(file.problem(*unknown_kind(given, kinds, refused)[:3]))
        elif not kind and isinstance(node, Table):
            problems.append(file.problem(*missing_kind(node, kinds)[:3], key=True))
        else:
            model = kinds.get(kind) or next(iter(kinds.values()))
            value, more = validate(model, node, file, kind=kind)
            problems += more
            section.values += [value] if value else []
    return section, problems


def _remember(ids: set[str], node: Node, key: str, file: ConfigFile) -> list[Problem]:
    """Add a node's id to those seen; a problem when it is there already."""
    given = node.entries.get(key) if isinstance(node, Table) else None
    if not isinstance(given, Scalar) or given.broken or given.empty:
        return []
    if given.text in ids:
        return [file.problem(given.place, f"{key} {given.text!r} is taken", "ids are unique")]
    ids.add(given.text)
    return []
