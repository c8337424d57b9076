"""``${NAME}`` in a value: what it stands for, and what must never be shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

_REFERENCE = re.compile(
    r"\$\$\{|\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\})?", re.ASCII
)
_SECRETISH = re.compile(
    r"(?:^|[_\W])(?:pass\w*|pw|pwd|secrets?|tokens?|(?:api)?keys?|auth|cred\w*|private|dsn|(?:web)?hook)"
    r"(?:$|[_\W])",
    re.IGNORECASE,
)
_SECRET_WORDS = ("password", "passphrase", "secret", "token", "credentials")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at an offset (in characters) of a value."""

    offset: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A value with its variables filled in, which they were, and what was wrong."""

    text: str
    variables: tuple[tuple[str, str], ...] = ()
    """Pairs (name, what the environment gave for it)."""
    faults: tuple[Fault, ...] = ()


@lru_cache(maxsize=4096)
def is_secretish(name: str) -> bool:
    """Return whether a key or variable of this name, even misspelt, may hold a secret."""
    if _SECRETISH.search(name):
        return True
    return bool(get_close_matches(name.lower(), _SECRET_WORDS, n=1, cutoff=0.75))


def expand(text: str, environ: Mapping[str, str]) -> Expanded:
    """Fill in each ``${NAME}`` and ``${NAME:-default}``; ``$${`` stands for ``${`` itself.

    A default is taken when the variable is unset or empty, as in a shell. What a variable
    holds is taken as it is and never expanded again.
    """
    if "${" not in text:
        return Expanded(text)
    pieces: list[str] = []
    used: list[tuple[str, str]] = []
    faults: list[Fault] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        if match[0] == "$${":
            pieces.append("${")
        elif match["name"] is None:
            hint = "write $${ where the two characters themselves are meant"
            faults.append(Fault(match.start(), "a variable is written ${NAME}", hint))
        elif environ.get(match["name"]):
            pieces.append(environ[match["name"]])
            used.append((match["name"], environ[match["name"]]))
        elif match["default"] is not None:
            pieces.append(match["default"][2:])
        else:
            faults.append(_missing(match["name"], match.start(), environ))
    pieces.append(text[end:])
    faults.extend(_unreadable(used))
    return Expanded("".join(pieces), tuple(used), tuple(faults))


def _missing(name: str, offset: int, environ: Mapping[str, str]) -> Fault:
    state = "empty" if name in environ else "not set"
    return Fault(
        offset,
        f"the environment variable {name} is {state}",
        f"set it before starting, or write ${{{name}:-}} if it may be empty",
    )


def _unreadable(used: list[tuple[str, str]]) -> list[Fault]:
    return [
        Fault(0, f"the environment variable {name} holds bytes that are not text", "use UTF-8")
        for name, value in used
        if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value)
    ]
