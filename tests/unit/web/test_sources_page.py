from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.model import SourceState
from monitor.web.source_rows import condition, source_rows
from tests.unit.web.samples import NOW

FINE = SourceState("courier", last_poll=NOW, last_ok=NOW, next_poll=NOW + timedelta(minutes=15))


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
        last_message="lantern.example did not answer within 30 s.",
    )
    wanted = [(name, f"https://{name}.example/feed.xml", NOW) for name in ("courier", "lantern")]

    def write(tx):
        tx.sync_sources(wanted)
        tx.save_state(failing)

    await store.write(write)
    page = (await client.get("/sources")).text
    assert "did not answer within 30 s, 3 times in a row; it last worked 5 hours ago." in page
    assert ">13:09:00</time>" in page  # 12:09 UTC in Berlin
    assert "not polled yet" in page
    assert "switched off" in page
    assert page.index("The Lantern Post") < page.index("The Harbour Courier")


def test_a_source_that_was_never_polled_waits(view):
    assert rows(view)["courier"].state == "waiting"


def test_a_source_that_is_switched_off_has_no_next_poll(view):
    row = rows(view, replace(FINE, source="quiet"))["quiet"]
    assert (row.state, row.next_poll) == ("off", None)


def test_a_source_that_is_gone_says_why_and_is_polled_no_more(view):
    row = rows(view, replace(FINE, gone=True))["courier"]
    assert (row.state, row.next_poll) == ("gone", None)
    assert "410" in row.reason


def test_a_source_that_never_worked_says_so(view):
    row = rows(view, SourceState("courier", failures=1, last_poll=NOW, last_reason="dns"))[
        "courier"
    ]
    assert row.reason == "dns; it has never worked."


def test_a_source_that_moved_says_where_to(view):
    row = rows(view, replace(FINE, moved_to="https://new.example/feed"))["courier"]
    assert (row.state, row.reason) == ("fine", "It has moved to https://new.example/feed.")


def test_a_secret_in_a_message_is_hidden(view):
    state = SourceState("courier", failures=1, last_message="GET https://x/?key=hush failed")
    found = source_rows(view.config.sources, [state], NOW, lambda text: text.replace("hush", "***"))
    assert "hush" not in str(found)
    assert "key=***" in str(found)


def test_gone_wins_over_failing():
    assert condition(replace(FINE, gone=True, failures=4)) == "gone"
