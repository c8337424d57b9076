"""Entries of a document become items: plain text, sound links, plausible dates, identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import DAY, Document, Entry, Item, digest
from monitor.reading.addresses import canonical_address, link_address
from monitor.reading.detector import detected_language
from monitor.reading.identity import Traits, identity_keys
from monitor.reading.language import language_tag
from monitor.reading.text import clean_text, lead, one_line

LEAD = 500
LONGEST_SUMMARY = 5_000
LONGEST_TEXT = 100_000
LONGEST_NAME = 200
_TELLING = 300
"""Characters that tell the language of an entry; more cost more and tell little else."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Clean:
    """The plain texts and the link of an entry."""

    title: str
    summary: str
    text: str
    url: str


def read(
    document: Document,
    *,
    source: str,
    outlet: str,
    language: str,
    address: str,
    now: datetime,
    baseline: bool,
) -> tuple[Item, ...]:
    """Return the items of ``document`` in its order, each story once; pure.

    ``address`` resolves relative links, ``language`` is the source's declared one, ``baseline``
    marks the items of a first poll. Where nobody declares a language it is detected. Links other than http and https are dropped, dates before
    1990 or more than a day ahead of ``now`` count as absent. Titles may be empty.
    """
    entries = document.entries
    cleaned = [_clean(entry, address) for entry in entries]
    own = canonical_address(address)
    pairs = zip(entries, cleaned, strict=True)
    keys = identity_keys(source, [_traits(entry, clean, own) for entry, clean in pairs])
    languages = _languages(document, cleaned, language)
    return tuple(
        Item(
            id=digest(source, own_keys[0]),
            source=source,
            title=cleaned[index].title,
            url=cleaned[index].url,
            summary=cleaned[index].summary,
            text=cleaned[index].text,
            outlet=one_line(clean_text(entries[index].outlet), LONGEST_NAME) or outlet,
            authors=_authors(entries[index]),
            language=languages[index],
            published=_published(entries[index], now),
            updated=_plausible(entries[index].updated, now),
            first_seen=now,
            keys=own_keys,
            baseline=baseline or entries[index].baseline,
        )
        for index, own_keys in each_story_once(keys)
    )


def _languages(document: Document, cleaned: Sequence[_Clean], language: str) -> list[str]:
    """Return the language of each entry: declared, detected, or that of all other entries.

    ``language`` is the source's. The model for detection is not asked where one is declared.
    """
    declared = language_tag(document.language) or language_tag(language)
    found = [
        language_tag(entry.language)
        or declared
        or detected_language(f"{clean.title}\n{clean.summary or clean.text}"[:_TELLING])
        for entry, clean in zip(document.entries, cleaned, strict=True)
    ]
    known = {each for each in found if each}
    return [each or next(iter(known)) for each in found] if len(known) == 1 else found


def _clean(entry: Entry, address: str) -> _Clean:
    title = one_line(clean_text(entry.title))
    url = link_address(entry.url, address)
    text = clean_text(entry.content)[:LONGEST_TEXT]
    if entry.summary in {"", entry.content}:  # feedparser copies a lone content to the summary
        return _Clean(title, lead(text, LEAD), text, url)
    summary = clean_text(entry.summary)[:LONGEST_TEXT]
    if text and len(text) <= len(summary):
        text = "" if text in summary else f"{summary}\n{text}"
    if len(summary) > LONGEST_SUMMARY:
        text = text or summary
    return _Clean(title, lead(summary, LONGEST_SUMMARY), text[:LONGEST_TEXT], url)


def _traits(entry: Entry, cleaned: _Clean, own: str) -> Traits:
    """Return what identifies an entry: the address ``own`` of its document is that of no story."""
    address = canonical_address(cleaned.url) if cleaned.url else ""
    return Traits(
        guid=entry.guid.strip(),
        address="" if address == own else address,
        title=cleaned.title,
        summary=cleaned.summary,
        published=entry.published,
    )


def each_story_once(keys: Iterable[tuple[str, ...]]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the index of the first entry of each story with the keys of all its repeats.

    Entries that share a key are repeats; entries without any key say nothing and are dropped.
    """
    stories: dict[int, dict[str, None]] = {}
    story_of: dict[str, int] = {}
    for index, own in enumerate(keys):
        known = sorted({story_of[key] for key in own if key in story_of})
        story = known[0] if known else index
        together = stories.setdefault(story, {}) if own else {}
        for other in known[1:]:
            together.update(stories.pop(other))
        together.update(dict.fromkeys(own))
        story_of.update(dict.fromkeys(together, story))
    return [(story, tuple(together)) for story, together in sorted(stories.items())]


def _published(entry: Entry, now: datetime) -> datetime | None:
    return _plausible(entry.published, now) or _plausible(entry.updated, now)


def _plausible(time: datetime | None, now: datetime) -> datetime | None:
    if time is None or not EARLIEST <= time <= now + DAY:
        return None
    return time.astimezone(UTC)


def _authors(entry: Entry) -> tuple[str, ...]:
    names = (one_line(clean_text(author), LONGEST_NAME) for author in entry.authors)
    return tuple(dict.fromkeys(name for name in names if name))
