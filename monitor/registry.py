"""Kinds: families of plug-ins whose options are the plug-in.

A new source or channel is one new file in its package: a frozen pydantic model with a
``kind: Literal["…"]`` field. `discover` finds it; nothing else has to be told.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Annotated, Any, ClassVar, Union, get_args

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """Base of everything a user writes in YAML: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Kind(Options):
    """Base of one family of kinds; a member narrows ``kind`` to a Literal of one word."""

    family: ClassVar[str]
    refused: ClassVar[Mapping[str, str]] = {}
    """Kinds that there are not on purpose: why, and what to use instead."""
    kind: str

    @classmethod
    def kind_name(cls) -> str:
        """Return the word that YAML uses for this kind."""
        return str(get_args(cls.model_fields["kind"].annotation)[0])


@cache
def discover(package: ModuleType, base: type[Kind]) -> dict[str, type[Kind]]:
    """Return every kind defined in the modules of ``package``, by its word, in name order."""
    found: dict[str, type[Kind]] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        for value in vars(importlib.import_module(f"{package.__name__}.{module}")).values():
            if not (isinstance(value, type) and issubclass(value, base)):
                continue
            if get_args(value.model_fields["kind"].annotation):
                found[value.kind_name()] = value
    return dict(sorted(found.items()))


def union_of(kinds: dict[str, type[Kind]]) -> Any:
    """Return a pydantic type that accepts any of ``kinds``, told apart by ``kind``."""
    members = tuple(kinds.values())
    if len(members) == 1:
        return members[0]
    return Annotated[Union[members], Field(discriminator="kind")]  # noqa: UP007 - built at run time
