"""Changing a file of the configuration in one place, every other character left as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from monitor.config.tree import Place, Scalar
from monitor.config.tree import parse as parse_tree
from monitor.errors import InputError
from monitor.matching.faults import QueryError
from monitor.matching.query import parse
from monitor.matching.writing import format_lines, format_query

Entry = Mapping[str, str | list[str]]
"""Options of an entry, in the order in which they are written."""
WIDTH = 100
"""Where lines of a query in a block are broken."""
_BREAK = re.compile(r"\r\n|\r|\n")


class QueryFault(Exception):
    """A query inside a file cannot be read."""

    def __init__(self, scalar: Scalar, error: QueryError) -> None:
        super().__init__(str(error))
        self.scalar = scalar
        self.error = error


def format_queries(text: str, name: str = "the file") -> str:
    """Return the text of a watchlist with each ``match:`` in its standard form.

    Raises `InputError` when it is no watchlist in the subset of YAML that is read here, and
    `QueryFault` for a query that cannot be read.
    """
    body = text.removeprefix("\ufeff")
    starts = _line_starts(body)
    changes = []
    for node in _queries(_composed(body, name)):
        begin, end = (starts[mark.line] + mark.column for mark in (node.start_mark, node.end_mark))
        if "${" in node.value or not node.value.strip():
            continue  # a variable's value is not known here
        written = _rewritten(body[begin:end], node)
        changes.append((begin, end, written))
    for begin, end, written in reversed(changes):
        body = body[:begin] + written + body[end:]
    return text[: len(text) - len(text.removeprefix("\ufeff"))] + body


def _composed(text: str, name: str) -> Any:
    """Return PyYAML's tree, whose nodes know where they begin and end."""
    faults = parse_tree(text, _Anything()).faults
    if faults:
        place = faults[0].place
        message = f"{name}:{place.line}:{place.column}: {faults[0].message}"
        raise InputError(message)
    return yaml.compose(text, Loader=yaml.CSafeLoader)


class _Anything(Mapping[str, str]):
    """An environment in which every variable is set: here only places count."""

    def __getitem__(self, key: str) -> str:
        return "x"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return True


def _queries(root: Any) -> Iterator[yaml.ScalarNode]:
    for watch in getattr(_value(root, "watches"), "value", ()):
        match = _value(watch, "match")
        if isinstance(match, yaml.ScalarNode):
            yield match


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _BREAK.finditer(text))]


def _rewritten(written: str, node: yaml.ScalarNode) -> str:
    """Return a value as it shall stand in the file."""
    try:
        query = parse(node.value)
    except QueryError as error:
        mark = node.start_mark
        style = node.style or ""
        place = Place(mark.line + 1, mark.column + 1)
        raise QueryFault(Scalar(place, node.value, style), error) from None
    if node.style not in {"|", ">"}:
        text = format_query(query)
        style = str(node.style or "")
        unchanged: bool = text == node.value
        return written if unchanged else _quoted(text, style)
    head: str
    lines: list[str]
    head, *lines = written.splitlines(keepends=True)
    kept = len(lines) - next((i for i, line in enumerate(reversed(lines)) if line.strip()), 0)
    first = next(line for line in lines if line.strip())
    indent = " " * (len(first) - len(first.lstrip(" ")))
    ending: str = (_BREAK.findall(head) or ["\n"])[-1]
    wanted = [f"{indent}{line}" for line in format_lines(query, WIDTH - len(indent))]
    last = "" if kept == len(lines) and not _BREAK.search(lines[-1]) else ending
    return head + ending.join(wanted) + last + "".join(lines[kept:])


def _quoted(text: str, style: str) -> str:
    """Return a value in the style it had, or in quotation marks when it needs them."""
    if style == '"':
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if style == "'" or not _plain(text):
        return "'" + text.replace("'", "''") + "'"
    return text


def _plain(text: str) -> bool:
    """Tell whether a value needs no quotation marks, in a list in brackets neither."""
    if re.search(r"[{}\[\],?]|: | #|:$", text) or text != text.strip():
        return False
    return all(_reads_back(text, context) for context in ("- {}\n", "[{}, x]\n"))


def _reads_back(text: str, context: str) -> bool:
    """Tell whether a value without quotation marks is this text, and text it is."""
    try:
        node = yaml.compose(context.format(text), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    first = (getattr(node, "value", None) or [None])[0]
    is_text = isinstance(first, yaml.ScalarNode) and str(first.tag).endswith(":str")
    return is_text and not first.style and bool(first.value == text)


# ------------------------------------------------------------------ adding an entry


def add_watch(text: str, options: Entry, name: str = "the file") -> str:
    """Return the text of a watchlist with one more watch at the end of its list.

    ``options`` are written in their order. Raises `InputError` when the list is written in brackets.
    """
    return _add_entries(text, "watches", [options], name)


def add_source(text: str, options: Entry, name: str = "the file") -> str:
    """Return the text of ``sources.yaml`` with one more source; as `add_watch`."""
    return add_sources(text, [options], name)


def add_sources(text: str, sources: Sequence[Entry], name: str = "the file") -> str:
    """Return the text of ``sources.yaml`` with more sources at its end; as `add_watch`.

    Titles and addresses come from elsewhere: a ``${NAME}`` in them stays what it says.
    """
    literal = [{key: _literal(value) for key, value in each.items()} for each in sources]
    return _add_entries(text, "sources", literal, name)


def _literal(value: str | list[str]) -> str | list[str]:
    if isinstance(value, str):
        return value.replace("${", "$${")
    return [each.replace("${", "$${") for each in value]


def _add_entries(text: str, key: str, entries: Sequence[Entry], name: str) -> str:
    body = text.removeprefix("\ufeff")
    ending = (_BREAK.findall(body) or ["\n"])[0]
    root = _composed(body, name)
    listed = _value(root, key)
    if listed is None or (isinstance(listed, yaml.ScalarNode) and not listed.value):
        if listed is not None:
            message = f"{name}:{listed.start_mark.line + 1}: {key!r} has no value; write {key}: []"
            raise InputError(message)
        lines = [f"{key}:", *_lines(entries, "  ")]
        joint = "" if not body or body.endswith(("\n", "\r")) else ending
        body = body + joint + ending.join(lines) + ending
    elif not listed.flow_style and listed.value:
        body = _after_last(body, listed, entries, ending)
    elif not listed.value:
        starts = _line_starts(body)
        begin, end = (starts[m.line] + m.column for m in (listed.start_mark, listed.end_mark))
        rest = _BREAK.search(body, end)
        behind = rest.end() if rest else len(body)
        lines = [body[:begin].rstrip(" ") + body[end : rest.start() if rest else behind]]
        body = ending.join([*lines, *_lines(entries, "  ")]) + ending + body[behind:]
    else:
        message = (
            f"{name}: its {key} stand in brackets; begin each entry with - on a line of its own"
        )
        raise InputError(message)
    return text[: len(text) - len(text.removeprefix("\ufeff"))] + body


def _after_last(body: str, listed: Any, entries: Sequence[Entry], ending: str) -> str:
    """Put entries behind the last one's text, in front of what comments follow."""
    starts = _line_starts(body)
    last = listed.value[-1]
    before = body[: starts[last.start_mark.line] + last.start_mark.column]
    dash = before.rindex("-")
    indent = " " * (dash - starts[_line_of(starts, dash)])
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = starts[last.end_mark.line] + last.end_mark.column
    while end > 0 and body[end - 1] in " \t\r\n":
        end -= 1
    rest = _BREAK.search(body, end)
    place = rest.end() if rest else len(body)
    lines = ending.join(_lines(entries, indent)) + ending
    return body[:place] + ("" if rest else ending) + lines + body[place:]


def _line_of(starts: list[int], place: int) -> int:
    return max(number for number, start in enumerate(starts) if start <= place)


def _lines(entries: Sequence[Entry], indent: str) -> list[str]:
    return [line for entry in entries for line in _entry(entry, indent)]


def _entry(options: Entry, indent: str) -> list[str]:
    """Return the lines of one entry."""
    lines: list[str] = []
    for key, value in options.items():
        said = _scalar(value) if isinstance(value, str) else f"[{', '.join(map(_scalar, value))}]"
        lines.append(f"{indent}{'  ' if lines else '- '}{key}: {said}")
    return lines


def _scalar(text: str) -> str:
    if not text.isprintable():
        return yaml.safe_dump(text, default_style='"', width=1 << 20, allow_unicode=False).strip()
    return _quoted(text, "") if text else '""'
