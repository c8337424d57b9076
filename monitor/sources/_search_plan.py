"""Which names a search asks for next: new ones first, the others in turn, few requests a poll.

Pure. What was asked is remembered by name and not by request, so that an edited watchlist, which
packs its names into other requests, neither asks a name twice nor leaves one out. What the first
look for a name brings was there before: it is baseline, like a first poll. So new names share no
request with known ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.model import digest
from monitor.sources._memory import note, recall
from monitor.sources._search import Provider

MOST = 5_000
"""Names of one search at most, so that its memory stays small."""
_KIND = "search"
_MARK = 8


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to search for: a name that may share a request, or a query of its own."""

    text: str
    alone: bool = False

    @property
    def mark(self) -> str:
        """Return what it is remembered by."""
        return digest(self.text, "query" if self.alone else "name", length=_MARK)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request asks for."""

    query: str
    marks: tuple[str, ...]
    new: bool = False
    """True when none of it was ever asked for."""

    def slip(self) -> str:
        """Return it as its answer carries it to `Memory.after`."""
        return " ".join(("new" if self.new else "old", *self.marks))


@dataclass(frozen=True, slots=True)
class Memory:
    """What a search remembers between polls: the last name of its turn, and those asked so far."""

    last: str = ""
    asked: frozenset[str] = field(default=frozenset())

    @classmethod
    def read(cls, text: str) -> Memory:
        """Return what ``text`` remembers; what no search wrote is nothing."""
        said = recall(text, _KIND)
        return cls(str(said.get("last", "")), frozenset(str(said.get("asked", "")).split()))

    def write(self) -> str:
        """Return it as text for `Memory.read`."""
        return note(_KIND, last=self.last, asked=" ".join(sorted(self.asked)))

    def after(self, slip: str, wanted: Iterable[Ask]) -> Memory:
        """Return the memory after the batch of ``slip`` was answered; what nobody wants is forgotten."""
        kind, *marks = slip.split()
        last = self.last if kind == "new" or not marks else marks[-1]
        return Memory(last, (self.asked | set(marks)) & {ask.mark for ask in wanted})


def batches(
    asks: Sequence[Ask], memory: Memory, provider: Provider, most: int
) -> tuple[Batch, ...]:
    """Return the next requests, at most ``most``; the turn goes on behind ``memory.last``."""
    new = [ask for ask in asks if ask.mark not in memory.asked]
    known = [ask for ask in asks if ask.mark in memory.asked]
    at = next((place for place, ask in enumerate(known, 1) if ask.mark == memory.last), 0)
    turn = known[at:] + known[:at]
    fresh = _packed(new, provider, most)
    return tuple(
        [_batch(pack, provider, new=True) for pack in fresh]
        + [_batch(pack, provider, new=False) for pack in _packed(turn, provider, most - len(fresh))]
    )


def requests_for_all(asks: Sequence[Ask], provider: Provider) -> int:
    """Return how many requests ask for everything once."""
    return len(_packed(asks, provider, len(asks)))


def _packed(asks: Sequence[Ask], provider: Provider, most: int) -> list[list[Ask]]:
    packs: list[list[Ask]] = []
    for ask in asks:
        last = packs[-1] if packs else []
        alone = ask.alone or not last or last[0].alone
        if not alone and provider.fits([*(each.text for each in last), ask.text]):
            last.append(ask)
        elif len(packs) == most:
            break
        else:
            packs.append([ask])
    return packs[:most]


def _batch(pack: Sequence[Ask], provider: Provider, *, new: bool) -> Batch:
    first = pack[0]
    query = first.text if first.alone else provider.joined(ask.text for ask in pack)
    return Batch(query, tuple(ask.mark for ask in pack), new)
