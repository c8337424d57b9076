"""CSV (RFC 4180) in UTF-8 for spreadsheets: one hit a row, and no cell that a program would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO, Final, Literal

from monitor.channels.text import one_line
from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from monitor.store import StoredHit

COLUMNS: Final = (
    "hit", "found", "watch", "watchlist", "score", "possible", "mark", "note", "published", "outlet",
    "source", "title", "url", "language", "authors", "matched", "why", "story", "copy_of", "item",
    "rule", "version", "read", "page",
)  # fmt: skip
"""``read`` is when the text that made the hit was fetched, ``page`` the SHA-256 of its page."""
LONGEST: Final = 32_000
"""Characters of a cell; spreadsheets take 32,767."""
_RUN: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width
"""What makes a cell a formula, in full width too (OWASP, "CSV Injection")."""


class Csv(Format):
    """A table with a heading; the texts themselves are in the other formats."""

    kind: Literal["csv"] = "csv"

    def write(
        self, exhibits: Iterable[Exhibit], out: BinaryIO, made: datetime, name: str = ""
    ) -> None:
        """Write the heading and a row for each hit."""
        del made, name
        out.write(_row(COLUMNS))
        for exhibit in exhibits:
            out.writelines(
                _row(inert(cell) for cell in _cells(stored, exhibit)) for stored in exhibit.hits
            )


def inert(text: str) -> str:
    """Return ``text`` as one clean line that no spreadsheet takes for a formula."""
    line = one_line(text, LONGEST)
    return f"'{line}" if line.startswith(_RUN) else line


def _row(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode("utf-8", "backslashreplace")


def _cells(stored: StoredHit, exhibit: Exhibit) -> tuple[str, ...]:
    hit, item, link = stored.hit, stored.item, stored.link
    mark, version = exhibit.marks.get(hit.id), exhibit.version(hit.version)
    return (
        hit.id,
        _time(stored.found),
        hit.watch,
        hit.watchlist,
        f"{hit.score:g}",
        "yes" if hit.possible else "no",
        ("relevant" if mark.relevant else "irrelevant") if mark else "",
        mark.note if mark else "",
        _time(item.published),
        item.outlet,
        item.source,
        item.title,
        item.url,
        item.language,
        "; ".join(item.authors),
        "; ".join(dict.fromkeys(span.text for span in hit.spans)),
        hit.why,
        link.story if link else "",
        link.copy_of if link else "",
        item.id,
        hit.rule,
        hit.version,
        _time(version.at) if version else "",
        version.body_digest if version else "",
    )


def _time(moment: datetime | None) -> str:
    """Return a time in UTC, empty when there is none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
