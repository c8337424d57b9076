"""``sources add`` and ``sources test``: one polite fetch before anything is polled for good."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError

from monitor import sources
from monitor.app import make_crew, open_store, utc_now
from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    console,
    escape_cell,
    print_json,
    print_table,
    settings_of,
)
from monitor.cli.configuration import local
from monitor.cli.edit import SOURCES, change_sources
from monitor.config import Settings
from monitor.config.explain import nearest
from monitor.config.ids import new_id
from monitor.config.rewrite import add_source
from monitor.errors import InputError, MonitorError
from monitor.model import Item, Outcome, Reason, SourceState
from monitor.net import Net
from monitor.probe import Probe, probe
from monitor.registry import discover
from monitor.sources.base import Source

_ID = "a-source-on-trial"
_SHOWN = 10

Where = Annotated[str, typer.Argument(metavar="URL|ID", help="An address, or a configured source.")]
Kind = Annotated[str, typer.Option(help="Kind of source, such as feed or sitemap.")]

# ------------------------------------------------------------------ test


def try_out(
    where: Where,
    kind: Kind = "feed",
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Items shown.")] = _SHOWN,
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print what one poll brings: items, hits, validators, health, the next poll and why."""
    settings = settings_of(config)
    source = _source(settings, where, kind)
    found = asyncio.run(_probe(settings, source, remembered=where in settings.sources))
    if as_json:
        print_json(_as_json(found, settings.mask))
    else:
        _tell(found, settings, limit)
    if found.record.outcome is Outcome.FAILED:
        raise typer.Exit(1)


def _source(settings: Settings, where: str, kind: str) -> Source:
    """Return the configured source of that id, or one of ``kind`` at that address."""
    if where in settings.sources:
        return settings.sources[where]
    if "://" not in where:
        message = f"there is no source {where!r}; {nearest(where, settings.sources)}"
        raise InputError(message)
    return _made(kind, {"id": _ID, "url": where})


def _made(kind: str, options: dict[str, Any]) -> Source:
    kinds = cast("dict[str, type[Source]]", discover(sources, Source))
    if kind not in kinds:
        message = f"there is no kind of source {kind!r}; {nearest(kind, kinds)}"
        raise InputError(message)
    if "url" not in kinds[kind].model_fields:
        message = (
            f"a source of kind {kind} has no address; write it into {SOURCES}, see config/examples"
        )
        raise InputError(message)
    try:
        return kinds[kind].model_validate({**options, "kind": kind})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        message = f"{place}: {first['msg'].removeprefix('Value error, ')}"
        raise InputError(message) from None


async def _probe(settings: Settings, source: Source, *, remembered: bool = False) -> Probe:
    state = _remembered(settings, source) if remembered else None
    crew = make_crew(settings)
    try:
        async with Net(settings.monitor.net) as net:
            return await probe(source, net, crew, utc_now(), state)
    finally:
        await asyncio.to_thread(crew.close)


def _remembered(settings: Settings, source: Source) -> SourceState | None:
    store = open_store(settings)
    try:
        states = store.read_now(lambda tx: tx.source_states())
    finally:
        store.close()
    return next((state for state in states if state.source == source.id), None)


def _as_json(found: Probe, mask: Callable[[str], str]) -> dict[str, Any]:
    validators = found.state.validators
    return {
        "source": {
            "id": "" if found.source.id == _ID else found.source.id,
            "kind": found.source.kind,
            "address": mask(found.source.address),
        },
        "outcome": found.record.outcome.value,
        "reason": found.record.reason.value,
        "message": mask(found.record.message),
        "status": found.record.status,
        "seconds": round(found.record.seconds, 3),
        "health": found.health.state.value,
        "health_reason": mask(found.health.reason),
        "title": found.title,
        "language": found.language,
        "validators": dataclasses.asdict(validators),
        "items": [_item(item) for item in found.items],
        "hits": [dataclasses.asdict(hit) for hit in found.hits],
        "problems": list(found.problems),
        "next_poll": found.state.next_poll and found.state.next_poll.isoformat(),
        "why": found.why,
    }


def _item(item: Item) -> dict[str, Any]:
    keys = ("id", "title", "url", "outlet", "language", "summary")
    return {
        **{key: getattr(item, key) for key in keys},
        "published": item.published and item.published.isoformat(),
    }


def _tell(found: Probe, settings: Settings, limit: int) -> None:
    record, state, mask = found.record, found.state, settings.mask
    name = found.title or mask(found.source.address)
    console.print(escape_cell(f"{name}: {record.entries} items in {record.seconds:.1f} s"))
    if record.outcome is Outcome.FAILED:
        console.print(escape_cell(f"failed: {record.reason.value}: {mask(record.message)}"))
        if record.reason is Reason.NOT_A_FEED:
            console.print("'monitor sources discover' looks for the feeds of a site")
    for problem in found.problems:
        console.print(escape_cell(f"note: {problem}"))
    _tell_items(found, settings.monitor.time_zone, limit)
    if record.outcome is not Outcome.FAILED:
        marks = {
            "ETag": state.validators.etag,
            "Last-Modified": state.validators.last_modified,
        }
        given = ", ".join(f"{name} {value}" for name, value in marks.items() if value)
        console.print(f"hits: {len(found.hits)}, of {len(settings.watches)} watches")
        console.print(escape_cell(f"validators: {given or 'none'}"))
    console.print(escape_cell(f"health: {found.health.state.words}: {mask(found.health.reason)}"))
    again = local(state.next_poll, settings.monitor.time_zone) if state.next_poll else "never"
    console.print(escape_cell(f"next poll: {again}: {found.why}"))


def _tell_items(found: Probe, zone: str, limit: int) -> None:
    """Print the items, those with hits before the others."""
    watches: dict[str, list[str]] = {}
    for hit in found.hits:
        watches.setdefault(hit.item, []).append(hit.watch)
    items = sorted(found.items, key=lambda item: item.id not in watches)[:limit]
    rows = (
        (local(item.published, zone), item.title, item.url, ", ".join(watches.get(item.id, ())))
        for item in items
    )
    if items:
        print_table(f"{len(items)} of them", ("published", "title", "address", "hits"), rows)


# ------------------------------------------------------------------ add


def add(
    url: Annotated[str, typer.Argument(help="Address of the source, http or https.")],
    id_: Annotated[str, typer.Option("--id", help="Stable name; made from its title.")] = "",
    publisher: Annotated[str, typer.Option(help="What readers see; its title.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47 tag; what it says of itself.")] = "",
    kind: Kind = "feed",
    tag: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch/--no-fetch", help="Fetch it once first.")] = True,
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Append a source to sources.yaml; nothing is written unless the whole configuration loads."""
    settings = settings_of(config)
    source = _made(kind, {"id": id_ or _ID, "url": url})
    for other in settings.sources.values():
        if other.address.rstrip("/") == url.rstrip("/"):
            message = f"{other.id} has this address already"
            raise InputError(message)
    found = asyncio.run(_probe(settings, source)) if fetch else None
    if found and found.record.outcome is Outcome.FAILED:
        message = f"not added: {found.record.message} (--no-fetch adds it all the same)"
        raise MonitorError(message)
    title = publisher or (found.title if found else "")
    options: dict[str, str | list[str]] = {
        "id": id_ or new_id(title, url, settings.sources),
        "kind": "" if kind == "feed" else kind,
        "url": url,
        "publisher": title,
        "language": language or (found.language if found else ""),
        "tags": tag or [],
    }
    entry = {key: value for key, value in options.items() if value}
    change_sources(config, lambda text, name: add_source(text, entry, name))
    if as_json:
        print_json({"entry": entry, "probe": _as_json(found, settings.mask) if found else None})
        return
    brought = f": {found.record.entries} items, {len(found.hits)} hits now" if found else ""
    console.print(escape_cell(f"{entry['id']} added to {config / SOURCES}{brought}"))
