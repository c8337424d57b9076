"""How often each watch is spoken of: bars, marks and the statistic in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor import planning
from monitor.model import Trend
from monitor.web.trend_rows import HEIGHT, trend_row, trend_rows
from tests.unit.web.samples import NOW, a_hit, an_item, keep

TODAY = NOW.date()


async def speak(store, counts, watch="ada-holt"):
    """Keep as many hits a day, the last of them today."""
    found = []
    for back, number in enumerate(reversed(counts)):
        for each in range(number):
            seen = NOW - timedelta(days=back, minutes=each)
            item = an_item(back * 1000 + each, title=f"{watch} {back} {each}", first_seen=seen)
            found.append((item, (a_hit(item, watch),)))
    await keep(store, *found)


async def test_a_watch_is_drawn_a_bar_a_day_and_the_day_that_stands_out_is_marked(client, store):
    await speak(store, [1] * 28 + [9])
    page = (await client.get("/trends")).text
    assert page.count('<rect class="bar"') == 13
    assert page.count('<rect class="peak"') == 1
    assert page.count('<rect class="mark"') == 1
    assert "<strong>9</strong> today, usual 1, 22 in all" in page
    assert "Monday 23 November: 9 hits, stands out" in page
    label = re.search(r'role="img" aria-label="([^"]+)"', page)[1]
    assert label == "Ada Holt: 22 hits in 14 days; Monday 23 November: 9 hits, stands out"
    assert planning.STATISTIC in page
    silent = page[page.index("Not spoken of") :]
    assert 'href="/watches/ferry-club">Ferry Club</a>' in silent
    assert "ada-holt" not in silent


async def test_more_days_can_be_chosen_up_to_a_bound(client, store):
    await speak(store, [1] * 40)
    page = (await client.get("/trends?days=30")).text
    assert page.count('<rect class="bar"') == 30
    assert 'href="/trends?days=30" aria-current="true"' in page
    for wrong in ("0", "91", "x", "1e9"):
        answer = await client.get("/trends", params={"days": wrong})
        assert answer.status_code == 400
        assert "damaged at: days" in answer.text


async def test_there_is_no_script_and_no_style_that_the_policy_would_block(client, store):
    await speak(store, [3])
    answer = await client.get("/trends")
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_without_hits_it_says_so(client):
    assert "Nothing was found in these 14 days" in (await client.get("/trends")).text


def trend(watch, *counts, baseline=1.0, spikes=()):
    return Trend(watch, TODAY, counts, baseline, spikes)


def test_those_that_stand_out_today_come_first_then_the_most_spoken_of():
    found = trend_rows(
        [trend("a", 1, 2), trend("b", 9, 0), trend("c", 0, 5, spikes=(TODAY,)), trend("d", 9, 2)],
        {},
    )
    assert [row.watch.id for row in found] == ["c", "d", "a", "b"]
    assert not found[0].watch.known


@pytest.mark.parametrize("counts", [(0,), (0, 0, 0), (1,), (5, 0, 10), (10_000, 1, 0)])
def test_every_bar_stays_within_the_drawing_and_none_is_invisible(counts):
    row = trend_row(trend("a", *counts), {})
    assert len(row.bars) == len(counts)
    for bar in row.bars:
        assert 1 <= bar.height <= HEIGHT
        assert bar.y + bar.height == pytest.approx(row.height)
        assert bar.x + 8 <= row.width
    assert row.busiest == max(counts)
    assert (row.first, row.last) == (TODAY - timedelta(days=len(counts) - 1), TODAY)
