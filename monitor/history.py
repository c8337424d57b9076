"""The history of a hit: where its item was seen, what it said when, and what changed between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Hit, Revision, Route, Version
from monitor.store import StoredHit, Tx
from monitor.stories import Edit, compare

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
    version: str = ""
    """Digest of the version that the item reads as since then."""


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


def history_of(stored: StoredHit, tx: Tx, versions: Sequence[Version] | None = None) -> History:
    """Return the history of a hit; of these ``versions`` of its item alone where they are given."""
    item = stored.item.id
    if versions is None:
        versions = tx.versions([item], bodies=False).get(item, [])
    revisions = tx.revisions([item]).get(item, [])
    presence = [one for one in revisions if one.kind in {GONE, BACK}]
    return History(
        stored=stored,
        seen_in=tuple(dict.fromkeys((stored.item.source, *tx.sightings([item]).get(item, ())))),
        readings=tuple(_reading(version, stored) for version in versions),
        changes=tuple(changes_of(versions, revisions)),
        gone_since=presence[-1].at if presence and presence[-1].kind == GONE else None,
        stands=stands(stored.hit, revisions),
        routes=tuple(tx.routes([stored.hit.id])),
    )


def changes_of(versions: Sequence[Version], revisions: Sequence[Revision]) -> list[Change]:
    """Return what each of ``revisions`` changed, with the sentences; both are oldest first.

    Where one of the two texts is not among ``versions``, the words of the revision are all there is.
    """
    by_digest = {version.digest: version for version in versions}
    found = []
    before: Revision | None = None
    for one in revisions:
        change = Change(one.at, one.kind, one.words, version=one.version)
        if one.kind not in {GONE, BACK}:
            earlier, new = _texts_before(one, before, versions), by_digest.get(one.version)
            if earlier and new:
                edit = _nearest([compare(old.item, new.item, (), ()) for old in earlier])
                sentences = (edit.removed, edit.added, edit.titles)
                change = Change(one.at, one.kind, one.words, *sentences, version=one.version)
            before = one
        found.append(change)
    return found


def _texts_before(
    one: Revision, before: Revision | None, versions: Sequence[Version]
) -> list[Version]:
    """Return what an item may have read as until ``one``; ``before`` is the edit before it.

    That is what it was edited to, or how its feed and its page read that were kept since.
    """
    earlier = [v for v in versions if v.at < one.at and v.digest != one.version]
    if before is None:
        return earlier
    return [v for v in earlier if v.digest == before.version or v.at > before.at]


def _nearest(edits: Sequence[Edit]) -> Edit:
    """Return the smallest of ``edits``: the others are between a teaser and its article."""
    return min(reversed(edits), key=lambda edit: len(edit.removed) + len(edit.added))


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


def stands(hit: Hit, edits: Sequence[Revision | Change]) -> bool:
    """Tell whether ``hit`` was made by what its item says since the last of ``edits``, if there was one."""
    edits = [one for one in edits if one.kind not in {GONE, BACK}]
    return not edits or hit.version == edits[-1].version
