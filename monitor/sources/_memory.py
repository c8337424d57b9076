"""What a kind of source writes down for its next poll: JSON that names its writer.

A source keeps its memory when its kind is changed in the configuration; the name tells the new
kind that what is written there is not its own.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from monitor.model import SourceState, Validators

LARGEST: Final = 64 * 1024
"""Characters of one source's memory; kinds bound what they write to stay below."""


def recall(memory: str, kind: str) -> dict[str, Any]:
    """Return what ``kind`` wrote, empty when there is nothing or another kind wrote it."""
    try:
        values = json.loads(memory) if memory else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict) or values.pop("kind", None) != kind:
        return {}
    return values


def note(kind: str, **values: Any) -> str:
    """Return ``values`` as ``kind`` will recall them."""
    return json.dumps({"kind": kind, **values}, ensure_ascii=False, separators=(",", ":"))


def texts(value: object) -> list[str]:
    """Return the texts of a recalled list; a memory is never trusted to be as it was written."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def under_options(state: SourceState, kind: str, options: str) -> SourceState:
    """Return ``state`` to ask with: without validators when ``options`` changed since it was noted.

    A page that did not change is to be read again by those who read it another way.
    """
    if recall(state.memory, kind).get("options") == options:
        return state
    return replace(state, validators=Validators())
