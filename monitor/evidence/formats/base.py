"""What every form of an export has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, ClassVar

from monitor.evidence.exhibits import Exhibit
from monitor.registry import Kind


class Format(Kind):
    """A form in which hits are handed out."""

    family: ClassVar[str] = "format"
    binary: ClassVar[bool] = False
    """Whether it is nothing for a terminal."""

    @abstractmethod
    def write(
        self, exhibits: Iterable[Exhibit], out: BinaryIO, made: datetime, name: str = ""
    ) -> None:
        """Write ``exhibits`` one by one; ``made`` is now, ``name`` the file's, where there is one."""
