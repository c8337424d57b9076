from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from monitor.model import Hints, Outcome, PollRecord, Reason, Rhythm, SourceState, Validators
from monitor.store import Store, Tx

RHYTHM = Rhythm(
    at=datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
    hours=(0.125,) * 23 + (4.0,),
    days=(1.5,) * 7,
    hours_watched=(20.25,) * 24,
    days_watched=(70.0,) * 7,
    recent=0.5,
    missed=2.25,
    newest=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
    pause=7_200,
    finds=40,
    window=30,
    reach=3_600,
)


def sync(store: Store, make: SimpleNamespace, *names: str, url: str = "https://x/") -> None:
    store.write_now(lambda tx: tx.sync_sources([(name, url + name, make.now) for name in names]))


def claim(store: Store, make: SimpleNamespace, *, minutes: float = 0, limit: int = 10) -> list[str]:
    now = make.now + timedelta(minutes=minutes)
    claimed = store.write_now(lambda tx: tx.claim_sources(now, limit=limit, lease_seconds=60))
    return [state.source for state in claimed]


def test_a_state_comes_back_as_it_was_saved(store: Store, make: SimpleNamespace) -> None:
    state = SourceState(
        "a",
        url="https://moved.example/feed",
        validators=Validators('W/"é"', "Tue, 03 Mar 2026", "abc"),
        first_poll_done=True,
        gone=False,
        failures=3,
        next_poll=make.now,
        last_poll=make.now - timedelta(minutes=1),
        last_ok=make.now - timedelta(minutes=2),
        last_new=make.now - timedelta(minutes=3),
        last_reason="tls",
        last_message="certificate expired",
        moved_to="https://new.example/",
        moved_seen=2,
        rhythm=RHYTHM,
        hints=Hints(3_600.0, (0, 23), (5, 6)),
        last_status=503,
        last_overrun=make.now - timedelta(hours=5),
        failing_since=make.now - timedelta(hours=1),
        trouble="failing",
    )
    store.write_now(lambda tx: tx.save_state(state))
    assert store.read_now(lambda tx: tx.source_state("a")) == state
    assert store.read_now(lambda tx: tx.source_state("nobody")) is None


def test_new_sources_are_due_at_once_and_claimed_longest_overdue_first(
    store: Store, make: SimpleNamespace
) -> None:
    due = [
        ("late", make.now - timedelta(hours=1)),
        ("now", make.now),
        ("soon", make.now + timedelta(hours=1)),
    ]
    store.write_now(lambda tx: tx.sync_sources([(name, "https://x/", time) for name, time in due]))
    assert claim(store, make, limit=1) == ["late"]
    assert claim(store, make) == ["now"]
    assert store.read_now(lambda tx: tx.next_due()) == make.now - timedelta(hours=1)


def test_a_claimed_source_is_free_again_when_saved_released_or_its_lease_ends(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a", "b", "c")
    assert claim(store, make) == ["a", "b", "c"]
    assert claim(store, make) == []
    store.write_now(lambda tx: tx.release_source("b"))
    assert claim(store, make) == ["b"]
    state = SourceState("c", url="https://x/c", next_poll=make.now + timedelta(minutes=5))
    store.write_now(lambda tx: tx.save_state(state))
    assert claim(store, make, minutes=2) == ["a", "b"]
    assert claim(store, make, minutes=6) == ["a", "b", "c"]


def test_gone_and_removed_sources_are_not_polled_but_keep_their_data(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a", "b")
    state = SourceState("a", url="https://x/a", gone=True, next_poll=make.now)
    store.write_now(lambda tx: tx.save_state(state))
    sync(store, make, "a")
    assert claim(store, make) == []
    assert [each.source for each in store.read_now(lambda tx: tx.source_states())] == ["a"]
    assert store.read_now(lambda tx: tx.source_state("b")) is not None


def test_a_source_that_returns_to_the_configuration_is_polled_again(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a", "b")
    known = SourceState("b", url="https://x/b", first_poll_done=True, next_poll=make.now)
    store.write_now(lambda tx: tx.save_state(known))
    sync(store, make, "a")
    sync(store, make, "a", "b")
    assert claim(store, make) == ["a", "b"]
    state = store.read_now(lambda tx: tx.source_state("b"))
    assert state is not None
    assert state.first_poll_done


def test_an_edited_address_starts_afresh_and_a_followed_redirect_stays(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a")
    moved = SourceState(
        "a",
        url="https://moved.example/a",
        validators=Validators("etag"),
        gone=True,
        failures=9,
        first_poll_done=True,
        next_poll=make.now + timedelta(days=1),
    )
    store.write_now(lambda tx: tx.save_state(moved))
    sync(store, make, "a")
    assert store.read_now(lambda tx: tx.source_state("a")) == moved
    sync(store, make, "a", url="https://y/")
    fresh = SourceState("a", url="https://y/a", first_poll_done=True, next_poll=make.now)
    assert store.read_now(lambda tx: tx.source_state("a")) == fresh


def test_records_come_back_from_start_to_before_end_oldest_first(
    store: Store, make: SimpleNamespace
) -> None:
    first = PollRecord(
        "a", make.now, Outcome.NEW, Reason.OK, "fine", 200, 30, 5, hits=2, overrun=True, seconds=0.5
    )
    later = replace(
        first, at=make.now + timedelta(hours=1), outcome=Outcome.FAILED, reason=Reason.TLS
    )
    other = replace(first, source="b", at=make.now + timedelta(minutes=1))

    def add(tx: Tx) -> None:
        for record in (later, first, other):
            tx.add_record(record)

    store.write_now(add)
    end = make.now + timedelta(hours=1)
    assert store.read_now(lambda tx: tx.records(make.now, end)) == [first, other]
    assert store.read_now(lambda tx: tx.records(make.now, end, "b")) == [other]
    assert store.read_now(lambda tx: tx.records(end, end + timedelta(1))) == [later]


def test_what_a_server_says_never_costs_the_poll_it_belongs_to(
    store: Store, make: SimpleNamespace
) -> None:
    message = "bad\x00 byte, half \ud83d pair, whole \U0001f600"
    record = PollRecord("a", make.now, Outcome.FAILED, Reason.TLS, message)
    store.write_now(lambda tx: tx.add_record(record))
    (kept,) = store.read_now(lambda tx: tx.records(make.now, make.now + timedelta(1)))
    assert kept.message == "bad byte, half \ufffd pair, whole \U0001f600"


def test_a_time_without_zone_is_refused(store: Store, make: SimpleNamespace) -> None:
    state = SourceState("a", next_poll=make.now.replace(tzinfo=None))
    with pytest.raises(Exception, match="has none"):
        store.write_now(lambda tx: tx.save_state(state))
    assert store.read_now(lambda tx: tx.source_state("a")) is None


def test_the_owner_is_told_of_a_trouble_until_it_is_noted_that_he_was(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a", "b", "c")
    troubled = [SourceState(name, trouble="silent") for name in ("a", "c")]
    for state in troubled:
        store.write_now(lambda tx, state=state: tx.save_state(state))
    assert [state.source for state in store.read_now(lambda tx: tx.untold(10))] == ["a", "c"]
    assert len(store.read_now(lambda tx: tx.untold(1))) == 1
    store.write_now(lambda tx: tx.tell(troubled))
    assert store.read_now(lambda tx: tx.untold(10)) == []
    store.write_now(lambda tx: tx.save_state(SourceState("a")))
    (well,) = store.read_now(lambda tx: tx.untold(10))
    assert (well.source, well.trouble, well.told) == ("a", "", "silent")


def test_nobody_is_told_of_a_source_that_left_the_configuration(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a", "b")
    store.write_now(lambda tx: tx.save_state(SourceState("a", trouble="gone", gone=True)))
    sync(store, make, "b")
    assert store.read_now(lambda tx: tx.untold(10)) == []


def test_articles_behind_a_paywall_are_a_share_in_which_the_last_ones_count_most(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a")

    def paywall(*articles: bool) -> float:
        for paywalled in articles:
            store.write_now(lambda tx, it=paywalled: tx.note_article("a", paywalled=it))
        state = store.read_now(lambda tx: tx.source_state("a"))
        assert state is not None
        return state.paywall

    assert paywall(*[True]) == pytest.approx(0.2)
    assert paywall(*[True] * 8) > 0.8
    store.write_now(lambda tx: tx.save_state(SourceState("a", url="https://x/a")))
    assert paywall() > 0.8
    assert paywall(*[False] * 5) < 0.4


def test_a_source_at_a_new_address_keeps_its_rhythm_and_forgets_its_troubles(
    store: Store, make: SimpleNamespace
) -> None:
    sync(store, make, "a")
    state = SourceState("a", rhythm=RHYTHM, trouble="failing", failures=4, last_status=500)
    store.write_now(lambda tx: tx.save_state(state))
    store.write_now(lambda tx: tx.tell([state]))
    sync(store, make, "a", url="https://new/")
    found = store.read_now(lambda tx: tx.source_state("a"))
    assert found is not None
    assert found.rhythm == RHYTHM
    assert (found.trouble, found.told, found.last_status, found.failing_since) == ("", "", 0, None)
