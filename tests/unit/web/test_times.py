from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.web.pages import moment_in_words

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ((2026, 1, 2, 9, 5, 7), "09:05:07"),
        ((2026, 1, 1, 23, 59, 59), "Thu 1 Jan, 23:59"),
        ((2026, 1, 3, 0, 0, 0), "Sat 3 Jan, 00:00"),
        ((2025, 12, 31, 12, 0, 0), "Wed 31 Dec 2025, 12:00"),
    ],
)
def test_a_time_is_told_as_short_as_it_can_be(moment, expected):
    now = datetime(2026, 1, 2, 12, 0, tzinfo=BERLIN)
    assert moment_in_words(datetime(*moment, tzinfo=BERLIN), now) == expected
