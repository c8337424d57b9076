"""JSON Schemas of the configuration's files, for editors: built from the option models."""

from __future__ import annotations

import json
from pathlib import Path
from types import GenericAlias
from typing import Any

from pydantic import Field, create_model
from pydantic.json_schema import GenerateJsonSchema

from monitor import channels, sources
from monitor.channels.base import Channel
from monitor.channels.payload import payload_schema
from monitor.config.options import MonitorOptions
from monitor.config.sections import DEFAULT_SOURCE
from monitor.matching import Watchlist
from monitor.planning.subscription import Subscription
from monitor.registry import Options, discover, union_of
from monitor.sources.base import Source

_IDENTIFIER = "^[a-z0-9][a-z0-9-]{0,63}$"
_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"}


def schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema (draft 2020-12) for each kind of file, by the file's stem."""
    any_channel = union_of(discover(channels, Channel))
    any_source = union_of(discover(sources, Source))
    models: dict[str, tuple[str, type[Options]]] = {
        "monitor": (
            "monitor.yaml: the service as a whole",
            create_model(
                "Monitor",
                __base__=MonitorOptions,
                channels=(_many(any_channel), _described(MonitorOptions, "channels")),
            ),
        ),
        "sources": ("sources.yaml: the places that are polled", _file("sources", any_source)),
        "subscriptions": (
            "subscriptions.yaml: who gets what, when and how",
            _file("subscriptions", Subscription),
        ),
        "watchlist": ("watchlists/*.yaml: whom and what to watch", Watchlist),
    }
    return {name: _schema(title, model) for name, (title, model) in models.items()}


def published_schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of the configuration, and that of the body of a webhook."""
    payload = payload_schema() | {"title": "The body of a webhook"}
    return schemas() | {"webhook": {"$schema": GenerateJsonSchema.schema_dialect, **payload}}


def _file(key: str, entry: Any) -> type[Options]:
    fields: dict[str, Any] = {key: (_many(entry), ())}
    return create_model(key.capitalize(), __base__=Options, **fields)


def _many(entry: Any) -> Any:
    return GenericAlias(tuple, (entry, ...))


def _described(model: type[Options], name: str) -> Any:
    return Field(default=(), description=model.model_fields[name].description)


def _schema(title: str, model: type[Options]) -> dict[str, Any]:
    schema = model.model_json_schema()
    _soften(schema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": title}


def _soften(schema: Any) -> None:
    """Adapt, in place, what pydantic says of its own input to what may stand in our YAML.

    Numbers, switches and shaped texts may be a variable; ``kind`` of a source may be left out, as its default
    is filled in; defaults that are numbers of seconds are no YAML for durations.
    """
    if isinstance(schema, list):
        for each in schema:
            _soften(each)
    if not isinstance(schema, dict):
        return
    for each in list(schema.values()):
        _soften(each)
    if isinstance(schema.get("default"), dict):
        del schema["default"]
    if schema.get("type") == "string" and isinstance(schema.get("default"), int | float):
        schema["default"] = _duration(float(schema["default"]))
    shaped = schema.get("type") == "string" and schema.get("pattern", _IDENTIFIER) != _IDENTIFIER
    if shaped or schema.get("type") in {"integer", "number", "boolean"}:
        keys = [key for key in schema if key not in {"title", "description", "default"}]
        schema["anyOf"] = [{key: schema.pop(key) for key in keys}, dict(_VARIABLE)]
    kind = schema.get("properties", {}).get("kind", {})
    if kind.get("const") == DEFAULT_SOURCE and "kind" in schema.get("required", ()):
        schema["required"].remove("kind")
    elif "default" in kind and kind.get("const") != DEFAULT_SOURCE:
        schema["required"] = ["kind", *schema.get("required", ())]


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def schema_texts() -> dict[str, str]:
    """Return the schemas as the texts of their files, by file name."""
    return {
        f"{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in published_schemas().items()
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into ``folder`` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
