"""``watch show``, ``watch add``, ``watch fmt``, ``watch convert``: reading and writing watches."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Annotated

import typer

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
from monitor.cli.edit import replace_file, still_loads
from monitor.config import Settings
from monitor.config.files import WATCHLISTS, read
from monitor.config.inside import place_inside
from monitor.config.paths import inside, seed_file
from monitor.config.rewrite import QueryFault, add_watch, format_queries
from monitor.config.tree import Scalar, Table, parse
from monitor.errors import ConfigError, InputError
from monitor.matching import Matcher
from monitor.matching.dialects import DIALECTS, convert
from monitor.matching.faults import QueryError
from monitor.matching.portrait import Portrait, place_in_seed, portrait
from monitor.matching.rules import Rule

_SHOWN = 12

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Watchlist files; all of the configuration when left out."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 if there is anything to change.")
]
WatchId = Annotated[str, typer.Argument(help="The watch's id.")]
Several = Annotated[list[str] | None, typer.Option(help="May be given several times.")]


def register(watch: typer.Typer) -> None:
    """Add these commands to the group ``watch``."""
    for name, command, about, example in (
        ("show", show, "Tell in plain words what a watch looks for.", "show rushan-abbas --variants"),
        ("add", add, "Add a watch at the end of a watchlist file.", 'add maria-exemplar --name "Maria Exemplar"'),
        ("fmt", fmt, "Write the queries of watchlists in their standard form.", "fmt --check"),
        ("convert", from_elsewhere, "Turn a query of another service into one of ours.",
         "convert --from google-alerts '\"forced labour\" -candy'"),
    ):  # fmt: skip
        watch.command(name, help=f"{about}\n\nExample: monitor watch {example}")(command)


# ------------------------------------------------------------------ show


def show(
    watch: WatchId,
    variants: Annotated[
        bool, typer.Option("--variants", help="Also every further form and the rule that makes it.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print a watch: its terms, how it is looked for, where it stands in its seed."""
    settings = settings_of(config)
    if watch not in settings.watches:
        raise InputError(settings.unknown_watch(watch))
    rule = Matcher(settings.watchlists.values()).rules[watch]
    drawn = portrait(rule)
    place = _place(settings, rule)
    if as_json:
        seed = {"file": place[0], "line": place[1], "text": place[2]} if place else None
        print_json(dataclasses.asdict(drawn) | {"found_in_seed": seed})
        return
    for line in _in_words(drawn, place):
        console.print(escape_cell(line), soft_wrap=True)
    if variants:
        by_rule: dict[tuple[str, str], list[str]] = {}
        for form in drawn.variants:
            by_rule.setdefault((form.rule, form.meaning), []).append(form.form)
        rows = ((rule, meaning, " · ".join(forms)) for (rule, meaning), forms in by_rule.items())
        print_table("Further forms", ("rule", "meaning", "forms"), rows)
    elif drawn.variants:
        console.print(f"{len(drawn.variants)} further forms: add --variants to see them")


def _in_words(drawn: Portrait, place: tuple[str, int, str] | None) -> list[str]:
    lines = [f"{drawn.id}: {drawn.kind} “{drawn.name}” of the watchlist {drawn.watchlist}"]
    lines.append(f"priority {drawn.priority}; a score of {drawn.threshold:g} or more counts")
    lines += [f"note: {drawn.note}"] if drawn.note else []
    lines += ["others bear the same name: it counts only with context"] if drawn.common else []
    for meaning, terms in drawn.terms:
        lines.append(f"{meaning}: {_some(terms)}")
    lines += [f"together: {each}" for each in drawn.together]
    lines += [f"query: {drawn.query}"] if drawn.query else []
    if drawn.slow:
        lines.append("slow lane: tried on every item, since its query needs no certain word")
    else:
        lines.append(
            f"tried where one of {len(drawn.needed)} literals stands: {_some(drawn.needed)}"
        )
    if place:
        lines.append(f"in the seed: {place[0]}:{place[1]}: {place[2][:200]}")
    elif drawn.seed:
        lines.append(f"in the seed: {drawn.seed} (none of its forms stands there)")
    return lines


def _some(terms: tuple[str, ...]) -> str:
    more = f" and {len(terms) - _SHOWN} more" if len(terms) > _SHOWN else ""
    return " · ".join(terms[:_SHOWN]) + more


def _place(settings: Settings, rule: Rule) -> tuple[str, int, str] | None:
    """Return file, line and text of the place in the seed that names the watch."""
    reference = rule.watch.seed or settings.watchlists[rule.watchlist].seed
    if not reference:
        return None
    name = seed_file(reference)
    try:
        text = inside(settings.project, name).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None
    found = place_in_seed(rule, text)
    return (name, *found) if found else None


# ------------------------------------------------------------------ add


def add(
    watch: WatchId,
    name: Annotated[
        str,
        typer.Option(help="What readers see; for a person or organisation also the first term."),
    ],
    kind: Annotated[str, typer.Option(help="person, organisation or topic.")] = "person",
    watchlist: Annotated[
        str, typer.Option(help="Id of the watchlist; needed when there are several.")
    ] = "",
    priority: Annotated[str, typer.Option(help="low, normal, high or critical.")] = "",
    match: Annotated[str, typer.Option(help="A query.")] = "",
    alias: Several = None,
    short: Several = None,
    context: Several = None,
    phrase: Several = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Append a watch; nothing is written unless the whole configuration still loads."""
    settings = settings_of(config)
    path = _file_of(config, settings, watchlist)
    given: dict[str, str | list[str]] = {
        "id": watch, "kind": kind, "name": name, "priority": priority, "aliases": alias or [],
        "short": short or [], "context": context or [], "phrases": phrase or [], "match": match,
    }  # fmt: skip
    before = path.read_bytes().decode("utf-8")
    options = {key: value for key, value in given.items() if value}
    after = add_watch(before, options, str(path))
    still_loads(config, path, after)
    replace_file(path, after)
    console.print(f"{escape_cell(watch)} added to {escape_cell(str(path))}")


def _file_of(config: Path, settings: Settings, watchlist: str) -> Path:
    """Return the file of a watchlist, of the only one when none is named."""
    if not watchlist and len(settings.watchlists) != 1:
        message = (
            f"name one with --watchlist: {', '.join(settings.watchlists) or 'there is none yet'}"
        )
        raise InputError(message)
    wanted = watchlist or next(iter(settings.watchlists))
    for path in sorted((config / WATCHLISTS).iterdir()):
        if path.suffix in {".yaml", ".yml"} and path.is_file():
            file, _ = read(path)
            if _names(file.text, wanted):
                return path
    message = f"there is no watchlist {wanted!r}; there are {', '.join(settings.watchlists)}"
    raise InputError(message)


def _names(text: str, watchlist: str) -> bool:
    """Tell whether a file is that of a watchlist."""
    root = parse(text, os.environ).root
    named = root.entries.get("watchlist") if isinstance(root, Table) else None
    return isinstance(named, Scalar) and named.text == watchlist


# ------------------------------------------------------------------ fmt, convert


def fmt(files: Files = None, check: Check = False, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Rewrite the ``match:`` queries, every other character left as it is."""
    paths = files or sorted(
        path for path in (config / WATCHLISTS).glob("*.y*ml") if path.name[0] != "."
    )
    if not paths:
        message = (
            f"{config / WATCHLISTS}: there is no watchlist; name files or the folder with --config"
        )
        raise InputError(message)
    changed = []
    for path in paths:
        before, after = _formatted(path)
        if after != before:
            changed.append((path, after))
    for path, after in changed:
        if not check:
            replace_file(path, after)
        print(f"{path}: {'would be rewritten' if check else 'rewritten'}")
    if check and changed:
        raise typer.Exit(1)


def _formatted(path: Path) -> tuple[str, str]:
    """Return a file's text as it is and as it should be."""
    file, problems = read(path)
    if problems:
        raise ConfigError(problems)
    before = file.data.decode("utf-8")
    try:
        return before, format_queries(before, str(path))
    except QueryFault as fault:
        error = fault.error
        place = place_inside(file.text, fault.scalar, error.offset)
        raise ConfigError([file.problem(place, f"match: {error.reason}", error.hint)]) from None


def from_elsewhere(
    query: Annotated[str, typer.Argument(help="The query as the other service takes it.")],
    dialect: Annotated[
        str, typer.Option("--from", help="google-alerts, or lucene (also Media Cloud).")
    ],
    as_json: AsJson = False,
) -> None:
    """Print the query in our language; notes on what changes in meaning go to standard error."""
    if dialect not in DIALECTS:
        message = f"there is no reader for {dialect!r}; there are {', '.join(DIALECTS)}"
        raise InputError(message)
    try:
        converted = convert(query, dialect)
    except QueryError as error:
        raise InputError(str(error)) from None
    if as_json:
        print_json(dataclasses.asdict(converted))
        return
    print(converted.query)
    for note in converted.notes:
        typer.echo(f"note: {note}", err=True)
