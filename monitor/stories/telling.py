"""A story as readers see it: its headline, who told it when, and what each item added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Revision, Sketch, StoryLink
from monitor.stories.credits import original_of


@dataclass(frozen=True, slots=True)
class Moment:
    """One item in the timeline of a story."""

    item: str
    time: datetime
    outlet: str
    title: str
    url: str
    role: str
    """``first``, ``copy``, ``rewrite`` or ``development``."""
    copy_of: str
    """The item that a copy is one of; empty for others."""
    why: str
    """Why it belongs to the story; for a development what is new."""
    joined: str = ""
    """Why it belongs to the story, of a development too; empty for the item that founded it."""
    new: str = ""
    """What it adds; of developments alone."""
    edits: tuple[Revision, ...] = ()
    """What was changed in it since, oldest first."""
    hit: str = ""
    """Id of its strongest hit; empty when its hits are gone."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A whole story."""

    story: str
    headline: str
    """That of the original, which is the agency's where copies credit one."""
    original: str
    """The item that the headline is taken from."""
    why_original: str
    """Why it is taken for the original; empty when it is the earliest."""
    first: datetime
    last: datetime
    outlets: tuple[str, ...]
    """In the order in which they told it."""
    watches: tuple[str, ...]
    """Ids of all watches that its items hit, by name."""
    timeline: tuple[Moment, ...]
    """Its items, the earliest first."""


def tell(
    members: Sequence[tuple[StoryLink, Sketch]],
    watches: Mapping[str, Collection[str]],
    edits: Mapping[str, Sequence[Revision]] | None = None,
    hits: Mapping[str, str] | None = None,
) -> Telling:
    """Return the story of ``members``; ``watches`` holds those that each item hit.

    ``edits`` are the changes of items, by item, oldest first; ``hits`` the strongest of each item.
    ValueError when there are no members.
    """
    if not members:
        message = "a story has one item at least"
        raise ValueError(message)
    ordered = sorted(members, key=lambda member: (member[1].time, member[1].item))
    copies = {link.copy_of for link, _ in ordered if link.copy_of}
    # Only what was copied, and the copies, compete for the original: a later rewrite is none.
    family = [s for link, s in ordered if link.copy_of or s.item in copies] or [ordered[0][1]]
    original, why = original_of([ordered[0][1], *family])
    return Telling(
        story=ordered[0][0].story,
        headline=original.title,
        original=original.item,
        why_original=why,
        first=ordered[0][1].time,
        last=ordered[-1][1].time,
        outlets=tuple(dict.fromkeys(sketch.outlet for _, sketch in ordered)),
        watches=tuple(sorted({watch for _, s in ordered for watch in watches.get(s.item, ())})),
        timeline=tuple(
            _moment(link, s, (edits or {}).get(s.item, ()), (hits or {}).get(s.item, ""))
            for link, s in ordered
        ),
    )


def _moment(link: StoryLink, sketch: Sketch, edits: Sequence[Revision], hit: str) -> Moment:
    role = "first" if not link.why else "rewrite"
    role = "copy" if link.copy_of else "development" if link.development else role
    return Moment(
        item=sketch.item,
        time=sketch.time,
        outlet=sketch.outlet,
        title=sketch.title,
        url=sketch.url,
        role=role,
        copy_of=link.copy_of,
        why=link.development or link.why,
        joined=link.why,
        new=link.development,
        edits=tuple(edits),
        hit=hit,
    )
