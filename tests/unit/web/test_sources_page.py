from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.model import Lease, SourceState
from monitor.web.source_rows import (
    STATE_WORDS,
    STATES,
    TONES,
    count_by_state,
    source_rows,
)
from tests.unit.web.samples import NOW

FINE = SourceState(
    "courier",
    "https://courier.example/feed.xml",
    last_poll=NOW,
    last_ok=NOW,
    last_new=NOW - timedelta(hours=3),
    next_poll=NOW + timedelta(minutes=15),
)


def rows(view, *states):
    return {row.id: row for row in source_rows(view.config.sources, states, NOW, lambda t: t)}


async def test_the_table_shows_state_reason_and_times(client, store):
    failing = SourceState(
        "lantern",
        url="https://lantern.example/feed.xml",
        failures=3,
        last_poll=NOW - timedelta(minutes=2),
        last_ok=NOW - timedelta(hours=5),
        next_poll=NOW + timedelta(minutes=9),
        last_reason="timeout",
        last_message="lantern.example did not answer within 30 s",
    )
    wanted = [(name, f"https://{name}.example/feed.xml", NOW) for name in ("courier", "lantern")]

    def write(tx):
        tx.sync_sources(wanted)
        tx.save_state(failing)

    await store.write(write)
    page = (await client.get("/sources")).text
    assert "it did not answer in time, 3 times in a row; it last worked 5 hours ago" in page
    assert "lantern.example did not answer within 30 s" in page
    assert ">13:09:00</time>" in page  # 12:09 UTC in Berlin
    assert "not polled yet" in page
    assert "switched off" in page
    assert page.index("The Lantern Post") < page.index("The Harbour Courier")


def test_a_source_that_was_never_polled_is_new(view):
    assert rows(view)["courier"].state == "new"
    assert rows(view)["courier"].words == "not polled yet"


def test_a_source_that_is_switched_off_has_no_next_poll(view):
    row = rows(view, replace(FINE, source="quiet"))["quiet"]
    assert (row.state, row.reason, row.next_poll) == ("off", "", None)


def test_a_source_that_is_gone_says_why_and_is_polled_no_more(view):
    row = rows(view, replace(FINE, gone=True, last_status=410))["courier"]
    assert (row.state, row.next_poll) == ("gone", None)
    assert "410" in row.reason


def test_a_source_that_moved_says_where_to(view):
    row = rows(view, replace(FINE, url="https://new.example/feed"))["courier"]
    assert (row.state, row.tone) == ("moved", "look")
    assert "https://new.example/feed" in row.reason


def test_a_secret_in_a_message_is_hidden(view):
    state = replace(FINE, failures=1, last_message="GET https://x/?key=hush failed")
    moved = replace(state, failures=0, url="https://x/?key=hush")
    for one in (state, moved):
        found = source_rows(
            view.config.sources, [one], NOW, lambda text: text.replace("hush", "***")
        )
        assert "hush" not in str(found)
        assert "key=***" in str(found)


def test_a_source_says_until_when_a_hub_tells_of_its_news(view):
    lease = Lease("t", "courier", "https://hub.example/", FINE.url, expires=NOW + timedelta(days=3))
    for one, until in (
        (lease, lease.expires),
        (replace(lease, expires=NOW), None),
        (replace(lease, expires=None, pending="subscribe"), None),
        (replace(lease, leaving=True), None),
    ):
        found = source_rows(view.config.sources, [FINE], NOW, str, [one])
        assert {row.id: row.hub_until for row in found}["courier"] == until
        assert {row.hub_until for row in found if row.id != "courier"} == {None}


def test_those_that_need_a_look_come_first(view):
    failing = replace(FINE, source="lantern", failures=1)
    found = source_rows(view.config.sources, [FINE, failing], NOW, str)
    assert [(row.id, row.tone) for row in found] == [
        ("lantern", "trouble"),
        ("courier", "well"),
        ("quiet", "off"),
    ]


def test_every_state_has_its_words_and_its_tone():
    assert set(STATE_WORDS) == set(TONES) == set(STATES)


def test_sources_are_counted_by_state_those_alone_that_are_polled(view):
    states = [FINE, replace(FINE, source="quiet"), SourceState("stranger")]
    numbers = count_by_state(view.config.sources, states, NOW)
    assert {state: number for state, number in numbers.items() if number} == {"ok": 1}
