"""A tree and an option model to the model's value, or to problems each at its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from monitor.config.explain import explain, without_secrets
from monitor.config.files import ConfigFile
from monitor.config.known import wants_bool
from monitor.config.nodes import Loc, plain, resolve
from monitor.config.tree import Node, Scalar, Sequence, Table
from monitor.errors import Problem

M = TypeVar("M", bound=BaseModel)
M_co = TypeVar("M_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Placed(Generic[M_co]):
    """A validated value with its place in a file, so that later checks can point at it."""

    value: M_co
    file: ConfigFile
    node: Node

    def problem(self, loc: Loc, message: str, hint: str = "") -> Problem:
        """Return a problem at ``loc``, keys and indices below the value."""
        node, _ = resolve(self.node, loc)
        return self.file.problem(node.place, without_secrets(node, message), hint)


def validate(
    model: type[M], node: Node, file: ConfigFile, **extra: Any
) -> tuple[Placed[M] | None, list[Problem]]:
    """Return the model's value, or None and every problem.

    ``extra`` are options that hold where the file does not give them.
    """
    problems = [*_empty_values(node, file), *_loose_words(model, node, file)]
    if not isinstance(node, Table):
        if not node.broken and not problems:
            problems.append(file.problem(node.place, "an entry is a mapping (key: value)"))
        return None, problems
    try:
        value = model.model_validate({**extra, **plain(node)})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, problems + explain(model, node, file, details)
    return (None if problems else Placed(value, file, node)), problems


def _empty_values(node: Node, file: ConfigFile) -> Iterator[Problem]:
    """Yield a problem for each ``key:`` or ``-`` with nothing behind it."""
    if isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar) and item.empty:
                yield file.problem(item.place, "an entry is empty", "write it out or remove the -")
            yield from _empty_values(item, file)
    elif isinstance(node, Table):
        for key, item in node.entries.items():
            if isinstance(item, Scalar) and item.empty:
                hint = 'give one, or remove the line; "" is empty text and [] an empty list'
                yield file.problem(node.keys[key], f"{key!r} has no value", hint, key=True)
            yield from _empty_values(item, file)


_LOOSE = {"yes", "no", "on", "off", "y", "n", "t", "f", "1", "0"}


def _loose_words(
    model: type[BaseModel], node: Node, file: ConfigFile, path: Loc = ()
) -> Iterator[Problem]:
    """Yield a problem where a switch is set by another word than true or false.

    pydantic would take them; but whoever reads ``no`` in one place as text should not have to
    know in which other place it is a switch.
    """
    if isinstance(node, Scalar):
        if node.text.lower() in _LOOSE and not node.broken and path and wants_bool(model, path):
            yield file.problem(node.place, f"{path[-1]}: true or false is expected")
        return
    below = enumerate(node.items) if isinstance(node, Sequence) else node.entries.items()
    for step, item in below:
        yield from _loose_words(model, item, file, (*path, step))
