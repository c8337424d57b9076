"""Sketches: what is remembered of an item to recognise its copies without its text.

A signature is a header and, unless the item is a bare headline, a MinHash of 128 values (Broder
1997; rensa's R-MinHash, full set): the share of equal values estimates the Jaccard similarity of
the two texts' shingles, with a standard error of at most 0.044.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rensa import RMinHash

from monitor.model import Hit, Item, Sketch
from monitor.stories.credits import credit
from monitor.stories.terms import Term, Terms, pack, terms_of, unpack_terms
from monitor.stories.text import shingles, tokens

PERMUTATIONS = 128
SEED = 20191124
"""Part of the format: signatures of another seed do not compare."""
SHORTEST_BODY = 10
"""Tokens below which a body says too little, such as "Read more": the item is a bare headline."""
VERSION = (int(RMinHash.ALGORITHM_VERSION) << 4) | 1
"""rensa's algorithm and our format; signatures of another version are not compared."""

_HEADER = struct.Struct("<BI")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature taken apart: ``values`` is empty for a bare headline."""

    shingles: int
    values: array[int]

    def share(self, other: Signature) -> float:
        """Return the share of shingles in common, 0 to 1, as the signatures estimate it."""
        if not self.values or not other.values:
            return 0.0
        equal = sum(map(int.__eq__, self.values, other.values))
        return equal / PERMUTATIONS

    def contained(self, other: Signature) -> float:
        """Return the share of the shorter text that the longer one holds."""
        share = self.share(other)
        common = share / (1 + share) * (self.shingles + other.shingles)
        return min(1.0, common / max(1, min(self.shingles, other.shingles)))


@dataclass(frozen=True, slots=True)
class Gist:
    """All that the decision about an item's story needs of its text, made beforehand by a worker."""

    sketch: Sketch
    """Of no story yet."""
    surfaces: Mapping[str, str]
    """How the text writes each of its terms."""

    @property
    def terms(self) -> Terms:
        """Return the terms, the headline's first."""
        return Terms(unpack_terms(self.sketch.terms), self.surfaces)


def gist_of(item: Item, hits: Iterable[Hit] = ()) -> Gist:
    """Return the gist of ``item``, of which ``hits`` are known; ValueError when it has no time."""
    terms, surfaces = terms_of(item.title, item.body, hits)
    kept = {term.key: surfaces[term.key] for term in terms if term.key in surfaces}
    return Gist(sketch(item, terms=terms), kept)


def sketch(item: Item, story: str = "", terms: Collection[Term] | None = None) -> Sketch:
    """Return the sketch of ``item`` as a member of ``story``; ValueError when it has no time.

    ``terms`` are those of the item when they are known already.
    """
    if item.time is None:
        message = f"item {item.id} has no time, so nothing can be said to be its copy"
        raise ValueError(message)
    return Sketch(
        item=item.id,
        story=story,
        outlet=item.outlet or item.source,
        url=item.url,
        title=item.title,
        time=item.time,
        signature=sign(item.title, item.body),
        terms=pack(terms_of(item.title, item.body).terms if terms is None else terms),
        credit=credit(item.body, item.authors),
    )


def sign(title: str, body: str) -> bytes:
    """Return the signature of a text; the same in every process and on every machine."""
    found = tokens(body)
    if len(found) < SHORTEST_BODY:
        return _HEADER.pack(VERSION, 0)
    # The headline counts as a few shingles: it keeps apart short items whose body is the same
    # boilerplate, and changes next to nothing for a full article under another headline.
    runs = shingles(found) | shingles(tokens(title))
    minhash = RMinHash(PERMUTATIONS, SEED)
    minhash.update(list(runs))
    return _HEADER.pack(VERSION, len(runs)) + struct.pack(f"<{PERMUTATIONS}I", *minhash.digest())


@lru_cache(maxsize=1024)
def unpack(signature: bytes) -> Signature:
    """Return the parts of ``signature``; one of another version counts as a bare headline's."""
    if len(signature) != _HEADER.size + 4 * PERMUTATIONS or signature[0] != VERSION:
        return Signature(0, array("I"))
    count = _HEADER.unpack_from(signature)[1]
    values = struct.unpack_from(f"<{PERMUTATIONS}I", signature, _HEADER.size)
    return Signature(count, array("I", values))
