"""What an export hands out, item by item: the hits with all that proves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.model import Item, Revision, RuleVersion, Version
from monitor.store import Choice, Mark, StoredHit, Tx

_RULES = 200
"""Rules that are kept at hand; their definitions are a few kilobytes each."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An item as it reads now, its hits, what it said when, and by which rules it was found."""

    item: Item
    hits: tuple[StoredHit, ...]
    versions: tuple[Version, ...] = ()
    """All that it said, oldest first; empty for hits from before texts were kept."""
    rules: Mapping[str, RuleVersion] = field(default_factory=dict)
    """By digest; a rule from before rules were kept is missing."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """What readers said of the hits, by hit."""
    edits: tuple[Revision, ...] = ()
    """What changed between the versions, and when its page went or came back; oldest first."""

    def version(self, digest: str) -> Version | None:
        """Return what the item said under a digest."""
        return next((one for one in self.versions if one.digest == digest), None)


def exhibits(tx: Tx, choice: Choice) -> Iterator[Exhibit]:
    """Yield the items of the hits that are meant, in the order they were first seen."""

    @lru_cache(maxsize=_RULES)
    def rule(digest: str) -> RuleVersion | None:
        return tx.rules([digest]).get(digest)

    for archived in tx.archived(choice):
        rules = {one.hit.rule: rule(one.hit.rule) for one in archived.hits}
        yield Exhibit(
            archived.item,
            archived.hits,
            archived.versions,
            {digest: found for digest, found in rules.items() if found},
            archived.marks,
            archived.edits,
        )
