"""The history of a hit: where its item was seen, what it said when, and what changed between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Revision, Route, Version
from monitor.store import StoredHit, Tx
from monitor.stories import compare

GONE, BACK = "gone", "back"


@dataclass(frozen=True, slots=True)
class Reading:
    """A version as a reader sees it."""

    digest: str
    at: datetime
    place: str
    """``feed`` or ``page``: where it was read."""
    url: str
    status: int
    title: str
    characters: int
    made: bool
    """Whether this is the text that made the hit."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed at one time."""

    at: datetime
    kind: str
    """``watch``, ``elsewhere``, ``gone`` or ``back``; see `monitor.model.Revision`."""
    words: str
    removed: tuple[str, ...] = ()
    """Sentences that are not there any more."""
    added: tuple[str, ...] = ()
    titles: tuple[str, str] | None = None
    """The headline before and after, where it changed."""


@dataclass(frozen=True, slots=True)
class History:
    """A hit with all that is known of how its item was published."""

    stored: StoredHit
    seen_in: tuple[str, ...]
    """Ids of all sources that list the item, the one that it was found in first."""
    readings: tuple[Reading, ...]
    """What was kept of it, oldest first."""
    changes: tuple[Change, ...]
    """Oldest first."""
    gone_since: datetime | None
    """Since when its page is no longer there; None when it is, or when nobody looked."""
    stands: bool
    """Whether the item as it reads now still makes the hit."""
    routes: tuple[Route, ...] = ()
    """What each subscription that asks for its watch does with it, and why."""


def history_of(stored: StoredHit, tx: Tx) -> History:
    """Return the history of a hit."""
    item = stored.item.id
    versions = tx.versions([item], bodies=False).get(item, [])
    revisions = tx.revisions([item]).get(item, [])
    presence = [one for one in revisions if one.kind in {GONE, BACK}]
    return History(
        stored=stored,
        seen_in=tuple(dict.fromkeys((stored.item.source, *tx.sightings([item]).get(item, ())))),
        readings=tuple(_reading(version, stored) for version in versions),
        changes=tuple(changes_of(versions, revisions)),
        gone_since=presence[-1].at if presence and presence[-1].kind == GONE else None,
        stands=_stands(stored, versions, revisions),
        routes=tuple(tx.routes([stored.hit.id])),
    )


def changes_of(versions: Sequence[Version], revisions: Sequence[Revision]) -> list[Change]:
    """Return what each of ``revisions`` changed, with the sentences; both are oldest first."""
    by_digest = {version.digest: version for version in versions}
    found = []
    before = ""
    for one in revisions:
        if one.kind in {GONE, BACK} or one.version not in by_digest:
            found.append(Change(one.at, one.kind, one.words))
            continue
        earlier = [v for v in versions if v.at < one.at and v.digest != one.version]
        old = by_digest[before] if before else (earlier or [by_digest[one.version]])[-1]
        edit = compare(old.item, by_digest[one.version].item, (), ())
        found.append(Change(one.at, one.kind, one.words, edit.removed, edit.added, edit.titles))
        before = one.version
    return found


def _reading(version: Version, stored: StoredHit) -> Reading:
    return Reading(
        digest=version.digest,
        at=version.at,
        place="page" if version.body_digest else "feed",
        url=version.source.url,
        status=version.source.status,
        title=version.item.title,
        characters=len(version.item.body),
        made=version.digest == stored.hit.version,
    )


def _stands(stored: StoredHit, versions: Sequence[Version], revisions: Sequence[Revision]) -> bool:
    """Tell whether a hit was made by what its item says since the last edit, if there was one."""
    edits = [one.version for one in revisions if one.kind not in {GONE, BACK}]
    return not edits or stored.hit.version == edits[-1] or not versions
