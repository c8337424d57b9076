"""What pydantic found wrong, in a reader's words and at its place in the file.

pydantic's own texts are used only where they cannot repeat the input; a text written by a
validator is used unless a part of a secret is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.config.files import ConfigFile
from monitor.config.inside import place_inside
from monitor.config.known import description_at, keys_at, kinds_at
from monitor.config.nodes import Loc, resolve, scalars
from monitor.config.tree import Node, Place, Scalar, Table
from monitor.errors import Problem

_ARMOUR = re.compile(r"-----(BEGIN|END) [A-Z ]+-----")
"""First and last line of a key in PEM (RFC 7468): every key has them."""
_REFUSED = "is refused"
MOST_NAMES = 12
"""Names that a hint lists when none is near."""


class Saying(NamedTuple):
    """One error in a reader's words; ``name`` is the option's and stands before ``message``."""

    place: Place
    message: str
    hint: str = ""
    name: str = ""


def explain(
    model: type[BaseModel], root: Node, file: ConfigFile, details: list[ErrorDetails]
) -> list[Problem]:
    """Turn pydantic's errors into problems; members of a union that fail at one place are one."""
    problems = []
    values: dict[tuple[Place, str], list[Saying]] = {}
    for detail in details:
        if key := _about_key(model, root, detail):
            problems.append(file.problem(key.place, key.message, key.hint, key=True))
        elif value := _about_value(model, root, detail, file):
            values.setdefault((value.place, value.name), []).append(value)
    for (place, name), sayings in values.items():
        message = name + " or ".join(dict.fromkeys(saying.message for saying in sayings))
        hint = next((saying.hint for saying in sayings if saying.hint), "")
        problems.append(file.problem(place, message, hint))
    return problems


def _about_key(model: type[BaseModel], root: Node, detail: ErrorDetails) -> Saying | None:
    """Return what to say of a key that is missing, unknown or badly formed."""
    loc, kind = detail["loc"], detail["type"]
    if not loc:
        return None
    above, _ = resolve(root, loc[:-1])
    key = str(loc[-1])
    if kind == "missing" and not above.broken:
        return Saying(above.place, f"the key {key!r} is missing")
    if kind == "extra_forbidden":
        place = above.keys.get(key, above.place) if isinstance(above, Table) else above.place
        return Saying(place, f"unknown key {key!r}", nearest(key, keys_at(model, loc[:-1])))
    if key == "[key]":
        table, _ = resolve(root, loc[:-2])
        name = str(loc[-2])
        place = table.keys.get(name, table.place) if isinstance(table, Table) else table.place
        return Saying(place, f"{name}: {_say(table, detail)[0]}")
    if kind == "union_tag_not_found":
        node, _ = resolve(root, loc)
        if isinstance(node, Table) and not node.broken and "kind" not in node.keys:
            return missing_kind(node, kinds_at(model, loc))
    return None


def _about_value(
    model: type[BaseModel], root: Node, detail: ErrorDetails, file: ConfigFile
) -> Saying | None:
    """Return what to say of a value; None when something was said of its place already."""
    loc, kind = detail["loc"], detail["type"]
    node, _ = resolve(root, loc)
    if kind == "union_tag_invalid" and isinstance(node, Table):
        given = node.entries.get("kind")
        if isinstance(given, Scalar) and not given.broken and not given.empty:
            return unknown_kind(given, kinds_at(model, loc))
        return None
    if kind in {"missing", "union_tag_not_found"} or node.broken:
        return None
    if isinstance(node, Scalar) and node.empty:
        return None
    message, hint = _say(node, detail)
    unlike = (
        kind == "string_pattern_mismatch" and detail.get("ctx", {}).get("pattern") != _IDENTIFIER
    )
    if unlike or message.endswith(_REFUSED):  # what is expected can be said, what was given cannot
        hint = description_at(model, loc)
    return Saying(_exact_place(node, detail, file), message, hint, _name(root, loc))


def missing_kind(node: Node, known: Iterable[str]) -> Saying:
    """Return what to say of an entry that does not say what it is."""
    return Saying(node.place, "the key 'kind' is missing", f"known kinds: {', '.join(known)}")


def unknown_kind(
    given: Scalar, known: Iterable[str], refused: Mapping[str, str] | None = None
) -> Saying:
    """Return what to say of a kind that there is not; ``refused`` says why of some."""
    if why := (refused or {}).get(given.text):
        return Saying(given.place, f"kind {given.text!r} is not supported: {why}")
    names = list(known)
    near = get_close_matches(given.text, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near and not given.secrets else ""
    message = without_secrets(given, f"unknown kind {given.text!r}")
    return Saying(given.place, message, f"{hint}known kinds: {', '.join(names)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of the known words, or the first of them."""
    names = list(known)
    if near := get_close_matches(word, names, n=1, cutoff=0.6):
        return f"did you mean {near[0]!r}?"
    more = ", …" if len(names) > MOST_NAMES else ""
    return f"known: {', '.join(names[:MOST_NAMES])}{more}" if names else ""


_SAYINGS = {
    "string_type": "one text is expected",
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "set_type": "a list is expected",
    "dict_type": "a mapping (key: value) is expected",
    "model_type": "a mapping (key: value) is expected",
    "model_attributes_type": "a mapping (key: value) is expected",
    "int_parsing": "a whole number is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_parsing": "a number is expected",
    "float_type": "a number is expected",
    "finite_number": "a finite number is expected",
    "bool_parsing": "true or false is expected",
    "bool_type": "true or false is expected",
}
_IDENTIFIER = "^[a-z0-9][a-z0-9-]{0,63}$"


def _say(node: Node, detail: ErrorDetails) -> tuple[str, str]:  # noqa: PLR0911 - one for each kind of error
    """Return message and hint."""
    kind, context = detail["type"], detail.get("ctx", {})
    if message := _SAYINGS.get(kind):
        around = "put [ ] around it" if isinstance(node, Scalar) else "begin each entry with -"
        return message, around if message == _SAYINGS["list_type"] else ""
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        known = isinstance(node, Scalar) and not node.secrets
        near = (
            get_close_matches(node.text, words, n=1) if isinstance(node, Scalar) and known else []
        )
        hint = f"did you mean {near[0]!r}?" if near else ""
        return f"{context.get('expected', 'another word')} is expected", hint
    if kind == "string_pattern_mismatch":
        if context.get("pattern") == _IDENTIFIER:
            return "lower-case letters, digits and hyphens are expected, at most 64", ""
        return f"this does not match the pattern {context.get('pattern')}", ""
    if kind == "too_short" and context.get("min_length") == 1:
        return "at least one entry is needed", ""
    error = context.get("error")
    hint = without_secrets(node, str(getattr(error, "hint", "")))
    if reason := getattr(error, "reason", ""):
        return without_secrets(node, str(reason)), hint
    message = str(error) if error is not None else detail["msg"]
    return without_secrets(node, message[:1].lower() + message[1:]), hint


def _name(root: Node, loc: Loc) -> str:
    """Return the innermost key on the way to ``loc``, as the beginning of a message."""
    name = ""
    for end, step in enumerate(loc, 1):
        if isinstance(step, str) and resolve(root, loc[:end])[1]:
            name = f"{step}: "
    return name


def _exact_place(node: Node, detail: ErrorDetails, file: ConfigFile) -> Place:
    """Return the place inside a value when the validator's error carries an ``offset``."""
    offset = getattr(detail.get("ctx", {}).get("error"), "offset", None)
    if isinstance(offset, int) and isinstance(node, Scalar):
        return place_inside(file.text, node, offset)
    return node.place


def without_secrets(node: Node, message: str) -> str:
    """Return the message, or a plain one when any word of a secret below ``node`` is in it.

    Words of three letters tell nothing, and a key in PEM has many of them by chance.
    """
    lower = message.casefold()
    for scalar in scalars(node):
        for secret in scalar.secrets:
            bare = _ARMOUR.sub("", secret).casefold()
            words = [*re.findall(r"\w{4,}", bare), secret.casefold()]
            if any(word in lower for word in words if word):
                names = " and ".join(f"${{{name}}}" for name in scalar.variables)
                return f"the value of {names} {_REFUSED}" if names else f"the value {_REFUSED}"
    return message
