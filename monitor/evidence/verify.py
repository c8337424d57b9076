"""Every hit made anew from the archive: the text that was matched, under the rule that was in force.

An edit of the watchlists changes nothing here: a hit is held against the rule it was made by.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.matching import Matcher, watchlists_of
from monitor.model import Exchange, Hit, Span, Version, digest, version_of
from monitor.store import Archived, Choice, StoredHit, Tx

READY: Final = 200
"""Rules that are kept made ready: the hits of one item, and of one day, share them."""
_SHOWN = 3
"""Places that a difference names."""


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one hit."""

    stored: StoredHit
    differences: tuple[str, ...] = ()
    """What does not hold, each in one readable line; empty when all does."""
    unverifiable: str = ""
    """Why there is nothing to hold the hit against; it is neither well nor different then."""


def verify(tx: Tx, choice: Choice) -> Iterator[Check]:
    """Yield every hit that is meant with what a second making of it says, in constant memory."""
    rules = Rules(tx)
    for archived in tx.archived(choice):
        faults = {one.digest: tuple(faults_of(one)) for one in archived.versions}
        for stored in archived.hits:
            yield check(stored, archived, faults, rules)


def check(
    stored: StoredHit, archived: Archived, faults: Mapping[str, tuple[str, ...]], rules: Rules
) -> Check:
    """Hold one hit against its archive; ``faults`` are those of the versions, by digest."""
    hit = stored.hit
    if not hit.version:
        return Check(stored, unverifiable="it was found before texts and rules were kept")
    version = next((one for one in archived.versions if one.digest == hit.version), None)
    if version is None:
        return Check(stored, ("the text that made it is not in the archive",))
    rule, fault = rules.ready(hit.rule)
    if rule is None:
        return Check(stored, (*faults[hit.version], fault))
    made = next((one for one in rule.match(version.item) if one.watch == hit.watch), None)
    return Check(stored, (*faults[hit.version], *filter(None, [fault]), *compare(hit, made)))


def faults_of(version: Version) -> Iterator[str]:
    """Yield what of a version is not what it was when it was kept."""
    if _name_of(version) != version.digest:
        yield f"the archived text has changed: its digest is not {version.digest[:12]}… any more"
    body = version.source.body
    if body and hashlib.sha256(body).hexdigest() != version.body_digest:
        yield f"the archived page has changed: its digest is not {version.body_digest[:12]}… any more"


def _name_of(version: Version) -> str:
    """Return the digest that a version has by what it says; its body may have been let go."""
    page = Exchange(body=version.body_digest.encode())
    return version_of(version.item, version.at, page).digest


def compare(hit: Hit, made: Hit | None) -> Iterator[str]:
    """Yield where ``hit`` differs from what was made anew."""
    if made is None:
        yield "its rule finds nothing in the archived text"
        return
    if hit.score != made.score:
        yield f"stored with score {hit.score:g}, made anew it has {made.score:g}"
    if hit.possible != made.possible:
        yield f"stored as {_word(hit)}, made anew it is {_word(made)}"
    if more := [span for span in hit.spans if span not in made.spans]:
        yield f"it marks what its rule does not find: {_places(more)}"
    if missing := [span for span in made.spans if span not in hit.spans]:
        yield f"it does not mark what its rule finds: {_places(missing)}"


def _word(hit: Hit) -> str:
    return "possible" if hit.possible else "sure"


def _places(spans: list[Span]) -> str:
    shown = ", ".join(f"{one.text!r} ({one.field} {one.start})" for one in spans[:_SHOWN])
    return f"{shown} and {len(spans) - _SHOWN} more" if len(spans) > _SHOWN else shown


class Rules:
    """The rules of the archive made ready, the `READY` that were used last."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._ready: OrderedDict[str, tuple[Matcher | None, str]] = OrderedDict()

    def ready(self, name: str) -> tuple[Matcher | None, str]:
        """Return the rule of a digest, None when it cannot be made; and what is wrong with it."""
        if name not in self._ready:
            self._ready[name] = self._made(name)
            if len(self._ready) > READY:
                self._ready.popitem(last=False)
        self._ready.move_to_end(name)
        return self._ready[name]

    def _made(self, name: str) -> tuple[Matcher | None, str]:
        kept = self._tx.rules([name]).get(name)
        if kept is None:
            return None, f"the rule {name} that made it is not in the archive"
        try:
            matcher = Matcher(watchlists_of(kept.definition))
        except ValueError as error:
            reason = " ".join(str(error).split())
            return None, f"the archived rule {name} cannot be read: {reason}"
        if digest(kept.definition) != name:
            return matcher, f"the archived rule has changed: its digest is not {name} any more"
        return matcher, ""
