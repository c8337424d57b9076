"""BibTeX for reference managers: one entry an article, as BibLaTeX's ``@online`` has it.

Written by hand: it takes these lines, and the libraries that write BibTeX are made for reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final, Literal
from urllib.parse import quote

from monitor.channels.text import one_line, safe_address
from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from monitor.model import Item

_LONGEST: Final = 2_000
_KEY: Final = 12
"""Digits of the item's id in a key: it stays short, and no two of a million articles are likely to share it."""
_SIGNS: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "%": r"\%",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_ADDRESS: Final = "!#$&'()*+,/:;=?@[]~%"


class BibTeX(Format):
    """An ``@online`` entry for each article; keys stay the same over exports."""

    kind: Literal["bibtex"] = "bibtex"

    def write(
        self, exhibits: Iterable[Exhibit], out: BinaryIO, made: datetime, name: str = ""
    ) -> None:
        """Write an entry for each item."""
        del made, name
        for exhibit in exhibits:
            fields = "".join(f"  {field} = {{{value}}},\n" for field, value in _fields(exhibit))
            entry = f"@online{{{key_of(exhibit.item)},\n{fields}}}\n\n"
            out.write(entry.encode("utf-8", "replace"))


def key_of(item: Item) -> str:
    """Return the key to cite an item by: its source's id, and the beginning of its own."""
    return f"{item.source}-{item.id[:_KEY]}"


def escaped(text: str) -> str:
    """Return ``text`` as one clean line that LaTeX prints as it is."""
    return one_line(text, _LONGEST).translate(_SIGNS)


def _fields(exhibit: Exhibit) -> Iterator[tuple[str, str]]:
    """Yield what BibLaTeX knows of an online source (manual, section 2.1.1), empty fields left out."""
    item = exhibit.item
    read = max((one.at for one in exhibit.versions), default=item.first_seen)
    watches = dict.fromkeys(one.hit.watch for one in exhibit.hits)
    fields = {
        # The inner braces keep capitals as they are.
        "title": f"{{{escaped(item.title)}}}",
        "author": " and ".join(_name(author) for author in item.authors if author),
        "organization": escaped(item.outlet or item.source),
        "date": _day(item.published),
        "url": quote(safe_address(item.url), safe=_ADDRESS),
        "urldate": _day(read),
        "language": escaped(item.language),
        "keywords": ", ".join(escaped(watch) for watch in watches),
        # Not printed by the usual styles: what the archive calls this reading.
        "annotation": exhibit.versions[-1].digest if exhibit.versions else "",
    }
    yield from ((field, value) for field, value in fields.items() if value)


def _name(author: str) -> str:
    """Return a name; one that BibTeX would take for several, or turn around, in braces."""
    name = escaped(author)
    return f"{{{name}}}" if "," in name or " and " in f" {name} ".lower() else name


def _day(moment: datetime | None) -> str:
    """Return the day of a time in UTC; empty when there is none."""
    return moment.astimezone(UTC).date().isoformat() if moment else ""
