"""From what a feed in XML says to an `Entry`: the same rules behind both of our readers of feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import Entry, digest
from monitor.sources._limits import (
    ADDRESS,
    AUTHORS,
    GUID,
    MARKUP,
    MINUTE,
    NAME,
    TITLE,
    ttl_seconds,
)

_MAIL_ADDRESS = re.compile(r"(?:mailto:)?[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_BRACKETS = " \t\n()<>[],;:|-"
_PERIODS = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
"""Minutes of the RSS 1.0 syndication module's ``updatePeriod``."""


@dataclass(slots=True)
class Said:
    """What an entry says, in feedparser's words; nothing is cut or chosen yet."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    caption: str = ""
    contents: list[str] = field(default_factory=list)
    published: datetime | None = None
    created: datetime | None = None
    updated: datetime | None = None
    names: list[str] = field(default_factory=list)
    author: str = ""
    language: str = ""


def entry_of(said: Said, version: str) -> Entry:
    """Return the entry, its fields bounded; ``version`` is feedparser's word for the format."""
    published, updated = said.published or said.created, said.updated
    if published is None and not version.startswith("atom"):
        published, updated = updated, None  # dc:date, the only date that RSS 1.0 has
    return Entry(
        guid=said.id if len(said.id) <= GUID else digest(said.id),
        url=said.link if len(said.link) <= ADDRESS else "",
        title=said.title[:TITLE],
        summary=(said.summary or said.caption)[:MARKUP],
        content=max(said.contents, key=len, default="")[:MARKUP],
        published=published,
        updated=updated,
        authors=_authors(said.names, said.author),
        language=said.language[:NAME],
    )


def _authors(named: Iterable[str], author: str) -> tuple[str, ...]:
    found = list(named)
    if "@" in author:  # feedparser takes .media for .medi and leaves the rest to the name
        found[-1:] = [_MAIL_ADDRESS.sub("", author).strip(_BRACKETS)]
    names = [name[:NAME] for name in found if name] or [author[:NAME]]
    return tuple(dict.fromkeys(name for name in names if name))[:AUTHORS]


def feed_ttl(ttl: str, period: str, frequency: str) -> float | None:
    """Return seconds between polls by RSS 2.0 ``ttl`` (minutes) or the syndication module."""
    minutes = _number(ttl)
    if minutes is None:
        base, times = _PERIODS.get(period.strip().lower()), _number(frequency or "1")
        minutes = base / times if base and times else None
    return ttl_seconds(minutes * MINUTE) if minutes else None


def _number(text: str) -> float | None:
    try:
        return float(text) if text.strip().isascii() else None
    except ValueError:
        return None
