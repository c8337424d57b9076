"""One source: how it is, its last polls, its interval and why, its hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.config import load
from monitor.model import Hints, Lease, Outcome, PollRecord, Reason, SourceState
from monitor.web.source_pages import POLLS_SHOWN, lease_rows, rhythm_words
from tests.unit.web.samples import NOW, SOURCES, browser, write_config

POLL = PollRecord("courier", NOW, Outcome.NEW, Reason.OK, status=200, entries=20, new=3, hits=1)
HUB = Lease("secret-token", "courier", "https://hub.example/", "https://courier.example/feed.xml")


async def put(store, state, *records, leases=()):
    def write(tx):
        tx.sync_sources([(state.source, state.url, NOW)])
        tx.save_state(state)
        tx.save_leases(leases)
        for record in records:
            tx.add_record(record)

    await store.write(write)


async def test_a_source_is_shown_with_its_health_its_polls_and_its_interval(client, store):
    state = SourceState("courier", last_poll=NOW, last_ok=NOW, last_new=NOW)
    earlier = replace(
        POLL,
        at=NOW - timedelta(hours=1),
        outcome=Outcome.FAILED,
        reason=Reason.TIMEOUT,
        message="no answer in 20 s <b>",
        status=0,
    )
    await put(store, state, earlier, POLL)
    page = (await client.get("/sources/courier")).text
    assert "The Harbour Courier</h1>" in page
    assert 'class="state well">ok</span>' in page
    assert "no answer in 20 s &lt;b&gt;" in page
    assert page.index("13:00:00") < page.index("timeout")
    assert "the interval follows its own rhythm, between 5 minutes and 2 hours" in page
    assert 'href="https://courier.example/feed.xml"' in page


async def test_only_the_last_polls_are_shown(client, store):
    polls = [replace(POLL, at=NOW - timedelta(minutes=n)) for n in range(POLLS_SHOWN + 9)]
    await put(store, SourceState("courier", last_poll=NOW), *polls)
    page = (await client.get("/sources/courier")).text
    assert page.count('data-label="Result"') == POLLS_SHOWN


async def test_a_hub_is_shown_without_the_secrets_by_which_it_reaches_us(client, store):
    lease = replace(
        HUB, callback="https://we.example/websub/x", secret="k3y", expires=NOW + timedelta(days=1)
    )
    await put(store, SourceState("courier", last_poll=NOW), leases=[lease])
    page = (await client.get("/sources/courier")).text
    assert "https://hub.example/" in page
    assert "tells of news until" in page
    assert "polls only make sure of that" in page
    for secret in ("secret-token", "k3y", "websub/x"):
        assert secret not in page


async def test_the_password_in_an_address_is_hidden(view, store, tmp_path):
    folder = write_config(tmp_path / "secret")
    text = SOURCES.replace("https://courier.example/feed.xml", "https://courier.example/?k=${KEY}")
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    locked = replace(view, config=load(folder, {"KEY": "s3cret-key"}))
    await put(store, SourceState("courier", last_poll=NOW), replace(POLL, message="s3cret-key"))
    async with browser(locked) as client:
        page = (await client.get("/sources/courier")).text
    assert "s3cret-key" not in page
    assert "***" in page


async def test_a_source_never_polled_says_so_and_the_list_leads_to_it(client):
    assert "It has not been polled yet" in (await client.get("/sources/courier")).text
    assert 'href="/sources/courier"' in (await client.get("/sources")).text


@pytest.mark.parametrize("name", ["couriers", "%00", "x" * 3000])
async def test_an_unknown_source_is_one_readable_line(client, name):
    answer = await client.get(f"/sources/{name}")
    assert answer.status_code == 404
    assert "There is no source" in answer.text
    assert len(answer.text) < 5000


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"every": 30.0}, {}, "Every 30 seconds, as configured."),
        ({"every": 900.0}, {}, "Every 15 minutes, as configured."),
        ({"every": 3600.0}, {}, "Every 60 minutes, as configured."),
        ({"enabled": False}, {}, "switched off"),
        ({}, {"gone": True}, "gone for good"),
        ({}, {"failures": 3}, "It failed 3 times in a row"),
        ({}, {"hints": Hints(ttl=7200.0)}, "It asks for 2 hours between polls."),
        ({}, {"hints": Hints(skip_hours=(0, 13))}, "in the hours 00, 13 UTC"),
        ({}, {"hints": Hints(skip_days=(5, 6))}, "on Saturday, Sunday"),
    ],
)
def test_the_interval_is_explained(view, changes, state, words):
    source = view.settings().sources["courier"].model_copy(update=changes)
    found = rhythm_words(source, SourceState("courier", **state), (), NOW)
    assert words in " ".join(found)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "known, and not asked: the page has no public address"),
        ({"callback": "c", "pending": "subscribe"}, "asked, has not verified yet"),
        ({"callback": "c", "expires": NOW + timedelta(1)}, "tells of news"),
        ({"callback": "c", "expires": NOW}, "does not tell of news now"),
        ({"callback": "c", "leaving": True}, "no longer wanted"),
    ],
)
def test_what_a_hub_does_is_said_in_words(changes, words):
    (row,) = lease_rows([replace(HUB, **changes)], str, NOW)
    assert row.words == words
