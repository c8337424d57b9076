"""Readers in odd time zones, and their slots as a wall clock shows them, without the planner's arithmetic.

The clock is watched through the year, quarter hour by quarter hour: of a time that it shows twice the
first counts, and one that it skips comes as long after the skip as it would have stood into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
EVERY_DAY = tuple(range(7))
WORKING_DAYS = tuple(range(5))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets digests: ``when`` as the configuration says it, and in ``days`` and ``times`` again.

    ``every`` counts seconds from the epoch instead of them. ``nothing`` is what becomes of a digest
    without news: ``tell`` or ``skip``.
    """

    id: str
    zone: str
    when: str
    times: tuple[str, ...] = ()
    days: tuple[int, ...] = EVERY_DAY
    every: int = 0
    nothing: str = "tell"

    @property
    def recipient(self) -> str:
        """Where the digests go."""
        return f"{self.id}@desk.example"

    def subscription(self) -> dict[str, Any]:
        """Return the entry of ``subscriptions.yaml``."""
        to = [{"channel": "mail", "recipient": self.recipient}]
        nothing = {"when_nothing": self.nothing}
        return {"id": self.id, "when": self.when, "time_zone": self.zone, "to": to, **nothing}

    def slots(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the slots after ``start`` and up to ``end``, in UTC."""
        if self.every:
            first = int(start.timestamp()) // self.every + 1
            last = int(end.timestamp()) // self.every
            return [datetime.fromtimestamp(n * self.every, UTC) for n in range(first, last + 1)]
        shown = wall_times(self.zone, start - 2 * DAY, end + 2 * DAY)
        mine = {
            moment
            for wall, moment in shown.items()
            if f"{wall:%H:%M}" in self.times and wall.weekday() in self.days
        }
        return sorted(moment for moment in mine if start < moment <= end)

    def name(self, slot: datetime) -> str:
        """Return a slot as the outbox names it."""
        return slot.astimezone(ZoneInfo(self.zone)).isoformat()


def wall_times(zone: str, start: datetime, end: datetime) -> dict[datetime, datetime]:
    """Return when the clocks of ``zone`` show each quarter of an hour for the first time.

    Those that they skip are among them, at the moment to which they move.
    """
    place, shown = ZoneInfo(zone), dict[datetime, datetime]()
    moment = datetime.fromtimestamp(start.timestamp() // 900 * 900, UTC)
    before = moment.astimezone(place).utcoffset()
    while moment < end:
        local = moment.astimezone(place)
        offset = local.utcoffset()
        for step in range((offset - before) // QUARTER):
            later = step * QUARTER
            shown.setdefault((moment + before + later).replace(tzinfo=None), moment + later)
        shown.setdefault(local.replace(tzinfo=None), moment)
        moment, before = moment + QUARTER, offset
    return shown


def changes(zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Return when the clocks of ``zone`` are put forward or back."""
    place = ZoneInfo(zone)
    quarters = [start + step * QUARTER for step in range((end - start) // QUARTER)]
    offsets = [moment.astimezone(place).utcoffset() for moment in quarters]
    return [later for later, (a, b) in zip(quarters[1:], pairwise(offsets), strict=True) if a != b]


READERS = (
    # half an hour of summer time: 02:15 is skipped, 01:45 comes twice
    Reader("lord-howe", "Australia/Lord_Howe", "daily at 01:45 and 02:15", ("01:45", "02:15")),
    # the change is at midnight: 00:30 is skipped, 23:30 comes twice
    Reader("santiago", "America/Santiago", "daily at 00:30 and 23:30", ("00:30", "23:30")),
    Reader(
        "asuncion", "America/Asuncion", "weekly on Sunday and Monday at 00:00", ("00:00",), (6, 0)
    ),
    Reader("apia", "Pacific/Apia", "daily at 07:30", ("07:30",)),
    Reader("kathmandu", "Asia/Kathmandu", "every 5 hours", every=5 * 3600, nothing="skip"),
    # two hours of summer time
    Reader("troll", "Antarctica/Troll", "daily at 02:30 and 04:00", ("02:30", "04:00")),
    Reader("chatham", "Pacific/Chatham", "daily at 02:45", ("02:45",)),
    Reader("new-york", "America/New_York", "daily at 01:30 and 02:30", ("01:30", "02:30")),
    Reader(
        "berlin",
        "Europe/Berlin",
        "every 4 hours",
        tuple(f"{hour:02}:00" for hour in range(0, 24, 4)),
    ),
    Reader("auckland", "Pacific/Auckland", "weekly on Sunday at 02:30", ("02:30",), (6,)),
    Reader(
        "honolulu",
        "Pacific/Honolulu",
        "weekdays at 07:30 and 16:00",
        ("07:30", "16:00"),
        WORKING_DAYS,
    ),
)
