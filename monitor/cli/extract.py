"""`monitor extract`: pages to articles, alone, without a database or a network."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.common import print_json
from monitor.cli.parse import read_file, time_as_text, why
from monitor.errors import InputError
from monitor.model import Article
from monitor.reading import read_article


def register(app: typer.Typer) -> None:
    """Add this command to ``app``."""
    app.command(
        "extract",
        help="Read the articles on pages in files.\n\nExample: monitor extract page.html",
    )(extract)


def extract(
    files: Annotated[list[Path], typer.Argument(help="Pages in HTML; .gz is unpacked.")],
    url: Annotated[str, typer.Option(help="Address the pages came from.")] = "",
) -> None:
    """Print one JSON line for each file; exit with 2 when one of them is not there."""
    for path in files:
        print_json(extract_file(path, url))
    missing = [str(path) for path in files if path.is_dir() or not path.exists()]
    if missing:
        message = f"no such file: {', '.join(missing)}"
        raise InputError(message)


def extract_file(path: Path, url: str = "", *, now: datetime | None = None) -> dict[str, Any]:
    """Return the article in the page at ``path``, or ``{"file", "error"}``; never raises for it.

    ``url`` is the address that the page came from. The result is ready for JSON: times are
    RFC 3339, in the zone that the page states, or None.
    """
    try:
        body = read_file(path)
    except (OSError, EOFError, zlib.error) as error:
        return {"file": str(path), "error": f"cannot be read: {why(error)}"}
    return _as_json(path, read_article(body, "", url, now or datetime.now(UTC)))


def _as_json(path: Path, article: Article) -> dict[str, Any]:
    return {
        "file": str(path),
        "url": article.url,
        "title": article.title,
        "published": time_as_text(article.published),
        "authors": list(article.authors),
        "language": article.language,
        "text": article.text,
        "paywalled": article.paywalled,
        "problems": list(article.problems),
    }
