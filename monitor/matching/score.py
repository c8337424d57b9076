"""The score of a hit, from 0 to 1, by a small stated formula.

    score = strength + title + lead + repeats + distinct + context - namesakes

``strength`` is that of the strongest single piece of evidence: a full name or phrase counts .75,
a short form .30 on its own, .65 beside a full name, .20 more for the first context term and .10 for
the second, a combination of groups its own weight. Evidence in junk (picture credits, datelines, lists of
related links) counts half. The rest are small additions that only order hits among each other.
"""

from __future__ import annotations

from typing import NamedTuple

FULL = 0.75
SHORT_ALONE = 0.30
SHORT_BESIDE_FULL = 0.65
FIRST_CONTEXT = 0.25
MORE_CONTEXT = 0.10
SOFT_ALONE = 0.30
JUNK = 0.5
NAMESAKES = 0.20
UNLESS = 0.5
KEPT_FROM = 0.2
"""Score from which a possible hit is kept."""

_TITLE = 0.10
_LEAD = 0.05
_REPEAT = 0.02
_DISTINCT = 0.02
_CONTEXT = 0.02
_MOST = 3


class Parts(NamedTuple):
    """What a score is made of."""

    strength: float
    title: bool = False
    lead: bool = False
    mentions: int = 1
    distinct: int = 1
    context: int = 0
    namesakes: bool = False

    @property
    def score(self) -> float:
        """Return the score, rounded to three digits.

        The small additions cannot lift evidence over a threshold that it does not come near: they
        are scaled by its strength.
        """
        extra = _TITLE * self.title + _LEAD * self.lead
        extra += _REPEAT * min(self.mentions - 1, _MOST) + _DISTINCT * min(self.distinct - 1, _MOST)
        extra += _CONTEXT * min(self.context, _MOST)
        total = self.strength + extra * self.strength * (self.strength >= 0.5)  # noqa: PLR2004 - weak evidence stays weak
        return round(max(0.0, min(1.0, total - NAMESAKES * self.namesakes)), 3)

    def __str__(self) -> str:
        """Return the score and what it is made of, in words."""
        said = [f"strength {self.strength:.2f}"]
        said += ["in the title"] * self.title + ["in the first paragraph"] * self.lead
        said.append(
            f"{self.mentions:,} mention{'s' * (self.mentions != 1)} in {self.distinct} form{'s' * (self.distinct != 1)}"
        )
        if self.context:
            said.append(f"{self.context} context terms")
        if self.namesakes:
            said.append("namesakes present")
        return f"{self.score:.3f} = {', '.join(said)}"


NOTHING = Parts(0.0)
"""The parts of no evidence at all."""


def short_strength(context: int) -> float:
    """Return the strength of a short form with so many different context terms in the item."""
    return SHORT_ALONE + FIRST_CONTEXT * (context > 0) + MORE_CONTEXT * (context > 1)
