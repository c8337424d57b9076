"""What proves a hit later: the text and the rule that made it, checked anew and handed out.

checks = verify(tx, Choice(start=now - 90 * DAY))         # every hit, with what does not hold
FORMATS["warc"].write(exhibits(tx, choice), stream, now)  # for others to read
"""

from typing import Any, Final

from monitor.evidence import formats
from monitor.evidence.exhibits import Exhibit, exhibits
from monitor.evidence.formats.base import Format
from monitor.evidence.verify import Check, verify
from monitor.registry import discover

_KINDS: dict[str, Any] = dict(discover(formats, Format))
FORMATS: Final[dict[str, Format]] = {name: kind() for name, kind in _KINDS.items()}
"""The forms of an export by their word."""

__all__ = ["FORMATS", "Check", "Exhibit", "Format", "exhibits", "verify"]
