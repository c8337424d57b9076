"""Write ``docs/reference.md`` from the code: options, payload, poll results, commands.

Run ``.venv/bin/python docs/make_reference.py`` after a change of an option or a command.
"""  # noqa: INP001 - a script beside the documents it writes, not a package

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from monitor.channels.payload import payload_schema
from monitor.cli import app
from monitor.config import schemas
from monitor.matching import watchlist
from monitor.model import Outcome, PollRecord, Reason
from monitor.planning import health, schedule

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "reference.md"
CONFIG = ROOT / "config"

HEAD = """\
# Reference

Made from the code by `docs/make_reference.py`; do not edit it by hand. How to use all this is told
in the [README](../README.md) and the [guide](guide.md); ready examples of every kind are in
[`config/examples`](../config/examples).

Durations are written `30s`, `15m`, `4h` or `2d`. Identifiers are lower-case letters, digits and
hyphens, at most 64. Any value may be a variable, `${NAME}` or `${NAME:-default}`. An option without
a default has to be written.
"""

Schema = Mapping[str, Any]
_FORMATS = {"password": "secret", "date-time": "time"}


def main() -> None:
    """Write the reference."""
    TARGET.write_text(reference(), encoding="utf-8")


def reference() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, *_files(), *_payload(), *_reasons(), *_variables(), *_commands()])


# ------------------------------------------------------------------ options


def _files() -> Iterator[str]:
    files = schemas()
    yield from _file("monitor.yaml", files["monitor"])
    yield from _file("sources.yaml", files["sources"])
    yield from _file("subscriptions.yaml", files["subscriptions"])
    yield "### When\n"
    yield _prose(schedule)
    yield from _file("watchlists/*.yaml", files["watchlist"])
    yield "### Terms\n"
    yield _prose(watchlist)


def _file(name: str, schema: Schema) -> Iterator[str]:
    """Yield a file's own options, then those of what it lists, kinds of a family together."""
    yield f"## `{name}`\n"
    yield str(schema["title"]).partition(": ")[2].capitalize() + ".\n"
    yield _table(schema, schema["$defs"])
    kinds = [part for part in schema["$defs"].values() if "const" in _kind(part)]
    shared = _shared(kinds) if len(kinds) > 1 else {}
    if len(shared) > 2:  # noqa: PLR2004 - more than the id and the kind that everything has
        yield "### What all kinds share\n"
        common = {"properties": shared, "required": kinds[0].get("required", ())}
        yield _table(common, schema["$defs"])
    else:
        shared = {}
    for part in sorted(schema["$defs"].values(), key=lambda part: "const" not in _kind(part)):
        yield f"### {_heading(part)}\n"
        yield _sentence(part.get("description", "")) + "\n"
        own = {key: value for key, value in part["properties"].items() if key not in shared}
        yield _table({**part, "properties": own}, schema["$defs"])


def _shared(kinds: list[Schema]) -> dict[str, Any]:
    """Return the options that all ``kinds`` have in the same way, their kind left out."""
    first, *others = (kind["properties"] for kind in kinds)
    return {
        key: value for key, value in first.items() if all(each.get(key) == value for each in others)
    }


def _kind(part: Schema) -> Schema:
    found: Schema = part.get("properties", {}).get("kind", {})
    return found


def _heading(part: Schema) -> str:
    if "const" in _kind(part):
        return f"`kind: {_kind(part)['const']}`"
    return str(part["title"]).removesuffix("Options").removesuffix("Part")


def _table(schema: Schema, defs: Schema) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"`{key}`",
            _shape(option, defs),
            _default(option, required=key in required),
            _sentence(option.get("description", "")),
        )
        for key, option in schema["properties"].items()
    ]
    return _rows(("option", "value", "default", "meaning"), rows)


def _shape(option: Schema, defs: Schema) -> str:
    """Return what may be written for an option, in a word or two."""
    for choice in ("anyOf", "oneOf"):
        if choice in option:
            shapes = [_shape(each, defs) for each in option[choice] if not _is_variable(each)]
            return " or ".join(dict.fromkeys(shape for shape in shapes if shape != "nothing"))
    if "$ref" in option:
        heading = _heading(defs[option["$ref"].rpartition("/")[2]])
        anchor = re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-")
        return f"[{heading.strip('`').removeprefix('kind: ')}](#{anchor})"
    if words := option.get("enum") or ([option["const"]] if "const" in option else []):
        return ", ".join(f"`{word}`" for word in words)
    return _FORMATS.get(option.get("format", "")) or _plain_shape(option, defs)


def _plain_shape(option: Schema, defs: Schema) -> str:
    kind = option.get("type", "")
    if kind == "array":
        return f"list of {_many(_shape(option['items'], defs))}"
    if kind == "object":
        if "patternProperties" not in option:
            return "texts with " + _shape(option["additionalProperties"], defs)
        return "names with " + _shape(next(iter(option["patternProperties"].values())), defs)
    if kind in {"integer", "number"}:
        bounds = (
            f" {option['minimum']:,g} to {option['maximum']:,.10g}" if "maximum" in option else ""
        )
        return f"number{bounds}"
    if kind == "string":
        return _text_shape(option.get("pattern", ""))
    return {"boolean": "`true` or `false`", "null": "nothing"}[kind]


def _text_shape(pattern: str) -> str:
    if "smhd" in pattern:
        return "duration"
    return "identifier" if pattern.startswith("^[a-z0-9][a-z0-9-]") else "text"


def _many(shape: str) -> str:
    return {"text": "texts", "identifier": "identifiers", "number": "numbers"}.get(shape, shape)


def _is_variable(option: Schema) -> bool:
    return str(option.get("pattern", "")).startswith(r"\$\{")


def _default(option: Schema, *, required: bool) -> str:
    if required:
        return "must be set"
    value = option.get("default")
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{value}`" if value or value == 0 else ""


# ------------------------------------------------------------------ the rest


def _payload() -> Iterator[str]:
    schema = payload_schema()
    yield "## Body of a webhook\n"
    yield "JSON of version 1, smaller than 20 kB; [webhooks.md](webhooks.md) tells how to check it.\n"
    for part in (schema, *schema["$defs"].values()):
        yield f"### {_heading(part)}\n"
        yield _sentence(part.get("description", "")) + "\n"
        rows = [
            (f"`{key}`", _shape(value, schema["$defs"]), _sentence(value.get("description", "")))
            for key, value in part["properties"].items()
        ]
        yield _rows(("field", "value", "meaning"), rows)


def _reasons() -> Iterator[str]:
    yield "## How a poll can fail\n"
    yield "The word in lists, logs and metrics, and what the receipt says to readers.\n"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    records = (PollRecord("", now, Outcome.FAILED, reason) for reason in Reason)
    rows = [(f"`{r.reason}`", health.failure([r])) for r in records if r.reason not in health.GOOD]
    yield _rows(("word", "meaning"), rows)


def _variables() -> Iterator[str]:
    yield "## Environment\n"
    yield "Variables that the shipped `config/monitor.yaml` reads; yours are whatever you name.\n"
    text = re.sub(r"(?m)^\s*#.*$", "", (CONFIG / "monitor.yaml").read_text(encoding="utf-8"))
    found = re.findall(r"^ *(\w+): \$\{(\w+):-([^}]*)\}", text, re.MULTILINE)
    rows = [(f"`{name}`", f"`{key}`", f"`{value}`" if value else "") for key, name, value in found]
    yield _rows(("variable", "option", "default"), rows)


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "Exit code 0: done; 1: it failed; 2: bad input or configuration.\n"
    for name, command in _leaves("monitor", typer.main.get_command(app)):
        yield f"### `{name}`\n"
        words, _, example = (command.help or "").partition("\n\nExample: ")
        yield " ".join(words.split()) + "\n"
        if example:
            yield f"    {example.strip()}\n"
        rows = [_parameter(each) for each in command.params]
        if rows:
            yield _rows(("argument", "default", "meaning"), rows)


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield each command that does something, with its full name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, each in inner.items():
        yield from _leaves(f"{name} {word}", each)


def _parameter(parameter: Any) -> tuple[str, str, str]:
    names = [*parameter.opts, *getattr(parameter, "secondary_opts", ())]
    if parameter.param_type_name == "argument":
        names = [parameter.name.upper()]
    value = parameter.default
    if isinstance(value, bool) or value is None:
        shown = "on" if value else ""
    else:
        shown = f"`{getattr(value, 'value', value)}`" if str(value) else ""
    return ", ".join(f"`{name}`" for name in names), shown, getattr(parameter, "help", "") or ""


def _prose(module: Any) -> str:
    """Return a module's docstring behind its first paragraph, indented parts as they stand."""
    _, *parts = (inspect.getdoc(module) or "").split("\n\n")
    told = []
    for part in parts:
        if part.startswith("    "):
            told.append(f"```text\n{inspect.cleandoc(part).replace('``', '')}\n```")
        else:
            told.append(_ticks(part))
    return "\n\n".join(told) + "\n"


def _sentence(text: str) -> str:
    return " ".join(_ticks(text).split()).replace("|", r"\|")


def _ticks(text: str) -> str:
    return text.replace("``", "`")


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(list(head))]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


if __name__ == "__main__":
    main()
