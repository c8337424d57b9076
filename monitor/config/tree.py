"""YAML text to a plain tree with positions, by a strict subset of YAML 1.1.

Mappings, lists and scalars, nothing else: anchors, aliases, tags, merge keys, directives,
duplicate keys and second documents are faults. Scalars stay text, so ``no``, ``22:22`` and
``010`` mean what they say; the option models turn text into numbers where they want numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from monitor.config.environment import expand, is_secretish

MAX_DEPTH = 20
"""Nesting that no configuration needs; deeper input is refused before it costs memory."""


class Place(NamedTuple):
    """A position in a file; line and column count from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TreeFault:
    """What is wrong at a place."""

    place: Place
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text; ``secrets`` are the parts of it that no message may repeat."""

    place: Place
    text: str = field(repr=False)
    style: str = ""
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    broken: bool = False
    """True when a fault was already reported here, so that nothing else needs to be."""
    exact: bool = False
    """True when the text stands in the file character by character, on one line."""
    empty: bool = False
    """True when nothing at all was written, as in ``key:``."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; keys in the order written, each with its own place."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    broken: bool = False


Node = Scalar | Sequence | Table


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file: ``root`` is None when it is empty or could not be read to its end."""

    root: Node | None
    faults: tuple[TreeFault, ...]
    secrets: frozenset[str] = field(repr=False)
    """What came from the environment into places, or from variables, named like secrets."""


def parse(text: str, environ: Mapping[str, str]) -> Tree:
    """Read one YAML document, collecting every fault that can be told apart."""
    builder = _Builder(environ)
    try:
        for event in _events(text):
            builder.take(event)
    except _StopReadingError:
        builder.root = None
    except yaml.MarkedYAMLError as error:
        builder.faults.append(_syntax_fault(error, text))
        builder.root = None
    return Tree(builder.root, tuple(builder.faults), frozenset(builder.secrets))


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=yaml.CSafeLoader)


class _StopReadingError(Exception):
    """The rest of the file is not worth reading."""


@dataclass(slots=True)
class _Frame:
    node: Sequence | Table
    key: str | None = None
    duplicate: bool = False


class _Builder:
    """Takes the parser's events one by one; no recursion, so that depth costs nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.root: Node | None = None
        self.faults: list[TreeFault] = []
        self.secrets: set[str] = set()
        self._environ = environ
        self._frames: list[_Frame] = []
        self._documents = 0
        self._aliases: set[str | None] = set()

    def take(self, event: yaml.Event) -> None:
        """Add what one event brings to the tree."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._aliases:
                self._fault(event, f"the alias *{event.anchor} is refused", "write the value out")
            self._aliases.add(event.anchor)
            self._add(Scalar(_place(event), "", broken=True))
        elif isinstance(event, yaml.ScalarEvent):
            broken = self._decorated(event)
            if self._expects_key():
                self._set_key(event.value, _place(event))
            else:
                self._add(self._scalar(event, broken=broken))
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self._frames.pop()

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._fault(event, "a second document is refused", "remove the line ---")
            raise _StopReadingError
        if event.version or event.tags:
            self._fault(event, "YAML directives are refused", "remove the lines that begin with %")

    def _open(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        if len(self._frames) >= MAX_DEPTH:
            self._fault(event, f"nested more than {MAX_DEPTH} deep", "flatten it")
            raise _StopReadingError
        node: Sequence | Table
        broken = self._decorated(event)
        if isinstance(event, yaml.SequenceStartEvent):
            node = Sequence(_place(event), broken=broken)
        else:
            node = Table(_place(event), broken=broken)
        if self._expects_key():
            self._fault(event, "a key is one word, not a list or a mapping")
            raise _StopReadingError
        self._add(node)
        self._frames.append(_Frame(node))

    def _expects_key(self) -> bool:
        if not self._frames:
            return False
        frame = self._frames[-1]
        return isinstance(frame.node, Table) and frame.key is None

    def _set_key(self, key: str, place: Place) -> None:
        frame = self._frames[-1]
        assert isinstance(frame.node, Table)  # noqa: S101 - `_expects_key` was true
        frame.key = key
        first = frame.node.keys.get(key)
        frame.duplicate = first is not None
        if first is None:
            frame.node.keys[key] = place
        else:
            message = f"the key {key!r} is given twice, first on line {first.line}"
            self.faults.append(TreeFault(place, message, "keep one of the two"))

    def _add(self, node: Node) -> None:
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif frame.key is not None:
            if not frame.duplicate:
                frame.node.entries[frame.key] = node
            frame.key = None

    def _scalar(self, event: yaml.ScalarEvent, *, broken: bool) -> Scalar:
        expanded = expand(event.value, self._environ)
        place = _place(event)
        style = event.style or ""
        exact = _stands_as_written(event, style)
        for fault in expanded.faults:
            where = shifted(place, style, fault.offset) if exact else place
            self.faults.append(TreeFault(where, fault.message, fault.hint))
        names = tuple(name for name, _ in expanded.variables)
        values = tuple(value for _, value in expanded.variables)
        key = self._nearest_key()
        literal = (expanded.text,) if is_secretish(key) else ()
        self.secrets.update(literal)
        self.secrets.update(value for name, value in expanded.variables if is_secretish(name))
        broken = broken or bool(expanded.faults)
        exact = exact and expanded.text == event.value
        empty = not style and not event.value and not broken
        return Scalar(place, expanded.text, style, names, values + literal, broken, exact, empty)

    def _nearest_key(self) -> str:
        return next((frame.key for frame in reversed(self._frames) if frame.key is not None), "")

    def _decorated(self, event: yaml.NodeEvent) -> bool:
        tag = getattr(event, "tag", None)
        if event.anchor is not None:
            self._fault(event, f"the anchor &{event.anchor} is refused", "write the value out")
        if tag is not None:
            short = str(tag).replace("tag:yaml.org,2002:", "!!")
            self._fault(event, f"the tag {short} is refused", "write the plain value")
        return event.anchor is not None or tag is not None

    def _fault(self, event: yaml.Event, message: str, hint: str = "") -> None:
        self.faults.append(TreeFault(_place(event), message, hint))


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def shifted(place: Place, style: str, offset: int) -> Place:
    """Return the place of a character of a value that stands in the file as it reads."""
    return Place(place.line, place.column + offset + len(style))


def _stands_as_written(event: yaml.ScalarEvent, style: str) -> bool:
    """Blocks, folded lines, escapes and decorations move characters about."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return False
    written = end.index - start.index - 2 * len(style)
    return start.line == end.line and written == len(event.value)


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> TreeFault:
    mark = error.problem_mark or error.context_mark
    if error.problem == "found unexpected end of stream":
        mark = error.context_mark or mark  # where the quote opens, not where the file ends
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    problem = error.problem or "cannot be read as YAML"
    message, hint = f"not valid YAML: {problem}", ""
    if error.context and error.context_mark:
        message += f", {error.context} that begins on line {error.context_mark.line + 1}"
    if here[column : column + 1] == "\t" or (here.startswith("\t") and not here[:column].strip()):
        message, hint = "not valid YAML: a tab stands where spaces are needed", "indent by spaces"
    elif "${" in here and ("{" in here.replace("${", "") or "[" in here):
        hint = 'inside { } and [ ] a variable needs quotes: "${NAME}"'
    elif "mapping values are not allowed" in problem:
        hint = "a value that contains ': ' needs quotes, or a line is indented wrongly"
    elif "cannot start any token" in problem:
        hint = "a value that begins with @, `, % or another sign needs quotes"
    return TreeFault(Place(line + 1, column + 1), message, hint)
