"""Write ``docs/queries.md`` from the grammar and the docstrings of its operators.

Run ``.venv/bin/python docs/make_queries.py`` after a change of the query language. Every example is
tried on the real matcher by ``tests/unit/test_queries_doc.py``.
"""  # noqa: INP001 - a script beside the documents it writes, not a package

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.matching import query, tree
from monitor.matching.faults import DEEPEST

TARGET = Path(__file__).parent / "queries.md"
HEAD = """\
# Queries

Made from the code by `docs/make_queries.py`; do not edit it by hand. A query stands behind `match:` in a
[watchlist](reference.md#watchlistsyaml) and in the search of the page. Every example below is tried on the
matcher itself: what stands in **bold** is what it marks.

```text
{overview}
```

`monitor watch fmt` writes the queries of your watchlists in one standard form. `monitor watch show` tells what
a watch looks for, and `monitor watch convert` reads queries of Google Alerts and of Lucene, as Media Cloud
takes them. A query that cannot be read is refused with a caret under the place and a hint:

```text
{error}
```
"""
PARTS = (
    ("Words and phrases", tree.Word),
    ("Small misspellings", tree.Fuzzy),
    ("AND", tree.All),
    ("OR", tree.Either),
    ("NOT", tree.Not),
    ("NEAR and BEFORE", tree.Near),
    ("AT LEAST", tree.AtLeast),
    ("Fields", tree.Within),
    ("Regular expressions", tree.Regex),
    ("Other watches", tree.Ref),
)
_LINE = re.compile(r"^ *(query|finds|leaves): ?(.*)$", re.MULTILINE)
_FIELD = re.compile(r"(\w+)=([^;]*); ")


@dataclass(frozen=True)
class Example:
    """A query, an item it finds with what is marked in brackets, and one that it leaves."""

    query: str
    finds: str
    leaves: str


def examples(node: type) -> list[Example]:
    """Return the examples in a docstring."""
    found = _LINE.findall(inspect.getdoc(node) or "")
    texts = [text for _, text in found]
    kinds = [kind for kind, _ in found]
    if kinds != ["query", "finds", "leaves"] * (len(kinds) // 3):
        message = f"{node.__name__}: an example is a query, what it finds, what it leaves"
        raise ValueError(message)
    return [Example(*texts[at : at + 3]) for at in range(0, len(texts), 3)]


def fields_of(sample: str) -> tuple[dict[str, str], str, str]:
    """Return the fields that a sample sets, its title and its text, marks still in them."""
    fields = dict(_FIELD.findall(sample))
    title, _, text = _FIELD.sub("", sample).partition(" | ")
    return fields, title, text


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the whole document."""
    return "\n".join([*_head(), *_sections(), *_fields(), *_limits(), *_grammar()])


def _head() -> Iterator[str]:
    overview = (inspect.getdoc(query) or "").split("\n\n")[1]
    try:
        query.parse('"forced labour" NEAR cotton')
    except ValueError as error:
        yield HEAD.format(overview=overview, error=error)


def _sections() -> Iterator[str]:
    for heading, node in PARTS:
        about = (inspect.getdoc(node) or "").partition("query: ")[0].strip()
        yield f"## {heading}\n"
        yield _ticks(about) + "\n"
        lines = ["| query | finds | leaves |", "|---|---|---|"]
        for each in examples(node):
            cells = (f"`{each.query}`", _shown(each.finds, bold=True), _shown(each.leaves))
            lines.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
        yield "\n".join(lines) + "\n"


def _shown(sample: str, *, bold: bool = False) -> str:
    """Return a sample as a reader sees it: fields, title and text told apart."""
    fields, title, text = fields_of(sample)
    said = " — ".join(part for part in (title, text) if part).replace("*", r"\*")
    if bold:
        said = re.sub(r"\[([^\]]*)\]", r"**\1**", said)
    given = ", ".join(f"{name} `{value}`" for name, value in fields.items())
    return f"{given}: {said}" if given else said


def _fields() -> Iterator[str]:
    yield "## Which fields there are\n"
    rows = [f"| `{name}:` | {about} |" for name, about in tree.FIELDS.items()]
    yield "\n".join(["| field | looks at |", "|---|---|", *rows]) + "\n"


def _limits() -> Iterator[str]:
    yield "## Limits\n"
    yield (
        f"A query has at most {query.LONGEST:,} characters (4,000 in a watchlist) and {DEEPEST} levels; `NEAR` reaches "
        f"{query.FARTHEST} words; `~` needs {query.FUZZY_LETTERS} letters. A query that needs no certain word, such as "
        "`lang:en` alone, is tried on every item: it works, slowly, and `monitor check` warns of it.\n"
    )


def _grammar() -> Iterator[str]:
    yield "## Grammar\n"
    yield "As the parser has it, in the notation of [lark](https://lark-parser.readthedocs.io):\n"
    yield f"```text\n{inspect.cleandoc(query.GRAMMAR)}\n```\n"


def _ticks(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    main()
