"""Which keys a model knows at a place: the words that a misspelt key is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel


def keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the mapping at ``loc`` may have.

    ``loc`` is pydantic's: field names, indices, keys of dictionaries and, for unions told apart
    by ``kind``, the kind's word. Where several models are possible the keys of all are known.
    """
    models = [model]
    for step in loc:
        models = list(_step(models, step))
    return list(dict.fromkeys(name for each in models for name in each.model_fields))


def kinds_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the kinds that the mapping at ``loc`` may be of."""
    models = [model]
    for step in loc:
        models = list(_step(models, step))
    return [str(word) for each in models for word in _kinds(each)]


def description_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """Return what the documentation says of the option at ``loc``, empty when that is nothing."""
    models = [model]
    for step in loc[:-1]:
        models = list(_step(models, step))
    fields = [each.model_fields.get(str(loc[-1])) for each in models] if loc else []
    text = next((field.description for field in fields if field and field.description), "")
    return text.replace("``", "").rstrip(".")


def wants_bool(model: type[BaseModel], path: tuple[int | str, ...]) -> bool:
    """Return whether the value at ``path`` (keys and indices alone) is true or false, not text."""
    models = [model]
    for step in path[:-1]:
        models = list(_step(models, step))
    fields = [each.model_fields.get(str(path[-1])) for each in models]
    kinds = {kind for field in fields if field for kind in _leaves(field.annotation)}
    return bool in kinds and str not in kinds


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for each in inner:
        yield from _leaves(each)


def _step(models: list[type[BaseModel]], step: int | str) -> Iterator[type[BaseModel]]:
    """Yield the models that one step leads to; indices and dictionary keys lead nowhere else."""
    if not isinstance(step, str):
        yield from models
        return
    tagged = [each for each in models if step in _kinds(each) or step == each.__name__]
    if tagged:
        yield from tagged
        return
    fields = [each.model_fields[step].annotation for each in models if step in each.model_fields]
    if fields:
        for annotation in fields:
            yield from _models_in(annotation)
        return
    yield from models


def _kinds(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field is not None else ()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
