"""``parse``, ``match``, ``explain``, ``group``: each stage alone on files, no database, no network."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from monitor.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFolder,
    as_json_text,
    print_json,
    read_lines,
    settings_of,
)
from monitor.cli.parse import parse_file
from monitor.errors import InputError
from monitor.matching import Matcher
from monitor.model import Hit, Item
from monitor.stories import StoryIndex, group

Input = Annotated[
    Path, typer.Option("--input", "-i", help="JSON Lines file; - for standard input.")
]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="JSON Lines file; - for standard output.")
]
DASH = Path("-")


def register(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.command(
        "parse",
        help="Read feeds, sitemaps and pages on files.\n\nExample: monitor parse feed.xml",
    )(parse)
    app.command(
        "match",
        help="Match items in a file.\n\nExample: monitor match -i items.jsonl -o hits.jsonl",
    )(match)
    app.command(
        "explain",
        help="Say why an item matches a watch, or why not.\n\n"
        "Example: monitor explain rushan-abbas --title 'Mahmoud Abbas speaks'",
    )(explain)
    app.command(
        "group",
        help="Group items into stories.\n\nExample: monitor group -i items.jsonl -o stories.jsonl",
    )(group_items)


def parse(
    files: Annotated[
        list[Path], typer.Argument(help="Feeds, sitemaps or web pages; .gz is unpacked.")
    ],
    url: Annotated[str, typer.Option(help="Address the documents came from.")] = "",
    kind: Annotated[
        str,
        typer.Option(
            help="Kind of source that reads them: feed, sitemap, section or page; feeds and"
            " sitemaps are known by their content."
        ),
    ] = "",
) -> None:
    """Print one JSON line for each file; exit with 2 when one of them is not there."""
    for path in files:
        print_json(parse_file(path, url, kind=kind))
    missing = [str(path) for path in files if path.is_dir() or not path.exists()]
    if missing:
        message = f"no such file: {', '.join(missing)}"
        raise InputError(message)


def match(
    config: ConfigFolder = DEFAULT_CONFIG, source: Input = DASH, target: Output = DASH
) -> None:
    """Write one JSON line for each input line: its labels and hits with their spans."""
    matcher = Matcher(tuple(settings_of(config).watchlists.values()))

    def answer(item: Item) -> dict[str, Any]:
        hits = matcher.match(item)
        labels = [hit.watch for hit in hits if not hit.possible]
        return {"id": item.id, "labels": labels, "hits": [hit_as_json(hit) for hit in hits]}

    write_lines(target, answers(read_lines(source), answer))


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """Return a hit in the published shape of ``monitor match``."""
    return {
        "watch": hit.watch,
        "watchlist": hit.watchlist,
        "score": round(hit.score, 4),
        "possible": hit.possible,
        "why": hit.why,
        "spans": [dataclasses.asdict(span) for span in hit.spans],
    }


def explain(
    watch: Annotated[str, typer.Argument(help="Id of a watch.")],
    config: ConfigFolder = DEFAULT_CONFIG,
    title: Annotated[str, typer.Option(help="Title of the item.")] = "",
    text: Annotated[str, typer.Option(help="Text of the item.")] = "",
    source: Annotated[
        Path | None,
        typer.Option("--input", "-i", help="Read items from a JSON Lines file instead."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print every step of the decision in plain words."""
    settings = settings_of(config)
    if watch not in settings.watches:
        raise InputError(settings.unknown_watch(watch))
    matcher = Matcher(tuple(settings.watchlists.values()))
    if source is None and not (title or text):
        message = "nothing to explain: give --title, --text or --input"
        raise InputError(message)
    given = {"id": "item", "title": title, "text": text}

    def answer(item: Item) -> dict[str, Any]:
        name = item.title or item.body[:60]
        return {"id": item.id, "title": name, "watch": watch, "why": matcher.explain(item, watch)}

    for result in answers([(1, given)] if source is None else read_lines(source), answer):
        if as_json:
            print_json(result)
        elif "error" in result:
            print(result["error"])
        else:
            print(f"{result['id']}: {result['title']}", *result["why"], sep="\n  ")


def group_items(source: Input = DASH, target: Output = DASH) -> None:
    """Write one JSON line for each input line: its story and what it is a copy of."""
    index = StoryIndex()

    def answer(item: Item) -> dict[str, Any]:
        ((link, sketch),) = group([item], index, item.first_seen or datetime.now(UTC))
        index.add(sketch)
        return {"id": item.id, "story": link.story, "copy_of": link.copy_of, "why": link.why}

    write_lines(target, answers(read_lines(source), answer))


def answers(
    lines: Iterable[tuple[int, Any]], answer: Callable[[Item], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line, in order; a bad line is answered with its error."""
    for number, value in lines:
        try:
            yield answer(as_item(value))
        except ValueError as error:
            name = value.get("id") if isinstance(value, dict) else None
            yield {"id": name or f"line {number}", "error": f"line {number}: {error}"}


def write_lines(target: Path, values: Iterable[dict[str, Any]]) -> None:
    """Write values as JSON Lines."""
    with opened(target) as stream:
        for value in values:
            stream.write(as_json_text(value) + "\n")


def as_item(value: Any) -> Item:
    """Return the item that a JSON value describes; raises ValueError that says what is wrong."""
    if isinstance(value, ValueError):
        raise value
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        message = 'expected an object with a text "id"'
        raise ValueError(message)
    texts = {}
    for name in ("title", "text", "url", "lang", "time", "outlet"):
        texts[name] = value.get(name) or ""
        if not isinstance(texts[name], str):
            message = f'"{name}" is not text'
            raise ValueError(message)
    return Item(
        id=value["id"],
        source="",
        title=texts["title"],
        text=texts["text"],
        url=texts["url"],
        language=texts["lang"],
        outlet=texts["outlet"],
        first_seen=as_time(texts["time"]) if texts["time"] else None,
    )


def as_time(text: str) -> datetime:
    """Return an ISO 8601 time in UTC; one without a zone is taken as UTC."""
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        message = f'"time" {text!r} is out of range'
        raise ValueError(message) from None


@contextmanager
def opened(target: Path) -> Iterator[TextIO]:
    """Open ``target`` for writing; ``-`` is standard output."""
    if target == DASH:
        yield sys.stdout
        return
    try:
        stream = target.open("w", encoding="utf-8")
    except OSError as error:
        message = f"{target}: {error.strerror}"
        raise InputError(message) from None
    with stream:
        yield stream
