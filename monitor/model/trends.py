"""How often a watch is spoken of, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

_BLOCKS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Trend:
    """Hits of one watch on each of the last local days."""

    watch: str
    last: date
    """The day of the last count, today."""
    counts: tuple[int, ...]
    """Hits a day, the oldest first."""
    baseline: float
    """Hits that are usual on a day, before today."""
    spikes: tuple[date, ...] = ()
    """Days among them that stand out from their own past."""

    @property
    def spiking(self) -> bool:
        """Whether today stands out."""
        return self.last in self.spikes

    @property
    def sparkline(self) -> str:
        """Return one block character a day, as high as its count beside the highest."""
        top = max(self.counts, default=0)
        if not top:
            return _BLOCKS[0] * len(self.counts)
        return "".join(_BLOCKS[-(-count * (len(_BLOCKS) - 1) // top)] for count in self.counts)
