"""All that is kept of one hit: its item's other hits, versions, edits, and who was told when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.history import History, history_of
from monitor.model import Route, RuleVersion, Version
from monitor.store import KeptVersion, Mark, StoredHit, Told, Tx

VERSIONS_READ = 20
"""Newest versions whose texts are read, beside the first two (of feed and page) and those that made a hit."""


@dataclass(frozen=True, slots=True)
class HitRecord:
    """A hit with all that is known of it; what it needs of the store is read at once."""

    hits: tuple[StoredHit, ...]
    """The hits of its item: the one that is meant, then the others, the strongest first."""
    history: History
    """As far as `versions` reach."""
    versions: tuple[Version, ...]
    """Those that were read, oldest first, without the bytes of pages."""
    kept: tuple[KeptVersion, ...]
    """All that there are, oldest first."""
    rules: Mapping[str, RuleVersion]
    """By digest; a rule from before rules were kept is missing."""
    marks: Mapping[str, Mark]
    """By hit."""
    routes: tuple[Route, ...]
    told: tuple[Told, ...]
    in_story: int
    """How many items its story has; 0 when it is in none."""

    def version(self, digest: str) -> Version | None:
        """Return a version that was read."""
        return next((one for one in self.versions if one.digest == digest), None)


def read_record(tx: Tx, hit: str) -> HitRecord | None:
    """Return what is kept of a hit, None when there is none of that id; the number of reads is fixed."""
    meant = tx.hits_by_id([hit]).get(hit)
    if meant is None:
        return None
    item = meant.item.id
    hits = _ordered(meant, tx.hits_of_items([item]).values())
    ids = [one.hit.id for one in hits]
    kept = tx.kept_versions(item)
    versions = _read(tx, item, kept, {one.hit.version for one in hits})
    story = meant.link.story if meant.link else ""
    return HitRecord(
        hits=hits,
        history=history_of(meant, tx, versions),
        versions=tuple(versions),
        kept=tuple(kept),
        rules=tx.rules({one.hit.rule for one in hits}),
        marks=tx.marks(ids),
        routes=tuple(tx.routes(ids)),
        told=tuple(tx.told_when(ids)),
        in_story=tx.story_sizes([story]).get(story, 0) if story else 0,
    )


def _ordered(meant: StoredHit, found: Iterable[StoredHit]) -> tuple[StoredHit, ...]:
    others = [one for one in found if one.hit.id != meant.hit.id]
    others.sort(key=lambda one: (-one.hit.score, one.hit.watch))
    return (meant, *others)


def _read(tx: Tx, item: str, kept: Sequence[KeptVersion], made: set[str]) -> list[Version]:
    """Return the versions that are read: an article that a machine rewrites has hundreds."""
    wanted = {one.digest for one in (*kept[:2], *kept[-VERSIONS_READ:])} | made
    return tx.versions([item], bodies=False, digests=wanted).get(item, [])
